//! Client values in places where their form matters.

use crate::values::{Checked, EventKind, Part, Scalar, Shape, Sink, Value};

/// An event for a client value in a text that a database or service reads as syntax; numbers and listed words cannot say anything there.
pub(super) fn in_text(kind: Sink, value: &Value) -> Option<EventKind> {
    let plain =
        matches!(value.shape, Shape::Scalar(Scalar::Number | Scalar::Bool | Scalar::Date) | Shape::Num(_) | Shape::Bool(_));
    let dangerous = !plain && value.origin.clients().any(|client| client.checked < Checked::Listed);
    dangerous.then(|| EventKind::Sink { kind, value: value.clone() })
}

/// An event for a client value that may be an object where a filter takes a scalar or an object of operators. Only what a parser
/// builds can be one: path segments, headers and cookies are texts.
pub(super) fn operators(value: &Value) -> Option<EventKind> {
    let built = |part| matches!(part, Part::Body | Part::Query | Part::Form | Part::Argument | Part::Request);
    let open =
        matches!(value.shape, Shape::Unknown) && value.origin.clients().any(|it| it.checked == Checked::Raw && built(it.part));
    open.then(|| EventKind::Sink { kind: Sink::Operators, value: value.clone() })
}
