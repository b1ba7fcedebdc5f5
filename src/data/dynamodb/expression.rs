//! Expressions: conditions, updates, projections, with their names and values beside them.

use crate::base::Name;
use crate::data::target;
use crate::values::{Filter, Shape, Test, Value};

/// What an expression's placeholders stand for.
pub(super) struct Placeholders<'a> {
    /// `ExpressionAttributeNames`
    pub names: Option<&'a Value>,
    /// `ExpressionAttributeValues`
    pub values: Option<&'a Value>,
}

impl Placeholders<'_> {
    /// An attribute as it is written or stands for.
    fn name(&self, text: &str) -> Option<Name> {
        let text = text.trim();
        if text.is_empty() || text.contains([' ', '(', ')']) {
            return None;
        }
        let parts: Option<Vec<String>> = text
            .split('.')
            .map(|part| match part.starts_with('#') {
                true => self.names?.field(part)?.as_str().map(str::to_owned),
                false => Some(part.to_owned()),
            })
            .collect();
        Some(Name::new(&parts?.join(".")))
    }

    fn value(&self, text: &str) -> Option<Value> {
        let text = text.trim();
        self.values?.field(text).map(|it| plain(it).clone()).filter(|_| text.starts_with(':'))
    }

    /// A condition. What cannot be read is opaque, with all values.
    pub fn condition(&self, expression: &Value) -> Filter {
        let opaque = || Filter::Opaque(self.values.cloned().into_iter().collect());
        let Some(text) = expression.as_str() else { return opaque() };
        let words: Vec<&str> = text.split_whitespace().collect();
        if words.iter().any(|it| matches!(it.to_ascii_uppercase().as_str(), "OR" | "NOT" | "BETWEEN" | "IN")) {
            return opaque();
        }
        let text = words.join(" ");
        split_and(&text).into_iter().map(|part| self.comparison(part).unwrap_or_else(opaque)).fold(Filter::All, Filter::and)
    }

    fn comparison(&self, part: &str) -> Option<Filter> {
        let part = part.trim().trim_start_matches('(').trim();
        for (function, test) in [("contains", Test::Equal), ("begins_with", Test::Other)] {
            if let Some(inner) = part.strip_prefix(function).and_then(|it| it.trim().strip_prefix('(')) {
                let (name, value) = inner.trim_end_matches(')').split_once(',')?;
                return Some(Filter::Field { field: self.name(name)?, test, value: self.value(value)?, loc: None });
            }
        }
        if part.starts_with("attribute_") || part.starts_with("size") {
            return Some(Filter::All);
        }
        let part = part.trim_end_matches(')');
        for (sign, test) in [
            ("<>", Test::NotEqual),
            ("<=", Test::Other),
            (">=", Test::Other),
            ("<", Test::Other),
            (">", Test::Other),
            ("=", Test::Equal),
        ] {
            if let Some((name, value)) = part.split_once(sign) {
                let (field, value) = (self.name(name)?, self.value(value)?);
                return Some(match test {
                    Test::Equal => equal(field, value, None),
                    _ => Filter::Field { field, test, value, loc: None },
                });
            }
        }
        None
    }

    /// The fields that `SET a = :a, #b = :b` writes; of what cannot be read, the values.
    pub fn update(&self, expression: &Value) -> Value {
        let values = || self.values.cloned().unwrap_or_else(Value::unknown);
        let Some(text) = expression.as_str() else { return values() };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut fields: Vec<(Name, Value)> = Vec::new();
        for part in words.split(',') {
            let mut part = part.trim();
            for clause in ["REMOVE ", "ADD ", "DELETE ", "remove ", "add ", "delete "] {
                // What is added or removed is no field that the client fills.
                part = part.split(clause).next().unwrap_or(part).trim();
            }
            let part = part.strip_prefix("SET ").or_else(|| part.strip_prefix("set ")).unwrap_or(part);
            let Some((name, value)) = part.split_once('=') else { continue };
            let Some(name) = self.name(name) else { return values() };
            fields.push((name, self.value(value).unwrap_or_else(Value::unknown)));
        }
        target::object(fields)
    }

    /// The attributes that a projection names.
    pub fn projection(&self, expression: &Value) -> Option<Vec<Name>> {
        expression.as_str()?.split(',').map(|it| self.name(it)).collect()
    }
}

/// An equality. A key that is put together of a kind and a value (`USER#${id}`) is one on that kind's key.
pub(super) fn equal(field: Name, value: Value, loc: Option<crate::base::Loc>) -> Filter {
    if let Shape::Text { quasis, parts } = &value.shape
        && let ([before, after], [inner]) = (&**quasis, &**parts)
        && after.is_empty()
        && let Some(kind) =
            before.strip_suffix(['#', ':', '|']).filter(|it| !it.is_empty() && it.chars().all(char::is_alphabetic))
    {
        let name = if kind.chars().all(char::is_uppercase) { kind.to_lowercase() } else { kind.to_owned() };
        return Filter::equal(Name::new(&format!("{name}Id")), inner.clone(), loc);
    }
    Filter::equal(field, value, loc)
}

/// The value itself, also where it stands in the plain client's form (`{ S: id }`).
pub(super) fn plain(value: &Value) -> &Value {
    match value.as_object().filter(|it| it.is_closed()).map(|it| it.fields.as_slice()) {
        Some([(kind, inner)]) if matches!(kind.as_str(), "S" | "N" | "BOOL" | "B") => inner,
        _ => value,
    }
}

fn split_and(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.to_ascii_uppercase().find(" AND ") {
        let (Some(one), Some(more)) = (rest.get(..at), rest.get(at + 5..)) else { break };
        parts.push(one);
        rest = more;
    }
    parts.push(rest);
    parts
}
