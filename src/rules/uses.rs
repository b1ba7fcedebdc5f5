//! What of records and of the client's values is in a value.

use crate::values::{Checked, Client, Origin, RowPath, Scalar, Shape, Value};

/// Deeper nesting is not looked into.
const MOST_DEPTH: usize = 8;

/// The records, and parts of records, that go out where the value does. A mere count or a yes or no of one does not.
pub fn rows_in(value: &Value) -> Vec<RowPath> {
    let mut rows = Vec::new();
    walk(value, MOST_DEPTH, &mut |part| {
        match &part.shape {
            Shape::Row(row) | Shape::Rows(row) => rows.push(row.at.clone()),
            Shape::Bool(_) | Shape::Num(_) | Shape::Scalar(Scalar::Bool) => {}
            Shape::Scalar(Scalar::Number) if matches!(part.origin, Origin::Derived(_)) => {}
            _ => rows.extend(part.origin.leaves().into_iter().filter_map(|it| match it {
                Origin::Row(row) => Some(row.clone()),
                _ => None,
            })),
        };
    });
    rows.sort();
    rows.dedup();
    rows
}

/// The client's values in a value.
pub fn clients_in(value: &Value) -> Vec<Client> {
    let mut clients = Vec::new();
    walk(value, MOST_DEPTH, &mut |part| clients.extend(part.origin.clients().cloned()));
    clients
}

/// The client's values in a value whose type nobody has checked and nothing that was done with them has settled.
pub fn unchecked_in(value: &Value) -> Vec<Client> {
    let mut clients = Vec::new();
    walk(value, MOST_DEPTH, &mut |part| {
        let computed = matches!(part.origin, Origin::Derived(_));
        let settled = matches!(part.shape, Shape::Bool(_) | Shape::Num(_) | Shape::Scalar(_) | Shape::Text { .. });
        if !(matches!(part.shape, Shape::Scalar(_)) || computed && settled) {
            clients.extend(part.origin.clients().filter(|it| it.checked == Checked::Raw).cloned());
        }
    });
    clients
}

/// Calls `each` for the innermost parts of a value: whatever is no object, list or choice.
pub fn walk<'a>(value: &'a Value, depth: usize, each: &mut impl FnMut(&'a Value)) {
    if depth == 0 {
        return;
    }
    match &value.shape {
        Shape::Object(object) => {
            object.fields.iter().for_each(|(_, it)| walk(it, depth - 1, each));
            object.spreads.iter().for_each(|it| walk(it, depth - 1, each));
        }
        Shape::Array(parts) | Shape::OneOf(parts) => parts.iter().for_each(|it| walk(it, depth - 1, each)),
        Shape::List(element) => walk(element, depth - 1, each),
        Shape::Promise(inner) => walk(inner, depth - 1, each),
        Shape::Text { parts, .. } if !parts.is_empty() => parts.iter().for_each(|it| {
            // What is put into a text is a text from there on.
            if !matches!(it.origin, Origin::Client(_)) { walk(it, depth - 1, each) } else { each(value) }
        }),
        _ => each(value),
    }
}
