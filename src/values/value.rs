//! Values.

use std::sync::Arc;

use super::{Checked, Facts, Origin, Query, RowPath, Truth, Validator};
use crate::base::{FileId, ItemId, Loc, Name};
use crate::ir::{ClassId, FnId, LocalId};

/// An abstract value: cheap to clone, compared by content.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(Arc<ValueData>);

/// The parts of a [`Value`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ValueData {
    /// What it looks like.
    pub shape: Shape,
    /// Where it comes from.
    pub origin: Origin,
    /// What testing it proves.
    pub truth: Truth,
}

impl std::ops::Deref for Value {
    type Target = ValueData;
    fn deref(&self) -> &ValueData {
        &self.0
    }
}

/// The form of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// Nothing is known. A client value of this shape is an open object: any key may be in it.
    #[default]
    Unknown,
    /// `null`, `undefined`
    Nullish,
    /// `true`, `false`
    Bool(bool),
    /// A literal string.
    Str(Arc<str>),
    /// A literal number, as written.
    Num(Arc<str>),
    /// Some scalar.
    Scalar(Scalar),
    /// A template or concatenation: the fixed texts and the values between them (one more text than values).
    Text { quasis: Arc<[Arc<str>]>, parts: Arc<[Value]> },
    /// An object with known fields.
    Object(Arc<Object>),
    /// An array with known elements.
    Array(Arc<[Value]>),
    /// An array of unknown length, each element like this one.
    List(Value),
    /// A function of the project.
    Closure(Arc<Closure>),
    /// A class of the project.
    Class(ClassRef),
    /// An object of a class of the project.
    Instance(Arc<Instance>),
    /// An export of a package, or a member of one: `jsonwebtoken` + `verify`.
    Import(Arc<Import>),
    /// A thing that a library made: an app, a router, a request, a database client, a mailer.
    Lib(Arc<Lib>),
    /// A method taken from a value without being called yet: `prisma.user.findMany`, `items.map`.
    Method { of: Value, name: Name },
    /// A query that has not been run.
    Query(Arc<Query>),
    /// One record of an access.
    Row(Arc<Row>),
    /// Records of an access.
    Rows(Arc<Row>),
    /// A promise that nobody has awaited.
    Promise(Value),
    /// A validation schema, or a class that acts as one.
    Validator(Arc<Validator>),
    /// One of several, by the way that was taken.
    OneOf(Arc<[Value]>),
    /// What the runtime offers: `JSON`, `Object.keys`, `process`, `Response`: the path from the global.
    Builtin(Arc<[Name]>),
}

/// Kinds of scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// A string.
    String,
    /// A number.
    Number,
    /// A boolean.
    Bool,
    /// A date.
    Date,
    /// Bytes, a file.
    Bytes,
    /// One of a closed list, or another scalar.
    Other,
}

/// An object's fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object {
    /// Known fields in order of writing, without repeats.
    pub fields: Vec<(Name, Value)>,
    /// What was spread into it and is not known field by field (client objects, rows, unknowns).
    pub spreads: Vec<Value>,
    /// Where each field of `fields` was written, where known (parallel; may be shorter).
    pub locs: Vec<Option<Loc>>,
    /// A field was written under a computed key.
    pub computed: bool,
}

/// A function with the variables it sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Closure {
    /// The file.
    pub file: FileId,
    /// The item in it.
    pub item: ItemId,
    /// The function in the item.
    pub function: FnId,
    /// Variables around it that it reads, as they were when it outlived their function.
    pub captured: Arc<[(LocalId, Value)]>,
    /// While its surroundings are still running: the interpreter's activations of the functions around it, outermost first.
    pub scopes: Arc<[(FnId, u32)]>,
    /// The `this` of an arrow function or method.
    pub this: Option<Value>,
    /// Arguments fixed by `.bind`.
    pub bound: Arc<[Value]>,
}

/// A class of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    /// The file.
    pub file: FileId,
    /// The item in it.
    pub item: ItemId,
    /// The class in the item.
    pub class: ClassId,
}

/// An object of a class of the project.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instance {
    /// Its class.
    pub class: ClassRef,
    /// Fields as they were when it outlived its maker.
    pub fields: Object,
    /// While its maker runs: where the interpreter keeps its fields.
    pub cell: Option<u32>,
}

/// An export of a package or a member below it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Import {
    /// The specifier as written (`next-auth/jwt`), or of an unresolved project file.
    pub package: Name,
    /// The exported name and members below it; `default` for the default export, empty for the namespace.
    pub path: Arc<[Name]>,
    /// The specifier belongs to the project and could not be resolved.
    pub unresolved: bool,
}

/// A thing that a library made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lib {
    /// Who knows what it means: a framework's, data layer's or catalogue file's id (`express`, `prisma`, `jsonwebtoken`).
    pub owner: Name,
    /// What it is to its owner: `router`, `request`, `client`, an object id of the catalogue.
    pub kind: Name,
    /// Members below it: `prisma.user` is `["user"]`.
    pub path: Arc<[Name]>,
    /// What its owner wants to remember (options it was made with, a privilege, a parent).
    pub data: Vec<(Name, Value)>,
    /// Where it was made: two things are the same if they were made at the same place by the same calls.
    pub made: Option<Loc>,
    /// While it lives in a trace: where the interpreter keeps what the code writes on it (`req.user = …`).
    pub cell: Option<u32>,
}

impl Lib {
    /// The kind of builders that change in place.
    pub const BUILDER: &'static str = "builder";
    /// The kind of builders that change in place and are a promise of what they select.
    pub const THENABLE: &'static str = "thenable";

    /// Whether calls change it in place.
    pub fn changes(&self) -> bool {
        self.kind == Self::BUILDER || self.kind == Self::THENABLE
    }
}

/// Records of an access: which, and what was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Row {
    /// The access, and the relations below its record.
    pub at: RowPath,
    /// Fields that destructuring or `omit` took out.
    pub without: Vec<Name>,
}

impl Value {
    /// A value of its parts.
    pub fn new(shape: Shape, origin: Origin, truth: Truth) -> Self {
        Value(Arc::new(ValueData { shape, origin, truth }))
    }

    /// Nothing is known.
    pub fn unknown() -> Self {
        static UNKNOWN: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| Value(Arc::default()));
        UNKNOWN.clone()
    }

    /// `undefined` or `null`.
    pub fn nullish() -> Self {
        static NULLISH: std::sync::LazyLock<Value> =
            std::sync::LazyLock::new(|| Value::new(Shape::Nullish, Origin::Literal, Truth::always(false)));
        NULLISH.clone()
    }

    /// A shape whose truth is that of its form: objects, functions and the like are truthy.
    pub fn of(shape: Shape) -> Self {
        Self::with_origin(shape, Origin::Unknown)
    }

    /// A shape and where it comes from; its truth is that of its form.
    pub fn with_origin(shape: Shape, origin: Origin) -> Self {
        let truth = shape.certain_truth().map_or_else(Truth::default, Truth::always);
        Value::new(shape, origin, truth)
    }

    /// A literal string.
    pub fn str(text: &str) -> Self {
        Value::with_origin(Shape::Str(text.into()), Origin::Literal)
    }

    /// A literal boolean.
    pub fn bool(value: bool) -> Self {
        Value::with_origin(Shape::Bool(value), Origin::Literal)
    }

    /// A client value of unknown form.
    pub fn client(part: super::Part, path: &[Name]) -> Self {
        Value::new(Shape::Unknown, Origin::client(part, path), Truth::default())
    }

    /// The same value, with another truth.
    #[must_use]
    pub fn with_truth(&self, truth: Truth) -> Self {
        Value(Arc::new(ValueData { truth, ..(*self.0).clone() }))
    }

    /// The same value, reached only where `facts` held.
    #[must_use]
    pub fn under(&self, facts: &Facts) -> Self {
        if facts.is_empty() { self.clone() } else { self.with_truth(self.truth.under(facts)) }
    }

    /// The same value, checked at least so far.
    #[must_use]
    pub fn checked(&self, checked: Checked) -> Self {
        Value(Arc::new(ValueData { origin: self.origin.checked(checked), ..(*self.0).clone() }))
    }

    /// The text of a literal string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.shape {
            Shape::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The number of a literal number.
    pub fn as_number(&self) -> Option<f64> {
        match &self.shape {
            Shape::Num(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The object, if all its fields may be looked up here.
    pub fn as_object(&self) -> Option<&Object> {
        match &self.shape {
            Shape::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The named field of a plain object; `None` where there is none.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.as_object()?.get(name)
    }

    /// The library thing.
    pub fn as_lib(&self) -> Option<&Lib> {
        match &self.shape {
            Shape::Lib(lib) => Some(lib),
            _ => None,
        }
    }

    /// What `await` gives.
    pub fn awaited(&self) -> Value {
        match &self.shape {
            Shape::Promise(inner) => inner.awaited(),
            _ => self.clone(),
        }
    }

    /// All alternatives, itself if there is one only.
    pub fn alternatives(&self) -> &[Value] {
        match &self.shape {
            Shape::OneOf(values) => values,
            _ => std::slice::from_ref(self),
        }
    }

    /// Whether it is a query that has not run, or a builder that stands for one.
    pub fn is_pending(&self) -> bool {
        matches!(self.shape, Shape::Query(_)) || self.as_lib().is_some_and(|it| it.kind == Lib::THENABLE)
    }

    /// Whether it is a function of the project or a library's, as far as known.
    pub fn is_callable(&self) -> bool {
        matches!(self.shape, Shape::Closure(_) | Shape::Import(_) | Shape::Method { .. } | Shape::Class(_) | Shape::Builtin(_))
    }
}

impl Shape {
    /// Whether a value of this form is certainly truthy or falsy.
    pub fn certain_truth(&self) -> Option<bool> {
        match self {
            Shape::Nullish => Some(false),
            Shape::Bool(value) => Some(*value),
            Shape::Str(text) => Some(!text.is_empty()),
            Shape::Num(text) => Some(text.parse::<f64>().is_ok_and(|number| number != 0.0)),
            Shape::Object(_)
            | Shape::Array(_)
            | Shape::List(_)
            | Shape::Closure(_)
            | Shape::Class(_)
            | Shape::Instance(_)
            | Shape::Lib(_)
            | Shape::Method { .. }
            | Shape::Query(_)
            | Shape::Rows(_)
            | Shape::Promise(_)
            | Shape::Validator(_)
            | Shape::Builtin(_) => Some(true),
            Shape::Unknown | Shape::Scalar(_) | Shape::Text { .. } | Shape::Import(_) | Shape::Row(_) | Shape::OneOf(_) => None,
        }
    }
}

impl Object {
    /// The named field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Where the named field was written.
    pub fn loc_of(&self, name: &str) -> Option<Loc> {
        let index = self.fields.iter().position(|(key, _)| *key == name)?;
        self.locs.get(index).copied().flatten()
    }

    /// Sets a field, replacing an earlier one of that name.
    pub fn set(&mut self, name: Name, value: Value, loc: Option<Loc>) {
        self.locs.resize(self.fields.len(), None);
        match self.fields.iter().position(|(key, _)| *key == name) {
            Some(index) => {
                self.fields[index].1 = value;
                self.locs[index] = loc;
            }
            None => {
                self.fields.push((name, value));
                self.locs.push(loc);
            }
        }
    }

    /// Whether every key that can be in it is known.
    pub fn is_closed(&self) -> bool {
        self.spreads.is_empty() && !self.computed
    }
}

impl Lib {
    /// What its owner remembered under `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.data.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}
