//! What a rule sees of a route.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::purpose::Purpose;
use super::uses::rows_in;
use super::{App, RuleMeta};
use crate::base::{Loc, Name};
use crate::findings::{Confidence, Finding, RouteName, Step, Unproven};
use crate::schema::names;
use crate::schema::{Entity, EntityRole, Schema};
use crate::trace::Trace;
use crate::trace::tie::{Columns, Cover, Table, Ties, cover};
use crate::values::{Access, Effect, Event, EventKind, Fact, Facts, Filter, Key, Op, Test, Value};

/// A route, its schema and its app, with what follows from them.
pub struct RuleContext<'a> {
    /// The route as it ran.
    pub trace: &'a Trace,
    /// The entities.
    pub schema: &'a Schema,
    /// The app around it.
    pub app: &'a dyn App,
    /// What it is for.
    pub purpose: Purpose,
    ties: RefCell<FxHashMap<Facts, Rc<Ties<'a>>>>,
}

/// Whether the caller is known where these facts hold, or a machine that proved itself.
pub fn is_authenticated(facts: &Facts) -> bool {
    facts.any(&|fact| match fact {
        Fact::Authenticated | Fact::Role | Fact::Tied(_) | Fact::Signature | Fact::Secret => true,
        Fact::Holds(key) | Fact::Is(key, _) | Fact::Listed(key) => matches!(key, Key::Identity(..)),
        Fact::Equal(one, other) => matches!(one, Key::Identity(..)) || matches!(other, Key::Identity(..)),
        _ => false,
    })
}

/// Whether a limiter let the request pass somewhere on its way.
pub(super) fn is_limited(trace: &Trace) -> bool {
    let limited = |facts: &Facts| facts.has(&Fact::Limited);
    limited(&trace.at_handler) || limited(&trace.at_end) || trace.events.iter().any(|it| limited(&it.facts))
}

impl<'a> RuleContext<'a> {
    /// A route in its app.
    pub fn new(trace: &'a Trace, schema: &'a Schema, app: &'a dyn App) -> Self {
        RuleContext { trace, schema, app, purpose: Purpose::of(trace), ties: RefCell::default() }
    }

    /// What is tied to the caller where these facts hold.
    pub fn ties(&self, facts: &Facts) -> Rc<Ties<'a>> {
        if let Some(known) = self.ties.borrow().get(facts) {
            return known.clone();
        }
        let ties = Rc::new(Ties::at(self.trace, self.schema, facts));
        self.ties.borrow_mut().insert(facts.clone(), ties.clone());
        ties
    }

    /// Whether the caller is known, or brought an unguessable text that was found.
    pub fn is_authenticated(&self, facts: &Facts) -> bool {
        // One way may have known the caller by a session, another by a key.
        is_authenticated(facts) || facts.ways().iter().all(|way| is_authenticated(way) || self.ties(way).capability())
    }

    /// Whether it is a person that is known, to whom some records belong and others do not.
    pub fn is_signed_in(&self, facts: &Facts) -> bool {
        is_authenticated(facts) && !facts.any(&|fact| matches!(fact, Fact::Signature | Fact::Secret))
    }

    /// The events with their places in the trace.
    pub fn events(&self) -> impl Iterator<Item = (usize, &'a Event)> {
        self.trace.events.iter().enumerate()
    }

    /// Questions about columns.
    pub fn columns(&self) -> Columns<'a> {
        Columns { schema: self.schema }
    }

    /// The table of an access, where it could be read.
    pub fn table(&self, access: &Access) -> Option<Table<'a>> {
        access.query.entity.map(|it| self.columns().table(it))
    }

    /// Whether records of the access's table belong to somebody.
    pub fn is_owned(&self, access: &Access) -> bool {
        self.table(access).is_some_and(|it| self.is_owned_table(it))
    }

    /// Whether records of the table belong to somebody.
    pub fn is_owned_table(&self, table: Table<'_>) -> bool {
        match table.entity {
            Some(entity) => entity.is_owned() || entity.role != EntityRole::Content,
            None => self.app.is_owned(table.name),
        }
    }

    /// Whether the owner is known by name only.
    pub fn is_by_name(&self, access: &Access) -> bool {
        match self.table(access).and_then(|it| it.entity) {
            Some(entity) => !entity.owners.is_empty() && entity.owners.iter().all(|it| it.by_name),
            None => true,
        }
    }

    /// Whether the database limits the access to what the caller may reach.
    pub fn is_covered(&self, access: &Access) -> bool {
        cover(self.trace, self.schema, access.id) != Cover::None
    }

    /// Whether the access reads by a condition that makes its records public.
    pub fn reads_published(&self, access: &Access) -> bool {
        fn published(filter: &Filter) -> bool {
            match filter {
                Filter::And(parts) => parts.iter().any(published),
                Filter::Or(parts) => !parts.is_empty() && parts.iter().all(published),
                Filter::Field { field, test, value, .. } => {
                    let says_so = || value.as_str().is_some_and(|it| names::is_public_flag(&it.to_lowercase()));
                    (names::is_public_flag(field) && *test != Test::In && !value.origin.is_client())
                        || (matches!(field.as_str(), "status" | "state" | "visibility") && says_so())
                }
                Filter::Related { filter, .. } => published(filter),
                _ => false,
            }
        }
        published(&access.query.filter)
    }

    /// Whether a write does nothing but count (`views + 1`), which anybody may.
    pub fn only_counts(&self, access: &Access) -> bool {
        let counters =
            ["view", "views", "hit", "hits", "click", "clicks", "count", "counts", "visits", "downloads", "likes", "plays"];
        let counts = |name: &Name| names::words(name).iter().any(|word| counters.contains(&word.as_str()));
        access.query.op == Op::Update
            && !access.query.payload.is_empty()
            && access.query.payload.iter().all(|payload| {
                let client = super::uses::clients_in(&payload.value);
                let object = payload.value.as_object();
                client.is_empty()
                    && object.is_some_and(|it| it.is_closed() && !it.fields.is_empty() && it.names().all(|name| counts(&name)))
            })
    }

    /// What the access's records are called.
    pub fn title(&self, access: &Access) -> String {
        match self.table(access) {
            Some(Table { entity: Some(entity), .. }) => entity_title(entity),
            _ => access.query.entity.map_or_else(|| "record".to_owned(), |it| it.to_string()),
        }
    }

    /// Whether the event goes out or does something with what is in its values; gives those values.
    pub fn outgoing(&self, event: &'a Event) -> Vec<&'a Value> {
        match &event.kind {
            EventKind::Respond { body, status } if status.is_none_or(|it| it < 400) => vec![body],
            EventKind::Effect { kind, args }
                if !matches!(kind, Effect::Log | Effect::SignToken | Effect::SessionWrite | Effect::SetCookie) =>
            {
                args.iter().collect()
            }
            EventKind::Access(access) if access.query.op.writes() => {
                let payload = access.query.payload.iter().map(|it| &it.value);
                access.query.filter.values().into_iter().chain(payload).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether something of the access's records goes out where nobody knows who calls.
    pub fn goes_out(&self, access: &Access) -> bool {
        self.trace
            .events
            .iter()
            .filter(|event| !self.is_authenticated(&event.facts))
            .any(|event| self.outgoing(event).into_iter().any(|value| rows_in(value).iter().any(|row| row.access == access.id)))
    }

    /// The route's name in reports.
    pub fn route(&self) -> RouteName {
        let methods: Vec<&str> = self.trace.route.methods.iter().map(|it| it.as_str()).collect();
        RouteName { method: methods.join(","), path: self.trace.route.path.clone() }
    }

    /// A finding of a rule at the event's place in the route, without steps yet.
    pub fn finding(&self, rule: &RuleMeta, loc: Loc, stack: &Arc<[Loc]>, message: String) -> Finding {
        let at = self.place(loc, stack);
        let mut steps = Vec::new();
        if at != loc {
            steps.push(Step { loc, message: "it happens here".to_owned() });
        }
        Finding {
            rule: rule.id,
            severity: rule.severity,
            confidence: Confidence::High,
            message,
            loc: at,
            route: Some(self.route()),
            steps,
            intents: Vec::new(),
            unproven: Vec::new(),
        }
    }

    /// Lowers the confidence of a claim of absence by what ran before the event and could not be read.
    pub fn weigh(&self, finding: &mut Finding, before: usize, by_name: bool) {
        self.weigh_by(finding, before, by_name, &|_| true);
    }

    /// The same, where only what `counts` could have been the check.
    pub fn weigh_by(&self, finding: &mut Finding, before: usize, by_name: bool, counts: &dyn Fn(&Event) -> bool) {
        if by_name {
            finding.confidence = finding.confidence.min(Confidence::Medium);
        }
        let mut unproven: Vec<Unproven> = Vec::new();
        for event in self.trace.events.iter().take(before).filter(|it| counts(it)) {
            if let EventKind::Unknown { what, from, .. } = &event.kind {
                let declare_as = from.map(|from| format!("{from}#{what}"));
                unproven.push(Unproven { what: *what, declare_as });
            }
        }
        let cut = self.trace.cut || self.trace.events.iter().take(before).any(|it| matches!(it.kind, EventKind::Budget));
        if cut {
            unproven.push(Unproven { what: Name::new("a part too large to follow"), declare_as: None });
        }
        if self.trace.route.chain_unknown {
            unproven.push(Unproven { what: Name::new("a part of the route's chain"), declare_as: None });
        }
        unproven.sort();
        unproven.dedup();
        if !unproven.is_empty() {
            finding.confidence = Confidence::NotProven;
            finding.unproven = unproven;
        }
    }

    /// Where a person would look for what happened at `loc`: there, or at the call in the route's own code that led there.
    pub fn place(&self, loc: Loc, stack: &Arc<[Loc]>) -> Loc {
        let handler = self.trace.route.handler_loc;
        let route = &self.trace.route;
        let same_item = |it: &Loc| it.file == handler.file && it.item == handler.item;
        let own = |it: &Loc| same_item(it) && (it.node == handler.node || self.trace.is_inside(it.node));
        let same_file = |it: &Loc| it.file == handler.file || it.file == route.file;
        if own(&loc) {
            return loc;
        }
        let call = |is: &dyn Fn(&Loc) -> bool| stack.iter().copied().find(|it| is(it));
        call(&own)
            .or_else(|| call(&same_item))
            .or_else(|| same_file(&loc).then_some(loc))
            .or_else(|| call(&same_file))
            .or_else(|| stack.first().copied())
            .unwrap_or(loc)
    }

    /// Where the client's values come into the selector of an access.
    pub fn selector_steps(&self, access: &Access) -> Vec<Step> {
        let mut steps = Vec::new();
        for part in access.query.filter.conjuncts() {
            let Filter::Field { field, value, loc, .. } = part else { continue };
            let Some(client) = super::uses::clients_in(value).into_iter().next() else { continue };
            let loc = loc.or(access.query.filter_loc).unwrap_or(access.loc);
            steps.push(Step { loc, message: format!("the client chooses `{field}`: {}", describe(&client)) });
        }
        steps
    }
}

/// A client value as a person names it.
pub fn describe(client: &crate::values::Client) -> String {
    use crate::values::Part;
    let part = match client.part {
        Part::Path => "the path",
        Part::Query => "the query string",
        Part::Body => "the body",
        Part::Form => "the form",
        Part::Header => "a header",
        Part::Cookie => "an unverified cookie",
        Part::Request => "the request",
        Part::Argument => "the call's argument",
        Part::UnverifiedToken => "a token that nobody verified",
    };
    let path: Vec<&str> = client.path.iter().filter(|it| **it != "*").map(|it| it.as_str()).collect();
    if path.is_empty() { part.to_owned() } else { format!("`{}` of {part}", path.join(".")) }
}

fn entity_title(entity: &Entity) -> String {
    entity.name.to_string()
}
