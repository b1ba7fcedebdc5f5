//! `where` objects as filters.

use super::across;
use crate::base::{Loc, Name};
use crate::data::{sink, target};
use crate::schema::{Entity, Schema};
use crate::values::{EventKind, Filter, Object, Quantifier, Shape, Test, Value};

/// Keys of an object of operators on a scalar, a list or JSON.
const OPERATORS: [&str; 28] = [
    "equals",
    "not",
    "in",
    "notIn",
    "lt",
    "lte",
    "gt",
    "gte",
    "contains",
    "startsWith",
    "endsWith",
    "search",
    "mode",
    "has",
    "hasSome",
    "hasEvery",
    "isEmpty",
    "isSet",
    "path",
    "string_contains",
    "string_starts_with",
    "string_ends_with",
    "array_contains",
    "array_starts_with",
    "array_ends_with",
    "_count",
    "_sum",
    "_avg",
];
/// Keys of a condition on related records.
const QUANTIFIERS: [&str; 5] = ["some", "every", "none", "is", "isNot"];

/// Reads selectors; what of the client reaches them as an open object is told.
pub(super) struct Reader<'a> {
    schema: &'a Schema,
    /// The selector names a unique key, whose fields take no operators.
    unique: bool,
    /// What happened.
    pub events: Vec<EventKind>,
}

impl<'a> Reader<'a> {
    /// A reader of selectors, of unique keys or of any condition.
    pub fn new(schema: &'a Schema, unique: bool) -> Self {
        Reader { schema, unique, events: Vec::new() }
    }

    /// A `where`.
    pub fn filter(&mut self, value: &Value, entity: Option<&Entity>) -> Filter {
        match &value.shape {
            Shape::Nullish => Filter::All,
            Shape::Object(object) => self.object(object, entity),
            Shape::OneOf(values) => self.either(values, &mut |read, value| read.filter(value, entity)),
            _ => {
                self.events.extend(sink::operators(value));
                Filter::Opaque(vec![value.clone()])
            }
        }
    }

    fn object(&mut self, object: &Object, entity: Option<&Entity>) -> Filter {
        let mut filter = Filter::All;
        for spread in &object.spreads {
            filter = filter.and(self.filter(spread, entity));
        }
        for (name, value) in &object.fields {
            filter = filter.and(self.condition(*name, value, object.loc_of(name), entity));
        }
        // A condition on a field that the code chooses.
        if object.computed { filter.and(Filter::Opaque(Vec::new())) } else { filter }
    }

    /// One of several: what is absent or a leftover of `condition && { … }` asks for nothing.
    fn either(&mut self, values: &[Value], read: &mut dyn FnMut(&mut Self, &Value) -> Filter) -> Filter {
        let structured = |value: &Value| matches!(value.shape, Shape::Object(_) | Shape::Array(_) | Shape::List(_));
        let leftover = values.iter().any(structured);
        let mut ways: Vec<Filter> = Vec::new();
        for value in values {
            let way = if leftover && !structured(value) { Filter::All } else { read(self, value) };
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
        if ways.len() == 1 { ways.remove(0) } else { Filter::Or(ways) }
    }

    fn condition(&mut self, name: Name, value: &Value, loc: Option<Loc>, entity: Option<&Entity>) -> Filter {
        match name.as_str() {
            "AND" => self.all(value, entity),
            "OR" => self.any(value, entity),
            "NOT" => self.none(value, entity),
            _ if self.is_compound(name, value, entity) => self.keys(value, entity),
            _ if is_relation(name, value, entity) => {
                let to = across(self.schema, entity, name);
                self.related(name, value, loc, to)
            }
            _ => self.scalar(name, value, loc, entity),
        }
    }

    fn all(&mut self, value: &Value, entity: Option<&Entity>) -> Filter {
        match (&value.shape, target::elements(value)) {
            (_, Some(parts)) => parts.iter().fold(Filter::All, |filter, part| filter.and(self.filter(part, entity))),
            (Shape::OneOf(values), _) => self.either(values, &mut |read, value| read.all(value, entity)),
            _ => self.filter(value, entity),
        }
    }

    fn any(&mut self, value: &Value, entity: Option<&Entity>) -> Filter {
        match (&value.shape, target::elements(value)) {
            (_, Some(parts)) => Filter::Or(parts.iter().map(|part| self.filter(part, entity)).collect()),
            (Shape::OneOf(values), _) => self.either(values, &mut |read, value| read.any(value, entity)),
            _ => self.filter(value, entity),
        }
    }

    fn none(&mut self, value: &Value, entity: Option<&Entity>) -> Filter {
        let parts = target::elements(value).unwrap_or(std::slice::from_ref(value));
        let mut filter = Filter::All;
        for part in parts {
            filter = match self.filter(part, entity) {
                Filter::All => filter,
                inner => filter.and(Filter::Not(Box::new(inner))),
            };
        }
        filter
    }

    /// Whether the key is the name of several fields that are unique together: by the schema, or, without one, by its look.
    fn is_compound(&self, name: Name, value: &Value, entity: Option<&Entity>) -> bool {
        let Shape::Object(object) = &value.shape else { return false };
        match entity {
            Some(entity) => entity.uniques.iter().filter(|unique| unique.fields.len() > 1).any(|unique| {
                let joined = unique.fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join("_");
                unique.name == Some(name) || name == *joined.as_str()
            }),
            None => {
                name.contains('_') && !object.fields.is_empty() && !has_any(object, &OPERATORS) && !has_any(object, &QUANTIFIERS)
            }
        }
    }

    fn keys(&mut self, value: &Value, entity: Option<&Entity>) -> Filter {
        let unique = std::mem::replace(&mut self.unique, true);
        let filter = self.filter(value, entity);
        self.unique = unique;
        filter
    }

    fn related(&mut self, name: Name, value: &Value, loc: Option<Loc>, to: Option<&Entity>) -> Filter {
        let object = match &value.shape {
            Shape::Object(object) => object,
            Shape::OneOf(values) => return self.either(values, &mut |read, value| read.related(name, value, loc, to)),
            Shape::Nullish => return Filter::Field { field: name, test: Test::Equal, value: value.clone(), loc },
            _ => {
                self.events.extend(sink::operators(value));
                return Filter::Opaque(vec![value.clone()]);
            }
        };
        let unique = std::mem::replace(&mut self.unique, false);
        let mut filter = Filter::All;
        if has_any(object, &QUANTIFIERS) || !object.spreads.is_empty() && object.fields.is_empty() {
            for (key, value) in &object.fields {
                let quantifier = match key.as_str() {
                    "every" => Quantifier::Every,
                    "none" | "isNot" => Quantifier::None,
                    _ => Quantifier::Some,
                };
                let (quantifier, inner) = match (&value.shape, key.as_str()) {
                    // There is none, or there is one.
                    (Shape::Nullish, "is") => (Quantifier::None, Filter::All),
                    (Shape::Nullish, "isNot") => (Quantifier::Some, Filter::All),
                    _ => (quantifier, self.filter(value, to)),
                };
                filter = filter.and(Filter::Related { relation: name, quantifier, filter: Box::new(inner) });
            }
            filter = object.spreads.iter().fold(filter, |filter, spread| filter.and(self.filter(spread, None)));
        } else {
            let inner = self.object(object, to);
            filter = Filter::Related { relation: name, quantifier: Quantifier::Some, filter: Box::new(inner) };
        }
        self.unique = unique;
        filter
    }

    fn scalar(&mut self, name: Name, value: &Value, loc: Option<Loc>, entity: Option<&Entity>) -> Filter {
        match &value.shape {
            Shape::Object(operators) => {
                let mut filter = Filter::All;
                for (operator, value) in &operators.fields {
                    let inner = operators.loc_of(operator).or(loc);
                    filter = filter.and(self.operator(name, operator, value, inner, entity));
                }
                if operators.is_closed() {
                    filter
                } else {
                    operators.spreads.iter().for_each(|it| self.events.extend(sink::operators(it)));
                    filter.and(Filter::Opaque(operators.spreads.clone()))
                }
            }
            Shape::OneOf(values) if values.iter().any(|it| matches!(it.shape, Shape::Object(_))) => {
                self.either(values, &mut |read, value| read.scalar(name, value, loc, entity))
            }
            _ => {
                let is_key = entity.is_none_or(|it| it.uniques.iter().any(|unique| unique.fields.contains(&name)));
                if !(self.unique && is_key) {
                    self.events.extend(sink::operators(value));
                }
                Filter::Field { field: name, test: Test::Equal, value: value.clone(), loc }
            }
        }
    }

    fn operator(&mut self, name: Name, operator: &str, value: &Value, loc: Option<Loc>, entity: Option<&Entity>) -> Filter {
        let field = |test| Filter::Field { field: name, test, value: value.clone(), loc };
        match operator {
            "mode" | "path" => return Filter::All,
            "not" => {
                return match &value.shape {
                    Shape::Object(_) => Filter::Not(Box::new(self.scalar(name, value, loc, entity))),
                    _ => field(Test::NotEqual),
                };
            }
            _ => {}
        }
        if ["equals", "has"].contains(&operator) {
            // `equals` takes JSON as it is; anything else that is an object fails.
            return field(Test::Equal);
        }
        match operator {
            "in" | "hasSome" => field(Test::In),
            "notIn" => Filter::Not(Box::new(field(Test::In))),
            _ => field(Test::Other),
        }
    }
}

fn has_any(object: &Object, names: &[&str]) -> bool {
    object.fields.iter().any(|(name, _)| names.contains(&name.as_str()))
}

/// Whether a key of a selector is a relation: by the schema, or, without one, by what stands there.
fn is_relation(name: Name, value: &Value, entity: Option<&Entity>) -> bool {
    if let Some(entity) = entity
        && let Some(field) = entity.fields.iter().find(|field| field.name == name)
    {
        return matches!(field.ty, crate::schema::FieldType::Relation(_));
    }
    value.alternatives().iter().any(|value| match &value.shape {
        Shape::Object(object) => has_any(object, &QUANTIFIERS) || (!object.fields.is_empty() && !has_any(object, &OPERATORS)),
        _ => false,
    })
}
