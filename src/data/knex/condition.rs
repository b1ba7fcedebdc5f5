//! Conditions: `where` in all its forms, and what joins say.

use super::{builder, raw};
use crate::data::assemble::{all_of, any_of, bracketed, named, opaque, text};
use crate::data::sql::{Piece, SqlText, fragment};
use crate::data::target;
use crate::values::{Call, Shape, Value};

/// How a condition is added: the words of its method.
pub(super) struct Words<'a> {
    /// It opens what stands before it.
    pub or: bool,
    pub not: bool,
    /// What is left: `where`, `whereIn`, `having`.
    pub rest: &'a str,
}

impl<'a> Words<'a> {
    /// Of a method's name; `None` if it adds no condition.
    pub fn of(method: &'a str) -> Option<Self> {
        let lower = |rest: &'a str, word: &str| rest.strip_prefix(word).filter(|it| it.starts_with(['W', 'O']));
        let (or, rest) = match (lower(method, "or"), lower(method, "and")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => (false, method),
        };
        let rest = rest.strip_prefix(['w', 'W'])?.strip_prefix("here")?;
        let (not, rest) = match rest.strip_prefix("Not") {
            Some(rest) if !rest.starts_with("Null") => (true, rest),
            _ => (false, rest),
        };
        Some(Words { or, not, rest })
    }
}

/// The condition that a method adds; `None` for one without any.
pub(super) fn pieces(words: &Words<'_>, call: &Call<'_>) -> Option<Vec<Piece>> {
    let (first, second) = (call.args.first(), call.args.get(1));
    let condition = match words.rest {
        "" => plain(call.args),
        "In" => listed(first?, second?),
        "Null" => ended(column(first?), " IS NULL"),
        "NotNull" => ended(column(first?), " IS NOT NULL"),
        "Like" => signed(column(first?), " LIKE ", operand(second?)),
        "ILike" => signed(column(first?), " ILIKE ", operand(second?)),
        "Between" => {
            let (low, high) = match target::elements(second?) {
                Some([low, high]) => (operand(low), operand(high)),
                _ => (operand(second?), operand(second?)),
            };
            signed(signed(column(first?), " BETWEEN ", low), " AND ", high)
        }
        "Exists" => {
            let mut all = vec![text("EXISTS ")];
            all.extend(bracketed(fragment(first?).or_else(|| Some(builder::statement(first?.as_lib()?)))?));
            all
        }
        "Raw" => raw::pieces(call.args),
        "Column" => match call.args {
            [one, other] => signed(column(one), " = ", column(other)),
            [one, sign, other] => signed(column(one), self::sign(sign)?, column(other)),
            _ => return None,
        },
        // Of JSON columns.
        _ => opaque(&Value::of(Shape::Array(call.args.iter().cloned().collect()))),
    };
    if condition.is_empty() {
        return None;
    }
    Some(if words.not { prefixed("NOT ", bracketed(condition)) } else { condition })
}

/// What of the client's is text in a condition.
pub(super) fn sinks(words: &Words<'_>, pieces: &[Piece]) -> Vec<crate::values::EventKind> {
    if words.rest == "Raw" { SqlText::pieces(pieces.to_vec()).sinks() } else { Vec::new() }
}

/// `where({ a: b })`, `where('a', b)`, `where('a', '>', b)`, `where(raw)`, `where(builder => …)`
fn plain(args: &[Value]) -> Vec<Piece> {
    match args {
        [] => Vec::new(),
        [only] => match (&only.shape, only.as_lib()) {
            (Shape::Nullish | Shape::Bool(true), _) => Vec::new(),
            (Shape::Bool(false), _) => vec![text("false")],
            (Shape::Object(object), _) => {
                let mut all: Vec<Value> = Vec::new();
                for (key, value) in &object.fields {
                    all.push(equal(column_name(key), value));
                }
                let more = object.spreads.iter().map(|it| made(opaque(it)));
                all.extend(more);
                all_of(&all).unwrap_or_default()
            }
            (_, Some(lib)) if super::builder::is_builder(lib) => bracketed(builder::conditions(lib)),
            _ => fragment(only).unwrap_or_else(|| opaque(only)),
        },
        [name, value] => fragment(&equal(column(name), value)).unwrap_or_default(),
        [name, operator, value, ..] => match sign(operator) {
            Some(" IN ") => listed(name, value),
            Some(" = ") => fragment(&equal(column(name), value)).unwrap_or_default(),
            Some(sign) if value.shape == Shape::Nullish => {
                ended(column(name), if sign == " <> " { " IS NOT NULL" } else { " IS NULL" })
            }
            Some(sign) => signed(column(name), sign, operand(value)),
            None => opaque(&Value::of(Shape::Array([name.clone(), value.clone()].into()))),
        },
    }
}

/// One column has a value: one for each way that the value has.
fn equal(column: Vec<Piece>, value: &Value) -> Value {
    let ways = value.alternatives().iter().map(|way| match way.shape {
        Shape::Nullish => made(ended(column.clone(), " IS NULL")),
        _ => made(signed(column.clone(), " = ", operand(way))),
    });
    let ways: Vec<Value> = ways.collect();
    match ways.as_slice() {
        [only] => only.clone(),
        _ => made(any_of(&ways).unwrap_or_default()),
    }
}

fn listed(name: &Value, list: &Value) -> Vec<Piece> {
    let subquery = fragment(list).or_else(|| list.as_lib().filter(|it| builder::is_builder(it)).map(builder::statement));
    match subquery {
        Some(inner) => signed(column(name), " IN ", bracketed(inner)),
        None => signed(column(name), " = ANY ", bracketed(vec![Piece::Bound(list.clone())])),
    }
}

fn sign(operator: &Value) -> Option<&'static str> {
    Some(match operator.as_str()?.to_ascii_lowercase().as_str() {
        "=" => " = ",
        "<>" | "!=" | "is not" | "is distinct from" => " <> ",
        "is" => " IS ",
        ">" => " > ",
        ">=" => " >= ",
        "<" => " < ",
        "<=" => " <= ",
        "like" => " LIKE ",
        "ilike" => " ILIKE ",
        "not like" => " NOT LIKE ",
        "not ilike" => " NOT ILIKE ",
        "in" => " IN ",
        "@>" => " @> ",
        "<@" => " <@ ",
        "&&" => " && ",
        "~" => " ~ ",
        _ => return None,
    })
}

/// A column, by name or as a part of a statement.
pub(super) fn column(value: &Value) -> Vec<Piece> {
    match value.as_str() {
        Some(name) => column_name(name),
        // Which column it is, the code decides as it runs.
        None => fragment(value).unwrap_or_else(|| opaque(value)),
    }
}

fn column_name(name: &str) -> Vec<Piece> {
    vec![text(&named(name))]
}

/// A value: bound, or a part of a statement.
pub(super) fn operand(value: &Value) -> Vec<Piece> {
    match (&value.shape, value.as_lib()) {
        (_, Some(lib)) if builder::is_builder(lib) => bracketed(builder::statement(lib)),
        (Shape::Query(_), _) => fragment(value).unwrap_or_else(|| opaque(value)),
        _ => fragment(value).unwrap_or_else(|| vec![Piece::Bound(value.clone())]),
    }
}

/// What a join's arguments after its table say: two columns, an object of them, a callback's conditions.
pub(super) fn on(args: &[Value]) -> Option<Vec<Piece>> {
    match args {
        [one, other] => Some(signed(column(one), " = ", column(other))),
        [one, operator, other] => Some(signed(column(one), sign(operator)?, column(other))),
        [only] => match (only.as_object(), only.as_lib()) {
            (Some(object), _) => {
                let each = object.fields.iter().map(|(key, other)| made(signed(column_name(key), " = ", column(other))));
                all_of(&each.collect::<Vec<_>>())
            }
            (None, Some(lib)) if builder::is_builder(lib) => Some(builder::conditions(lib)),
            _ => fragment(only),
        },
        _ => None,
    }
}

/// Pieces as a value that a builder remembers.
pub(super) fn made(pieces: Vec<Piece>) -> Value {
    SqlText::pieces(pieces).into_part(super::ID)
}

fn signed(mut one: Vec<Piece>, sign: &str, other: Vec<Piece>) -> Vec<Piece> {
    one.push(text(sign));
    one.extend(other);
    one
}

fn ended(mut one: Vec<Piece>, end: &str) -> Vec<Piece> {
    one.push(text(end));
    one
}

fn prefixed(before: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut all = vec![text(before)];
    all.extend(pieces);
    all
}
