//! Reads and writes of entities.

use std::sync::Arc;

use super::{AccessId, Facts, Value};
use crate::base::{Loc, Name};

/// A query as a data layer's builder or call describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Query {
    /// The data layer (`prisma`, `supabase`, `pg`).
    pub layer: Name,
    /// The client it runs on.
    pub client: DbClient,
    /// The table, model or collection as the code names it; `None` where it could not be read.
    pub entity: Option<Name>,
    /// What it does.
    pub op: Op,
    /// Which records.
    pub filter: Filter,
    /// The whole selector in the source (the `where` object, the SQL text), for edits.
    pub filter_loc: Option<Loc>,
    /// What is written.
    pub payload: Vec<Payload>,
    /// What comes back.
    pub projection: Projection,
    /// The projection in the source (the `select` object, the column text).
    pub projection_loc: Option<Loc>,
    /// Upper bound of the number of records: a literal, or a value that sets it.
    pub limit: Option<Value>,
    /// At most one record.
    pub single: bool,
    /// It throws where it finds nothing.
    pub throws_on_missing: bool,
    /// How its result is wrapped, for the layer to unwrap (`data`/`error` of supabase-js, `rows` of pg).
    pub result: ResultForm,
    /// What the layer wants to remember of the builder.
    pub state: Vec<(Name, Value)>,
    /// The call that gave it.
    pub made: Option<Loc>,
}

/// How a layer hands over what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResultForm {
    /// The record, the records, or a number.
    Plain,
    /// `{ data, error, count }`; never throws.
    DataError,
    /// `{ rows, rowCount }`
    RowsObject,
    /// A snapshot, whose `data()` is the record.
    Snapshot,
    /// `{ Item }` or `{ Items }`.
    Item,
    /// `{ count }`, a number, or nothing of the records.
    Count,
    /// Nothing.
    Nothing,
}

/// What a query does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Op {
    /// Reads records.
    Read,
    /// Counts or aggregates: no record comes back.
    Count,
    /// Inserts.
    Create,
    /// Changes.
    Update,
    /// Inserts or changes.
    Upsert,
    /// Deletes.
    Delete,
    /// Calls a procedure of the database, or raw text that could not be read.
    Call,
}

impl Op {
    /// Whether it changes data.
    pub fn writes(self) -> bool {
        matches!(self, Op::Create | Op::Update | Op::Upsert | Op::Delete | Op::Call)
    }
}

/// The client a query runs on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DbClient {
    /// What the database lets it do.
    pub privilege: Privilege,
    /// Where it was made.
    pub made: Option<Loc>,
}

/// What the database itself enforces for a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Privilege {
    /// A plain connection: nothing but the query limits it.
    Plain,
    /// Row level security as the caller.
    User,
    /// Row level security as nobody.
    Anonymous,
    /// Bypasses row level security by a key that is meant for it.
    Service,
}

/// Which records a query selects. Paths are fields, after relations from the entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Filter {
    /// No condition.
    #[default]
    All,
    /// All of them.
    And(Vec<Filter>),
    /// One of them.
    Or(Vec<Filter>),
    /// Not that.
    Not(Box<Filter>),
    /// A comparison of a field.
    Field {
        /// The field.
        field: Name,
        /// How.
        test: Test,
        /// With what.
        value: Value,
        /// The condition in the source.
        loc: Option<Loc>,
    },
    /// A condition on related records.
    Related {
        /// The relation's field on this entity, or the related table's name.
        relation: Name,
        /// Which of them.
        quantifier: Quantifier,
        /// The condition there.
        filter: Box<Filter>,
    },
    /// A condition that could not be read; the values in it.
    Opaque(Vec<Value>),
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Test {
    /// Equal to the value.
    Equal,
    /// One of the values.
    In,
    /// Not equal.
    NotEqual,
    /// Ordered, like, contains, …
    Other,
}

/// Quantifiers over related records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Quantifier {
    /// There is one (also: the one of a to-one relation).
    Some,
    /// All of them, which holds where there are none.
    Every,
    /// None of them.
    None,
}

/// One object or list that is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Payload {
    /// The fields, or the value that holds them.
    pub value: Value,
    /// In the source.
    pub loc: Option<Loc>,
    /// A relation below the entity for a nested write; empty for the entity itself.
    pub relation: Vec<Name>,
}

/// Which fields come back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Projection {
    /// All of the entity's own fields.
    pub whole: bool,
    /// Named fields, where not `whole`.
    pub fields: Vec<Name>,
    /// Fields taken out of the whole.
    pub omit: Vec<Name>,
    /// Related records that come along: the name in the result, the relation, the condition on them, their projection.
    pub related: Vec<Include>,
    /// It could not be read.
    pub opaque: bool,
}

/// Related records in a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Include {
    /// The key in the result.
    pub key: Name,
    /// The relation's field on the entity, or the related table's name.
    pub relation: Name,
    /// The condition on the related records.
    pub filter: Filter,
    /// What comes of them.
    pub projection: Projection,
}

/// A query that ran in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its id.
    pub id: AccessId,
    /// What ran.
    pub query: Arc<Query>,
    /// What held when it ran.
    pub facts: Facts,
    /// The call in the source that a person would change.
    pub loc: Loc,
    /// The calls on the way from the handler to it, outermost first.
    pub stack: Arc<[Loc]>,
    /// How the code around it can write the caller's id (`req.userId`, `session.user.id`), if it can.
    pub identity: Option<Arc<str>>,
}

impl Projection {
    /// All own fields, nothing related.
    pub fn whole() -> Self {
        Projection { whole: true, ..Projection::default() }
    }

    /// Whether the field comes back.
    pub fn has(&self, field: Name) -> bool {
        (self.whole && !self.omit.contains(&field)) || self.fields.contains(&field)
    }
}

impl Filter {
    /// An equality.
    pub fn equal(field: Name, value: Value, loc: Option<Loc>) -> Self {
        Filter::Field { field, test: Test::Equal, value, loc }
    }

    /// Both conditions.
    #[must_use]
    pub fn and(self, other: Filter) -> Self {
        match (self, other) {
            (Filter::All, it) | (it, Filter::All) => it,
            (Filter::And(mut ours), Filter::And(theirs)) => {
                ours.extend(theirs);
                Filter::And(ours)
            }
            (Filter::And(mut ours), it) => {
                ours.push(it);
                Filter::And(ours)
            }
            (it, Filter::And(mut theirs)) => {
                theirs.insert(0, it);
                Filter::And(theirs)
            }
            (ours, theirs) => Filter::And(vec![ours, theirs]),
        }
    }

    /// The conditions that must all hold, flat.
    pub fn conjuncts(&self) -> Vec<&Filter> {
        match self {
            Filter::All => Vec::new(),
            Filter::And(parts) => parts.iter().flat_map(Filter::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// Every value that a field is compared with, and where.
    pub fn fields(&self) -> Vec<(&Value, Option<Loc>)> {
        match self {
            Filter::All | Filter::Opaque(_) => Vec::new(),
            Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(Filter::fields).collect(),
            Filter::Not(inner) => inner.fields(),
            Filter::Related { filter, .. } => filter.fields(),
            Filter::Field { value, loc, .. } => vec![(value, *loc)],
        }
    }

    /// Every value in it.
    pub fn values(&self) -> Vec<&Value> {
        match self {
            Filter::All => Vec::new(),
            Filter::And(parts) | Filter::Or(parts) => parts.iter().flat_map(Filter::values).collect(),
            Filter::Not(inner) => inner.values(),
            Filter::Related { filter, .. } => filter.values(),
            Filter::Field { value, .. } => vec![value],
            Filter::Opaque(values) => values.iter().collect(),
        }
    }
}

impl Query {
    /// The key in `state` of the index of a payload that only names records which are there already (`connect`).
    pub const REFERENCE: &'static str = "reference";

    /// Whether the payload at `index` writes no fields but names records that are there already (`connect: { id }`).
    pub fn is_reference(&self, index: usize) -> bool {
        let is = |value: &Value| value.as_number().is_some_and(|number| number == index as f64);
        self.state.iter().any(|(key, value)| *key == Self::REFERENCE && is(value))
    }

    /// A query of a layer on an entity that selects everything.
    pub fn new(layer: Name, client: DbClient, entity: Option<Name>, op: Op) -> Self {
        Query {
            layer,
            client,
            entity,
            op,
            filter: Filter::All,
            filter_loc: None,
            payload: Vec::new(),
            projection: Projection::default(),
            projection_loc: None,
            limit: None,
            single: false,
            throws_on_missing: false,
            result: ResultForm::Plain,
            state: Vec::new(),
            made: None,
        }
    }

    /// Whether the two are the same query up to conditions and projection.
    pub fn compatible(&self, other: &Query) -> bool {
        self.layer == other.layer && self.entity == other.entity && self.op == other.op && self.payload == other.payload
    }

    /// One of two compatible queries: only conditions that both have.
    #[must_use]
    pub fn join(&self, other: &Query) -> Query {
        let theirs = other.filter.conjuncts();
        let shared = self.filter.conjuncts().into_iter().filter(|it| theirs.contains(it)).cloned().collect();
        let limit = if self.limit == other.limit { self.limit.clone() } else { None };
        Query { filter: Filter::And(shared), limit, ..self.clone() }
    }
}
