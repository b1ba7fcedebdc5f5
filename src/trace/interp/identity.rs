//! How the code at hand can write the caller's id, for edits.

use std::sync::Arc;

use super::Interp;
use crate::values::{IdentityPart, Origin, Shape, Value};

impl Interp<'_> {
    /// An expression over the variables of the running function that is the caller's id.
    pub(super) fn visible_identity(&self) -> Option<Arc<str>> {
        if self.setting_up.is_some() {
            return None;
        }
        let frame = self.frames.last()?;
        let mut best: Option<String> = None;
        for (_, act) in &frame.scopes {
            for (local, value) in self.state.acts.get(*act as usize)?.iter() {
                let name = frame.item.local(*local).name;
                if let Some(found) = self.id_below(value, name.as_str(), 0)
                    && best.as_ref().is_none_or(|it| (found.len(), &found) < (it.len(), it))
                {
                    best = Some(found);
                }
            }
        }
        best.map(Arc::from)
    }

    fn id_below(&self, value: &Value, path: &str, depth: usize) -> Option<String> {
        if let Origin::Identity(identity) = &value.origin {
            return match identity.part {
                IdentityPart::Id => Some(path.to_owned()),
                IdentityPart::Whole if !matches!(value.shape, Shape::Promise(_)) => Some(format!("{path}.id")),
                _ => None,
            };
        }
        if depth >= 3 {
            return None;
        }
        let fields = match &value.shape {
            Shape::Object(object) => &object.fields,
            Shape::Lib(lib) => &self.state.cells.get(lib.cell? as usize)?.fields,
            Shape::OneOf(all) => {
                return all.iter().filter(|it| it.shape != Shape::Nullish).find_map(|it| self.id_below(it, path, depth));
            }
            _ => return None,
        };
        let found = fields.iter().filter_map(|(name, field)| self.id_below(field, &format!("{path}.{name}"), depth + 1));
        found.min_by_key(|it| it.len())
    }
}
