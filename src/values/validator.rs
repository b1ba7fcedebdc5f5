//! Validation schemas, of any library.

use super::Scalar;
use crate::base::Name;

/// What a validation schema lets through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Validator {
    /// An object.
    Object {
        /// Known fields: name, schema, may be absent.
        fields: Vec<(Name, Validator, bool)>,
        /// What happens to others.
        unknown: UnknownKeys,
    },
    /// An array of these.
    Array(Box<Validator>),
    /// A scalar.
    Scalar(Scalar),
    /// One of a closed list, where its members are literals.
    Enum(Vec<String>),
    /// One of several.
    Union(Vec<Validator>),
    /// This, or nothing; in an object's fields their third part says it instead.
    Optional(Box<Validator>),
    /// Anything passes.
    Any,
    /// It checks, but what it lets through is not known (transform, custom, from elsewhere).
    Opaque,
}

/// What a schema does with keys that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnknownKeys {
    /// Drops them.
    Strip,
    /// Refuses the object.
    Reject,
    /// Lets them through.
    Keep,
}
