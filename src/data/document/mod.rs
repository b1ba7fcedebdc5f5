//! The query language of MongoDB, which its driver and the object mappers above it share: selectors, updates, projections, pipelines.
//!
//! **Invariant:** nothing here knows which layer asks; an open object of the client's is told where operators would be read from it.

mod bulk;
mod filter;
mod pipeline;
mod projection;
mod update;

pub(super) use bulk::bulk;
pub(super) use filter::Reader;
pub(super) use pipeline::pipeline;
pub(super) use projection::{leave_out, project};
pub(super) use update::written;

use std::sync::Arc;

use super::target;
use crate::base::Name;
use crate::values::{Call, Fact, Facts, Key, Lib, Origin, Outcome, Scalar, Shape, Truth, Value};

/// The owner of a collection that something unknown gave: what its methods are called tells whose it is.
const UNKNOWN: &str = "document";

/// `something.collection("todos")`, where nobody knows what the thing is.
pub(super) fn collection_of_unknown(call: &Call<'_>) -> Option<Outcome> {
    let unknown = matches!(call.callee.shape, Shape::Unknown) && matches!(call.callee.origin, Origin::Unknown);
    let name = call.args.first()?.as_str().filter(|_| unknown && call.args.len() == 1)?;
    if call.method.is_none_or(|it| it != "collection") {
        return None;
    }
    let (owner, kind) = (Name::new(UNKNOWN), Name::new("collection"));
    let data = vec![(Name::new("entity"), Value::str(name))];
    Some(Outcome::value(Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: None, cell: None })))))
}

/// The name of such a collection, and the method that is called on it.
pub(super) fn unknown_collection(call: &Call<'_>) -> Option<(Option<Name>, Name)> {
    let (lib, path) = target::thing(call, UNKNOWN)?;
    let [method] = path.as_slice() else { return None };
    Some((lib.get("entity").and_then(Value::as_str).map(Name::new), *method))
}

/// `new ObjectId(x)`: the same key as a scalar; what is no id throws.
pub(super) fn object_id(call: &Call<'_>) -> Value {
    match call.args.first() {
        Some(value) => {
            let origin = value.origin.checked(crate::values::Checked::Cast);
            Value::new(Shape::Scalar(Scalar::String), origin, Truth::always(true))
        }
        None => Value::with_origin(Shape::Scalar(Scalar::String), Origin::Generated { guessable: false }),
    }
}

/// `ObjectId.isValid(x)`: where it holds, the value is an id.
pub(super) fn is_object_id(call: &Call<'_>) -> Value {
    let Some(value) = call.args.first() else { return Value::bool(false) };
    let truth = match value.origin.key() {
        Some(key @ Key::Client(..)) => Truth::implies(Facts::one(Fact::Validated(key))),
        _ => Truth::default(),
    };
    Value::new(Shape::Scalar(Scalar::Bool), Origin::derived([value.origin.clone()]), truth)
}
