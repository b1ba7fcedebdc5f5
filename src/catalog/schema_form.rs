//! The form of the tables that make and change validation schemas.

use serde::Deserialize;

use super::model::Calls;

/// A call that makes a validation schema.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BuilderEntry {
    /// Where it is.
    pub call: Calls,
    /// What it makes: `object`, `strict-object`, `open-object`, `record`, `array`, `scalar:string`, `any`, `union`, ….
    pub makes: Makes,
    /// Schemas of this library let a value be absent unless they say otherwise.
    #[serde(default)]
    pub optional: bool,
}

/// What a builder makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Makes {
    /// An object that drops other keys.
    Object,
    /// An object that refuses other keys.
    StrictObject,
    /// An object that keeps other keys.
    OpenObject,
    /// An object with any keys.
    Record,
    /// An array.
    Array,
    /// An array with a schema a place.
    Tuple,
    /// A scalar.
    Scalar(crate::values::Scalar),
    /// Anything.
    Any,
    /// One of several.
    Union,
    /// All of several.
    Intersection,
    /// One of a closed list.
    Enum,
    /// One literal.
    Literal,
    /// The columns of a table.
    FromTable,
    /// A class.
    Class,
    /// One schema after the other.
    Pipe,
    /// The schema in the last argument that holds one.
    Inner,
    /// It checks, but nobody knows what comes out.
    Opaque,
}

impl TryFrom<String> for Makes {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        use crate::values::Scalar;
        Ok(match text.as_str() {
            "object" => Makes::Object,
            "strict-object" => Makes::StrictObject,
            "open-object" => Makes::OpenObject,
            "record" => Makes::Record,
            "array" => Makes::Array,
            "tuple" => Makes::Tuple,
            "scalar:string" => Makes::Scalar(Scalar::String),
            "scalar:number" => Makes::Scalar(Scalar::Number),
            "scalar:boolean" => Makes::Scalar(Scalar::Bool),
            "scalar:date" => Makes::Scalar(Scalar::Date),
            "scalar:bytes" => Makes::Scalar(Scalar::Bytes),
            "scalar:other" => Makes::Scalar(Scalar::Other),
            "any" => Makes::Any,
            "union" => Makes::Union,
            "intersection" => Makes::Intersection,
            "enum" => Makes::Enum,
            "literal" => Makes::Literal,
            "from-table" => Makes::FromTable,
            "class" => Makes::Class,
            "pipe" => Makes::Pipe,
            "inner" => Makes::Inner,
            "opaque" => Makes::Opaque,
            _ => return Err(format!("a builder cannot make `{text}`")),
        })
    }
}

/// A call that changes a validation schema: `@schema.strict`, or a function with the schema as its first argument.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ModifierEntry {
    /// Where it is.
    pub call: Calls,
    /// What it does.
    pub does: Does,
}

/// What a modifier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Does {
    /// Drops undeclared keys.
    Close,
    /// Keeps undeclared keys.
    Open,
    /// Refuses undeclared keys.
    Reject,
    /// Refuses undeclared keys unless they are kept on purpose.
    Strict,
    /// Keeps the named fields.
    Pick,
    /// Drops the named fields.
    Omit,
    /// Makes fields optional.
    Partial,
    /// Adds fields, keeps its way with other keys.
    Extend,
    /// Adds the fields of another schema, and takes its way with other keys.
    MergeLastWins,
    /// May be absent.
    Optional,
    /// Must be there.
    Required,
    /// Has a value where it is absent.
    Default,
    /// Never rejects.
    NeverFails,
    /// Converts.
    Coerce,
    /// Nobody knows what comes out.
    Opaque,
    /// An array of them.
    Array,
    /// The elements of an array.
    Elements,
    /// It or another.
    Or,
    /// It and another.
    And,
    /// The other comes out.
    Then,
    /// One of the arguments.
    Listed,
    /// Nothing that matters here.
    Same,
    /// Keys kept or dropped as the options say.
    Options,
}
