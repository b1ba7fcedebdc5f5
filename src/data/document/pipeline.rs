//! Aggregation pipelines.

use super::{Reader, project};
use crate::data::target;
use crate::values::{Filter, Projection, Shape, Value};

/// What a pipeline reads.
pub(crate) struct Pipeline {
    /// Its conditions on the collection's own documents: those before anything changes the documents.
    pub filter: Filter,
    /// What comes out.
    pub projection: Projection,
    /// Documents are grouped or counted: none comes out as it is.
    pub groups: bool,
    /// How many, at most.
    pub limit: Option<Value>,
}

/// Reads a pipeline.
pub(crate) fn pipeline(value: &Value, read: &mut Reader) -> Pipeline {
    let projection = Projection::whole();
    let mut out = Pipeline { filter: Filter::All, projection, groups: false, limit: None };
    let Some(stages) = target::elements(value) else {
        out.filter = read.filter(value);
        out.projection.opaque = true;
        return out;
    };
    let mut own = true;
    for stage in stages {
        let Some(object) = stage.as_object() else {
            // A stage that only some ways add narrows nothing for sure.
            own &= matches!(stage.shape, Shape::OneOf(_));
            continue;
        };
        for (name, value) in &object.fields {
            match name.as_str() {
                "$match" if own => out.filter = std::mem::take(&mut out.filter).and(read.filter(value)),
                // What it says of changed documents is said for the client's operators all the same.
                "$match" => drop(read.filter(value)),
                "$group" | "$count" | "$bucket" | "$bucketAuto" | "$sortByCount" | "$facet" => {
                    (out.groups, own) = (true, false);
                }
                "$project" => {
                    project(&mut out.projection, value);
                    own = false;
                }
                "$unset" => value.as_str().into_iter().for_each(|it| out.projection.omit.push(crate::base::Name::new(it))),
                "$limit" => out.limit = Some(value.clone()),
                "$replaceRoot" | "$replaceWith" | "$unionWith" => {
                    out.projection.opaque = true;
                    own = false;
                }
                // Added and joined fields shadow none that a condition names as a rule.
                _ => {}
            }
        }
    }
    out
}
