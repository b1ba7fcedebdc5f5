//! How clients are made, and what their key lets them do.

use std::sync::Arc;

use super::ID;
use crate::base::Name;
use crate::data::{sink, target};
use crate::values::{Call, Import, Lib, Origin, Outcome, Shape, Sink, Value};

/// Packages that make clients.
const PACKAGES: [&str; 10] = [
    "@supabase/supabase-js",
    "@supabase/ssr",
    "@supabase/auth-helpers-nextjs",
    "@supabase/auth-helpers-remix",
    "@supabase/auth-helpers-sveltekit",
    "@supabase/auth-helpers-react",
    "@supabase/auth-helpers-shared",
    "@supabase/postgrest-js",
    "@nuxtjs/supabase",
    "#supabase/server",
];

/// What a key is for, as far as its source tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum KeyKind {
    Service,
    Public,
    Unknown,
}

/// A client that an export of a Supabase package makes.
pub(super) fn made(call: &Call<'_>, import: &Import, path: &[Name]) -> Option<Outcome> {
    if !PACKAGES.iter().any(|package| target::is_package(import.package, package)) {
        return None;
    }
    let name = target::last(path);
    let second = call.args.get(1);
    let privilege = match name {
        "createClient" | "SupabaseClient" | "PostgrestClient" => match second.map_or(KeyKind::Unknown, key) {
            KeyKind::Service => "service",
            _ if call.args.get(2).is_some_and(forwards_caller) => "user",
            _ => "anonymous",
        },
        // These read the caller's session from cookies; a service key bypasses policies all the same.
        "createServerClient" | "createBrowserClient" => match second.map_or(KeyKind::Unknown, key) {
            KeyKind::Service => "service",
            _ => "user",
        },
        "createRouteHandlerClient"
        | "createServerComponentClient"
        | "createServerActionClient"
        | "createMiddlewareClient"
        | "createClientComponentClient"
        | "createPagesServerClient"
        | "createPagesBrowserClient"
        | "createServerSupabaseClient"
        | "createMiddlewareSupabaseClient"
        | "createBrowserSupabaseClient"
        | "createSupabaseLoadClient"
        | "createSupabaseServerClient" => {
            let given = call.args.iter().find_map(|options| options.field("supabaseKey"));
            if given.map_or(KeyKind::Unknown, key) == KeyKind::Service { "service" } else { "user" }
        }
        "serverSupabaseServiceRole" => "service",
        "serverSupabaseClient" => "user",
        _ => return None,
    };
    let data = vec![(Name::new("privilege"), Value::str(privilege))];
    let (owner, kind) = (Name::new(ID), Name::new("client"));
    let lib = Lib { owner, kind, path: Arc::from([]), data, made: Some(call.loc), cell: None };
    Some(Outcome::value(Value::of(Shape::Lib(Arc::new(lib)))))
}

/// Another thing of the same client.
pub(super) fn derived(lib: &Lib, kind: &str, more: Vec<(Name, Value)>) -> Value {
    let mut data = lib.data.clone();
    data.extend(more);
    Value::of(Shape::Lib(Arc::new(Lib { kind: Name::new(kind), path: Arc::from([]), data, ..lib.clone() })))
}

/// `client.from(table)`
pub(super) fn table(lib: &Lib, call: &Call<'_>) -> Outcome {
    let name = call.args.first().cloned().unwrap_or_else(Value::unknown);
    let events = sink::in_text(Sink::Identifier, &name).into_iter().collect();
    let table = derived(lib, "table", vec![(Name::new("table"), name)]);
    Outcome { value: Some(table), events, ..Outcome::default() }
}

/// What a key is for: by the variable that it comes from, by the name under which it is kept, or by its own form.
fn key(value: &Value) -> KeyKind {
    let mut kinds: Vec<KeyKind> = Vec::new();
    for value in value.alternatives() {
        for origin in value.origin.leaves() {
            if let Origin::Env(name) = origin {
                kinds.push(named(name));
            }
        }
        kinds.push(match &value.shape {
            Shape::Str(text) if text.starts_with("sb_secret_") => KeyKind::Service,
            Shape::Str(text) if text.starts_with("sb_publishable_") => KeyKind::Public,
            Shape::Import(import) => named(target::last(&import.path)),
            Shape::Lib(lib) => named(target::last(&lib.path)),
            Shape::Builtin(path) => named(target::last(path)),
            Shape::Method { name, .. } => named(name),
            _ => KeyKind::Unknown,
        });
    }
    // With a fallback, the stronger key counts.
    [KeyKind::Service, KeyKind::Public].into_iter().find(|kind| kinds.contains(kind)).unwrap_or(KeyKind::Unknown)
}

fn named(name: &str) -> KeyKind {
    let words: String = name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let has = |needle: &str| words.contains(needle);
    if has("SERVICEROLE") || has("SERVICEKEY") || has("SECRETKEY") || has("ADMINKEY") {
        KeyKind::Service
    } else if has("ANON") || has("PUBLISHABLE") || has("PUBLICKEY") {
        KeyKind::Public
    } else {
        KeyKind::Unknown
    }
}

/// Whether a client's options send the caller's own token or session.
fn forwards_caller(options: &Value) -> bool {
    if ["accessToken", "cookies"].iter().any(|key| options.field(key).is_some_and(|it| it.shape != Shape::Nullish)) {
        return true;
    }
    let Some(headers) = options.field("global").and_then(|global| global.field("headers")) else { return false };
    let token = ["Authorization", "authorization"].iter().find_map(|key| headers.field(key));
    match (token, headers.as_object()) {
        (Some(token), _) => key(token) != KeyKind::Public,
        // All headers of the request go on, or some that cannot be read.
        (None, Some(headers)) => headers.spreads.iter().any(|it| it.origin.is_client()),
        (None, None) => headers.origin.is_client(),
    }
}
