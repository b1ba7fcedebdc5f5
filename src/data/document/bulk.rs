//! Several writes in one call.

use super::{Reader, written};
use crate::data::target;
use crate::values::{Filter, Payload, Value};

/// What several writes do, as one write of all that they write.
pub(crate) struct Bulk {
    /// Which documents: those of any of them.
    pub filter: Filter,
    /// What they write.
    pub payload: Vec<Payload>,
}

/// Reads `[{ updateOne: { filter, update } }, { insertOne: { document } }, …]`.
pub(crate) fn bulk(steps: Option<&Value>, read: &mut Reader) -> Bulk {
    let mut payload = Vec::new();
    let mut filters = Vec::new();
    for step in steps.and_then(target::elements).unwrap_or_default() {
        for (_, operation) in step.as_object().map_or(&[][..], |it| it.fields.as_slice()) {
            filters.push(operation.field("filter").map_or(Filter::All, |it| read.filter(it)));
            for key in ["update", "document", "replacement"] {
                if let Some(update) = operation.field(key) {
                    payload.push(Payload { value: written(update), loc: None, relation: Vec::new() });
                }
            }
        }
    }
    let filter = match filters.len() {
        0 => Filter::Opaque(steps.cloned().into_iter().collect()),
        1 => filters.remove(0),
        _ => Filter::Or(filters),
    };
    Bulk { filter, payload }
}
