//! What binds accesses to the caller: worked out from the facts, the accesses and the schema.
//!
//! Facts are primitive ("this row was found", "these two values are equal"). Here they become statements about somebody's data: an
//! access whose own filter names the caller is tied; a row that was found by a tied access ties the key it was found by; a tied key
//! ties every access that selects by it, and the children that select by it as foreign key; and a record is tied by what was checked
//! of its parent. The rules are applied until nothing new follows.
//!
//! **Invariant:** a record's own id is never tied by the check of its parent: `/lists/:id/shares/:shareId` must select by both.

mod columns;
mod policy;
mod solve;
#[cfg(test)]
mod tests;

pub use columns::{Columns, Table};
pub use policy::Cover;

use solve::Way;

use super::Trace;
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{AccessId, Facts, Filter, Value};

/// Why an access is tied to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tie {
    /// Its own filter names the caller.
    Filter,
    /// The database's policies limit it.
    Policy,
    /// Its record was compared with the caller.
    Compared,
    /// It selects by a key that was checked before, or by a field of a record that was.
    Key,
    /// What its record belongs to was checked.
    Parent,
    /// The caller is among those who share it.
    Membership,
    /// It was selected by an unguessable text that the caller brought.
    Capability,
    /// It was made in this request.
    Created,
    /// A declared check covers it.
    Declared,
    /// The caller may see all records.
    Role,
}

impl Tie {
    /// In a few words, for a route's posture.
    pub fn what(self) -> &'static str {
        match self {
            Tie::Filter => "owner filter",
            Tie::Policy => "row level security",
            Tie::Compared => "compared with the caller",
            Tie::Key => "key checked before",
            Tie::Parent => "parent checked",
            Tie::Membership => "membership",
            Tie::Capability => "unguessable token",
            Tie::Created => "created here",
            Tie::Declared => "declared check",
            Tie::Role => "role",
        }
    }
}

/// What is tied to the caller where certain facts hold.
pub struct Ties<'a> {
    /// One for each way to the place: something is tied only if it is on all of them.
    ways: Vec<Way<'a>>,
}

impl<'a> Ties<'a> {
    /// What follows from `facts` about the accesses of the trace.
    pub fn at(trace: &'a Trace, schema: &'a Schema, facts: &Facts) -> Self {
        Ties { ways: facts.ways().into_iter().map(|facts| Way::solve(trace, schema, facts)).collect() }
    }

    /// Whether the access's records belong to the caller, or the caller may see all.
    pub fn rows(&self, access: AccessId) -> bool {
        self.all(|way| way.sees_all || way.rows.contains_key(&access))
    }

    /// What ties the access's records, where something does.
    pub fn why(&self, access: AccessId) -> Option<Tie> {
        let one = |way: &Way<'_>| way.rows.get(&access).copied().or(way.sees_all.then_some(Tie::Role));
        self.all(|way| one(way).is_some()).then(|| self.ways.first().and_then(one)).flatten()
    }

    /// Whether the caller's role lets it see the records of all others.
    pub fn sees_all(&self) -> bool {
        self.all(|way| way.sees_all)
    }

    /// Whether a role of the caller was looked at on all ways, be it a role within one tenant only.
    pub fn has_role(&self) -> bool {
        self.all(|way| way.sees_all || way.has_role)
    }

    /// Whether a record was found by an unguessable text that the caller brought: a key, a session, a share link.
    pub fn capability(&self) -> bool {
        self.all(|way| way.rows.iter().any(|(id, tie)| *tie == Tie::Capability && way.held.contains(id)))
    }

    /// Whether the value, as `column` of the table, names a record of the caller's, or the caller.
    pub fn value(&self, table: Name, column: Name, value: &Value) -> bool {
        self.all(|way| way.sees_all || way.value_tie(way.columns.table(table), column, value).is_some())
    }

    /// Whether the value is the caller's own, as `column` of the table: no role helps.
    pub fn is_caller(&self, table: Name, column: Name, value: &Value) -> bool {
        self.all(|way| way.value_tie(way.columns.table(table), column, value).is_some())
    }

    /// Whether the filter, as one on the table, limits it to the caller's records.
    pub fn filter(&self, table: Name, filter: &Filter) -> bool {
        self.all(|way| way.sees_all || way.filter_tie(way.columns.table(table), filter).is_some())
    }

    /// Whether a new record's column is looked at by the policies of the database.
    pub fn policy_checks(&self, table: Name, column: Name) -> bool {
        self.ways.first().is_some_and(|way| policy::checks_column(way.columns.table(table), column))
    }

    fn all(&self, holds: impl Fn(&Way<'a>) -> bool) -> bool {
        !self.ways.is_empty() && self.ways.iter().all(holds)
    }
}

/// What row level security makes of the access.
pub fn cover(trace: &Trace, schema: &Schema, access: AccessId) -> Cover {
    let Some(access) = trace.access(access) else { return Cover::None };
    let Some(name) = access.query.entity else { return Cover::None };
    policy::cover(schema, Columns { schema }.table(name), access)
}
