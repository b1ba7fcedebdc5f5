//! Cookie sessions: `createCookieSessionStorage()` and its kin, and what a session holds.
//!
//! A session is always there. What it holds is the server's word where the cookie is signed or names a record of the server, and
//! the client's where a cookie that nobody signs holds the data itself.

use super::OWNER;
use crate::base::Name;
use crate::frameworks::file_routes::unwritten;
use crate::frameworks::things::{promise, thing, value, with};
use crate::values::{Call, Effect, EventKind, IdentityPart, Lib, Origin, Outcome, Part, Scalar, Shape, Value};

/// A storage of sessions.
pub(super) fn storage(name: &str, call: &Call<'_>) -> Option<Outcome> {
    let in_cookie = match name {
        "createCookieSessionStorage" => true,
        "createSessionStorage"
        | "createMemorySessionStorage"
        | "createFileSessionStorage"
        | "createWorkersKVSessionStorage"
        | "createArcTableSessionStorage" => false,
        _ => return None,
    };
    let storage = with(thing(OWNER, "sessions"), "forgeable", Value::bool(in_cookie && !is_signed(call.args.first())));
    let secrets = call.args.first().and_then(|it| it.field("cookie")).and_then(|it| it.field("secrets"));
    let storage = match secrets {
        Some(secrets) => with(storage, "secrets", secrets.clone()),
        None => storage,
    };
    Some(Outcome::value(value(storage)))
}

/// Whether a storage's cookie is signed, as far as is known: only options that are known whole can lack secrets.
fn is_signed(options: Option<&Value>) -> bool {
    let Some(options) = options else { return false };
    let Some(all) = options.as_object() else { return true };
    let Some(cookie) = all.get("cookie") else { return !all.is_closed() };
    let Some(cookie) = cookie.as_object() else { return true };
    match cookie.get("secrets").map(|it| &it.shape) {
        Some(Shape::Array(secrets)) => !secrets.is_empty(),
        Some(Shape::Nullish) => false,
        Some(_) => true,
        None => !cookie.is_closed(),
    }
}

/// A method of a storage.
pub(super) fn storage_method(lib: &Lib, name: &str, call: &Call<'_>) -> Option<Outcome> {
    let cookie = || promise(Value::of(Shape::Scalar(Scalar::String)));
    Some(match name {
        "getSession" => {
            let session = match lib.get("forgeable") {
                Some(forgeable) => with(thing(OWNER, "session"), "forgeable", forgeable.clone()),
                None => thing(OWNER, "session"),
            };
            let outcome = Outcome::value(promise(value(session)));
            match lib.get("secrets") {
                Some(secrets) => {
                    outcome.with_event(EventKind::Marked { mark: Name::new("secret:token"), args: vec![secrets.clone()] })
                }
                None => outcome,
            }
        }
        "commitSession" => Outcome::value(cookie())
            .with_event(EventKind::Effect { kind: Effect::SessionWrite, args: call.args.to_vec() })
            .with_event(EventKind::Effect { kind: Effect::SetCookie, args: call.args.to_vec() }),
        "destroySession" => {
            Outcome::value(cookie()).with_event(EventKind::Effect { kind: Effect::SetCookie, args: call.args.to_vec() })
        }
        _ => return None,
    })
}

/// A method of a session.
pub(super) fn session_method(lib: &Lib, name: &str, call: &Call<'_>) -> Option<Outcome> {
    let key = call.args.first().and_then(Value::as_str).map(Name::new);
    let forgeable = lib.get("forgeable").and_then(|it| it.truth.known) == Some(true);
    Some(match name {
        "get" | "has" if forgeable => {
            let path: Vec<Name> = key.into_iter().collect();
            Outcome::value(Value::client(Part::Cookie, &path))
        }
        "get" | "has" => {
            let found = key.and_then(unwritten).unwrap_or_else(Value::unknown);
            let names_principal = matches!(&found.origin, Origin::Identity(identity)
                if matches!(identity.part, IdentityPart::Id | IdentityPart::Email | IdentityPart::Whole));
            let given = match name {
                "has" => Value::new(Shape::Scalar(Scalar::Bool), Origin::Unknown, found.truth.clone()),
                _ => found.clone(),
            };
            let outcome = Outcome::value(given);
            if names_principal { outcome.with_event(EventKind::IdentityLookup { value: found }) } else { outcome }
        }
        "set" | "flash" | "unset" => Outcome::value(Value::nullish())
            .with_event(EventKind::Effect { kind: Effect::SessionWrite, args: call.args.to_vec() }),
        _ => return None,
    })
}
