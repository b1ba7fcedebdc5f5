//! `missing-validation`: what the client wrote reaches data or an effect, and nobody looked at what it is.

use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::context::describe;
use crate::rules::uses::unchecked_in;
use crate::rules::{RuleContext, RuleMeta};
use crate::values::{Client, Effect, Event, EventKind, Fact, Facts, Key, Op, Origin, Part, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "missing-validation",
    title: "Input that nobody validates",
    page: include_str!("missing_validation.md"),
    severity: Severity::Warning,
    owasp: &["API3", "API8"],
    cwe: &[20],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut fields: Vec<Client> = Vec::new();
    let mut first: Option<(usize, &Event)> = None;
    for (index, event) in ctx.events() {
        // What a partner signed is the partner's to get right.
        if event.facts.any(&|fact| matches!(fact, Fact::Signature | Fact::Secret)) {
            continue;
        }
        for value in reaching(event) {
            for client in unchecked_in(value) {
                if !is_input(&client) || is_validated(&event.facts, &client) {
                    continue;
                }
                first = first.or(Some((index, event)));
                if !fields.contains(&client) {
                    fields.push(client);
                }
            }
        }
    }
    let Some((index, event)) = first else { return Vec::new() };
    let unused = ctx.trace.events.iter().find(|it| matches!(it.kind, EventKind::Validated { enforced: false, .. }));
    let names: Vec<String> = fields.iter().take(4).map(describe).collect();
    let message = match unused {
        Some(_) => format!("{} is used as it came: the result of the validation is never looked at", names.join(", ")),
        None => format!("{} {} without any check of what it is", names.join(", "), reach(event)),
    };
    let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
    if let Some(it) = unused {
        finding.steps.push(Step { loc: it.loc, message: "validated here, and not enforced".to_owned() });
    }
    finding.intents.push(Intent::Schema { at: event.loc });
    ctx.weigh(&mut finding, 0, false);
    weigh_validators(ctx, &mut finding, index);
    vec![finding]
}

/// An unknown call whose name says that it validates may have done so.
pub(super) fn weigh_validators(ctx: &RuleContext<'_>, finding: &mut Finding, before: usize) {
    use crate::findings::{Confidence, Unproven};
    let says_so =
        |what: &str| ["valid", "schema", "parse", "sanit", "check", "assert"].iter().any(|it| what.to_lowercase().contains(it));
    for event in ctx.trace.events.iter().take(before) {
        let EventKind::Unknown { what, from, .. } = &event.kind else { continue };
        if says_so(what) {
            finding.confidence = Confidence::NotProven;
            finding.unproven.push(Unproven { what: *what, declare_as: from.map(|from| format!("{from}#{what}")) });
        }
    }
}

/// The values that reach data or an effect.
fn reaching(event: &Event) -> Vec<&Value> {
    match &event.kind {
        EventKind::Access(access) => {
            let payload = access.query.payload.iter().map(|it| &it.value);
            access.query.filter.values().into_iter().filter(|it| !is_key(it)).chain(payload).collect()
        }
        EventKind::Effect { kind: Effect::Mail | Effect::Sms | Effect::Payment | Effect::Ai | Effect::Queue, args } => {
            args.iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a value of a filter is an argument as it stands: a key, like a part of a path.
fn is_key(value: &Value) -> bool {
    matches!(&value.origin, Origin::Client(client) if client.part == Part::Argument && client.path.len() == 1)
}

fn reach(event: &Event) -> &'static str {
    match &event.kind {
        EventKind::Access(access) if matches!(access.query.op, Op::Read | Op::Count) => "reaches the query",
        EventKind::Access(_) => "reaches the database",
        EventKind::Effect { kind: Effect::Mail | Effect::Sms, .. } => "reaches the message",
        EventKind::Effect { kind: Effect::Payment, .. } => "reaches the payment",
        EventKind::Effect { kind: Effect::Ai, .. } => "reaches the model",
        _ => "is handed on",
    }
}

/// Whether the value comes from where the client writes freely; a path's parts and headers are texts.
fn is_input(client: &Client) -> bool {
    matches!(client.part, Part::Body | Part::Form | Part::Argument | Part::Query)
}

/// Whether the value, or what it is a part of, passed a check on every way here.
fn is_validated(facts: &Facts, client: &Client) -> bool {
    facts.any(&|fact| match fact {
        Fact::Validated(Key::Client(part, path)) => *part == client.part && client.path.starts_with(path),
        Fact::Is(Key::Client(part, path), _) | Fact::Listed(Key::Client(part, path)) => {
            *part == client.part && *path == client.path
        }
        Fact::Equal(one, other) => [one, other].into_iter().any(|key| match key {
            Key::Client(part, path) => *part == client.part && *path == client.path,
            _ => false,
        }),
        _ => false,
    })
}
