//! Entities as a graph: who names whom by which key.

use rustc_hash::FxHashMap;

use crate::base::Name;
use crate::schema::names::{self, OwnerKind};
use crate::schema::{Entity, EntityRole, Field, FieldType, Schema};

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
    /// The words of its name in the singular.
    pub words: Vec<String>,
    /// Columns without a reference whose name speaks of somebody or something else.
    pub named: Vec<(Name, Named)>,
}

/// What a column's name alone says.
#[derive(Clone, PartialEq, Eq)]
pub enum Named {
    /// The owner.
    User,
    /// Somebody who took part.
    Participant,
    /// The tenant.
    Tenant,
    /// The record of the entity with these words.
    Other(Vec<String>),
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
        let nodes: Vec<Node<'_>> = schema
            .entities
            .iter()
            .map(|entity| Node {
                words: names::words(&names::singular(&entity.name)),
                named: named(entity, |to| place.contains_key(&to)),
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
        let mut graph = Graph { nodes };
        for node in &mut graph.nodes {
            let hidden = &node.hidden;
            node.named.retain(|(name, _)| !hidden.iter().any(|(it, _)| it == name));
        }
        graph
    }

    /// Forgets columns that are named like a tenant's where the schema has tenants and none of that name: an id of somebody else's system.
    pub fn drop_foreign_tenants(&mut self) {
        let tenants: Vec<Vec<String>> =
            self.nodes.iter().filter(|it| it.role == EntityRole::Tenant).map(|it| it.words.clone()).collect();
        if tenants.is_empty() {
            return;
        }
        for node in &mut self.nodes {
            node.named
                .retain(|(name, kind)| *kind != Named::Tenant || tenants.iter().any(|it| names::words(name).starts_with(it)));
        }
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

fn named(entity: &Entity, known: impl Fn(Name) -> bool) -> Vec<(Name, Named)> {
    let key =
        |column: Name| entity.fields.iter().filter_map(Field::relation).any(|it| known(it.to) && it.fields.contains(&column));
    let account = names::words(&entity.name).iter().any(|it| it == "account" || it == "accounts");
    let kind = |field: &Field| match names::is_owner_column(&field.name) {
        Some(OwnerKind::User) => Some(Named::User),
        // The id that an account has at its provider.
        Some(OwnerKind::Tenant) => (!(account && field.name.to_lowercase().starts_with("account"))).then_some(Named::Tenant),
        _ if names::is_participant_column(&field.name) => Some(Named::Participant),
        _ => match names::words(&field.name).as_slice() {
            [stem @ .., last] if last == "id" && !stem.is_empty() => Some(Named::Other(stem.to_vec())),
            _ => None,
        },
    };
    let fields = entity.fields.iter().filter(|it| names_somebody(it) && !key(it.name));
    fields.filter_map(|it| Some((it.name, kind(it)?))).collect()
}

/// A column whose type and name can hold somebody's id. A bare `author` of type text is a person's name.
fn names_somebody(field: &Field) -> bool {
    let bare = || names::words(&field.name).len() == 1 && !["uid", "owner", "user"].contains(&field.name.to_lowercase().as_str());
    !field.list
        && match field.ty {
            FieldType::Uuid | FieldType::Other => true,
            FieldType::String | FieldType::Int | FieldType::Float => !bare(),
            _ => false,
        }
}

/// Which column of a compound key tells the record: the one that is no key by itself (`tag_id` of `(tag_id, user_id)`).
fn telling(entity: &Entity, fields: &[Name]) -> usize {
    let alone = |column: &Name| entity.fields.iter().filter_map(Field::relation).any(|it| it.fields == [*column]);
    fields.iter().position(|it| fields.len() == 1 || !alone(it)).unwrap_or(0)
}
