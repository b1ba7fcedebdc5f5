//! Entities as a graph: who names whom by which key.

use rustc_hash::FxHashMap;

use crate::base::Name;
use crate::schema::{Entity, EntityRole, Field, Schema};

/// All entities with their edges.
pub struct Graph<'a> {
    pub nodes: Vec<Node<'a>>,
}

/// An entity in the graph.
pub struct Node<'a> {
    pub entity: &'a Entity,
    pub role: EntityRole,
    pub edges: Vec<Edge>,
    /// What makes it a membership.
    pub tie: Option<Tie>,
    /// References that only the database knows: field and entity.
    pub hidden: Vec<(Name, usize)>,
}

/// A relation that can be followed.
#[derive(Clone)]
pub struct Edge {
    /// The relation's field.
    pub field: Name,
    pub to: usize,
    /// The column that holds the key, if it is on this side.
    pub key: Option<Name>,
    /// The column that the key names there, or, without a key here, the other entity's column that names this one.
    pub references: Option<Name>,
    /// It leads to a list.
    pub list: bool,
}

/// The two keys of a membership.
#[derive(Clone)]
pub struct Tie {
    /// The column that names the user.
    pub user: Name,
    /// The user's entity, where the schema says it.
    pub principal: Option<usize>,
    /// What the user is tied to.
    pub to: usize,
    /// The column that names it.
    pub key: Name,
}

impl<'a> Graph<'a> {
    pub fn of(schema: &'a Schema, references: &FxHashMap<Name, Vec<(Name, Name)>>) -> Self {
        let place: FxHashMap<Name, usize> = schema.entities.iter().enumerate().rev().map(|(at, it)| (it.name, at)).collect();
        let edge = |entity: &Entity, field: &Field| {
            let relation = field.relation()?;
            let to = *place.get(&relation.to)?;
            let (key, references) = match relation.fields.as_slice() {
                [] => {
                    let theirs = schema.inverse(entity, field);
                    (None, theirs.and_then(|(other, _, it)| it.fields.get(telling(other, &it.fields)).copied()))
                }
                fields => {
                    let at = telling(entity, fields);
                    (fields.get(at).copied(), relation.references.get(at).copied())
                }
            };
            Some(Edge { field: field.name, to, key, references, list: field.list })
        };
        let nodes = schema
            .entities
            .iter()
            .map(|entity| Node {
                entity,
                role: EntityRole::Content,
                edges: entity.fields.iter().filter_map(|field| edge(entity, field)).collect(),
                tie: None,
                hidden: references
                    .get(&entity.name)
                    .into_iter()
                    .flatten()
                    .filter_map(|(field, to)| Some((*field, *schema.by_name.get(to)? as usize)))
                    .collect(),
            })
            .collect();
        Graph { nodes }
    }

    pub fn is(&self, at: usize, role: EntityRole) -> bool {
        self.nodes[at].role == role
    }
}

impl Node<'_> {
    /// Edges whose key is on this side.
    pub fn keys(&self) -> impl Iterator<Item = (&Edge, Name)> {
        self.edges.iter().filter_map(|it| it.key.map(|key| (it, key)))
    }

    /// Whether the column is the key of a relation or of a reference in the database.
    pub fn is_key(&self, column: Name) -> bool {
        self.keys().any(|(_, key)| key == column) || self.hidden.iter().any(|(it, _)| *it == column)
    }
}

/// Which column of a compound key tells the record: the one that is no key by itself (`tag_id` of `(tag_id, user_id)`).
fn telling(entity: &Entity, fields: &[Name]) -> usize {
    let alone = |column: &Name| entity.fields.iter().filter_map(Field::relation).any(|it| it.fields == [*column]);
    fields.iter().position(|it| fields.len() == 1 || !alone(it)).unwrap_or(0)
}
