//! `sql-injection`: what the client wrote becomes a part of a statement's text.

use super::missing_validation::weigh_validators;
use crate::findings::{Finding, Severity, Step};
use crate::rules::context::describe;
use crate::rules::{RuleContext, RuleMeta};
use crate::values::{Checked, Client, EventKind, Fact, Facts, Key, Scalar, Shape, Sink, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "sql-injection",
    title: "Client value in the text of a query",
    page: include_str!("sql_injection.md"),
    severity: Severity::Error,
    owasp: &["API8"],
    cwe: &[89],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (index, event) in ctx.events() {
        let EventKind::Sink { kind: Sink::Sql, value } = &event.kind else { continue };
        let Some(client) = written_by(value, &event.facts) else { continue };
        // A statement with several such values is one finding.
        let loc = ctx.place(event.loc, &event.stack);
        if let Some(known) = findings.iter_mut().find(|it| it.loc == loc) {
            let more = format!("{} as well", describe(&client));
            if !known.message.contains(&describe(&client)) && !known.steps.iter().any(|it| it.message == more) {
                known.steps.push(Step { loc: event.loc, message: more });
            }
            continue;
        }
        let what = if client.path.is_empty() && matches!(value.shape, Shape::Scalar(_) | Shape::Text { .. }) {
            format!("the keys or values of {}", describe(&client))
        } else {
            describe(&client)
        };
        let message = format!("{what} {} part of the SQL text", if what.starts_with("the keys") { "become" } else { "becomes" });
        let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
        weigh_validators(ctx, &mut finding, index);
        findings.push(finding);
    }
    findings
}

/// The client's value in a part of a text, unless it was picked from a list on the way here.
fn written_by(value: &Value, facts: &Facts) -> Option<Client> {
    let plain = |it: &Value| matches!(it.shape, Shape::Scalar(Scalar::Number | Scalar::Bool | Scalar::Date) | Shape::Num(_));
    let parts = match &value.shape {
        Shape::Text { parts, .. } => parts,
        _ => std::slice::from_ref(value),
    };
    let mut clients = parts.iter().filter(|it| !plain(it)).flat_map(|it| it.origin.clients());
    clients.find(|it| it.checked < Checked::Listed && !is_settled(facts, it)).cloned()
}

/// Whether it was compared with fixed words, or matched a pattern, on every way here.
fn is_settled(facts: &Facts, client: &Client) -> bool {
    let is = |key: &Key| matches!(key, Key::Client(part, path) if *part == client.part && *path == client.path);
    facts.any(&|fact| match fact {
        Fact::Is(key, _) | Fact::Listed(key) | Fact::Validated(key) => is(key) && !client.path.is_empty(),
        _ => false,
    })
}
