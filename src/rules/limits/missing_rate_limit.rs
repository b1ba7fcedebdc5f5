//! `missing-rate-limit`: what can be guessed or costs something, as often as anybody likes.

use crate::base::Loc;
use crate::findings::{Confidence, Finding, Severity};
use crate::rules::context::is_limited;
use crate::rules::purpose::Purpose;
use crate::rules::uses::rows_in;
use crate::rules::{AppTraits, RuleContext, RuleMeta};
use crate::schema::names;
use crate::values::{Effect, Event, EventKind, Fact};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "missing-rate-limit",
    title: "Costly or guessable without a limit",
    page: include_str!("missing_rate_limit.md"),
    severity: Severity::Warning,
    owasp: &["API4", "API6"],
    cwe: &[307, 770],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    if ctx.purpose == Purpose::Webhook || is_limited(ctx.trace) {
        return Vec::new();
    }
    let purpose = Named::of(ctx);
    let mut found = ctx.events().filter_map(|(index, event)| Some((index, event, deed(ctx, purpose, event)?)));
    let Some((index, event, deed)) = found.next() else { return Vec::new() };
    let mut finding = ctx.finding(&META, event.loc, &event.stack, format!("{deed}, and nothing limits how often"));
    ctx.weigh_by(&mut finding, index, false, &|it| may_limit(ctx, it));
    vec![finding]
}

/// What an app as a whole lacks, at the places where it is set up: no route of it has a limiter, and some should.
pub fn of_app(app: &AppTraits, setups: &[Loc]) -> Vec<Finding> {
    if !app.lacks_limits() {
        return Vec::new();
    }
    let finding = |loc: &Loc| Finding {
        rule: META.id,
        severity: Severity::Info,
        confidence: Confidence::High,
        message: "nothing in this app limits how often its routes can be called".to_owned(),
        loc: *loc,
        route: None,
        steps: Vec::new(),
        intents: Vec::new(),
        unproven: Vec::new(),
    };
    setups.iter().map(finding).collect()
}

/// What the route's last words say that it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Credentials,
    Export,
    Other,
}

impl Named {
    fn of(ctx: &RuleContext<'_>) -> Self {
        let route = &ctx.trace.route;
        let named = |it: &&str| !it.is_empty() && !it.starts_with([':', '*']);
        let mut segments = route.path.rsplit(['/', '.']).filter(named);
        if [".csv", ".xlsx"].iter().any(|it| route.path.ends_with(it)) {
            return Named::Export;
        }
        let Some(last) = segments.next() else { return Named::Other };
        let words = names::words(last);
        let before = segments.next().map(names::words).unwrap_or_default();
        let reads = route.methods.iter().all(|it| matches!(it.as_str(), "GET" | "HEAD" | "DELETE"));
        let joined = words.concat();
        let password = |of: &[String]| of.iter().any(|it| it == "password");
        let resets = words.iter().any(|it| matches!(it.as_str(), "forgot" | "reset" | "recover" | "recovery"));
        // `reset` alone may be a counter's.
        let of_account = password(&words) || password(&before) || before.iter().any(|it| it == "auth") || words.len() == 1;
        if !reads && (SIGN_IN.contains(&joined.as_str()) || resets && of_account) {
            return Named::Credentials;
        }
        let exports = |of: &[String]| of.iter().any(|it| matches!(it.as_str(), "export" | "exports" | "backup" | "dump" | "csv" | "xlsx"));
        if route.path.split(['/', '.']).filter(named).any(|it| exports(&names::words(it))) {
            return Named::Export;
        }
        Named::Other
    }
}

/// Names of routes that take a password or a code, without separators.
const SIGN_IN: &[&str] = &[
    "login", "logon", "signin", "register", "registration", "signup", "otp", "verifyotp", "sendotp", "verifycode", "sendcode",
    "resendcode", "magiclink", "passwordless", "2fa", "mfa", "totp", "forgotpassword", "resetpassword",
];

/// What the event does that wants a limit, as the beginning of a message.
fn deed(ctx: &RuleContext<'_>, named: Named, event: &Event) -> Option<&'static str> {
    let anonymous = || !ctx.is_signed_in(&event.facts);
    // A job that proves itself by a secret calls as often as its owner says; a password is what is tried.
    if named != Named::Credentials && event.facts.any(&|it| matches!(it, Fact::Secret | Fact::Signature)) {
        return None;
    }
    Some(match &event.kind {
        EventKind::Effect { kind: Effect::Mail, .. } => "every call sends an e-mail",
        EventKind::Effect { kind: Effect::Sms, .. } => "every call sends a text message",
        EventKind::Effect { kind: Effect::Ai, .. } => "every call pays for an AI model",
        EventKind::Effect { kind: Effect::Payment, .. } => "every call starts something at the payment provider",
        EventKind::Effect { kind: Effect::StorageWrite, .. } if !reads_only(ctx) => "every call stores a file",
        EventKind::Effect { kind: Effect::SignToken, .. } if named == Named::Credentials && anonymous() => {
            "passwords and accounts can be tried here"
        }
        EventKind::Marked { mark, .. } if mark.starts_with("hash:password") && anonymous() => {
            "passwords and accounts can be tried here"
        }
        EventKind::Access(_) if named == Named::Credentials && anonymous() => "passwords, codes and accounts can be tried here",
        EventKind::Respond { body, status } if named == Named::Export && status.is_none_or(|it| it < 400) && !rows_in(body).is_empty() => {
            "every call exports many records"
        }
        _ => return None,
    })
}

fn reads_only(ctx: &RuleContext<'_>) -> bool {
    ctx.trace.route.methods.iter().all(|it| matches!(it.as_str(), "GET" | "HEAD" | "DELETE"))
}

/// Whether something that could not be read may have been the limiter: by its name, or because it stands before the handler.
fn may_limit(ctx: &RuleContext<'_>, event: &Event) -> bool {
    let EventKind::Unknown { what, from, .. } = &event.kind else { return false };
    let limits = |name: &str| {
        let words = names::words(name);
        words.iter().any(|it| ["limit", "limiter", "limits", "throttle", "throttler", "rate", "quota", "arcjet", "unkey"].contains(&it.as_str()))
    };
    let before = ctx.trace.route.chain.iter().any(|it| it.loc == event.loc);
    limits(what) || from.is_some_and(|it| limits(&it)) || before
}
