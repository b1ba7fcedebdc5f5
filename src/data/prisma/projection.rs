//! `select`, `include` and `omit`.

use super::{across, filter};
use crate::base::Name;
use crate::schema::{Entity, Schema};
use crate::values::{Filter, Include, Lib, Object, Projection, Shape, Value};

/// What comes back, by the arguments of a call or of a relation in one, and by what the client leaves out everywhere.
pub(super) fn read(args: &Object, client: &Lib, model: Option<Name>, entity: Option<&Entity>, schema: &Schema) -> Projection {
    let reader = Reader { client, schema };
    let projection = reader.level(args, model, entity);
    let unknown = ["select", "include", "omit"].iter().all(|key| args.get(key).is_none()) && !args.spreads.is_empty();
    // What was spread in may select.
    if unknown { Projection { opaque: true, ..projection } } else { projection }
}

struct Reader<'a> {
    client: &'a Lib,
    schema: &'a Schema,
}

impl Reader<'_> {
    fn level(&self, args: &Object, model: Option<Name>, entity: Option<&Entity>) -> Projection {
        if let Some(select) = args.get("select").filter(|it| it.shape != Shape::Nullish) {
            let mut projection = Projection::default();
            self.keys(select, entity, &mut projection);
            return projection;
        }
        let mut projection = Projection::whole();
        projection.omit = self.left_out(args.get("omit"), model, entity);
        if let Some(include) = args.get("include") {
            self.keys(include, entity, &mut projection);
        }
        projection
    }

    /// The keys of a `select` or `include`.
    fn keys(&self, value: &Value, entity: Option<&Entity>, into: &mut Projection) {
        for value in value.alternatives() {
            let object = match &value.shape {
                Shape::Object(object) => object,
                Shape::Nullish | Shape::Bool(false) => continue,
                _ => {
                    into.opaque = true;
                    continue;
                }
            };
            into.opaque |= object.computed;
            object.spreads.iter().for_each(|spread| self.keys(spread, entity, into));
            for (name, value) in &object.fields {
                if *name != "_count" {
                    self.key(*name, value, entity, into);
                }
            }
        }
    }

    fn key(&self, name: Name, value: &Value, entity: Option<&Entity>, into: &mut Projection) {
        let relation = entity.is_some_and(|entity| entity.relation(name).is_some());
        let to = across(self.schema, entity, name);
        // Of alternatives the widest counts: `isOwner ? true : { select: … }`.
        let mut included = None;
        for value in value.alternatives() {
            match &value.shape {
                Shape::Nullish | Shape::Bool(false) => {}
                Shape::Object(args) => {
                    let mut events = filter::Reader::new(self.schema, false);
                    let filter = args.get("where").map_or(Filter::All, |selector| events.filter(selector, to));
                    let projection = self.level(args, to.map(|to| to.name), to);
                    included.get_or_insert(Include { key: name, relation: name, filter, projection });
                }
                // An `include` names relations only.
                _ if relation || into.whole => {
                    let projection = self.level(&Object::default(), to.map(|to| to.name), to);
                    included = Some(Include { key: name, relation: name, filter: Filter::All, projection });
                }
                _ if !into.fields.contains(&name) => into.fields.push(name),
                _ => {}
            }
        }
        if let Some(include) = included {
            into.related.push(include);
        }
    }

    /// Fields that the client leaves out of this model everywhere, and those of this call.
    fn left_out(&self, own: Option<&Value>, model: Option<Name>, entity: Option<&Entity>) -> Vec<Name> {
        let mut out: Vec<Name> = Vec::new();
        if let Some(everywhere) = self.client.get("omit").and_then(Value::as_object) {
            let same = |name: Name| model == Some(name) || entity.is_some_and(|it| first_lowered(it.name) == name.as_str());
            for (_, fields) in everywhere.fields.iter().filter(|(name, _)| same(*name) || *name == "$allModels") {
                apply(fields, &mut out);
            }
        }
        if let Some(own) = own {
            apply(own, &mut out);
        }
        out
    }
}

fn apply(omit: &Value, out: &mut Vec<Name>) {
    for (name, value) in omit.as_object().map_or(&[][..], |it| it.fields.as_slice()) {
        match value.shape {
            Shape::Bool(true) if !out.contains(name) => out.push(*name),
            // `omit: { password: false }` takes back what the client leaves out.
            Shape::Bool(false) => out.retain(|it| it != name),
            _ => {}
        }
    }
}

fn first_lowered(name: Name) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
