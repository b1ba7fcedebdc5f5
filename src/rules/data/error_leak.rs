//! `error-leak`: what a caught exception says of the inside, in an answer.

use std::sync::Arc;

use crate::findings::{Finding, Severity};
use crate::rules::{RuleContext, RuleMeta};
use crate::values::{EventKind, Fact, Facts, Key, Origin, Scalar, Shape, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "error-leak",
    title: "Exception in an answer",
    page: include_str!("error_leak.md"),
    severity: Severity::Warning,
    owasp: &["API8"],
    cwe: &[209],
    check,
};

/// Deeper nesting is not looked into.
const MOST_DEPTH: usize = 8;

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, event) in ctx.events() {
        let EventKind::Respond { body, .. } = &event.kind else { continue };
        let Some(carried) = carried(body, &event.facts, MOST_DEPTH) else { continue };
        let what = match carried {
            Carried::Whole => "a whole caught exception",
            Carried::Text => "the text of a caught exception",
        };
        let message = format!("the answer carries {what}: it says what went wrong inside");
        let route = &ctx.trace.route;
        let at = ctx.place(event.loc, &event.stack);
        let is_own = at.file == route.handler_loc.file || at.file == route.file;
        // What stands around many routes is one flaw, where it answers.
        let finding = match is_own {
            true => ctx.finding(&META, event.loc, &event.stack, message),
            false => Finding { route: None, ..ctx.finding(&META, event.loc, &Arc::from([]), message) },
        };
        findings.push(if is_own { finding } else { Finding { loc: event.loc, steps: Vec::new(), ..finding } });
    }
    findings
}

/// How much of an exception goes out.
enum Carried {
    Whole,
    Text,
}

/// What of a caught exception is in a value, where nothing has told what kind of exception it is and these facts hold.
fn carried(value: &Value, facts: &Facts, depth: usize) -> Option<Carried> {
    if depth == 0 || is_quiet(facts) || is_quiet(&value.truth.when_true) {
        return None;
    }
    match &value.shape {
        Shape::Object(object) => {
            object.fields.iter().map(|(_, it)| it).chain(object.spreads.iter()).find_map(|it| carried(it, facts, depth - 1))
        }
        Shape::Array(parts) | Shape::OneOf(parts) => parts.iter().find_map(|it| carried(it, facts, depth - 1)),
        Shape::List(inner) | Shape::Promise(inner) => carried(inner, facts, depth - 1),
        Shape::Text { parts, .. } if !parts.is_empty() => parts.iter().find_map(|it| carried(it, facts, depth - 1)).map(|_| Carried::Text),
        Shape::Scalar(Scalar::String) if value.origin.leaves().contains(&&Origin::Exception) => Some(Carried::Text),
        Shape::Unknown => match &value.origin {
            Origin::Exception => Some(Carried::Whole),
            Origin::Mix(parts) if parts.contains(&Origin::Exception) => Some(Carried::Text),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the exception was told from others, or only developers see what happens here.
fn is_quiet(facts: &Facts) -> bool {
    facts.any(&|fact| match fact {
        Fact::Recognised => true,
        Fact::Is(Key::Env(name), value) => is_mode(name) && matches!(value.as_str(), "development" | "dev" | "local" | "test"),
        Fact::IsNot(Key::Env(name), value) => is_mode(name) && matches!(value.as_str(), "production" | "prod"),
        Fact::Holds(Key::Env(name)) => name.to_lowercase().contains("debug"),
        _ => false,
    })
}

/// Names of the variables that tell development from production.
fn is_mode(name: &str) -> bool {
    matches!(name, "NODE_ENV" | "APP_ENV" | "ENV" | "ENVIRONMENT" | "VERCEL_ENV" | "DEV" | "MODE")
}
