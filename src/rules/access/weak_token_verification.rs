//! `weak-token-verification`: a token is believed that anybody could have written.

use crate::base::Loc;
use crate::findings::{Finding, Severity, Step};
use crate::rules::purpose::Purpose;
use crate::rules::unguarded::unguarded;
use crate::rules::uses::{clients_in, walk};
use crate::rules::{RuleContext, RuleMeta};
use crate::values::{Effect, Event, EventKind, Fact, Key, Op, Origin, Part, Shape, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "weak-token-verification",
    title: "Token that anybody can forge",
    page: include_str!("weak_token_verification.md"),
    severity: Severity::Error,
    owasp: &["API2"],
    cwe: &[347, 613],
    check,
};

/// Deeper nesting of a secret is not looked into.
const MOST_DEPTH: usize = 4;

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = unverified(ctx).into_iter().collect();
    for (_, event) in ctx.events() {
        let EventKind::Marked { mark, args } = &event.kind else { continue };
        let (message, at) = match mark.as_str() {
            "weak:algorithms" => ("a token without a signature, or with one by another algorithm, passes here".to_owned(), event.loc),
            // Who asks for a new token shows the old one, which may have expired.
            "weak:expiry" if ctx.purpose != Purpose::Credentials => ("an expired token passes here".to_owned(), event.loc),
            "weak:no-expiry" => ("this token never expires: whoever gets hold of it once has it for ever".to_owned(), event.loc),
            "secret:token" => match args.first().and_then(|it| known_secret(it, event)) {
                Some(found) => found,
                None => continue,
            },
            _ => continue,
        };
        findings.push(of_app(ctx, message, at));
    }
    findings
}

/// A finding about the app: the same place serves all routes.
fn of_app(ctx: &RuleContext<'_>, message: String, at: Loc) -> Finding {
    let mut finding = ctx.finding(&META, at, &std::sync::Arc::from([]), message);
    finding.loc = at;
    finding.route = None;
    finding.steps.clear();
    finding
}

/// What is wrong with a secret that stands in the code, and where to change it.
fn known_secret(value: &Value, event: &Event) -> Option<(String, Loc)> {
    let outside_production = event.facts.any(&|fact| match fact {
        Fact::IsNot(Key::Env(_), literal) => *literal == "production",
        Fact::Is(Key::Env(_), literal) => matches!(literal.as_str(), "development" | "test"),
        _ => false,
    });
    if outside_production {
        return None;
    }
    // With another text on another way, this one may be for development only.
    let only = value.alternatives().iter().all(|it| it.origin == Origin::Literal);
    let mut found = None;
    walk(value, MOST_DEPTH, &mut |part| {
        let fallback = part.origin.leaves().into_iter().find_map(|it| match it {
            Origin::Fallback(loc) => Some(*loc),
            _ => None,
        });
        let literal = match &part.shape {
            // A public key is no secret.
            Shape::Str(text) => part.origin == Origin::Literal && !text.is_empty() && !text.contains("PUBLIC KEY") && !text.contains("CERTIFICATE"),
            _ => false,
        };
        if let Some(loc) = fallback {
            found = Some(("where the setting is absent the secret is this text, which anybody can read: tokens can be forged".to_owned(), loc));
        } else if literal && only && found.is_none() {
            found = Some(("the secret of these tokens stands in the code: whoever reads it can forge them".to_owned(), event.loc));
        }
    });
    found
}

/// A token that is only decoded, and what is done in its name.
fn unverified(ctx: &RuleContext<'_>) -> Option<Finding> {
    let (index, decoded) = ctx.events().find(|(_, event)| is_decoded(event))?;
    let (at, event, what) = match unguarded(ctx) {
        Some(found) if found.index > index => (found.index, found.event, found.what),
        _ => signs_in(ctx, index).or_else(|| believes(ctx, index))?,
    };
    let EventKind::Marked { mark, .. } = &decoded.kind else { return None };
    let message = match mark.as_str() {
        "weak:unverified-session" => format!("anyone can {what} here: the session comes from a cookie that nobody verified"),
        _ => format!("anyone can {what} here: the token is decoded and never verified"),
    };
    let mut finding = ctx.finding(&META, decoded.loc, &decoded.stack, message);
    finding.steps.push(Step { loc: event.loc, message: "what it says is believed here".to_owned() });
    ctx.weigh(&mut finding, at, false);
    Some(finding)
}

/// Whether a token of the client's is read without a look at its signature.
fn is_decoded(event: &Event) -> bool {
    match &event.kind {
        EventKind::Marked { mark, args } if *mark == "weak:unverified" => {
            args.first().is_some_and(|token| token.origin.is_client()) && !is_verified(event)
        }
        EventKind::Marked { mark, .. } => *mark == "weak:unverified-session" && !is_verified(event),
        _ => false,
    }
}

fn is_verified(event: &Event) -> bool {
    event.facts.has(&Fact::Authenticated)
}

/// Whether something that a decoded token says is in the value.
fn claims(value: &Value) -> bool {
    clients_in(value).iter().any(|it| it.part == Part::UnverifiedToken)
}

/// An access by what the decoded token says.
fn believes<'a>(ctx: &RuleContext<'a>, after: usize) -> Option<(usize, &'a Event, String)> {
    ctx.events().skip(after + 1).find_map(|(index, event)| {
        let EventKind::Access(access) = &event.kind else { return None };
        if ctx.is_authenticated(&event.facts) || ctx.is_covered(access) {
            return None;
        }
        let title = ctx.title(access);
        let selects = access.query.filter.values().into_iter().any(claims);
        match access.query.op {
            Op::Read if selects && ctx.goes_out(access) => Some((index, event, format!("read the {title} records of anybody"))),
            Op::Create | Op::Upsert if access.query.payload.iter().any(|it| claims(&it.value)) => {
                Some((index, event, format!("create {title} records in anybody's name")))
            }
            Op::Update | Op::Delete if selects => Some((index, event, format!("change the {title} records of anybody"))),
            _ => None,
        }
    })
}

/// A sign-in by what the decoded token says.
fn signs_in<'a>(ctx: &RuleContext<'a>, after: usize) -> Option<(usize, &'a Event, String)> {
    let mut asked = false;
    for (index, event) in ctx.events().skip(after + 1) {
        if ctx.is_authenticated(&event.facts) {
            return None;
        }
        match &event.kind {
            EventKind::Access(access) => asked |= access.query.filter.values().into_iter().any(claims),
            EventKind::Effect { kind: Effect::SignToken | Effect::SessionWrite, args } if asked || args.iter().any(claims) => {
                return Some((index, event, "sign in as anybody".to_owned()));
            }
            _ => {}
        }
    }
    None
}
