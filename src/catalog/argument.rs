//! Paths to arguments and numbers computed from them, as the files write them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::Name;
use crate::values::{Call, CallForm, Origin, Shape, Value};

/// Which thing a path begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// An argument by its place.
    Arg(usize),
    /// The last argument.
    Last,
    /// An argument of the call that made the object.
    Made(usize),
    /// What the method is called on.
    This,
}

/// A path to an argument: `0`, `1.algorithms`, `last`, `made.0.callbacks`, `self`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "ArgText")]
pub struct ArgPath {
    /// Where it begins.
    pub start: Start,
    /// Keys below; `*` is each element of an array.
    pub path: Vec<Name>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ArgText {
    Index(usize),
    Text(String),
}

impl TryFrom<ArgText> for ArgPath {
    type Error = String;
    fn try_from(text: ArgText) -> Result<Self, String> {
        match text {
            ArgText::Index(index) => Ok(ArgPath { start: Start::Arg(index), path: Vec::new() }),
            ArgText::Text(text) => ArgPath::parse(&text),
        }
    }
}

impl ArgPath {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no path to an argument");
        let mut parts = text.split('.');
        let start = match parts.next() {
            Some("last") => Start::Last,
            Some("self") => Start::This,
            Some("made") => Start::Made(parts.next().and_then(|it| it.parse().ok()).ok_or_else(wrong)?),
            Some(index) => Start::Arg(index.parse().map_err(|_| wrong())?),
            None => return Err(wrong()),
        };
        Ok(ArgPath { start, path: parts.map(Name::new).collect() })
    }
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// This.
    Value(Value),
    /// Certainly nothing.
    Absent,
    /// It cannot be said.
    Unknown,
}

impl Found {
    /// The value, if there is one.
    pub fn value(self) -> Option<Value> {
        match self {
            Found::Value(value) => Some(value),
            _ => None,
        }
    }
}

/// A call as entries look at it.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// Its arguments.
    pub args: &'a [Value],
    /// Arguments of the call that made the object it is on.
    pub made: &'a [Value],
    /// The object it is on.
    pub this: Option<&'a Value>,
    /// Awaited at once.
    pub awaited: bool,
    /// With `new`.
    pub new: bool,
    /// The version of the package as the project names it.
    pub version: Option<&'a str>,
}

impl<'a> Site<'a> {
    /// The call as written; `made` are the arguments its object was made with.
    pub fn new(call: &'a Call<'_>, made: &'a [Value], version: Option<&'a str>) -> Self {
        let this = Some(call.callee);
        Site { args: call.args, made, this, awaited: call.awaited, new: call.form == CallForm::New, version }
    }

    /// What stands at `path`.
    pub fn find(&self, path: &ArgPath) -> Found {
        let start = match path.start {
            Start::Arg(index) => self.args.get(index),
            Start::Last => self.args.last(),
            Start::Made(index) => self.made.get(index),
            Start::This => self.this,
        };
        let Some(mut value) = start.cloned() else { return Found::Absent };
        for name in &path.path {
            value = match below(&value, *name) {
                Found::Value(value) => value,
                other => return other,
            };
        }
        if value.shape == Shape::Nullish { Found::Absent } else { Found::Value(value) }
    }

    /// Every value at `path`, where `*` stands for each element.
    pub fn all(&self, path: &ArgPath) -> Vec<Value> {
        let Some(star) = path.path.iter().position(|name| *name == "*") else {
            return self.find(path).value().into_iter().collect();
        };
        let head = ArgPath { start: path.start, path: path.path[..star].to_vec() };
        let elements: Vec<Value> = match self.find(&head) {
            Found::Value(list) => match &list.shape {
                Shape::Array(elements) => elements.to_vec(),
                Shape::List(element) => vec![element.clone()],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let rest = ArgPath { start: Start::Arg(0), path: path.path[star + 1..].to_vec() };
        elements.iter().flat_map(|element| Site { args: std::slice::from_ref(element), ..*self }.all(&rest)).collect()
    }

    /// Whether it is called as a middleware: with a request first, and nothing to answer with or something to go on with.
    pub fn as_middleware(&self) -> bool {
        let Some(first) = self.args.first() else { return false };
        is_request(first) && (self.args.last().is_some_and(is_next) || !self.args.iter().any(is_response))
    }
}

/// The member `name` of a value, as far as an entry may know it.
pub fn below(value: &Value, name: Name) -> Found {
    if let Shape::Object(object) = &value.shape {
        if let Some(field) = object.get(&name) {
            return Found::Value(field.clone());
        }
        if object.is_closed() {
            return Found::Absent;
        }
        // A key that nobody wrote may still have come with what was spread in.
        return match object.spreads.iter().map(|spread| below(spread, name)).find(|found| *found != Found::Absent) {
            Some(found) => found,
            None if object.computed => Found::Unknown,
            None => Found::Absent,
        };
    }
    if let Some(member) = value.identity_member(name) {
        return Found::Value(member);
    }
    match (&value.shape, &value.origin) {
        (Shape::Array(elements), _) => match name.parse::<usize>().ok().and_then(|index| elements.get(index)) {
            Some(element) => Found::Value(element.clone()),
            None => Found::Absent,
        },
        (Shape::Unknown, Origin::Client(client)) => {
            let path: Vec<Name> = client.path.iter().copied().chain([name]).collect();
            Found::Value(Value::client(client.part, &path).checked(client.checked))
        }
        (
            Shape::Nullish
            | Shape::Bool(_)
            | Shape::Str(_)
            | Shape::Num(_)
            | Shape::Scalar(_)
            | Shape::Closure(_)
            | Shape::Text { .. },
            _,
        ) => Found::Absent,
        _ => Found::Unknown,
    }
}

/// Whether a value is a framework's request or the context that holds it.
pub fn is_request(value: &Value) -> bool {
    match value.as_lib() {
        Some(lib) => matches!(lib.kind.as_str(), "request" | "req" | "context" | "ctx" | "event"),
        None => {
            matches!(&value.origin, Origin::Client(client) if client.part == crate::values::Part::Request && client.path.is_empty())
        }
    }
}

/// Whether a value is a framework's response.
pub fn is_response(value: &Value) -> bool {
    value.as_lib().is_some_and(|lib| matches!(lib.kind.as_str(), "response" | "res" | "reply"))
}

/// Whether a value goes on with the chain.
pub fn is_next(value: &Value) -> bool {
    value.as_lib().is_some_and(|lib| matches!(lib.kind.as_str(), "next" | "done"))
}

/// Whether a value is a function.
pub fn is_function(value: &Value) -> bool {
    matches!(value.shape, Shape::Closure(_) | Shape::Method { .. })
}

/// What arguments are.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Args(pub Vec<(ArgPath, Role)>);

/// What an argument is.
#[derive(Clone, Debug, PartialEq)]
pub enum Role {
    /// A function that gets these.
    Callback(Vec<String>),
    /// Anything else, by name: `token`, `secret`, `schema`, `value`, `request`, `handler`, `password`, ….
    Named(String),
}

/// Roles that rules and entries may speak of.
const ROLES: &[&str] = &[
    "token", "secret", "key", "schema", "value", "request", "response", "handler", "password", "hash", "id", "limit", "window",
    "path", "url", "command", "code", "html", "to", "message", "options",
];

impl TryFrom<BTreeMap<String, String>> for Args {
    type Error = String;
    fn try_from(table: BTreeMap<String, String>) -> Result<Self, String> {
        let mut roles = Vec::new();
        for (path, role) in table {
            let role = match role.strip_prefix("callback:") {
                Some(args) => Role::Callback(args.split(',').map(|arg| arg.trim().to_owned()).collect()),
                None if ROLES.contains(&role.as_str()) => Role::Named(role),
                None => return Err(format!("unknown role `{role}`")),
            };
            roles.push((ArgPath::parse(&path)?, role));
        }
        Ok(Args(roles))
    }
}

impl Args {
    /// Where the argument with that role stands.
    pub fn place(&self, role: &str) -> Option<&ArgPath> {
        self.0.iter().find(|(_, it)| *it == Role::Named(role.to_owned())).map(|(path, _)| path)
    }
}

/// A number: a literal, or `0.max ?? 0.limit ?? 5`, with a factor as in `8 * 0` or `6 * (0 ?? 21)`. Only the last operand after a
/// `??` is a literal; everything before it is a path.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "NumberText")]
pub struct Number {
    factor: f64,
    paths: Vec<ArgPath>,
    default: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberText {
    Int(i64),
    Float(f64),
    Text(String),
}

impl TryFrom<NumberText> for Number {
    type Error = String;
    fn try_from(text: NumberText) -> Result<Self, String> {
        match text {
            #[allow(clippy::cast_precision_loss)]
            NumberText::Int(number) => Ok(Number { factor: 1.0, paths: Vec::new(), default: Some(number as f64) }),
            NumberText::Float(number) => Ok(Number { factor: 1.0, paths: Vec::new(), default: Some(number) }),
            NumberText::Text(text) => Number::parse(&text),
        }
    }
}

impl Number {
    fn parse(text: &str) -> Result<Self, String> {
        let (factor, rest) = match text.split_once('*') {
            Some((factor, rest)) => (factor.trim().parse().map_err(|_| format!("`{text}` is no number"))?, rest),
            None => (1.0, text),
        };
        let operands: Vec<&str> = rest.trim().trim_start_matches('(').trim_end_matches(')').split("??").map(str::trim).collect();
        let mut number = Number { factor, paths: Vec::new(), default: None };
        for (index, operand) in operands.iter().enumerate() {
            let last = index + 1 == operands.len();
            match operand.parse::<f64>() {
                Ok(literal) if last && index > 0 => number.default = Some(literal),
                _ => number.paths.push(ArgPath::parse(operand)?),
            }
        }
        Ok(number)
    }

    /// Its value at a call; `None` where it cannot be said.
    pub fn at(&self, site: &Site<'_>) -> Option<f64> {
        for path in &self.paths {
            match site.find(path) {
                Found::Absent => {}
                Found::Unknown => return None,
                Found::Value(value) => return Some(self.factor * literal_number(&value)?),
            }
        }
        self.default.map(|number| self.factor * number)
    }
}

/// The number of a literal, in milliseconds where it is a duration (`'10 s'`, `"15m"`).
fn literal_number(value: &Value) -> Option<f64> {
    if let Some(number) = value.as_number() {
        return Some(number);
    }
    let text = value.as_str()?.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok()?;
    let unit = match text[end..].trim() {
        "" | "ms" => 1.0,
        "s" | "sec" | "second" | "seconds" => 1_000.0,
        "m" | "min" | "minute" | "minutes" => 60_000.0,
        "h" | "hour" | "hours" => 3_600_000.0,
        "d" | "day" | "days" => 86_400_000.0,
        _ => return None,
    };
    Some(number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(args: &[Value]) -> Site<'_> {
        Site { args, made: &[], this: None, awaited: false, new: false, version: None }
    }

    #[test]
    fn numbers_come_from_options_and_fall_back() {
        let number = Number::parse("6 * (0 ?? 21)").unwrap();
        let ten = Value::with_origin(Shape::Num("10".into()), Origin::Literal);
        assert_eq!(number.at(&site(&[])), Some(126.0));
        assert_eq!(number.at(&site(&[ten])), Some(60.0));
        assert_eq!(number.at(&site(&[Value::unknown()])), None);
    }

    #[test]
    fn durations_are_milliseconds() {
        assert_eq!(literal_number(&Value::str("10 s")), Some(10_000.0));
        assert_eq!(literal_number(&Value::str("15m")), Some(900_000.0));
        assert_eq!(literal_number(&Value::str("soon")), None);
    }
}
