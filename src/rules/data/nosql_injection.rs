//! `nosql-injection`: what the client wrote may be an object of operators where a query means a value, or is code that a database runs.

use crate::base::Loc;
use crate::findings::{Finding, Intent, Severity, Step};
use super::missing_validation::weigh_validators;
use crate::rules::context::describe;
use crate::rules::uses::{clients_in, unchecked_in};
use crate::rules::{RuleContext, RuleMeta};
use crate::values::{Client, Event, EventKind, Fact, Facts, Key, Scalar, Shape, Sink, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "nosql-injection",
    title: "Query operators from the client",
    page: include_str!("nosql_injection.md"),
    severity: Severity::Error,
    owasp: &["API8"],
    cwe: &[943],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut told: Vec<Client> = Vec::new();
    for (index, event) in ctx.events() {
        let EventKind::Sink { kind, value } = &event.kind else { continue };
        let found = match kind {
            Sink::Operators => unchecked_in(value).into_iter().find(|it| may_be_object(&event.facts, it)),
            Sink::Script => written_by(value),
            _ => None,
        };
        let Some(client) = found.filter(|it| !told.contains(it)) else { continue };
        let place = value_loc(ctx, event, value);
        let step = place.map(|loc| Step { loc, message: format!("the client writes this: {}", describe(&client)) });
        let cast = place.filter(|_| *kind == Sink::Operators && !client.path.is_empty()).map(|at| Intent::Cast { at });
        // One query with several such values is one finding.
        let loc = ctx.place(event.loc, &event.stack);
        if let Some(known) = findings.iter_mut().find(|it| it.loc == loc) {
            known.steps.extend(step);
            known.intents.extend(cast);
            told.push(client);
            continue;
        }
        let message = match kind {
            Sink::Script => format!("{} becomes code that the database runs", describe(&client)),
            _ if client.path.is_empty() => format!("{} is a whole filter: the client writes its operators", describe(&client)),
            _ => format!("{} may be an object of operators (\"not equal\") where the query means a value", describe(&client)),
        };
        let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
        finding.steps.extend(step);
        finding.intents.extend(cast);
        // What could have checked who calls says nothing of a value; what could have checked the value does.
        weigh_validators(ctx, &mut finding, index);
        told.push(client);
        findings.push(finding);
    }
    findings
}

/// The client's value in a text of code; a number says nothing there.
fn written_by(text: &Value) -> Option<Client> {
    let parts = match &text.shape {
        Shape::Text { parts, .. } => parts,
        _ => std::slice::from_ref(text),
    };
    let mut words = parts.iter().filter(|it| !matches!(it.shape, Shape::Scalar(Scalar::Number | Scalar::Bool | Scalar::Date)));
    words.find_map(|it| clients_in(it).into_iter().next())
}

/// Whether nothing on the way here has settled what kind of value it is.
fn may_be_object(facts: &Facts, client: &Client) -> bool {
    let is = |key: &Key| matches!(key, Key::Client(part, path) if *part == client.part && *path == client.path);
    !facts.any(&|fact| match fact {
        Fact::Inert(part) => *part == client.part,
        Fact::Validated(Key::Client(part, path)) => *part == client.part && client.path.starts_with(path),
        Fact::Is(key, _) | Fact::Listed(key) => is(key),
        Fact::Equal(one, other) => is(one) || is(other),
        _ => false,
    })
}

/// Where the value stands in the query that takes it.
fn value_loc(ctx: &RuleContext<'_>, event: &Event, value: &Value) -> Option<Loc> {
    let runs = ctx.trace.accesses.iter().filter(|it| it.loc.file == event.loc.file && it.loc.item == event.loc.item);
    runs.flat_map(|it| it.query.filter.fields()).find(|(found, loc)| *found == value && loc.is_some()).and_then(|(_, loc)| loc)
}
