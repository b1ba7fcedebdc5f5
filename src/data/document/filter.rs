//! Selectors: `{ user: id, age: { $gt: 3 }, $or: […] }`.

use crate::base::{Loc, Name};
use crate::data::{sink, target};
use crate::values::{EventKind, Filter, Object, Shape, Sink, Test, Value};

/// Reads selectors; what of the client reaches them as an open object is told.
pub(crate) struct Reader {
    /// Operators from the client are taken as plain values.
    sanitized: bool,
    /// What happened.
    pub events: Vec<EventKind>,
}

impl Reader {
    /// A reader; `sanitized` where the layer turns the client's operators into plain values.
    pub fn new(sanitized: bool) -> Self {
        Reader { sanitized, events: Vec::new() }
    }

    /// A whole selector.
    pub fn filter(&mut self, value: &Value) -> Filter {
        match &value.shape {
            Shape::Nullish => Filter::All,
            Shape::Object(object) => self.object(object),
            Shape::OneOf(values) => either(values.iter().map(|it| self.filter(it)).collect()),
            _ => {
                self.open(value);
                Filter::Opaque(vec![value.clone()])
            }
        }
    }

    /// A condition on one field, by a value or by operators.
    pub fn field(&mut self, name: Name, value: &Value, loc: Option<Loc>) -> Filter {
        match &value.shape {
            Shape::Object(object) if is_operators(object) => self.operators(name, object, loc),
            // `filter.price = {}`, before bounds are put into it.
            Shape::Object(object) if object.fields.is_empty() && object.is_closed() => Filter::All,
            Shape::OneOf(values) if values.iter().any(|it| matches!(it.shape, Shape::Object(_))) => {
                either(values.iter().map(|it| self.field(name, it, loc)).collect())
            }
            // A pattern.
            Shape::Builtin(_) => Filter::Field { field: name, test: Test::Other, value: value.clone(), loc },
            _ => {
                self.open(value);
                Filter::equal(name, value.clone(), loc)
            }
        }
    }

    fn object(&mut self, object: &Object) -> Filter {
        let mut filter = Filter::All;
        for spread in &object.spreads {
            filter = filter.and(self.filter(spread));
        }
        for (name, value) in &object.fields {
            let loc = object.loc_of(name);
            let condition = match name.as_str() {
                "$and" => self.parts(value).into_iter().fold(Filter::All, Filter::and),
                "$or" => Filter::Or(self.parts(value)),
                "$nor" => Filter::Not(Box::new(Filter::Or(self.parts(value)))),
                "$where" => {
                    self.events.extend(sink::in_text(Sink::Script, value));
                    Filter::Opaque(vec![value.clone()])
                }
                "$expr" | "$text" | "$jsonSchema" => {
                    self.open(value);
                    Filter::Opaque(vec![value.clone()])
                }
                "$comment" => Filter::All,
                _ => self.field(*name, value, loc),
            };
            filter = filter.and(condition);
        }
        // A condition on a field that the code chooses.
        if object.computed { filter.and(Filter::Opaque(Vec::new())) } else { filter }
    }

    fn parts(&mut self, value: &Value) -> Vec<Filter> {
        match target::elements(value) {
            Some(parts) => parts.iter().map(|part| self.filter(part)).collect(),
            None => {
                self.open(value);
                vec![Filter::Opaque(vec![value.clone()])]
            }
        }
    }

    fn operators(&mut self, name: Name, object: &Object, loc: Option<Loc>) -> Filter {
        let mut filter = Filter::All;
        for (operator, value) in &object.fields {
            let loc = object.loc_of(operator).or(loc);
            let test = |test| Filter::Field { field: name, test, value: value.clone(), loc };
            let condition = match operator.as_str() {
                "$eq" => test(Test::Equal),
                "$in" => test(Test::In),
                "$all" => match target::elements(value) {
                    Some([one]) => Filter::equal(name, one.clone(), loc),
                    _ => test(Test::Other),
                },
                "$ne" => test(Test::NotEqual),
                "$nin" => Filter::Not(Box::new(test(Test::In))),
                "$not" => Filter::Not(Box::new(self.field(name, value, loc))),
                "$elemMatch" => self.element(name, value, loc),
                "$options" => Filter::All,
                _ => test(Test::Other),
            };
            filter = filter.and(condition);
        }
        if object.is_closed() {
            return filter;
        }
        object.spreads.iter().for_each(|it| self.open(it));
        filter.and(Filter::Opaque(object.spreads.clone()))
    }

    /// A condition on one element of a list: on the fields below it.
    fn element(&mut self, name: Name, value: &Value, loc: Option<Loc>) -> Filter {
        let Some(object) = value.as_object().filter(|it| it.is_closed()) else { return Filter::Opaque(vec![value.clone()]) };
        let mut filter = Filter::All;
        for (key, value) in &object.fields {
            let inner = if key.starts_with('$') { name } else { Name::new(&format!("{name}.{key}")) };
            filter = filter.and(self.field(inner, value, object.loc_of(key).or(loc)));
        }
        filter
    }

    /// Tells a value that may be an object of operators.
    fn open(&mut self, value: &Value) {
        if !self.sanitized {
            self.events.extend(value.alternatives().iter().filter_map(sink::operators));
        }
    }
}

fn is_operators(object: &Object) -> bool {
    object.fields.iter().any(|(name, _)| name.starts_with('$')) || (object.fields.is_empty() && !object.is_closed())
}

/// One of several conditions, by the way that was taken.
fn either(ways: Vec<Filter>) -> Filter {
    let mut different: Vec<Filter> = Vec::new();
    for way in ways {
        if !different.contains(&way) {
            different.push(way);
        }
    }
    if different.len() == 1 { different.remove(0) } else { Filter::Or(different) }
}
