//! Who can call, what is above them, and what ties the two.

use super::graph::{Graph, Node, Tie};
use crate::base::Name;
use crate::schema::names::{self, OwnerKind, Part, is_owner_column, part, sensitivity};
use crate::schema::{Entity, EntityRole, FieldType, Schema, Sensitivity, sql};

pub fn classify(schema: &Schema, graph: &mut Graph<'_>) {
    principals(schema, graph);
    for at in 0..graph.nodes.len() {
        if let Some(tie) = tie(graph, at) {
            graph.nodes[at].role = EntityRole::Membership;
            graph.nodes[at].tie = Some(tie);
        }
    }
    tenants(graph);
    graph.drop_foreign_tenants();
}

/// Whether the entity's or the table's name says it.
fn named(entity: &Entity, says: fn(&str) -> bool) -> bool {
    says(&entity.name) || entity.table.is_some_and(|it| says(&it))
}

fn principals(schema: &Schema, graph: &mut Graph<'_>) {
    for node in &mut graph.nodes {
        if named(node.entity, names::is_plain_user) || node.entity.name == sql::AUTH_USERS {
            node.role = EntityRole::Principal;
        }
    }
    let users = graph.nodes.iter().any(|it| it.role == EntityRole::Principal && it.entity.name != sql::AUTH_USERS);
    // Profiles beside the platform's users first, then what names them.
    for _ in 0..2 {
        for at in 0..graph.nodes.len() {
            if graph.nodes[at].role == EntityRole::Content && is_principal(graph, at, users) {
                graph.nodes[at].role = EntityRole::Principal;
            }
        }
    }
    if !graph.nodes.iter().any(|it| it.role == EntityRole::Principal) {
        for at in most_named(schema, graph) {
            graph.nodes[at].role = EntityRole::Principal;
        }
    }
}

fn is_principal(graph: &Graph<'_>, at: usize, users: bool) -> bool {
    let node = &graph.nodes[at];
    let entity = node.entity;
    let weak = named(entity, names::is_principal_entity);
    let referenced = || graph.nodes.iter().enumerate().any(|(it, other)| it != at && other.keys().any(|(edge, _)| edge.to == at));
    if let Some(primary) = entity.primary_key() {
        let keyed = node.keys().map(|(edge, key)| (edge.to, key)).chain(node.hidden.iter().map(|(key, to)| (*to, *key)));
        for (to, key) in keyed {
            if key != primary || graph.nodes[to].role != EntityRole::Principal {
                continue;
            }
            // One row a user: the user's profile, where it is named so or others name it.
            let of_platform = graph.nodes[to].entity.name == sql::AUTH_USERS;
            if weak || (of_platform && key == "id" && referenced()) {
                return true;
            }
        }
    }
    let names_user =
        node.keys().any(|(edge, key)| graph.nodes[edge.to].role == EntityRole::Principal && part(&key) == Part::Owner);
    if !weak || names_user {
        return false;
    }
    let password = entity.fields.iter().any(|it| {
        let words = names::words(&it.name);
        sensitivity(&entity.name, &it.name, &it.ty) == Sensitivity::Secret
            && words.iter().any(|it| it.contains("pass") || it == "pwd")
    });
    let signs_in = entity.fields.iter().any(|it| it.is_scalar() && is_external_id(&it.name));
    let mailed = entity.fields.iter().any(|it| it.name.eq_ignore_ascii_case("email") && entity.is_unique(it.name));
    let is_tied = node.keys().filter(|(edge, _)| named(graph.nodes[edge.to].entity, names::is_tenant_entity)).count() > 0;
    password || (!users && (mailed || (!is_tied && (signs_in || referenced()))))
}

/// An id at a provider of sign-in (`clerkId`, `auth0_id`).
fn is_external_id(name: &str) -> bool {
    let words = names::words(name);
    let provider = ["clerk", "auth0", "firebase", "supabase", "auth", "cognito", "google", "github", "kinde", "workos", "stytch"];
    words.last().is_some_and(|it| it == "id" || it == "uid" || it == "sub")
        && words.iter().any(|it| provider.contains(&it.as_str()))
}

/// Without any user by name: what sessions or several owner columns name.
fn most_named(schema: &Schema, graph: &Graph<'_>) -> Vec<usize> {
    let named_by = |at: usize| {
        graph.nodes.iter().enumerate().filter(move |(it, _)| *it != at).flat_map(move |(_, node)| {
            node.keys().filter(move |(edge, _)| edge.to == at).map(move |(_, key)| (node.entity.name, key))
        })
    };
    (0..schema.entities.len())
        .filter(|at| !named(graph.nodes[*at].entity, names::is_tenant_entity))
        .filter(|at| {
            let owners = named_by(*at).filter(|(_, key)| is_owner_column(key) == Some(OwnerKind::User)).count();
            let session = named_by(*at).any(|(name, _)| {
                ["session", "refresh token"].contains(&names::words(&names::singular(&name)).join(" ").as_str())
            });
            owners >= 2 || session
        })
        .collect()
}

/// The two keys that make the entity a membership.
fn tie(graph: &Graph<'_>, at: usize) -> Option<Tie> {
    let node = &graph.nodes[at];
    let entity = node.entity;
    let asked = ["request", "invite", "invitation", "application", "waitlist", "ban", "block", "log", "event"];
    let only_asked = node.words.iter().any(|it| asked.contains(&it.as_str()));
    if node.role != EntityRole::Content || only_asked || named(entity, names::is_interaction) {
        return None;
    }
    let is_named = named(entity, names::is_membership_entity);
    let users = user_keys(graph, node);
    let others: Vec<(Name, usize)> = node
        .keys()
        .filter(|(edge, _)| edge.to != at && graph.nodes[edge.to].role != EntityRole::Principal)
        .map(|(edge, key)| (key, edge.to))
        .collect();
    let content = own_content(node);
    if content == Content::Secret {
        return None;
    }
    let make =
        |user: &(Name, Option<usize>), other: &(Name, usize)| Tie { user: user.0, principal: user.1, to: other.1, key: other.0 };
    for unique in entity.uniques.iter().filter(|it| it.fields.len() > 1) {
        let user = users.iter().find(|it| unique.fields.contains(&it.0));
        let other = others.iter().find(|it| unique.fields.contains(&it.0));
        if let (Some(user), Some(other)) = (user, other) {
            let grants = content == Content::Nothing || (content == Content::Grade);
            return (is_named || grants).then(|| make(user, other));
        }
    }
    if !is_named || content == Content::Words {
        return None;
    }
    // Without a unique key: the thing that its own name speaks of, or the only one there is.
    let spoken = others.iter().find(|(_, to)| graph.nodes[*to].words.iter().any(|it| node.words.contains(it)));
    let other = spoken.or_else(|| (others.len() == 1).then(|| &others[0]))?;
    users.first().map(|user| make(user, other))
}

/// Columns that name a user, those that say whose it is first.
fn user_keys(graph: &Graph<'_>, node: &Node<'_>) -> Vec<(Name, Option<usize>)> {
    let mut users: Vec<(Name, Option<usize>)> = node
        .keys()
        .filter(|(edge, _)| graph.nodes[edge.to].role == EntityRole::Principal)
        .map(|(edge, key)| (key, Some(edge.to)))
        .collect();
    users.extend(
        node.hidden.iter().filter(|(_, to)| graph.nodes[*to].role == EntityRole::Principal).map(|(key, to)| (*key, Some(*to))),
    );
    let by_name = node
        .entity
        .fields
        .iter()
        .filter(|it| it.is_scalar() && is_owner_column(&it.name) == Some(OwnerKind::User) && !node.is_key(it.name));
    users.extend(by_name.map(|it| (it.name, None)));
    users.sort_by_key(|(key, to)| (part(key), to.is_none()));
    users
}

/// What an entity holds beside keys, ids, dates and flags.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Nothing,
    /// A role, a status or a permission.
    Grade,
    /// A text or an amount of its own.
    Words,
    /// A credential.
    Secret,
}

fn own_content(node: &Node<'_>) -> Content {
    let entity = node.entity;
    let mut found = Content::Nothing;
    for field in entity.fields.iter().filter(|it| it.is_scalar() && !node.is_key(it.name)) {
        let id = entity.uniques.iter().any(|it| it.primary && it.fields == [field.name])
            || field.name == "id"
            || names::words(&field.name).ends_with(&["id".to_owned()]);
        if names::is_share_token_field(&field.name) || sensitivity(&entity.name, &field.name, &field.ty) == Sensitivity::Secret {
            return Content::Secret;
        }
        if id
            || is_owner_column(&field.name).is_some()
            || matches!(field.ty, FieldType::Date | FieldType::Bool)
            || names::words(&field.name).ends_with(&["at".to_owned()])
        {
            continue;
        }
        let graded = matches!(field.ty, FieldType::Enum(_))
            || names::is_role_field(&field.name)
            || names::words(&field.name).iter().any(|it| {
                ["status", "permission", "access", "level", "position", "order", "sort", "state", "type"].contains(&it.as_str())
            });
        match graded {
            true if found == Content::Nothing => found = Content::Grade,
            true => {}
            false => found = Content::Words,
        }
    }
    found
}

/// Names that mean a tenant only where users are tied to it.
const PLACES_OF_WORK: [&str; 16] = [
    "group",
    "club",
    "school",
    "clinic",
    "hospital",
    "practice",
    "firm",
    "store",
    "shop",
    "restaurant",
    "department",
    "institution",
    "account",
    "network",
    "chapter",
    "merchant",
];

fn tenants(graph: &mut Graph<'_>) {
    // Named ones first, so that what lies below them is known as content.
    for at in 0..graph.nodes.len() {
        let node = &graph.nodes[at];
        if node.role != EntityRole::Content {
            continue;
        }
        let word = node.words.join(" ");
        let sure = ["organization", "organisation", "org", "workspace", "tenant"].contains(&word.as_str());
        let likely = named(node.entity, names::is_tenant_entity);
        let place = PLACES_OF_WORK.contains(&word.as_str());
        let members = graph.nodes.iter().any(|it| it.tie.as_ref().is_some_and(|tie| tie.to == at));
        let staffed = graph.nodes.iter().any(|it| {
            it.role == EntityRole::Principal && it.keys().any(|(edge, key)| edge.to == at && part(&key) == Part::Owner)
        });
        let below = node.keys().any(|(edge, _)| named(graph.nodes[edge.to].entity, names::is_tenant_entity));
        let holds = graph.nodes.iter().filter(|it| it.keys().any(|(edge, _)| edge.to == at)).count();
        // A team below an organization is a tenant still; a company below one is its customer.
        let below = below && !["team", "space"].contains(&word.as_str());
        if sure || ((likely || place) && (members || staffed)) || (likely && !below && holds >= 2) {
            graph.nodes[at].role = EntityRole::Tenant;
        }
    }
    // What members with roles are tied to, at the top of what it holds: a folder in a project is content.
    let mut candidates: Vec<usize> = Vec::new();
    for node in &graph.nodes {
        let Some(tie) = &node.tie else { continue };
        let member_like = node.words.iter().any(|it| ["member", "membership", "user"].contains(&it.as_str()));
        let graded = node.entity.fields.iter().any(|it| it.is_scalar() && names::is_role_field(&it.name));
        if member_like && graded && graph.is(tie.to, EntityRole::Content) && !candidates.contains(&tie.to) {
            candidates.push(tie.to);
        }
    }
    let below = |at: usize| {
        graph.nodes[at].keys().any(|(edge, _)| {
            edge.to != at
                && (matches!(graph.nodes[edge.to].role, EntityRole::Tenant | EntityRole::Principal)
                    || candidates.contains(&edge.to))
        })
    };
    let top: Vec<usize> = candidates.iter().copied().filter(|it| !below(*it)).collect();
    for at in top {
        graph.nodes[at].role = EntityRole::Tenant;
    }
}
