//! `unenforced-authentication`: the identity is looked up and the route goes on without it.

use crate::data;
use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::purpose::Purpose;
use crate::rules::unguarded::unguarded;
use crate::rules::uses::clients_in;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::names;
use crate::values::{Access, Checked, Effect, EventKind, Fact, Facts, Filter, Key, Op, Origin, Part, Test, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "unenforced-authentication",
    title: "Authentication that is not enforced",
    page: include_str!("unenforced_authentication.md"),
    severity: Severity::Error,
    owasp: &["API2"],
    cwe: &[287, 636],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(not_enforced(ctx));
    for (index, event) in ctx.events() {
        let found = match &event.kind {
            EventKind::Unawaited { what } => {
                let what = if what.is_empty() { "the check".to_owned() } else { format!("`{what}`") };
                Some(format!("{what} is not awaited: its promise is always truthy, so the check never fails"))
            }
            EventKind::RefusalWentOn { status: status @ (401 | 403) } => {
                Some(format!("the answer {status} is sent, but the code goes on: return after it"))
            }
            EventKind::Access(access) => {
                absent_identity(ctx, access, &event.facts).or_else(|| absent_credential(ctx, access, &event.facts, index))
            }
            _ => None,
        };
        if let Some(message) = found {
            let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
            finding.intents.push(Intent::Guard);
            if !matches!(event.kind, EventKind::Unawaited { .. } | EventKind::RefusalWentOn { .. }) {
                ctx.weigh(&mut finding, index, false);
            }
            findings.push(finding);
        }
    }
    findings.truncate(1);
    findings
}

fn not_enforced(ctx: &RuleContext<'_>) -> Option<Finding> {
    let found = unguarded(ctx)?;
    let lookup = found.looked_up?;
    let message = format!("anyone can {} here: the identity is looked up but never enforced", found.what);
    let mut finding = ctx.finding(&META, found.event.loc, &found.event.stack, message);
    finding.steps.push(Step { loc: lookup, message: "the identity is looked up here; without one the code goes on".to_owned() });
    finding.intents.push(Intent::Guard);
    ctx.weigh(&mut finding, found.index, found.by_name);
    Some(finding)
}

/// An identity that may be absent, as the only thing that ties a query.
fn absent_identity(ctx: &RuleContext<'_>, access: &Access, facts: &Facts) -> Option<String> {
    if ctx.is_authenticated(facts) || !data::undefined(&access.query).opens() || !matters(access) {
        return None;
    }
    let field = access.query.filter.conjuncts().into_iter().find_map(|part| match part {
        Filter::Field { field, test: Test::Equal, value, .. } if may_be_absent(value) => Some(*field),
        _ => None,
    })?;
    Some(format!(
        "`{field}` may be undefined here, and then the query matches every {}: the identity is not enforced",
        ctx.title(access)
    ))
}

fn may_be_absent(value: &Value) -> bool {
    matches!(&value.origin, Origin::Identity(identity) if identity.nullable)
}

/// Selects more than a unique key would: an undefined unique key is refused.
fn matters(access: &Access) -> bool {
    matches!(access.query.op, Op::Read | Op::Count | Op::Update | Op::Delete)
}

/// A credential from the client that may be left out, as the only thing that finds a principal's record.
fn absent_credential(ctx: &RuleContext<'_>, access: &Access, facts: &Facts, index: usize) -> Option<String> {
    if !data::undefined(&access.query).opens() || !matters(access) {
        return None;
    }
    let conjuncts = access.query.filter.conjuncts();
    let field = conjuncts.iter().find_map(|part| match part {
        Filter::Field { field, test: Test::Equal, value, .. } if names::is_share_token_field(field) => {
            let Origin::Client(client) = &value.origin else { return None };
            let loose = client.checked < Checked::Cast && !matches!(client.part, Part::Path | Part::Form);
            let key = Key::Client(client.part, client.path.clone());
            let tested = facts.any(&|fact| match fact {
                Fact::Holds(it) | Fact::Validated(it) | Fact::Is(it, _) | Fact::Listed(it) => it == &key,
                _ => false,
            });
            (loose && !tested).then_some(*field)
        }
        _ => None,
    })?;
    // Another condition that the client's value is part of still selects.
    let others = conjuncts.iter().any(|part| {
        matches!(part, Filter::Field { field: it, value, test: Test::Equal, .. } if *it != field && !clients_in(value).is_empty())
    });
    let acts = ctx.trace.events.iter().skip(index + 1).any(|event| match &event.kind {
        EventKind::Access(access) => matches!(access.query.op, Op::Update | Op::Delete),
        EventKind::Effect { kind, .. } => matches!(kind, Effect::SignToken | Effect::SessionWrite | Effect::SetCookie),
        _ => false,
    }) || matches!(access.query.op, Op::Update | Op::Delete);
    let credential = ctx.purpose == Purpose::Credentials || !ctx.is_signed_in(facts);
    (!others && acts && credential).then(|| {
        format!(
            "`{field}` may be left out of the request, and then the query finds some other {}: refuse the request without it",
            ctx.title(access)
        )
    })
}
