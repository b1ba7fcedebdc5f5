//! Paths of documents.

use super::KEY;
use crate::base::{Loc, Name};
use crate::schema::names;
use crate::values::{Filter, Origin, Query, Shape, Test, Value};

/// A part of a path between slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// Written in the code.
    Fixed(Name),
    /// A value.
    Value(Value),
}

/// The parts of a path; `None` where one of them is half text, half value.
pub(super) fn segments(value: &Value) -> Option<Vec<Segment>> {
    let mut segments = Vec::new();
    let fixed = |text: &str, into: &mut Vec<Segment>| {
        into.extend(text.split('/').filter(|it| !it.is_empty()).map(|it| Segment::Fixed(Name::new(it))));
    };
    match &value.shape {
        Shape::Str(text) => fixed(text, &mut segments),
        Shape::Text { quasis, parts } => {
            for (index, quasi) in quasis.iter().enumerate() {
                let first = index == 0;
                let last = index == parts.len();
                let joins =
                    !first && !quasi.is_empty() && !quasi.starts_with('/') || !last && !quasi.is_empty() && !quasi.ends_with('/');
                if joins || (quasi.is_empty() && !first && !last) {
                    return None;
                }
                fixed(quasi, &mut segments);
                segments.extend(parts.get(index).cloned().map(Segment::Value));
            }
        }
        _ => segments.push(Segment::Value(value.clone())),
    }
    Some(segments)
}

/// Goes down into a collection: the key that was reached so far becomes a condition on the parent.
pub(super) fn collection(query: &Query, segment: &Segment) -> Query {
    let mut query = query.clone();
    if let Some(parent) = query.entity {
        query.filter = below(&query.filter, parent);
    }
    query.single = false;
    query.entity = match segment {
        Segment::Fixed(name) => Some(*name),
        Segment::Value(_) => None,
    };
    query
}

/// Picks a document by its key.
pub(super) fn document(query: &Query, segment: &Segment, loc: Option<Loc>) -> Query {
    let mut query = query.clone();
    let value = match segment {
        Segment::Fixed(name) => Value::str(name),
        Segment::Value(value) => value.clone(),
    };
    query.filter = std::mem::take(&mut query.filter).and(Filter::equal(Name::new(KEY), value, loc));
    query.single = true;
    query
}

/// A document with a key that is made now.
pub(super) fn fresh(query: &Query) -> Query {
    let key = Value::with_origin(Shape::Scalar(crate::values::Scalar::String), Origin::Generated { guessable: false });
    document(query, &Segment::Value(key), None)
}

/// Whether the query's document has a key that was made here.
pub(super) fn is_fresh(query: &Query) -> bool {
    query.filter.conjuncts().iter().any(|it| {
        matches!(it, Filter::Field { field, value, .. } if *field == KEY && matches!(value.origin, Origin::Generated { .. }))
    })
}

/// What the path above says of a new document, as an object.
pub(super) fn of_parents(filter: &Filter) -> Option<Value> {
    let fields: Vec<(Name, Value)> = filter
        .conjuncts()
        .into_iter()
        .filter_map(|it| match it {
            Filter::Field { field, test: Test::Equal, value, .. } if *field != KEY => Some((*field, value.clone())),
            _ => None,
        })
        .collect();
    (!fields.is_empty()).then(|| crate::data::target::object(fields))
}

/// The conditions as they stand below a document of `parent`.
fn below(filter: &Filter, parent: Name) -> Filter {
    let key = Name::new(&format!("{}Id", names::singular(&parent)));
    let mut all = Filter::All;
    for part in filter.conjuncts() {
        let part = match part {
            Filter::Field { field, test, value, loc } if *field == KEY => {
                Filter::Field { field: key, test: *test, value: value.clone(), loc: *loc }
            }
            other => other.clone(),
        };
        all = all.and(part);
    }
    all
}

/// A whole path of collections and documents in turn.
pub(super) fn follow(query: &Query, value: &Value, loc: Option<Loc>) -> Option<Query> {
    let mut query = query.clone();
    for segment in segments(value)? {
        query = step(&query, &segment, loc);
    }
    Some(query)
}

/// One part of such a path: whether it names a collection or a document shows in what was reached before.
pub(super) fn step(query: &Query, segment: &Segment, loc: Option<Loc>) -> Query {
    if query.entity.is_none() && query.filter == Filter::All || query.single {
        collection(query, segment)
    } else {
        document(query, segment, loc)
    }
}
