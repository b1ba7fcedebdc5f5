//! The functions that Remix and React Router give to server code.

use super::{OWNER, sessions};
use crate::base::Name;
use crate::frameworks::file_routes::object;
use crate::frameworks::things::{promise, thing, value};
use crate::frameworks::web;
use crate::values::{Call, Lib, Outcome, Shape, Value};

/// The status of `redirect`.
const REDIRECT: u16 = 302;

/// Whether a package gives the server's functions: the runtimes of Remix 1 and 2, and React Router.
fn is_runtime(package: &str) -> bool {
    package == "react-router"
        || package == "react-router-dom"
        || package == "@vercel/remix"
        || package == "@shopify/remix-oxygen"
        || (package.starts_with("@remix-run/")
            && matches!(
                &package[11..],
                "node"
                    | "cloudflare"
                    | "deno"
                    | "server-runtime"
                    | "cloudflare-pages"
                    | "architect"
                    | "netlify"
                    | "vercel"
                    | "router"
                    | "react"
            ))
        || matches!(package, "@react-router/node" | "@react-router/cloudflare" | "@react-router/architect")
}

/// What a call of a package means.
pub(super) fn call(package: &str, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    let [name] = path else { return None };
    if matches!(package, "@react-router/dev/routes" | "@remix-run/route-config") {
        return config(name, call);
    }
    if !is_runtime(package) {
        return None;
    }
    match name.as_str() {
        "json" | "data" | "unstable_data" => web::built("json", REDIRECT, call),
        "redirect" | "redirectDocument" | "replace" => web::built("redirect", REDIRECT, call),
        "defer" | "unstable_defineLoader" | "unstable_defineAction" => Some(Outcome::value(call.args.first()?.clone())),
        "createContext" | "unstable_createContext" => {
            Some(Outcome::value(value(Lib { made: Some(call.loc), ..thing(OWNER, "key") })))
        }
        "unstable_parseMultipartFormData" => Some(Outcome::value(promise(value(thing(web::OWNER, "form"))))),
        name => sessions::storage(name, call),
    }
}

/// What `app/routes.ts` is written with, as plain entries with `path`, `file` and `children`.
fn config(name: &str, call: &Call<'_>) -> Option<Outcome> {
    let arg = |index: usize| call.args.get(index).cloned().unwrap_or_else(Value::nullish);
    // Options may stand before the children.
    let children = |from: usize| {
        let mut lists = call.args.iter().skip(from).filter(|it| !matches!(it.shape, Shape::Object(_)));
        lists.next_back().cloned().unwrap_or_else(Value::nullish)
    };
    let entry =
        |path: Value, file: Value, children: Value| object(&[("path", path), ("file", file), ("children", children)], false);
    Some(Outcome::value(match name {
        "route" => entry(arg(0), arg(1), children(2)),
        "index" => entry(Value::nullish(), arg(0), Value::nullish()),
        "layout" => entry(Value::nullish(), arg(0), children(1)),
        "prefix" => prefixed(arg(0).as_str()?, &arg(1)),
        _ => return None,
    }))
}

/// The same entries below a path.
fn prefixed(prefix: &str, entries: &Value) -> Value {
    let Shape::Array(all) = &entries.shape else { return Value::unknown() };
    let entries = all.iter().map(|entry| match &entry.shape {
        Shape::Object(fields) => {
            let mut fields = (**fields).clone();
            let path = fields.get("path").and_then(Value::as_str).unwrap_or_default();
            let path = super::files::below(prefix, path);
            fields.set(Name::new("path"), Value::str(&path), None);
            Value::of(Shape::Object(fields.into()))
        }
        _ => entry.clone(),
    });
    Value::of(Shape::Array(entries.collect()))
}
