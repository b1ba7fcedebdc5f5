//! Conditions of variants: a closed grammar without code.
//!
//! `arg 1.or == "throw"` · `arg 2 is function` · `arg 0 absent` · `last arg is function` · `arg 0 includes "anonymous"` ·
//! `made 0.callbacks present` · `args >= 3` · `version < 9` · `awaited` · `new` · `used as middleware`, joined by `and`, `or`, `not`, `( )`.

use serde::Deserialize;

use super::argument::{ArgPath, Found, Site, Start, is_function, is_request, is_response};
use crate::values::{Origin, Shape, Value};

/// A condition.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub enum Condition {
    /// All of them.
    All(Vec<Condition>),
    /// One of them.
    Any(Vec<Condition>),
    /// Not that.
    Not(Box<Condition>),
    /// There is something at the path.
    Present(ArgPath),
    /// It is of that kind.
    Is(ArgPath, Kind),
    /// It is that literal.
    Equals(ArgPath, Literal),
    /// It is that literal, or an array with it.
    Includes(ArgPath, Literal),
    /// The number of arguments.
    Count(Order, usize),
    /// The package's version.
    Version(Order, u64),
    /// Awaited at once.
    Awaited,
    /// Called with `new`.
    New,
    /// Called with a request, as a middleware is.
    AsMiddleware,
}

/// Kinds of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Function,
    /// A string.
    String,
    /// A plain object.
    Object,
    /// An array.
    Array,
    /// A framework's request.
    Request,
    /// A framework's response.
    Response,
    /// A record.
    Row,
    /// A validation schema.
    Schema,
    /// A client value.
    Client,
}

/// A literal in a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// A boolean.
    Bool(bool),
}

/// Comparisons of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `==`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Order {
    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Order::Less => left < right,
            Order::AtMost => left <= right,
            Order::Equal => left == right,
            Order::AtLeast => left >= right,
            Order::More => left > right,
        }
    }
}

impl TryFrom<String> for Condition {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let words = words(&text)?;
        let mut parser = Parser { words: &words, at: 0 };
        let condition = parser.any().map_err(|why| format!("{why} in `{text}`"))?;
        if parser.at == words.len() { Ok(condition) } else { Err(format!("`{}` is too much in `{text}`", words[parser.at])) }
    }
}

/// Splits a condition at blanks, keeping quoted texts with their quote.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' | '\'' => match rest[1..].find(first) {
                Some(close) => close + 2,
                None => return Err(format!("a text is not closed in `{text}`")),
            },
            '(' | ')' => 1,
            _ => rest.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(rest.len()),
        };
        words.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(words)
}

struct Parser<'a> {
    words: &'a [String],
    at: usize,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Result<&'a str, String> {
        let words: &'a [String] = self.words;
        let word = words.get(self.at).ok_or("something is missing")?;
        self.at += 1;
        Ok(word)
    }

    fn eat(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|it| it == word);
        self.at += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.eat("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.one()?];
        while self.eat("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.eat("not") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.eat("(") {
            let inner = self.any()?;
            return if self.eat(")") { Ok(inner) } else { Err("a `)` is missing".into()) };
        }
        match self.next()? {
            "awaited" => Ok(Condition::Awaited),
            "new" => Ok(Condition::New),
            "used" if self.eat("as") && self.eat("middleware") => Ok(Condition::AsMiddleware),
            "args" => {
                let order = self.order()?;
                let count = self.next()?;
                Ok(Condition::Count(order, count.parse().map_err(|_| format!("`{count}` is no number"))?))
            }
            "version" => {
                let order = self.order()?;
                let version = self.next()?;
                Ok(Condition::Version(order, version.parse().map_err(|_| format!("`{version}` is no major version"))?))
            }
            "last" if self.eat("arg") => self.test(ArgPath { start: Start::Last, path: Vec::new() }),
            "arg" => {
                let path = ArgPath::parse(self.next()?)?;
                self.test(path)
            }
            "made" => {
                let path = format!("made.{}", self.next()?);
                self.test(ArgPath::parse(&path)?)
            }
            other => Err(format!("`{other}` is no condition")),
        }
    }

    fn order(&mut self) -> Result<Order, String> {
        Ok(match self.next()? {
            "<" => Order::Less,
            "<=" => Order::AtMost,
            "==" => Order::Equal,
            ">=" => Order::AtLeast,
            ">" => Order::More,
            other => return Err(format!("`{other}` is no comparison")),
        })
    }

    fn test(&mut self, path: ArgPath) -> Result<Condition, String> {
        Ok(match self.next()? {
            "present" => Condition::Present(path),
            "absent" => Condition::Not(Box::new(Condition::Present(path))),
            "is" => {
                let kind = match self.next()? {
                    "function" => Kind::Function,
                    "string" => Kind::String,
                    "object" => Kind::Object,
                    "array" => Kind::Array,
                    "request" => Kind::Request,
                    "response" => Kind::Response,
                    "row" => Kind::Row,
                    "schema" => Kind::Schema,
                    "client" => Kind::Client,
                    other => return Err(format!("`{other}` is no kind of value")),
                };
                Condition::Is(path, kind)
            }
            "includes" => Condition::Includes(path, self.literal()?),
            "==" => Condition::Equals(path, self.literal()?),
            "!=" => Condition::Not(Box::new(Condition::Equals(path, self.literal()?))),
            other => return Err(format!("`{other}` is no test")),
        })
    }

    fn literal(&mut self) -> Result<Literal, String> {
        let word = self.next()?;
        Ok(match word {
            "true" => Literal::Bool(true),
            "false" => Literal::Bool(false),
            text if text.starts_with(['"', '\'']) => Literal::Text(text[1..text.len() - 1].to_owned()),
            number => Literal::Number(number.parse().map_err(|_| format!("`{number}` is no literal"))?),
        })
    }
}

impl Condition {
    /// Whether it holds at a call; `None` where it cannot be said.
    pub fn holds(&self, site: &Site<'_>) -> Option<bool> {
        match self {
            Condition::All(parts) => {
                let all: Vec<Option<bool>> = parts.iter().map(|part| part.holds(site)).collect();
                if all.contains(&Some(false)) {
                    Some(false)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
            Condition::Any(parts) => {
                let all: Vec<Option<bool>> = parts.iter().map(|part| part.holds(site)).collect();
                if all.contains(&Some(true)) {
                    Some(true)
                } else if all.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            Condition::Not(inner) => inner.holds(site).map(|it| !it),
            Condition::Present(path) => match site.find(path) {
                Found::Value(value) if value.shape == Shape::Unknown => None,
                Found::Value(_) => Some(true),
                Found::Absent => Some(false),
                Found::Unknown => None,
            },
            Condition::Is(path, kind) => match site.find(path) {
                Found::Value(value) => kind.of(&value),
                Found::Absent => Some(false),
                Found::Unknown => None,
            },
            Condition::Equals(path, literal) => match site.find(path) {
                Found::Value(value) => literal.is(&value),
                Found::Absent => Some(false),
                Found::Unknown => None,
            },
            Condition::Includes(path, literal) => match site.find(path) {
                Found::Value(value) => match &value.shape {
                    Shape::Array(elements) => {
                        let all: Vec<Option<bool>> = elements.iter().map(|element| literal.is(element)).collect();
                        if all.contains(&Some(true)) {
                            Some(true)
                        } else if all.contains(&None) {
                            None
                        } else {
                            Some(false)
                        }
                    }
                    _ => literal.is(&value),
                },
                Found::Absent => Some(false),
                Found::Unknown => None,
            },
            Condition::Count(order, count) => Some(order.holds(site.args.len(), *count)),
            // A project that does not say its version is taken to have the newest.
            Condition::Version(order, version) => Some(order.holds(major(site.version).unwrap_or(u64::MAX), *version)),
            Condition::Awaited => Some(site.awaited),
            Condition::New => Some(site.new),
            Condition::AsMiddleware => Some(site.as_middleware()),
        }
    }
}

/// The first number of a version or range (`^4.24.0` → 4).
fn major(version: Option<&str>) -> Option<u64> {
    let text = version?.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

impl Kind {
    fn of(self, value: &Value) -> Option<bool> {
        let known = match self {
            Kind::Request => return Some(is_request(value)),
            Kind::Response => return Some(is_response(value)),
            Kind::Client => return Some(value.origin.is_client()),
            // A callback is written where it is handed over: a value of unknown form there is a secret or an option.
            Kind::Function => return Some(is_function(value)),
            Kind::String => {
                matches!(value.shape, Shape::Str(_) | Shape::Text { .. } | Shape::Scalar(crate::values::Scalar::String))
            }
            Kind::Object => matches!(value.shape, Shape::Object(_)),
            Kind::Array => matches!(value.shape, Shape::Array(_) | Shape::List(_)),
            Kind::Row => matches!(value.shape, Shape::Row(_)) || matches!(value.origin, Origin::Row(_)),
            Kind::Schema => matches!(value.shape, Shape::Validator(_)),
        };
        match value.shape {
            Shape::Unknown | Shape::Import(_) | Shape::OneOf(_) if !known => None,
            _ => Some(known),
        }
    }
}

impl Literal {
    fn is(&self, value: &Value) -> Option<bool> {
        match (&value.shape, self) {
            (Shape::Str(text), Literal::Text(ours)) => Some(**text == **ours),
            (Shape::Bool(outcome), Literal::Bool(ours)) => Some(outcome == ours),
            (Shape::Num(_), Literal::Number(ours)) => value.as_number().map(|number| (number - ours).abs() < f64::EPSILON),
            (Shape::Unknown | Shape::OneOf(_) | Shape::Scalar(_) | Shape::Text { .. } | Shape::Import(_), _) => None,
            _ => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(text: &str) -> Condition {
        Condition::try_from(text.to_owned()).unwrap_or_else(|why| panic!("{why}"))
    }

    fn site(args: &[Value]) -> Site<'_> {
        Site { args, made: &[], this: None, awaited: false, new: false, version: Some("^8.5.1") }
    }

    #[test]
    fn an_unknown_option_leaves_the_condition_open() {
        let text = condition("arg 0.or == \"throw\"");
        let object = Value::of(Shape::Object(std::sync::Arc::new(crate::values::Object {
            fields: vec![("or".into(), Value::str("throw"))],
            ..Default::default()
        })));
        assert_eq!(text.holds(&site(&[object])), Some(true));
        assert_eq!(text.holds(&site(&[Value::unknown()])), None);
        assert_eq!(text.holds(&site(&[])), Some(false));
    }

    #[test]
    fn conditions_join_and_read_versions() {
        assert_eq!(condition("version < 9 and arg 2.algorithms absent").holds(&site(&[])), Some(true));
        assert_eq!(condition("version >= 9 or not (args >= 1)").holds(&site(&[])), Some(true));
        assert_eq!(condition("arg 0 includes 'anonymous'").holds(&site(&[Value::str("anonymous")])), Some(true));
    }

    #[test]
    fn nonsense_is_refused_with_its_reason() {
        for text in ["", "arg", "arg 0", "arg 0 is nice", "args >= x", "awaited awaited", "arg 0 == \"open"] {
            assert!(Condition::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
