//! What follows from all entities together.

mod classify;
mod fields;
mod graph;
mod inverse;
mod lookup;
mod merge;
mod owner;
#[cfg(test)]
mod tests;

use self::graph::Graph;
use super::names::{OwnerKind, is_owner_column};
use super::{Draft, Schema};
use crate::base::Name;

impl Schema {
    /// One schema of what all readers found: the same table from several sources once, with roles, owners, sensitivity and privileges.
    pub fn build(drafts: Vec<Draft>) -> Schema {
        let classes = drafts.iter().flat_map(|draft| &draft.classes);
        let classes = classes.map(|(file, item, class)| ((*file, *item), class.clone())).collect();
        let merged = merge::merge(drafts);
        let mut schema = Schema {
            known: !merged.entities.is_empty(),
            by_name: lookup::index(&merged.entities),
            entities: merged.entities,
            classes,
            enums: merged.enums,
            procedures: merged.procedures,
        };
        inverse::resolve(&mut schema);
        inverse::add(&mut schema);
        let mut graph = Graph::of(&schema, &merged.references);
        classify::classify(&schema, &mut graph);
        let found: Vec<_> = (0..schema.entities.len()).map(|at| (graph.nodes[at].role, owner::paths(&graph, at))).collect();
        for (entity, found) in schema.entities.iter_mut().zip(found) {
            (entity.role, entity.owners) = found;
        }
        fields::assign(&mut schema);
        schema
    }

    /// A schema for projects that have none: no entity, names stand in.
    pub fn by_names_only() -> Schema {
        Schema::default()
    }

    /// Whom a column names as owner: as the schema says it where it knows the entity, else by the column's name.
    pub fn owner_kind(&self, entity: Option<Name>, column: Name) -> Option<OwnerKind> {
        let Some(entity) = entity.and_then(|it| self.find(it)) else { return is_owner_column(&column) };
        let name = entity.field(column).map_or(column, |it| it.name);
        let path = entity.owners.iter().find(|it| it.steps.is_empty() && it.column == name);
        if let Some(path) = path {
            return Some(if self.ends_at_tenant(path) { OwnerKind::Tenant } else { OwnerKind::User });
        }
        let key = |path: &super::OwnerPath| path.steps.first().and_then(|it| it.key);
        entity.owners.iter().any(|it| key(it) == Some(name)).then_some(OwnerKind::Parent)
    }
}
