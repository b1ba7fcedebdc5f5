//! Two ways meet.

use std::sync::Arc;

use super::{Facts, Lib, Object, Origin, Shape, Value};
use crate::base::Name;

/// More alternatives than this say nothing more.
const MOST_ALTERNATIVES: usize = 6;

impl Value {
    /// One of the two, by the way that was taken.
    #[must_use]
    pub fn join(&self, other: &Value) -> Value {
        if self == other {
            return self.clone();
        }
        let truth = self.truth.either(&other.truth);
        if self.shape == other.shape {
            let origin = Origin::mix([self.origin.clone(), other.origin.clone()]);
            return Value::new(self.shape.clone(), origin, truth);
        }
        let origin = match (&self.shape, &other.shape) {
            // An absent alternative adds no source.
            (Shape::Nullish, _) => other.origin.clone(),
            (_, Shape::Nullish) => self.origin.clone(),
            _ => Origin::mix([self.origin.clone(), other.origin.clone()]),
        };
        let shape = match (&self.shape, &other.shape) {
            (Shape::Object(ours), Shape::Object(theirs)) => {
                // A field's value came the way of its object: `{ user: row }` or `{ user: null }`.
                let common = self.truth.when_true.intersection(&other.truth.when_true);
                let ours = ours.under(&self.truth.when_true.beyond(&common));
                let theirs = theirs.under(&other.truth.when_true.beyond(&common));
                Shape::Object(Arc::new(ours.join(&theirs)))
            }
            // A record, and the same one with something written on it.
            (Shape::Row(_), Shape::Object(written)) | (Shape::Object(written), Shape::Row(_))
                if self.origin == other.origin && written.spreads.iter().any(|it| matches!(it.shape, Shape::Row(_))) =>
            {
                let fields = written.fields.iter().map(|(name, value)| (*name, value.join(&Value::nullish())));
                Shape::Object(Arc::new(Object { fields: fields.collect(), ..(**written).clone() }))
            }
            (Shape::Query(ours), Shape::Query(theirs)) if ours.compatible(theirs) => Shape::Query(Arc::new(ours.join(theirs))),
            // The same builder, to which one way added.
            (Shape::Lib(ours), Shape::Lib(theirs)) if ours.is_later(theirs) => Shape::Lib(Arc::new(ours.join(theirs))),
            (Shape::Promise(ours), Shape::Promise(theirs)) => Shape::Promise(ours.join(theirs)),
            (Shape::List(ours), Shape::List(theirs)) => Shape::List(ours.join(theirs)),
            // The same list, to which one way added.
            (Shape::Array(ours), Shape::Array(theirs)) if ours.starts_with(theirs) || theirs.starts_with(ours) => {
                let (short, long) = if ours.len() < theirs.len() { (ours, theirs) } else { (theirs, ours) };
                let added = long.iter().skip(short.len()).map(|it| it.join(&Value::nullish()));
                Shape::Array(short.iter().cloned().chain(added).collect())
            }
            _ => {
                let mut all: Vec<Value> = self.alternatives().to_vec();
                for value in other.alternatives() {
                    if !all.contains(value) {
                        all.push(value.clone());
                    }
                }
                all.sort();
                if all.len() > MOST_ALTERNATIVES { Shape::Unknown } else { Shape::OneOf(all.into()) }
            }
        };
        Value::new(shape, origin, truth)
    }
}

impl Lib {
    /// Whether both are the same builder after other calls.
    fn is_later(&self, other: &Lib) -> bool {
        let same = self.owner == other.owner && self.kind == other.kind && self.path == other.path;
        same && self.changes() && self.cell.is_some() && self.cell == other.cell
    }

    /// What it remembers, one by one; what only one side has may be absent.
    fn join(&self, other: &Lib) -> Lib {
        let mut joined = self.clone();
        for (name, value) in &mut joined.data {
            *value = value.join(&other.get(name).cloned().unwrap_or_else(Value::nullish));
        }
        let more = other.data.iter().filter(|(name, _)| self.get(name).is_none());
        joined.data.extend(more.map(|(name, value)| (*name, value.join(&Value::nullish()))));
        joined
    }
}

impl Object {
    /// Field by field; one that only one side has may be absent.
    #[must_use]
    pub fn join(&self, other: &Object) -> Object {
        let mut joined = Object { computed: self.computed || other.computed, ..Object::default() };
        for (index, (name, value)) in self.fields.iter().enumerate() {
            let theirs = other.get(name).cloned().unwrap_or_else(Value::nullish);
            joined.set(*name, value.join(&theirs), self.locs.get(index).copied().flatten());
        }
        for (index, (name, value)) in other.fields.iter().enumerate() {
            if self.get(name).is_none() {
                joined.set(*name, value.join(&Value::nullish()), other.locs.get(index).copied().flatten());
            }
        }
        joined.spreads = self.spreads.clone();
        for spread in &other.spreads {
            if !joined.spreads.contains(spread) {
                joined.spreads.push(spread.clone());
            }
        }
        joined
    }

    /// The same fields, reached only where `facts` held.
    #[must_use]
    fn under(&self, facts: &Facts) -> Object {
        let mut object = self.clone();
        if !facts.is_empty() {
            object.fields.iter_mut().for_each(|(_, value)| *value = value.under(facts));
        }
        object
    }

    /// The fields' names.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.fields.iter().map(|(name, _)| *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Fact, Truth};

    #[test]
    fn a_field_that_only_one_way_fills_proves_what_that_way_proved() {
        let object = |field: Value| {
            let mut object = Object::default();
            object.set(Name::new("user"), field, None);
            Value::of(Shape::Object(Arc::new(object)))
        };
        let found = object(Value::unknown()).with_truth(Truth::implies(Facts::one(Fact::Authenticated)));
        let either = object(Value::nullish()).join(&found);
        assert!(either.field("user").unwrap().truth.when_true.has(&Fact::Authenticated));
        assert!(!either.truth.when_true.has(&Fact::Authenticated));
    }
}
