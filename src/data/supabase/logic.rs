//! Conditions that PostgREST takes as text: `user_id.eq.1,and(public.is.true,done.is.false)`.

use std::sync::Arc;

use super::select::parts;
use crate::base::{Loc, Name};
use crate::data::sink;
use crate::values::{EventKind, Filter, Origin, Shape, Sink, Test, Value};

/// Stands around the number of a hole; no text of a program holds it.
const MARK: char = '\u{1}';

/// The alternatives of `.or(text)`. A client value in the text can add conditions: nothing that it says is certain then.
pub(super) fn read(text: &Value, loc: Option<Loc>) -> (Filter, Vec<EventKind>) {
    let (quasis, values): (&[Arc<str>], &[Value]) = match &text.shape {
        Shape::Str(text) => (std::slice::from_ref(text), &[]),
        Shape::Text { quasis, parts } => (quasis, parts),
        _ => {
            let events = sink::in_text(Sink::Filter, text).into_iter().collect();
            return (Filter::Opaque(vec![text.clone()]), events);
        }
    };
    let events: Vec<EventKind> = values.iter().filter_map(|value| sink::in_text(Sink::Filter, value)).collect();
    if !events.is_empty() {
        return (Filter::Opaque(values.to_vec()), events);
    }
    let mut marked = String::new();
    for (index, quasi) in quasis.iter().enumerate() {
        marked.push_str(quasi);
        if index < values.len() {
            marked.push_str(&format!("{MARK}{index}{MARK}"));
        }
    }
    let reader = Reader { values, loc };
    (Filter::Or(parts(&marked, ',').into_iter().map(|item| reader.condition(item.trim())).collect()), events)
}

/// How an operator of PostgREST compares.
pub(super) fn test(operator: &str) -> Test {
    match operator {
        // A list that holds the value is compared by its elements.
        "eq" | "is" | "cs" => Test::Equal,
        "neq" => Test::NotEqual,
        "in" => Test::In,
        _ => Test::Other,
    }
}

/// Whether an operator reads its value as a list or pattern of its own syntax.
pub(super) fn reads_syntax(operator: &str) -> bool {
    !["eq", "neq", "gt", "gte", "lt", "lte", "is", "like", "ilike", "isdistinct"].contains(&operator)
}

struct Reader<'a> {
    values: &'a [Value],
    loc: Option<Loc>,
}

impl Reader<'_> {
    fn condition(&self, item: &str) -> Filter {
        if let Some(rest) = item.strip_prefix("not.")
            && (rest.starts_with("and(") || rest.starts_with("or("))
        {
            return Filter::Not(Box::new(self.condition(rest)));
        }
        let group = |name: &str| item.strip_prefix(name).and_then(|rest| rest.strip_suffix(')'));
        if let Some(inner) = group("and(") {
            return parts(inner, ',').into_iter().fold(Filter::All, |filter, part| filter.and(self.condition(part.trim())));
        }
        if let Some(inner) = group("or(") {
            return Filter::Or(parts(inner, ',').into_iter().map(|part| self.condition(part.trim())).collect());
        }
        let mut pieces = parts(item, '.').into_iter();
        let (Some(column), Some(mut operator)) = (pieces.next(), pieces.next()) else {
            return Filter::Opaque(self.values_in(item));
        };
        let not = operator == "not";
        if not {
            operator = pieces.next().unwrap_or("");
        }
        let text = item.split_once(&format!(".{operator}.")).map_or("", |(_, text)| text);
        if column.contains(MARK) || operator.contains(MARK) {
            return Filter::Opaque(self.values_in(item));
        }
        let field = Name::new(column.trim_matches('"'));
        let operator = operator.split('(').next().unwrap_or(operator);
        let filter = Filter::Field { field, test: test(operator), value: self.value(text, operator), loc: self.loc };
        if not { Filter::Not(Box::new(filter)) } else { filter }
    }

    fn value(&self, text: &str, operator: &str) -> Value {
        let list = |open: char, close: char| text.strip_prefix(open).and_then(|it| it.strip_suffix(close));
        match operator {
            "in" => {
                let items = parts(list('(', ')').unwrap_or(text), ',');
                let values: Vec<Value> = items.into_iter().map(|it| self.scalar(it.trim())).collect();
                // One hole may stand for a joined list.
                if let [single] = values.as_slice() { single.clone() } else { Value::of(Shape::Array(values.into())) }
            }
            "cs" => self.scalar(list('{', '}').unwrap_or(text)),
            _ => self.scalar(text),
        }
    }

    fn scalar(&self, text: &str) -> Value {
        let text = text.trim_matches('"');
        let inside = self.values_in(text);
        match (inside.as_slice(), text) {
            ([], "null") => Value::nullish(),
            ([], "true") => Value::bool(true),
            ([], "false") => Value::bool(false),
            ([], _) => Value::str(text),
            ([single], _) if text.starts_with(MARK) && text.ends_with(MARK) => single.clone(),
            (several, _) => Value::with_origin(Shape::Unknown, Origin::derived(several.iter().map(|value| value.origin.clone()))),
        }
    }

    fn values_in(&self, text: &str) -> Vec<Value> {
        text.split(MARK).skip(1).step_by(2).filter_map(|index| self.values.get(index.parse::<usize>().ok()?).cloned()).collect()
    }
}
