//! `unverified-webhook`: another server's message is believed although anybody could have sent it.

use crate::base::Name;
use crate::findings::{Confidence, Finding, Severity, Step, Unproven};
use crate::rules::purpose::Purpose;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::names;
use crate::values::{Access, Effect, Event, EventKind, Fact, Facts, Key, Op, Origin, Part};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "unverified-webhook",
    title: "Webhook without a verified signature",
    page: include_str!("unverified_webhook.md"),
    severity: Severity::Error,
    owasp: &["API2"],
    cwe: &[345],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    if ctx.purpose != Purpose::Webhook {
        return Vec::new();
    }
    let mut unsure = None;
    for (index, event) in ctx.events() {
        if matches!(event.kind, EventKind::IdentityLookup { .. }) {
            // Somebody's own page about webhooks; whether the identity is enforced is another rule's question.
            return Vec::new();
        }
        let Some(what) = changes(ctx, event).filter(|_| !is_verified(ctx, &event.facts)) else { continue };
        let message = format!("anyone can {what} by posting to this webhook: nothing verifies who sent the request");
        let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
        let route = &ctx.trace.route;
        finding.steps.push(Step { loc: route.loc, message: "no signature or shared secret is checked on the way here".to_owned() });
        ctx.weigh_by(&mut finding, index, false, &|it| is_on_the_way(&it.facts, &event.facts));
        if let Some(what) = might_verify(&ctx.trace.events[..index]) {
            finding.confidence = Confidence::NotProven;
            finding.unproven.push(Unproven { what: Name::new(what), declare_as: None });
        }
        if finding.confidence > Confidence::NotProven {
            return vec![finding];
        }
        unsure = unsure.or(Some(finding));
    }
    unsure.into_iter().collect()
}

/// Whether what ran under `earlier` ran on every way to a place where `later` holds: nothing was tested there that was not here.
fn is_on_the_way(earlier: &Facts, later: &Facts) -> bool {
    earlier.iter().all(|fact| match fact {
        Fact::Is(Key::Client(..), _) | Fact::Holds(Key::Row(..) | Key::Client(..)) => later.has(fact),
        _ => true,
    })
}

/// What the event changes, after "anyone can".
fn changes(ctx: &RuleContext<'_>, event: &Event) -> Option<String> {
    match &event.kind {
        EventKind::Access(access) => {
            let verb = match access.query.op {
                Op::Create if keeps_a_log(access) => return None,
                Op::Create | Op::Upsert => "write",
                Op::Update => "change",
                Op::Delete => "delete",
                Op::Read | Op::Count | Op::Call => return None,
            };
            access.query.entity?;
            Some(format!("{verb} {} records", ctx.title(access)))
        }
        EventKind::Effect { kind, .. } => Some(
            match kind {
                Effect::Mail => "have e-mails sent",
                Effect::Sms => "have text messages sent",
                Effect::Payment => "start payments",
                Effect::StorageDelete => "delete files",
                _ => return None,
            }
            .to_owned(),
        ),
        _ => None,
    }
}

/// Whether the record only says that something came in.
fn keeps_a_log(access: &Access) -> bool {
    let logs = ["log", "logs", "event", "events", "audit", "delivery", "deliveries", "payload", "payloads", "webhook", "webhooks"];
    access.query.entity.is_some_and(|it| names::words(&it).iter().any(|word| logs.contains(&word.as_str())))
}

/// Whether the sender proved itself: by a signature, a secret, or a text that only it and a record know.
fn is_verified(ctx: &RuleContext<'_>, facts: &Facts) -> bool {
    let from_request = |key: &Key| matches!(key, Key::Client(Part::Header | Part::Query | Part::Body | Part::Path, _));
    let of_record = |key: &Key| match key {
        Key::Row(_, path) => path.last().is_some_and(|it| is_secret(it)),
        Key::Env(_) => true,
        _ => false,
    };
    ctx.is_authenticated(facts)
        || facts.any(&|fact| match fact {
            Fact::Equal(one, other) => from_request(one) && of_record(other) || from_request(other) && of_record(one),
            _ => false,
        })
}

fn is_secret(name: &str) -> bool {
    let secrets = ["secret", "token", "key", "signature", "hash"];
    names::words(name).iter().any(|word| secrets.contains(&word.as_str()))
}

/// What ran before and may have been the check, although no fact says so.
fn might_verify(before: &[Event]) -> Option<&'static str> {
    let mut configured = false;
    let mut checked = false;
    for event in before {
        match &event.kind {
            // The sender is asked whether it really said so.
            EventKind::Effect { kind: Effect::Fetch, .. } => return Some("the answer of another server"),
            EventKind::Marked { mark, .. } if *mark == "sink:owned-id" => return Some("the answer of another server"),
            EventKind::Marked { mark, .. } if *mark == "hash:keyed" => return Some("a keyed hash"),
            EventKind::Respond { status: Some(401 | 403), .. } => return Some("a refusal"),
            EventKind::Tested { value } => {
                configured |= value.origin.leaves().iter().any(|it| matches!(it, Origin::Env(_)));
                checked |= value.truth.when_true.iter().chain(value.truth.when_false.iter()).any(mentions_proof);
            }
            EventKind::Marked { mark, .. } if *mark == "verifies" => checked = true,
            _ => {}
        }
        checked |= event.facts.iter().any(mentions_proof);
    }
    (configured && checked).then_some("a check that a setting turns off")
}

fn mentions_proof(fact: &Fact) -> bool {
    match fact {
        Fact::Signature | Fact::Secret => true,
        Fact::AnyOf(ways) => ways.iter().any(|way| way.iter().any(mentions_proof)),
        _ => false,
    }
}
