//! Ways from an entity to who owns it.

use std::collections::VecDeque;

use super::graph::{Edge, Graph, Named};
use crate::base::Name;
use crate::schema::names::{self, Part, part};
use crate::schema::{EntityRole, OwnerPath, OwnerStep};

/// How many relations a path may have.
const MOST_STEPS: usize = 5;
/// How many paths to a user are kept, and how many to a tenant.
const MOST_PATHS: (usize, usize) = (5, 2);
/// How many entities one search looks at; schemas with hundreds of models are dense.
const MOST_VISITS: usize = 300;
/// By how many ways one entity is passed.
const MOST_PASSES: u8 = 3;

/// A path on trial.
struct Found {
    path: OwnerPath,
    /// It ends at a tenant.
    tenant: bool,
    /// It names who made the record, which is whose it is only where no team shares it.
    maker: bool,
}

/// A place in the search.
#[derive(Clone)]
struct State {
    at: usize,
    steps: Vec<OwnerStep>,
    by_name: bool,
}

/// All paths worth keeping, best first: to a user before to a tenant, the shorter the better, but a team's before its maker's.
pub fn paths(graph: &Graph<'_>, start: usize) -> Vec<OwnerPath> {
    let mut search = Search { graph, start, found: Vec::new(), passes: vec![0; graph.nodes.len()] };
    search.run(VecDeque::from([State { at: start, steps: Vec::new(), by_name: false }]));
    if search.found.is_empty() {
        search.by_holder();
    }
    if search.found.is_empty() {
        search.own_columns(&State { at: start, steps: Vec::new(), by_name: false }, Part::Actor);
    }
    let shared = search.found.iter().any(|it| it.path.steps.iter().any(|step| step.many));
    let mut found = search.found;
    let guessed = |it: &Found| it.path.by_name && !it.path.steps.is_empty();
    found.sort_by_key(|it| (it.tenant, it.maker && shared, guessed(it), it.path.steps.len(), it.path.by_name));
    let (mut users, mut tenants) = MOST_PATHS;
    let mut out: Vec<OwnerPath> = Vec::new();
    for it in found {
        let left = if it.tenant { &mut tenants } else { &mut users };
        if *left > 0 && !out.contains(&it.path) {
            *left -= 1;
            out.push(it.path);
        }
    }
    out
}

struct Search<'g, 'a> {
    graph: &'g Graph<'a>,
    start: usize,
    found: Vec<Found>,
    passes: Vec<u8>,
}

impl Search<'_, '_> {
    /// From what holds the only key to it: settings, an image, the data of a document.
    fn by_holder(&mut self) {
        let graph = self.graph;
        let (start, mut queue) = (self.start, VecDeque::new());
        for edge in graph.nodes[start].edges.iter().filter(|it| it.key.is_none() && !it.list && it.to != start) {
            let first = State { at: start, steps: Vec::new(), by_name: false };
            let next = State { at: edge.to, steps: with(&first, step(edge, self.name(edge.to))), by_name: false };
            if graph.is(edge.to, EntityRole::Principal) {
                let key = graph.nodes[edge.to].entity.primary_key();
                key.into_iter().for_each(|key| self.add(&next, key, Some(edge.to), false, false));
            } else {
                queue.push_back(next);
            }
        }
        self.run(queue);
    }

    fn run(&mut self, mut queue: VecDeque<State>) {
        let mut visits = 0;
        while let Some(state) = queue.pop_front() {
            visits += 1;
            if visits > MOST_VISITS {
                return;
            }
            self.own_columns(&state, Part::Participant);
            if state.steps.len() >= MOST_STEPS {
                continue;
            }
            self.members(&state);
            let graph = self.graph;
            let node = &graph.nodes[state.at];
            if node.role == EntityRole::Principal {
                continue;
            }
            for (edge, key) in node.keys() {
                if let Some(next) = self.parent(&state, edge, key) {
                    queue.push_back(next);
                }
            }
            queue.extend(self.parents_by_name(&state));
        }
    }

    fn name(&self, at: usize) -> Name {
        self.graph.nodes[at].entity.name
    }

    fn add(&mut self, state: &State, column: Name, principal: Option<usize>, tenant: bool, by_name: bool) {
        let path = OwnerPath {
            steps: state.steps.clone(),
            column,
            principal: principal.map(|it| self.name(it)),
            by_name: by_name || state.by_name,
        };
        let maker = !tenant && self.is_makers(state, column);
        self.found.push(Found { path, tenant, maker });
    }

    /// Whether a column says who made or handles the record rather than whose it is, once a team shares it.
    fn is_makers(&self, state: &State, column: Name) -> bool {
        let node = &self.graph.nodes[state.at];
        if node.role == EntityRole::Principal {
            return false;
        }
        // A member's row is managed by those who run the team.
        if node.role == EntityRole::Membership {
            return state.steps.is_empty();
        }
        let words = names::words(&column);
        let made = words.iter().any(|it| ["created", "creator", "author"].contains(&it.as_str()));
        let of_team = node.role == EntityRole::Tenant || node.keys().any(|(edge, _)| self.graph.is(edge.to, EntityRole::Tenant));
        // Beside a team's key an owner is who works on it, and a parent's user is who made the parent.
        let handled = of_team && (!state.steps.is_empty() || words.iter().any(|it| it == "owner"));
        let logged = node.words.iter().any(|it| ["log", "audit", "activity", "history"].contains(&it.as_str()));
        made || handled || logged || part(&column) != Part::Owner
    }

    /// Columns of the entity itself that name a user or a tenant, down to those who played the least part that counts.
    fn own_columns(&mut self, state: &State, least: Part) {
        let graph = self.graph;
        let node = &graph.nodes[state.at];
        if node.role == EntityRole::Principal {
            if let (true, Some(key)) = (state.steps.is_empty(), node.entity.primary_key()) {
                self.add(state, key, Some(state.at), false, false);
            }
            self.tenant_columns(state);
            return;
        }
        if let Some(tie) = &node.tie {
            self.add(state, tie.user, tie.principal, false, tie.principal.is_none());
            self.tenant_columns(state);
            return;
        }
        let mut own: Vec<(Part, Name, Option<usize>)> = Vec::new();
        for (edge, key) in node.keys().filter(|(edge, _)| graph.is(edge.to, EntityRole::Principal)) {
            // The relation's name may say more than the column's (`author User @relation(fields: [uid])`), and the other way round.
            own.push((part(&key).max(part_of_field(edge)), key, Some(edge.to)));
        }
        own.extend(
            node.hidden
                .iter()
                .filter(|(_, to)| graph.is(*to, EntityRole::Principal))
                .map(|(key, to)| (part(key), *key, Some(*to))),
        );
        own.extend(node.named.iter().filter_map(|(name, kind)| match kind {
            Named::User => Some((Part::Owner, *name, None)),
            Named::Participant => Some((Part::Participant, *name, None)),
            _ => None,
        }));
        let best = own.iter().map(|it| it.0).min();
        for (role, key, principal) in own {
            if role == Part::Owner || (role <= least && best == Some(role) && !names::is_editor_column(&key)) {
                self.add(state, key, principal, false, principal.is_none());
            }
        }
        self.tenant_columns(state);
        if let (EntityRole::Tenant, true, Some(key)) = (node.role, state.steps.is_empty(), node.entity.primary_key()) {
            self.add(state, key, Some(state.at), true, false);
        }
    }

    fn tenant_columns(&mut self, state: &State) {
        let graph = self.graph;
        let node = &graph.nodes[state.at];
        let keys: Vec<(Name, usize)> =
            node.keys().filter(|(edge, _)| graph.is(edge.to, EntityRole::Tenant)).map(|(edge, key)| (key, edge.to)).collect();
        for (key, to) in keys {
            self.add(state, key, Some(to), true, false);
        }
        let by_name: Vec<Name> = node.named.iter().filter(|(_, kind)| *kind == Named::Tenant).map(|(name, _)| *name).collect();
        for name in by_name {
            self.add(state, name, None, true, true);
        }
        if state.steps.len() < MOST_STEPS && node.role != EntityRole::Principal {
            for (edge, key) in node.keys().filter(|(edge, _)| graph.is(edge.to, EntityRole::Principal)) {
                if part(&key) == Part::Owner && state.steps.len() < 2 {
                    let through =
                        State { at: edge.to, steps: with(state, step(edge, self.name(edge.to))), by_name: state.by_name };
                    self.tenant_columns(&through);
                }
            }
        }
    }

    /// To-many relations that tie users: memberships, a tenant's users, implicit lists of users.
    fn members(&mut self, state: &State) {
        let graph = self.graph;
        let node = &graph.nodes[state.at];
        if node.role == EntityRole::Principal {
            return;
        }
        for edge in node.edges.iter().filter(|it| it.key.is_none()) {
            let other = &graph.nodes[edge.to];
            let mut many = step(edge, other.entity.name);
            many.many = true;
            if let Some(tie) =
                other.tie.as_ref().filter(|it| it.to == state.at && edge.references.is_none_or(|key| key == it.key))
            {
                many.references = Some(tie.key);
                let next = State { at: edge.to, steps: with(state, many), by_name: state.by_name };
                self.add(&next, tie.user, tie.principal, false, tie.principal.is_none());
                continue;
            }
            if other.role != EntityRole::Principal || !edge.list {
                continue;
            }
            let Some(key) = other.entity.primary_key() else { continue };
            let of_tenant = node.role == EntityRole::Tenant && edge.references.is_some_and(|it| part(&it) == Part::Owner);
            // Lists on both sides, without a key on either.
            let listed = edge.references.is_none()
                && part(&edge.field) == Part::Owner
                && !names::is_interaction(&edge.field)
                && !names::words(&edge.field).iter().any(|it| it.ends_with("by"));
            if of_tenant || listed {
                let next = State { at: edge.to, steps: with(state, many), by_name: state.by_name };
                self.add(&next, key, Some(edge.to), false, false);
            }
        }
    }

    fn parent(&mut self, state: &State, edge: &Edge, key: Name) -> Option<State> {
        let to = edge.to;
        if self.graph.is(to, EntityRole::Principal) || to == state.at || !self.pass(state, to) {
            return None;
        }
        if self.is_dependent(state.at, edge, key) {
            return None;
        }
        // A member who only handled the record does not own it.
        if self.graph.is(to, EntityRole::Membership) && part(&key).max(part_of_field(edge)) == Part::Actor {
            return None;
        }
        Some(State { at: to, steps: with(state, step(edge, self.name(to))), by_name: state.by_name })
    }

    /// Whether the other entity belongs to this one although the key is here (`Team.settingsId`): its own ways are not this one's.
    fn is_dependent(&self, at: usize, edge: &Edge, key: Name) -> bool {
        let (node, other) = (&self.graph.nodes[at], &self.graph.nodes[edge.to]);
        let unique = node.entity.is_unique(key) && node.entity.primary_key() != Some(key);
        let part_of_it = other.words.len() > node.words.len() && node.words.iter().all(|it| other.words.contains(it));
        let kept_apart = ["setting", "config", "configuration", "preference", "image", "avatar", "metadata"];
        (unique && part_of_it) || other.words.last().is_some_and(|it| kept_apart.contains(&it.as_str()))
    }

    /// Parents that a column names without a reference (`list_id` where there is a table `lists`).
    fn parents_by_name(&mut self, state: &State) -> Vec<State> {
        let graph = self.graph;
        let node = &graph.nodes[state.at];
        let mut out = Vec::new();
        for (name, kind) in &node.named {
            let Named::Other(stem) = kind else { continue };
            let mut matching = (0..graph.nodes.len()).filter(|it| graph.nodes[*it].words == *stem);
            let (Some(to), None) = (matching.next(), matching.next()) else { continue };
            if to == state.at || graph.is(to, EntityRole::Principal) || !self.pass(state, to) {
                continue;
            }
            let relation = name.strip_suffix("_id").or_else(|| name.strip_suffix("Id")).unwrap_or(name);
            let step = OwnerStep {
                relation: Name::new(relation),
                to: self.name(to),
                many: false,
                key: Some(*name),
                references: graph.nodes[to].entity.primary_key(),
            };
            out.push(State { at: to, steps: with(state, step), by_name: true });
        }
        out
    }

    /// Whether the search may go through that entity: never twice on one way, and only so often in all.
    fn pass(&mut self, state: &State, to: usize) -> bool {
        let name = self.name(to);
        if to == self.start || state.steps.iter().any(|it| it.to == name) || self.passes[to] >= MOST_PASSES {
            return false;
        }
        self.passes[to] += 1;
        true
    }
}

fn part_of_field(edge: &Edge) -> Part {
    let field = edge.field.split('!').next().unwrap_or("");
    // Relations that are named after their table say nothing.
    if names::is_principal_entity(field) { Part::Owner } else { part(field) }
}

fn step(edge: &Edge, to: Name) -> OwnerStep {
    OwnerStep { relation: edge.field, to, many: false, key: edge.key, references: edge.references }
}

fn with(state: &State, step: OwnerStep) -> Vec<OwnerStep> {
    let mut steps = state.steps.clone();
    steps.push(step);
    steps
}
