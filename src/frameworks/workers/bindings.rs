//! Bindings that are no database: key-value stores, buckets, queues, models, rate limits.

use crate::frameworks::things::{derived, promise};
use crate::values::{Call, Effect, EventKind, Fact, Facts, Leaves, Object, Origin, Outcome, Part, Scalar, Shape, Truth, Value};

/// A method of `env.BINDING`. What a database layer knows (`prepare`, `batch`, `exec`) is left to it.
pub(super) fn call(method: &str, call: &Call<'_>) -> Option<Outcome> {
    let effect = |kind| EventKind::Effect { kind, args: call.args.to_vec() };
    let given = |value: Value| Outcome { value: Some(promise(value)), leaves: Leaves::May, ..Outcome::default() };
    let first = call.args.first();
    Some(match (method, call.args.len()) {
        ("get" | "getWithMetadata", 1..) => {
            let key = first?;
            if is_credential(key) {
                // What a server keeps under a secret of the caller's is the caller's session.
                let identity =
                    Value::new(Shape::Unknown, Origin::identity(true), Truth::implies(Facts::one(Fact::Authenticated)));
                return Some(given(identity.clone()).with_event(EventKind::IdentityLookup { value: identity }));
            }
            given(derived(Shape::Unknown, &[key])).with_event(effect(Effect::StorageRead))
        }
        ("head", 1) => given(Value::unknown()).with_event(effect(Effect::StorageRead)),
        ("put", 2..) | ("createMultipartUpload", _) => given(Value::unknown()).with_event(effect(Effect::StorageWrite)),
        ("delete", 1) => given(Value::nullish()).with_event(effect(Effect::StorageDelete)),
        ("list", _) => given(Value::unknown()),
        ("send" | "sendBatch", 1..) => given(Value::nullish()).with_event(effect(Effect::Queue)),
        ("limit", 1) => {
            let mut result = Object::default();
            let success = Value::of(Shape::Scalar(Scalar::Bool)).with_truth(Truth::implies(Facts::one(Fact::Limited)));
            result.set("success".into(), success, None);
            given(Value::of(Shape::Object(result.into())))
        }
        // Models are named in the first argument; a prepared statement is not run on the binding itself.
        ("run", 2..) if first.and_then(Value::as_str).is_some_and(|it| it.starts_with('@')) => {
            given(Value::unknown()).with_event(effect(Effect::Ai))
        }
        ("fetch", 1..) => given(crate::frameworks::things::value(crate::frameworks::things::thing("web", "fetched"))),
        _ => return None,
    })
}

/// Whether a key is a secret that the caller brought: a cookie, or what stands in the `Authorization` header.
fn is_credential(key: &Value) -> bool {
    let mut clients = key.origin.clients().peekable();
    clients.peek().is_some()
        && clients.all(|it| match it.part {
            Part::Cookie => true,
            Part::Header => it.path.first().is_some_and(|name| *name == "authorization"),
            _ => false,
        })
}
