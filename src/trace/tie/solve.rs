//! The fixpoint on one way, whose facts hold no alternatives.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Tie;
use super::columns::{Columns, Table, Target};
use super::policy::{self, Cover};
use crate::base::Name;
use crate::schema::Schema;
use crate::schema::names;
use crate::trace::Trace;
use crate::values::{
    Access, AccessId, Fact, Facts, Filter, IdentityPart, Include, Key, Op, Origin, Part, Quantifier, Shape, Test, Value,
};

/// Rounds of the fixpoint: each one follows a chain of checks one link further.
const MOST_ROUNDS: usize = 12;

/// What is tied on one way.
pub(super) struct Way<'a> {
    trace: &'a Trace,
    pub(super) columns: Columns<'a>,
    facts: Facts,
    /// Tied accesses, and by what.
    pub(super) rows: FxHashMap<AccessId, Tie>,
    /// Accesses of which a record was certainly found.
    pub(super) held: FxHashSet<AccessId>,
    /// Keys whose record was checked.
    keys: FxHashSet<(Target, Key)>,
    pub(super) sees_all: bool,
    pub(super) has_role: bool,
}

impl<'a> Way<'a> {
    pub(super) fn solve(trace: &'a Trace, schema: &'a Schema, facts: Facts) -> Self {
        let held = facts
            .iter()
            .flat_map(mentioned)
            .filter_map(|key| match key {
                Key::Row(access, _) => Some(*access),
                _ => None,
            })
            .collect();
        let mut way = Way {
            trace,
            columns: Columns { schema },
            facts,
            rows: FxHashMap::default(),
            held,
            keys: FxHashSet::default(),
            sees_all: false,
            has_role: false,
        };
        for _ in 0..MOST_ROUNDS {
            if !way.round() {
                break;
            }
        }
        way.roles();
        way
    }

    /// Applies every rule once; whether anything new followed.
    fn round(&mut self) -> bool {
        let mut new = false;
        for access in &self.trace.accesses {
            let known = self.rows.get(&access.id).copied();
            let Some(tie) = known.or_else(|| self.access_tie(access)) else { continue };
            new |= self.rows.insert(access.id, tie).is_none();
            new |= self.learn_keys(access, tie);
        }
        new
    }

    fn table(&self, access: &Access) -> Option<Table<'a>> {
        access.query.entity.map(|name| self.columns.table(name))
    }

    fn access_tie(&self, access: &Access) -> Option<Tie> {
        if access.query.op == Op::Create {
            return Some(Tie::Created);
        }
        if let Some(tie) = self.compared(access) {
            return Some(tie);
        }
        let Some(table) = self.table(access) else {
            // Nothing is known of the table, but a condition that names the caller is one.
            return access.query.filter.values().iter().any(|it| self.mentions_caller(it)).then_some(Tie::Filter);
        };
        if let Some(tie) = self.filter_tie(table, &access.query.filter) {
            return Some(tie);
        }
        if policy::cover(self.columns.schema, table, access) != Cover::None {
            return Some(Tie::Policy);
        }
        if self.capability(table, &access.query.filter) {
            return Some(Tie::Capability);
        }
        let shared = access.query.projection.related.iter().any(|it| self.included(access.id, table, it, &[]));
        shared.then_some(Tie::Membership)
    }

    /// Whether a condition of the filter is one that a caller can only meet by knowing a secret.
    fn capability(&self, table: Table<'a>, filter: &Filter) -> bool {
        filter.conjuncts().iter().any(|it| match it {
            Filter::Field { field, test: Test::Equal, value, .. } => {
                let told = value.origin.is_client() || matches!(value.origin, Origin::Derived(_));
                // The id of a login session is a secret, or the hash of one: nobody else's comes in a cookie.
                let session = || is_session(table.name) && self.columns.is_key(table, *field) && is_carried(value);
                // In a table of credentials its plainest name is enough: `api_keys.key`.
                let credential =
                    || is_credential(table.name) && ["key", "value", "hash"].contains(&field.as_str()) && is_carried(value);
                told && (names::is_share_token_field(field) || session() || credential())
            }
            // Joined with a record whose secret the caller knows.
            Filter::Related { relation, quantifier: Quantifier::Some, filter } => {
                self.columns.relation(table, *relation).is_some_and(|(to, _)| self.capability(to, filter))
            }
            // A condition that could not be read, on a table of nothing but credentials, with nothing else in it.
            Filter::Opaque(values) => is_credential(table.name) && !values.is_empty() && values.iter().all(is_carried),
            _ => false,
        })
    }

    /// Whether the record was compared with the caller, or with what is tied; or a key that it holds was.
    fn compared(&self, access: &Access) -> Option<Tie> {
        let table = self.table(access);
        let below = |key: &'_ Key| match key {
            Key::Row(id, path) if *id == access.id && !path.is_empty() => {
                let plain = plain(path);
                table.and_then(|table| self.columns.walk(table, &plain)).filter(|it| it.firm)
            }
            _ => None,
        };
        for fact in self.facts.iter() {
            match fact {
                Fact::Tied(Key::Row(id, _)) if *id == access.id => return Some(Tie::Declared),
                Fact::Equal(one, other) => {
                    for (ours, theirs) in [(one, other), (other, one)] {
                        if matches!(theirs, Key::Row(id, _) if *id == access.id) {
                            continue;
                        }
                        // Code that compares a field with the caller's id means that field to say whose the record is.
                        let callers_id = matches!(theirs, Key::Identity(IdentityPart::Id, _));
                        let tied = below(ours).is_some_and(|it| {
                            (callers_id && !self.columns.is_key(it.table, it.name))
                                || self.key_tie(it.table, it.name, theirs).is_some()
                        });
                        if tied {
                            return Some(Tie::Compared);
                        }
                    }
                }
                _ => {}
            }
        }
        let parent =
            self.keys.iter().any(|(target, key)| below(key).is_some_and(|it| self.columns.target(it.table, it.name) == *target));
        parent.then_some(Tie::Parent)
    }

    /// Whether an included relation holds only what the caller shares, and something of it was found.
    fn included(&self, access: AccessId, table: Table<'a>, include: &Include, above: &[Name]) -> bool {
        let Some((to, many)) = self.columns.relation(table, include.relation) else { return false };
        if !self.columns.firm(table, include.relation, to, many) {
            return false;
        }
        let path: Vec<Name> = above.iter().copied().chain([include.key]).collect();
        let found = || {
            self.facts.iter().flat_map(mentioned).any(|key| match key {
                Key::Row(id, at) => *id == access && plain(at).starts_with(&path),
                _ => false,
            })
        };
        (self.filter_tie(to, &include.filter).is_some() && found())
            || include.projection.related.iter().any(|it| self.included(access, to, it, &path))
    }

    /// What follows for the keys that a tied record was found by.
    fn learn_keys(&mut self, access: &Access, tie: Tie) -> bool {
        let found = access.query.throws_on_missing
            || self.held.contains(&access.id)
            || matches!(tie, Tie::Compared | Tie::Parent | Tie::Membership);
        let Some(table) = self.table(access).filter(|_| found && tie != Tie::Created) else { return false };
        let membership = self.columns.is_membership(table);
        let mut new = false;
        for part in access.query.filter.conjuncts() {
            let Filter::Field { field, test: Test::Equal | Test::In, value, .. } = part else { continue };
            let Some(keys) = keys_of(value) else { continue };
            let first_step = |field: Name| {
                table
                    .entity
                    .is_some_and(|it| it.owners.iter().any(|path| path.steps.first().is_some_and(|step| step.key == Some(field))))
            };
            let target = if self.columns.is_key(table, *field) {
                self.columns.target(table, *field)
            } else if membership || first_step(*field) {
                match self.columns.foreign(table, *field) {
                    Some(target) => target,
                    None => continue,
                }
            } else {
                continue;
            };
            for key in keys {
                new |= self.keys.insert((target, key));
            }
        }
        new
    }

    /// What ties records of the table that match the filter.
    pub(super) fn filter_tie(&self, table: Table<'a>, filter: &Filter) -> Option<Tie> {
        match filter {
            Filter::All | Filter::Not(_) => None,
            Filter::And(parts) => parts.iter().find_map(|it| self.filter_tie(table, it)),
            Filter::Or(parts) => {
                let ties: Option<Vec<Tie>> = parts.iter().map(|it| self.filter_tie(table, it)).collect();
                ties?.first().copied()
            }
            Filter::Field { field, test: Test::Equal | Test::In, value, .. } => match field.contains('.') {
                true => {
                    let path: Vec<Name> = field.split('.').map(Name::new).collect();
                    let at = self.columns.walk(table, &path).filter(|it| it.firm)?;
                    self.value_tie(at.table, at.name, value)
                }
                false => self.value_tie(table, *field, value),
            },
            Filter::Field { .. } => None,
            Filter::Related { relation, quantifier: Quantifier::Some, filter } => {
                let (to, many) = self.columns.relation(table, *relation)?;
                if self.columns.firm(table, *relation, to, many) { self.filter_tie(to, filter) } else { None }
            }
            Filter::Related { .. } => None,
            Filter::Opaque(values) => values.iter().any(|it| self.mentions_caller(it)).then_some(Tie::Filter),
        }
    }

    /// What ties records of the table whose column holds the value.
    pub(super) fn value_tie(&self, table: Table<'a>, column: Name, value: &Value) -> Option<Tie> {
        let keys = keys_of(value)?;
        let ties: Vec<Option<Tie>> = keys.iter().map(|key| self.key_tie(table, column, key)).collect();
        if ties.iter().all(Option::is_some) {
            return ties.first().copied().flatten();
        }
        // `isAdmin ? query.userId : user.id`: what is not the caller's was taken under a role.
        let under_role = || value.truth.when_true.ways().iter().any(|way| way.iter().any(|fact| self.is_role(fact)));
        (ties.iter().any(Option::is_some) && under_role()).then_some(Tie::Role)
    }

    fn key_tie(&self, table: Table<'a>, column: Name, key: &Key) -> Option<Tie> {
        let key = plain_key(key);
        if self.caller_part(&key).is_some_and(|part| self.columns.names_caller(table, column, part)) {
            return Some(Tie::Filter);
        }
        let foreign = self.columns.foreign(table, column);
        if foreign.is_none() && !self.columns.is_key(table, column) {
            return None;
        }
        if self.facts.iter().any(|fact| matches!(fact, Fact::Tied(it) if plain_key(it) == key)) {
            return Some(Tie::Declared);
        }
        let target = self.columns.target(table, column);
        if self.keys.contains(&(target, key.clone())) {
            return Some(Tie::Key);
        }
        let Key::Row(id, path) = &key else { return None };
        if !self.rows.contains_key(id) {
            return None;
        }
        let of = self.trace.access(*id).and_then(|it| self.table(it))?;
        let named = match path.is_empty() {
            true => Target { table: of.name, column: target.column },
            false => {
                let at = self.columns.walk(of, path)?;
                self.columns.target(at.table, at.name)
            }
        };
        (named == target).then_some(Tie::Key)
    }

    /// Which part of the caller the value is, or was compared with.
    fn caller_part(&self, key: &Key) -> Option<IdentityPart> {
        if let Key::Identity(part, _) = key {
            return Some(*part);
        }
        if let Key::Row(id, path) = key {
            // A field of the caller's own record, fetched by the identity.
            let own = matches!(self.rows.get(id), Some(Tie::Filter | Tie::Key))
                && self.trace.access(*id).and_then(|it| self.table(it)).is_some_and(|it| self.columns.is_principal(it));
            if own && path.len() == 1 && IdentityPart::of_member(&[], path[0]) == IdentityPart::Email {
                return Some(IdentityPart::Email);
            }
        }
        self.facts.iter().find_map(|fact| match fact {
            Fact::Equal(Key::Identity(part, _), other) | Fact::Equal(other, Key::Identity(part, _))
                if plain_key(other) == *key =>
            {
                Some(*part)
            }
            _ => None,
        })
    }

    fn mentions_caller(&self, value: &Value) -> bool {
        value.origin.leaves().iter().any(|it| {
            it.key().is_some_and(|key| match plain_key(&key) {
                Key::Row(id, _) => self.rows.contains_key(&id),
                key => self.caller_part(&key).is_some(),
            })
        })
    }

    fn roles(&mut self) {
        let of_one_tenant = self.trace.accesses.iter().any(|it| self.is_member_of_one(it));
        self.sees_all = of_one_tenant || self.facts.iter().any(|fact| self.is_role(fact));
        self.has_role = self.facts.iter().any(|fact| match fact {
            Fact::Role => true,
            Fact::Is(key, literal) => is_role_path(key) && !is_common(literal),
            Fact::IsNot(key, literal) => is_role_path(key) && is_common(literal),
            Fact::Listed(key) => is_role_path(key),
            _ => false,
        }) || of_one_tenant
            || self.trace.accesses.iter().any(|it| self.asks_role(it));
    }

    /// Whether the caller was found to be a member of the one tenant that the code itself names: the app's own staff.
    fn is_member_of_one(&self, access: &Access) -> bool {
        let found = self.held.contains(&access.id) || access.query.throws_on_missing;
        let fixed = |value: &Value| value.as_str().is_some() || matches!(value.origin, Origin::Env(_));
        let Some(table) = self.table(access).filter(|it| found && self.columns.is_membership(*it)) else { return false };
        self.rows.contains_key(&access.id)
            && access.query.filter.conjuncts().iter().any(|it| match it {
                Filter::Field { field, test: Test::Equal, value, .. } => {
                    fixed(value) && self.columns.foreign(table, *field).is_some()
                }
                _ => false,
            })
    }

    /// Whether the caller's own record was found by a condition on its role (`findFirst({ where: { userId, teamId, role: "OWNER" } })`).
    fn asks_role(&self, access: &Access) -> bool {
        let found = self.held.contains(&access.id) || access.query.throws_on_missing;
        found
            && access.query.op == Op::Read
            && self.rows.contains_key(&access.id)
            && access.query.filter.conjuncts().iter().any(|it| match it {
                Filter::Field { field, test: Test::Equal, value, .. } => {
                    names::is_role_field(field) && value.as_str().is_none_or(|it| !is_common(it)) && !value.origin.is_client()
                }
                Filter::Field { field, test: Test::In, .. } => names::is_role_field(field),
                _ => false,
            })
    }

    /// Whether the fact says that the caller may see the records of all others.
    fn is_role(&self, fact: &Fact) -> bool {
        match fact {
            Fact::Role => true,
            Fact::Is(key, literal) => self.is_callers_role(key) && !is_common(literal),
            // Anything but the role that everybody has.
            Fact::IsNot(key, literal) => self.is_callers_role(key) && is_common(literal),
            Fact::Listed(key) => self.is_callers_role(key),
            // A role that is merely there says nothing; a flag that is set does.
            Fact::Holds(key) => self.is_callers_role(key) && is_flag(key),
            _ => false,
        }
    }

    fn is_callers_role(&self, key: &Key) -> bool {
        match key {
            Key::Identity(part, _) => *part == IdentityPart::Role || is_role_path(key),
            Key::Row(id, path) => {
                let principal = self.trace.access(*id).and_then(|it| self.table(it)).is_some_and(|of| {
                    let at = self.columns.walk(of, &plain(path)).map_or(of, |it| it.table);
                    self.columns.is_principal(at) && !self.columns.is_membership(at)
                });
                principal && self.rows.contains_key(id) && is_role_path(key)
            }
            _ => false,
        }
    }
}

/// Whether the table's name is that of login sessions.
fn is_session(table: Name) -> bool {
    names::words(&names::singular(&table)).last().is_some_and(|it| it == "session")
}

/// Whether the table's name is that of sessions, tokens or keys that callers bring.
fn is_credential(table: Name) -> bool {
    let words = names::words(&names::singular(&table));
    is_session(table)
        || matches!(
            words.iter().map(String::as_str).collect::<Vec<_>>()[..],
            [.., "api" | "access", "key" | "token"] | [.., "apikey"]
        )
}

/// Whether a value is what the client brings along with every request, or computed from that only.
fn is_carried(value: &Value) -> bool {
    let leaves = value.origin.leaves();
    let carried = |it: &Origin| matches!(it, Origin::Client(client) if matches!(client.part, Part::Cookie | Part::Header));
    leaves.iter().any(|it| carried(it)) && leaves.iter().all(|it| carried(it) || !it.is_client())
}

/// The keys that a value is, of a list those of its elements; `None` if it is anything but keys.
fn keys_of(value: &Value) -> Option<Vec<Key>> {
    let parts: Vec<&Value> = match &value.shape {
        Shape::List(element) => vec![element],
        Shape::Array(elements) => elements.iter().collect(),
        _ => Vec::new(),
    };
    if !parts.is_empty() && !matches!(value.origin, Origin::Client(_) | Origin::Row(_)) {
        let keys: Option<Vec<Vec<Key>>> = parts.into_iter().map(keys_of).collect();
        return keys.map(|it| it.into_iter().flatten().collect());
    }
    let mut keys = Vec::new();
    let origins: &[Origin] = match &value.origin {
        Origin::Mix(parts) => parts,
        single => std::slice::from_ref(single),
    };
    for origin in origins {
        match (origin, origin.key()) {
            (Origin::Env(_), _) => return None,
            (_, Some(key)) => keys.push(plain_key(&key)),
            // An absent fallback adds no key.
            (Origin::Literal, None) if origins.len() > 1 => {}
            _ => return None,
        }
    }
    (!keys.is_empty()).then_some(keys)
}

fn mentioned(fact: &Fact) -> Vec<&Key> {
    match fact {
        Fact::Holds(key) | Fact::Is(key, _) | Fact::IsNot(key, _) | Fact::Listed(key) | Fact::Tied(key) => vec![key],
        Fact::Equal(one, other) => vec![one, other],
        _ => Vec::new(),
    }
}

/// A path without the marks of elements: what holds for an element of a list is looked up where the list is.
fn plain(path: &[Name]) -> Vec<Name> {
    path.iter().copied().filter(|name| *name != "*").collect()
}

fn plain_key(key: &Key) -> Key {
    let strip = |path: &Arc<[Name]>| if path.iter().any(|it| *it == "*") { plain(path).into() } else { path.clone() };
    match key {
        Key::Client(part, path) => Key::Client(*part, strip(path)),
        Key::Identity(part, path) => Key::Identity(*part, strip(path)),
        Key::Row(id, path) => Key::Row(*id, strip(path)),
        Key::Env(name) => Key::Env(*name),
    }
}

fn is_role_path(key: &Key) -> bool {
    match key {
        Key::Identity(IdentityPart::Role, _) => true,
        Key::Identity(_, path) | Key::Row(_, path) => {
            path.iter().rev().find(|it| **it != "*").is_some_and(|it| names::is_role_field(it))
        }
        _ => false,
    }
}

/// Whether the field is a flag that only few have (`isAdmin`), as its name says.
fn is_flag(key: &Key) -> bool {
    let (Key::Identity(_, path) | Key::Row(_, path)) = key else { return false };
    let powers = ["admin", "superadmin", "superuser", "staff", "moderator", "root"];
    path.last().is_some_and(|it| names::words(it).iter().any(|word| powers.contains(&word.as_str())))
}

/// Whether a role of that name is one that anybody can have.
fn is_common(role: &str) -> bool {
    const COMMON: &[&str] = &[
        "user",
        "member",
        "customer",
        "client",
        "guest",
        "viewer",
        "reader",
        "basic",
        "free",
        "patient",
        "student",
        "subscriber",
        "default",
        "seller",
        "buyer",
        "host",
        "author",
        "regular",
        "normal",
        "anonymous",
        "public",
    ];
    COMMON.contains(&role.to_lowercase().trim_start_matches("role_"))
}
