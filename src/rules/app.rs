//! What the rules want to know of the other routes of an app: a few counts, so that a change of one route seldom changes them.

use rustc_hash::FxHashMap;

use crate::base::{FileId, Name};
use crate::schema::names::{self, OwnerKind};
use crate::schema::{Entity, EntityRole, FieldPrivilege, Schema};
use crate::trace::Trace;
use crate::trace::tie::{Columns, Ties};
use crate::values::{Effect, EventKind, Fact, Facts, Filter, Op, Shape};

use super::context::is_authenticated;
use super::uses::rows_in;

/// What one route says of its app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteSummary {
    /// The file that registers it.
    pub file: Option<FileId>,
    /// It only reads, as its method says.
    pub reads_only: bool,
    /// Identity is enforced in it.
    pub guarded: bool,
    /// Identity is looked up in it.
    pub identity: bool,
    /// Tables whose records it answers with: tied to the caller.
    pub tied: Vec<Name>,
    /// … to anybody who is signed in.
    pub signed_in: Vec<Name>,
    /// … to anybody.
    pub open: Vec<Name>,
    /// Tables without a schema whose owner a condition or a payload names, with the owner's column.
    pub owned: Vec<(Name, Name)>,
    /// A role of the caller is asked for in it.
    pub role: bool,
    /// A limiter let it pass.
    pub limited: bool,
    /// It does what costs money, space or reputation, or hands out a credential.
    pub costly: bool,
    /// Tables that it writes: only where a role was asked for, or also without.
    pub writes: Vec<(Name, bool)>,
}

/// What all routes say of their app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppFacts {
    /// Some route looks up an identity.
    pub uses_identity: bool,
    routers: FxHashMap<(FileId, bool), (u32, u32)>,
    tied: FxHashMap<Name, u32>,
    signed_in: FxHashMap<Name, u32>,
    open: FxHashMap<Name, u32>,
    owned: FxHashMap<Name, Name>,
    limited: bool,
    costly: bool,
    roles: bool,
    writes: FxHashMap<(FileId, Name), (u32, u32)>,
    writers: FxHashMap<FileId, (u32, u32)>,
}

impl RouteSummary {
    /// What the trace of a route says.
    pub fn of(trace: &Trace, schema: &Schema) -> Self {
        let columns = Columns { schema };
        let mut summary = RouteSummary {
            file: Some(trace.route.file),
            reads_only: trace.route.methods.iter().all(|it| matches!(it.as_str(), "GET" | "HEAD")),
            guarded: is_authenticated(&trace.at_handler) || is_authenticated(&trace.at_end),
            ..RouteSummary::default()
        };
        summary.identity = summary.guarded;
        summary.limited = super::context::is_limited(trace);
        for event in &trace.events {
            match &event.kind {
                EventKind::Effect { kind, .. } => summary.costly |= costs(*kind),
                EventKind::IdentityLookup { .. } => summary.identity = true,
                EventKind::Access(access) => {
                    let Some(table) = access.query.entity.map(|it| columns.table(it)) else { continue };
                    if table.entity.is_none() {
                        let owner = named_owner(&access.query.filter, &access.query.payload);
                        summary.owned.extend(owner.map(|column| (table.name, column)));
                    }
                    if access.query.op.writes() {
                        let role = has_role(trace, schema, &event.facts);
                        summary.role |= role;
                        summary.writes.push((table.name, role));
                    }
                }
                EventKind::Respond { body, status } if status.is_none_or(|it| it < 400) => {
                    summary.role |= has_role(trace, schema, &event.facts);
                    let ties = Ties::at(trace, schema, &event.facts);
                    for row in rows_in(body) {
                        let Some(access) = trace.access(row.access).filter(|it| it.query.op == Op::Read) else { continue };
                        let Some(table) = access.query.entity.map(|it| columns.table(it)) else { continue };
                        if ties.rows(access.id) {
                            summary.tied.push(table.name);
                        } else if is_authenticated(&event.facts) {
                            summary.signed_in.push(table.name);
                        } else {
                            summary.open.push(table.name);
                        }
                    }
                }
                _ => {}
            }
        }
        for list in [&mut summary.tied, &mut summary.signed_in, &mut summary.open] {
            list.sort();
            list.dedup();
        }
        summary.writes.sort();
        summary.writes.dedup();
        summary.owned.sort();
        summary.owned.dedup();
        summary
    }
}

impl AppFacts {
    /// What the summaries say together.
    pub fn of<'s>(routes: impl IntoIterator<Item = &'s RouteSummary>) -> Self {
        let mut app = AppFacts::default();
        for route in routes {
            app.uses_identity |= route.identity;
            if let Some(file) = route.file {
                let counts = app.routers.entry((file, route.reads_only)).or_default();
                counts.0 += u32::from(route.guarded);
                counts.1 += 1;
            }
            for (from, to) in [(&route.tied, &mut app.tied), (&route.signed_in, &mut app.signed_in), (&route.open, &mut app.open)]
            {
                from.iter().for_each(|it| *to.entry(*it).or_default() += 1);
            }
            app.limited |= route.limited;
            app.costly |= route.costly;
            app.roles |= route.role;
            if let Some(file) = route.file.filter(|_| !route.writes.is_empty()) {
                let counts = app.writers.entry(file).or_default();
                counts.0 += u32::from(route.role);
                counts.1 += 1;
            }
            for (table, role) in &route.writes {
                let Some(file) = route.file else { continue };
                let counts = app.writes.entry((file, *table)).or_default();
                counts.0 += u32::from(*role);
                counts.1 += 1;
            }
            for (table, column) in &route.owned {
                // The same one whatever the order of the routes.
                let known = app.owned.entry(*table).or_insert(*column);
                *known = (*known).min(*column);
            }
        }
        app
    }

    /// Whether most routes of the same kind in that file are guarded, two at least.
    pub fn mostly_guarded(&self, file: FileId, reads_only: bool) -> bool {
        self.routers.get(&(file, reads_only)).is_some_and(|(guarded, all)| *guarded >= 2 && guarded * 3 >= all * 2)
    }

    /// Whether records of the table go to people who are not signed in.
    pub fn is_public(&self, table: Name) -> bool {
        self.open.contains_key(&table)
    }

    /// Whether other routes hand out records of the table to those only who are signed in. `here`: the asking route is among those that
    /// hand them to anybody.
    pub fn is_private(&self, table: Name, here: bool) -> bool {
        let count = |of: &FxHashMap<Name, u32>| of.get(&table).copied().unwrap_or(0);
        let open = count(&self.open).saturating_sub(u32::from(here));
        let guarded = count(&self.tied) + count(&self.signed_in);
        guarded > 0 && (open == 0 || guarded >= 3 * open) && count(&self.tied) > 0
    }

    /// Whether the app tells its users apart by roles: some route asks for one, or a user's record holds one.
    pub fn knows_roles(&self, schema: &Schema) -> bool {
        let holds = |it: &Entity| {
            it.role == EntityRole::Principal && it.fields.iter().any(|field| field.privilege == Some(FieldPrivilege::Role))
        };
        self.roles || schema.entities.iter().any(holds)
    }

    /// Whether routes of that file that write the table ask for a role, a third of them at least.
    pub fn asks_role_to_write(&self, file: FileId, table: Name) -> bool {
        self.writes.get(&(file, table)).is_some_and(|(role, all)| *role > 0 && *role * 3 >= *all)
    }

    /// Whether most routes of that file that write ask for a role, two at least.
    pub fn mostly_asks_role(&self, file: FileId) -> bool {
        self.writers.get(&file).is_some_and(|(role, all)| *role >= 2 && *role * 3 >= *all * 2)
    }

    /// Whether some route should have a limiter and none in the app has.
    pub fn lacks_limits(&self) -> bool {
        self.costly && !self.limited
    }

    /// Whether some route names an owner of the table's records, where no schema does.
    pub fn is_owned(&self, table: Name) -> bool {
        self.owned.contains_key(&table)
    }

    /// The owner's column of such a table.
    pub fn owner_of(&self, table: Name) -> Option<Name> {
        self.owned.get(&table).copied()
    }
}

/// Whether an effect costs money, space or reputation, or hands out a credential.
fn costs(effect: Effect) -> bool {
    use Effect::{Ai, Mail, Payment, SignToken, Sms, StorageWrite};
    matches!(effect, Mail | Sms | Payment | Ai | StorageWrite | SignToken)
}

/// Whether a role of the caller was asked for where these facts hold.
fn has_role(trace: &Trace, schema: &Schema, facts: &Facts) -> bool {
    let may = |fact: &Fact| matches!(fact, Fact::Role | Fact::Is(..) | Fact::Listed(_) | Fact::Holds(_) | Fact::AnyOf(_));
    facts.iter().any(may) && Ties::at(trace, schema, facts).has_role()
}

fn named_owner(filter: &Filter, payload: &[crate::values::Payload]) -> Option<Name> {
    let owner = |name: &Name| matches!(names::is_owner_column(name), Some(OwnerKind::User | OwnerKind::Tenant));
    let filtered = filter.conjuncts().into_iter().find_map(|it| match it {
        Filter::Field { field, .. } => Some(*field).filter(owner),
        _ => None,
    });
    filtered.or_else(|| {
        payload.iter().find_map(|it| match &it.value.shape {
            Shape::Object(object) => object.names().find(owner),
            _ => None,
        })
    })
}
