//! What the rules want to know of the other routes of an app: a few answers, so that a change of one route seldom changes them.

use rustc_hash::{FxHashMap, FxHashSet};

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

/// What a rule asks of the app around its route. The answers to one table are asked apart, so that a route that names another table,
/// letter by letter, does not make the rules run again on all routes.
pub trait App {
    /// What holds of the app as a whole.
    fn traits(&self) -> &AppTraits;

    /// What the routes say of a table.
    fn table(&self, table: Name) -> TableFacts;

    /// Whether records of the table go to people who are not signed in.
    fn is_public(&self, table: Name) -> bool {
        self.table(table).open
    }

    /// Whether several routes hand out records of the table to anybody.
    fn is_mostly_open(&self, table: Name) -> bool {
        self.table(table).mostly_open
    }

    /// Whether other routes hand out records of the table to those only who are signed in. `here`: the asking route is among those that
    /// hand them to anybody.
    fn is_private(&self, table: Name, here: bool) -> bool {
        let facts = self.table(table);
        if here { facts.private_but_one } else { facts.private }
    }

    /// Whether some route names an owner of the table's records, where no schema does.
    fn is_owned(&self, table: Name) -> bool {
        self.owner_of(table).is_some()
    }

    /// The owner's column of such a table.
    fn owner_of(&self, table: Name) -> Option<Name> {
        self.table(table).owner
    }
}

/// What all routes say of their app. It holds answers and no counts: a route that comes or goes seldom changes an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppFacts {
    /// What holds of the app as a whole.
    pub traits: AppTraits,
    tables: FxHashMap<Name, TableFacts>,
}

/// What holds of the app as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppTraits {
    /// Some route looks up an identity.
    pub uses_identity: bool,
    guarded_readers: FxHashSet<FileId>,
    lacks_limits: bool,
    roles: bool,
    role_to_write: FxHashSet<(FileId, Name)>,
    role_to_write_mostly: FxHashSet<FileId>,
}

/// To whom the app's routes hand out the records of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableFacts {
    /// Some route to anybody.
    open: bool,
    /// Several routes to anybody, and none to whoever is signed in.
    mostly_open: bool,
    /// To their own people and hardly to others, as all routes say.
    private: bool,
    /// The same, as all routes but one of those say that hand them to anybody.
    private_but_one: bool,
    /// The column of their owner, where some route names one and no schema does.
    owner: Option<Name>,
}

/// How many routes there are of a kind.
#[derive(Default)]
struct Counts {
    readers: FxHashMap<FileId, Share>,
    tables: FxHashMap<Name, Handed>,
    writes: FxHashMap<(FileId, Name), Share>,
    writers: FxHashMap<FileId, Share>,
}

/// So many of all.
#[derive(Clone, Copy, Default)]
struct Share {
    some: u32,
    all: u32,
}

/// How many routes hand out the records of a table: each tied to the caller, to whoever is signed in, to anybody.
#[derive(Clone, Copy, Default)]
struct Handed {
    tied: u32,
    signed_in: u32,
    open: u32,
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
        let (mut traits, mut counts) = (AppTraits::default(), Counts::default());
        let (mut limited, mut costly) = (false, false);
        let mut owners: FxHashMap<Name, Name> = FxHashMap::default();
        for route in routes {
            traits.uses_identity |= route.identity;
            traits.roles |= route.role;
            limited |= route.limited;
            costly |= route.costly;
            counts.add(route);
            for (table, column) in &route.owned {
                // The same one whatever the order of the routes.
                let known = owners.entry(*table).or_insert(*column);
                *known = (*known).min(*column);
            }
        }
        traits.lacks_limits = costly && !limited;
        traits.guarded_readers = which(&counts.readers, Share::all_but_one);
        traits.role_to_write = which(&counts.writes, |it| it.some > 0 && it.some * 3 >= it.all);
        traits.role_to_write_mostly = which(&counts.writers, Share::mostly);
        let mut tables: FxHashMap<Name, TableFacts> =
            counts.tables.iter().map(|(table, handed)| (*table, handed.facts())).collect();
        for (table, owner) in owners {
            tables.entry(table).or_default().owner = Some(owner);
        }
        AppFacts { traits, tables }
    }
}

impl App for AppFacts {
    fn traits(&self) -> &AppTraits {
        &self.traits
    }

    fn table(&self, table: Name) -> TableFacts {
        self.tables.get(&table).copied().unwrap_or_default()
    }
}

impl AppTraits {
    /// Whether all routes of that file that only read are guarded but one, two at least: several that are open are meant to be.
    pub fn guards_readers(&self, file: FileId) -> bool {
        self.guarded_readers.contains(&file)
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
        self.role_to_write.contains(&(file, table))
    }

    /// Whether most routes of that file that write ask for a role, two at least.
    pub fn mostly_asks_role(&self, file: FileId) -> bool {
        self.role_to_write_mostly.contains(&file)
    }

    /// Whether some route should have a limiter and none in the app has.
    pub fn lacks_limits(&self) -> bool {
        self.lacks_limits
    }
}

impl Counts {
    fn add(&mut self, route: &RouteSummary) {
        for table in &route.tied {
            self.tables.entry(*table).or_default().tied += 1;
        }
        for table in &route.signed_in {
            self.tables.entry(*table).or_default().signed_in += 1;
        }
        for table in &route.open {
            self.tables.entry(*table).or_default().open += 1;
        }
        let Some(file) = route.file else { return };
        if route.reads_only {
            self.readers.entry(file).or_default().add(route.guarded);
        }
        if !route.writes.is_empty() {
            self.writers.entry(file).or_default().add(route.role);
        }
        for (table, role) in &route.writes {
            self.writes.entry((file, *table)).or_default().add(*role);
        }
    }
}

impl Share {
    fn add(&mut self, one: bool) {
        self.some += u32::from(one);
        self.all += 1;
    }

    /// All but one, and two at least.
    fn all_but_one(self) -> bool {
        self.some >= 2 && self.some + 1 >= self.all
    }

    /// Two thirds, and two at least.
    fn mostly(self) -> bool {
        self.some >= 2 && self.some * 3 >= self.all * 2
    }
}

impl Handed {
    fn facts(self) -> TableFacts {
        let guarded = self.tied + self.signed_in;
        let private = |open: u32| self.tied > 0 && (open == 0 || guarded >= 3 * open);
        TableFacts {
            open: self.open > 0,
            mostly_open: self.open >= 2 && self.signed_in == 0,
            private: private(self.open),
            private_but_one: private(self.open.saturating_sub(1)),
            owner: None,
        }
    }
}

/// The keys of those that it holds of.
fn which<K: Copy + Eq + std::hash::Hash>(counts: &FxHashMap<K, Share>, holds: impl Fn(Share) -> bool) -> FxHashSet<K> {
    counts.iter().filter(|(_, share)| holds(**share)).map(|(key, _)| *key).collect()
}

/// Whether an effect costs money, space or reputation, or hands out a credential.
fn costs(effect: Effect) -> bool {
    use Effect::{Ai, Mail, Payment, SignToken, Sms, StorageWrite};
    matches!(effect, Mail | Sms | Payment | Ai | StorageWrite | SignToken)
}

/// Whether a role of the caller was asked for where these facts hold.
fn has_role(trace: &Trace, schema: &Schema, facts: &Facts) -> bool {
    let may = |fact: &Fact| {
        matches!(fact, Fact::Role | Fact::Is(..) | Fact::IsNot(..) | Fact::Listed(_) | Fact::Holds(_) | Fact::AnyOf(_))
    };
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
