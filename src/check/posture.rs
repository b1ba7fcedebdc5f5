//! A route's posture: where identity comes from, what ties its data, what is trusted, what limits it.

use super::types::{Evidence, Place, Posture};
use crate::base::Loc;
use crate::findings::{Finding, RouteName};
use crate::schema::Schema;
use crate::trace::Trace;
use crate::trace::tie::Ties;
use crate::values::{Checked, Client, Event, EventKind, Fact, Op, Origin, Part, Privilege, Value};

/// The posture of a route that ran.
pub(super) fn of(
    trace: &Trace,
    schema: &Schema,
    findings: &[Finding],
    place: &dyn Fn(Loc) -> Option<Place>,
    text: &dyn Fn(Loc) -> Option<String>,
) -> Option<Posture> {
    let route = &trace.route;
    let lookup = trace.events.iter().find(|event| matches!(event.kind, EventKind::IdentityLookup { .. }));
    let enforced = enforced_at(trace);
    Some(Posture {
        route: RouteName { method: methods(trace), path: route.path.clone() },
        place: place(route.loc)?,
        handler: place(route.handler_loc).or_else(|| place(route.loc))?,
        framework: route.framework.as_str(),
        identity: lookup.map(|event| Evidence { what: called(text(event.loc)), place: place(event.loc) }),
        enforced: enforced.map(|loc| Evidence { what: "enforced".to_owned(), place: loc.and_then(place) }),
        ties: ties(trace, schema, place),
        clients: clients(trace),
        unvalidated: unvalidated(trace),
        limit: limit(trace, place),
        findings: findings.iter().map(|it| (it.rule, it.confidence)).collect(),
    })
}

fn methods(trace: &Trace) -> String {
    trace.route.methods.iter().map(|it| it.as_str()).collect::<Vec<_>>().join("|")
}

/// The call without its arguments: `jwt.verify` of `jwt.verify(token, secret)`.
fn called(text: Option<String>) -> String {
    let text = text.unwrap_or_default();
    let name: String = text.split('(').next().unwrap_or("").split_whitespace().collect();
    if name.is_empty() { "verified".to_owned() } else { name.chars().take(48).collect() }
}

/// Where it is certain from that the caller is known: `Some(None)` where it holds without a place to name.
fn enforced_at(trace: &Trace) -> Option<Option<Loc>> {
    let first = trace.events.iter().position(|event| event.facts.has(&Fact::Authenticated))?;
    let touched = trace.events.iter().filter(|event| matters(event));
    if touched.clone().next().is_some() && !touched.clone().all(|event| event.facts.has(&Fact::Authenticated)) {
        return None;
    }
    let asks = |event: &&Event| match &event.kind {
        EventKind::IdentityLookup { .. } => true,
        EventKind::Tested { value } => {
            value.origin.identities().next().is_some() || value.truth.when_true.has(&Fact::Authenticated)
        }
        _ => false,
    };
    let lookup = trace.events[..=first].iter().rev().find(asks);
    Some(lookup.map(|event| event.loc))
}

fn matters(event: &Event) -> bool {
    matches!(event.kind, EventKind::Access(_))
}

fn ties(trace: &Trace, schema: &Schema, place: &dyn Fn(Loc) -> Option<Place>) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for event in &trace.events {
        let EventKind::Access(access) = &event.kind else { continue };
        let ties = Ties::at(trace, schema, &event.facts);
        if access.query.op != Op::Create
            && let Some(tie) = ties.why(access.id)
        {
            let entity = access.query.entity.map_or("query", |it| it.as_str());
            let evidence = Evidence { what: format!("{entity}: {}", tie.what()), place: place(access.loc) };
            if !all.contains(&evidence) {
                all.push(evidence);
            }
        }
    }
    all
}

fn clients(trace: &Trace) -> Vec<String> {
    let mut all: Vec<String> = trace
        .accesses
        .iter()
        .map(|access| {
            let layer = access.query.layer;
            match access.query.client.privilege {
                Privilege::Plain => layer.to_string(),
                Privilege::User => format!("{layer} (user)"),
                Privilege::Anonymous => format!("{layer} (anonymous)"),
                Privilege::Service => format!("{layer} (service role)"),
            }
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Inputs that reach a query without a check.
fn unvalidated(trace: &Trace) -> Vec<String> {
    let mut all = Vec::new();
    for event in &trace.events {
        let EventKind::Access(access) = &event.kind else { continue };
        let payload = access.query.payload.iter().map(|it| &it.value).filter(|_| access.query.op != Op::Call);
        let filter = access.query.filter.values();
        for value in payload.chain(filter) {
            raw_inputs(value, event, 0, &mut all);
        }
    }
    all.sort();
    all.dedup();
    all
}

fn raw_inputs(value: &Value, event: &Event, depth: usize, into: &mut Vec<String>) {
    if let Some(object) = value.as_object().filter(|_| depth < 4) {
        let parts = object.fields.iter().map(|(_, field)| field).chain(&object.spreads);
        parts.for_each(|part| raw_inputs(part, event, depth + 1, into));
        return;
    }
    for client in value.origin.clients().filter(|it| it.checked == Checked::Raw && it.part != Part::Path) {
        let key = Origin::Client(client.clone()).key();
        if !key.is_some_and(|key| event.facts.has(&Fact::Validated(key.clone())) || event.facts.has(&Fact::Listed(key))) {
            into.push(named(client));
        }
    }
}

/// `body.title`
fn named(client: &Client) -> String {
    let part = match client.part {
        Part::Path => "params",
        Part::Query => "query",
        Part::Body => "body",
        Part::Form => "form",
        Part::Header => "headers",
        Part::Cookie => "cookies",
        Part::Request => "request",
        Part::Argument => "argument",
        Part::UnverifiedToken => "token",
    };
    let path: Vec<&str> = client.path.iter().map(|it| it.as_str()).collect();
    if path.is_empty() { part.to_owned() } else { format!("{part}.{}", path.join(".")) }
}

fn limit(trace: &Trace, place: &dyn Fn(Loc) -> Option<Place>) -> Option<Evidence> {
    let limited = trace.at_handler.has(&Fact::Limited)
        || trace.events.iter().any(|event| matters(event) && event.facts.has(&Fact::Limited));
    limited.then(|| {
        let link = trace.route.chain.first().map(|link| link.loc);
        Evidence { what: "limited".to_owned(), place: link.and_then(place) }
    })
}
