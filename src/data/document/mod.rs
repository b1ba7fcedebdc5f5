//! The query language of MongoDB, which its driver and the object mappers above it share: selectors, updates, projections, pipelines.
//!
//! **Invariant:** nothing here knows which layer asks; an open object of the client's is told where operators would be read from it.

mod filter;
mod pipeline;
mod projection;
mod update;

pub(super) use filter::Reader;
pub(super) use pipeline::pipeline;
pub(super) use projection::{leave_out, project};
pub(super) use update::written;

use crate::values::{Call, Fact, Facts, Key, Origin, Scalar, Shape, Truth, Value};

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
