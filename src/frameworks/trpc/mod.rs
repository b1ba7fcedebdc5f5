//! tRPC 10 and 11: routers of procedures, the middlewares and input schemas before them, and the context that they share.
//!
//! A procedure's steps run in the order in which the builder was called: `createContext`, then each `.input` and `.use`, then the
//! handler. What runs before all of them is the chain of the route on which the router is served.
//!
//! Kinds of its things: `t`, `procedure`, `middleware` (their steps as data), `endpoint` (steps and `handler`), `router` (endpoints by
//! dotted name), `server` (`router`, `create-context`), `begin` (a route's endpoint), `context` (its fields are what the steps wrote).
//!
//! **Invariant:** the context enforces nothing by itself; only a step that does not go on does.

mod assemble;
mod build;

use super::things::{Target, promise, target, thing, value};
use super::{AppView, Framework, Returned, Route, express, web};
use crate::base::Name;
use crate::catalog::validated;
use crate::values::{Call, Checked, EventKind, Fact, Facts, Key, Lib, Object, Origin, Outcome, Part, Shape, Value};

/// The owner of its things.
const OWNER: &str = "trpc";

/// tRPC.
pub(super) struct Trpc;

impl Framework for Trpc {
    fn id(&self) -> &'static str {
        OWNER
    }

    fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        match target(call) {
            Target::Package(package, path) => build::made(&package, &path, call),
            Target::Thing { lib, at, method } if lib.owner == OWNER => match (lib.kind.as_str(), method) {
                ("t", Some(method)) => build::of_t(&method, call),
                ("procedure" | "middleware", Some(method)) => build::built(lib, &at, method, call),
                ("context", Some(method)) if method == "next" => Some(goes_on(&at, call)),
                ("context", Some(_)) => Some(Outcome::value(promise(Value::client(Part::Argument, &[])))),
                ("begin", None) => Some(Outcome { next: Some(None), ..Outcome::value(Value::nullish()) }),
                ("input", None) => Some(parsed(lib)),
                _ => None,
            },
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), &*lib.path) {
            ("t", []) if name == "procedure" => Some(value(thing(OWNER, "procedure"))),
            // What no step wrote is not known: `createContext` may have.
            ("context", []) => Some(Value::unknown()),
            _ => None,
        }
    }

    fn routes(&self, _app: &AppView<'_>) -> Vec<Route> {
        Vec::new()
    }

    fn mounted(&self, app: &AppView<'_>, hosts: &[Route]) -> Vec<Route> {
        assemble::routes(app, hosts)
    }

    fn arguments(&self, route: &Route, index: usize) -> Vec<Value> {
        let Some(place) = Place::of(route, index) else { return Vec::new() };
        match place {
            Place::Host(host) => host.arguments(route, index),
            Place::Begin => Vec::new(),
            Place::Context(begin) => for_context(route, begin),
            Place::Step(begin, step) => {
                let mut all = Object::default();
                let mut set = |name: &str, value: Value| all.set(Name::new(name), value, None);
                set("ctx", value(thing(OWNER, "context")));
                set("input", input_before(begin, step));
                set("rawInput", Value::client(Part::Argument, &[]));
                set("next", below_context("next"));
                set("getRawInput", below_context("getRawInput"));
                for (name, known) in [("path", "path"), ("type", "type"), ("meta", "meta")] {
                    set(name, begin.get(known).cloned().unwrap_or_else(Value::unknown));
                }
                set("signal", Value::unknown());
                vec![Value::of(Shape::Object(all.into()))]
            }
        }
    }

    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned {
        match Place::of(route, index) {
            Some(Place::Host(host)) => host.returned(route, index, value),
            Some(Place::Context(_)) => Returned::Keeps(on_context(&value.awaited())),
            Some(Place::Step(begin, step)) if step >= build::steps(begin).count() => {
                // What an output schema lets through is not known to be a record any more.
                let body = if begin.get("output").is_some() { Value::unknown() } else { value.awaited() };
                Returned::Answer { body, status: Some(200) }
            }
            _ => Returned::Nothing,
        }
    }
}

/// What a step of a route is.
enum Place<'a> {
    /// A part of the chain before the router, and whose it is.
    Host(&'static dyn Framework),
    /// Where the router takes over.
    Begin,
    /// The making of the context.
    Context(&'a Lib),
    /// A middleware or input of the procedure, counted from 0; after the last of them, the handler.
    Step(&'a Lib, usize),
}

impl<'a> Place<'a> {
    fn of(route: &'a Route, index: usize) -> Option<Self> {
        let begins = |value: &'a Value| value.as_lib().filter(|lib| lib.owner == OWNER && lib.kind == "begin");
        let (at, begin) = route.chain.iter().enumerate().find_map(|(at, link)| Some((at, begins(&link.function)?)))?;
        if index < at {
            let host = begin.get("host").and_then(Value::as_str)?;
            return super::find(Name::new(host)).map(Place::Host);
        }
        let has_context = usize::from(begin.get("context").is_some());
        match index - at {
            0 => Some(Place::Begin),
            1 if has_context == 1 => Some(Place::Context(begin)),
            after => Some(Place::Step(begin, after - 1 - has_context)),
        }
    }
}

/// A function that lives in the context's place, so that it writes there.
fn below_context(name: &str) -> Value {
    value(Lib { path: [Name::new(name)].into(), ..thing(OWNER, "context") })
}

/// What a route's handler gets from its framework.
fn for_host(host: &Route) -> Vec<Value> {
    super::find(host.framework).map(|it| it.arguments(host, host.chain.len())).unwrap_or_default()
}

/// `createContext({ req, res })`: the request as the adapter's server has it.
fn for_context(route: &Route, begin: &Lib) -> Vec<Value> {
    let host = begin.get("host").and_then(Value::as_str).map(Name::new);
    // The host sees its own route; what it asks of it are the path and the method.
    let of_host = host.map(|framework| Route { framework, chain: Vec::new(), ..route.clone() });
    let mut from_host = of_host.as_ref().map(for_host).unwrap_or_default().into_iter();
    let own = || {
        let web = begin.get("adapter").and_then(Value::as_str).is_none_or(|it| it.contains("fetch"));
        value(thing(if web { web::OWNER } else { express::OWNER }, "request"))
    };
    let first = from_host.next();
    let is_request = |it: &Value| it.as_lib().is_some_and(|lib| lib.kind == "request");
    let request = first.clone().filter(is_request).unwrap_or_else(own);
    let response = from_host.next().unwrap_or_else(|| value(thing(express::OWNER, "response")));
    let mut all = Object::default();
    for (name, value) in
        [("req", request), ("res", response), ("resHeaders", Value::unknown()), ("info", Value::client(Part::Request, &[]))]
    {
        all.set(Name::new(name), value, None);
    }
    std::iter::once(Value::of(Shape::Object(all.into()))).chain(first).collect()
}

/// The writes that put a context's fields where the steps find them.
fn on_context(made: &Value) -> Vec<(Value, Name, Value)> {
    let context = value(thing(OWNER, "context"));
    let fields = made.as_object().map(|it| it.fields.as_slice()).unwrap_or_default();
    fields.iter().map(|(name, field)| (context.clone(), *name, field.clone())).collect()
}

/// `next({ ctx: { … } })`: the fields are merged into the context, and the next step runs. `at` is the context.
fn goes_on(at: &Value, call: &Call<'_>) -> Outcome {
    let given = call.args.first().and_then(|it| it.field("ctx"));
    let fields = given.and_then(Value::as_object).map(|it| it.fields.as_slice()).unwrap_or_default();
    Outcome {
        next: Some(None),
        writes: fields.iter().map(|(name, field)| (at.clone(), *name, field.clone())).collect(),
        ..Outcome::value(promise(Value::unknown()))
    }
}

/// `.input(schema)` as a step: it refuses what the schema does.
fn parsed(step: &Lib) -> Outcome {
    let raw = Value::client(Part::Argument, &[]);
    let lets_anything =
        step.get("value").is_some_and(|it| matches!(&it.shape, Shape::Validator(it) if lets_anything_through(it)));
    let after = if lets_anything {
        Facts::none()
    } else {
        Facts::one(Fact::Validated(Key::Client(Part::Argument, std::sync::Arc::from([]))))
    };
    Outcome { next: Some(None), after, ..Outcome::value(Value::nullish()) }
        .with_event(EventKind::Validated { value: raw, enforced: true })
}

fn lets_anything_through(validator: &crate::values::Validator) -> bool {
    matches!(validator, crate::values::Validator::Any)
}

/// `input` for the step of that number: what the schemas before it let through, merged. Without any it is `undefined`.
fn input_before(begin: &Lib, step: usize) -> Value {
    let raw = Value::client(Part::Argument, &[]);
    let inputs = build::steps(begin).take(step).filter(|it| it.kind == "input").filter_map(|it| it.get("value"));
    let mut merged: Option<Value> = None;
    for schema in inputs {
        let value = match &schema.shape {
            Shape::Validator(validator) => validated(validator, &raw),
            _ => raw.checked(Checked::Schema),
        };
        merged = Some(match merged {
            None => value,
            Some(before) => both(&before, &value),
        });
    }
    merged.unwrap_or_else(Value::nullish)
}

fn both(one: &Value, other: &Value) -> Value {
    let mut all = Object::default();
    for value in [one, other] {
        match value.as_object() {
            Some(object) => {
                object.fields.iter().for_each(|(name, field)| all.set(*name, field.clone(), None));
                all.spreads.extend(object.spreads.iter().cloned());
            }
            None => all.spreads.push(value.clone()),
        }
    }
    Value::with_origin(Shape::Object(all.into()), Origin::mix([one.origin.clone(), other.origin.clone()]))
}

#[cfg(test)]
mod tests;
