//! What a route is for, as far as that excuses it from asking who calls.

use crate::schema::names;
use crate::trace::Trace;
use crate::values::{Effect, EventKind, Op};

/// Purposes that are public by nature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Signing in, up or out, resetting a password, verifying an address, a callback of an identity provider.
    Credentials,
    /// Says that the server lives.
    Health,
    /// A form that anybody may send: contact, newsletter, waiting list.
    Intake,
    /// Called by another server, which signs what it sends.
    Webhook,
    /// None of these.
    Data,
}

const CREDENTIALS: &[&str] = &[
    "login",
    "logon",
    "signin",
    "logout",
    "logoff",
    "signout",
    "register",
    "registration",
    "signup",
    "forgot",
    "reset",
    "verify",
    "verification",
    "confirm",
    "confirmation",
    "activate",
    "activation",
    "callback",
    "oauth",
    "oauth2",
    "oidc",
    "saml",
    "sso",
    "refresh",
    "csrf",
    "otp",
    "2fa",
    "mfa",
    "totp",
    "magic",
    "passwordless",
    "token",
    "tokens",
    "nextauth",
    "session",
    "sessions",
    "sign",
    "recover",
    "recovery",
    "authenticate",
    "authorize",
];
/// Words of paths that identity providers send people back to.
const IDENTITY: &[&str] =
    &["auth", "authentication", "oauth", "oauth2", "oidc", "saml", "sso", "login", "signin", "sign", "connect"];
const HEALTH: &[&str] =
    &["health", "healthz", "healthcheck", "ping", "status", "version", "ready", "readyz", "live", "livez", "heartbeat"];
const INTAKE: &[&str] = &[
    "contact",
    "newsletter",
    "subscribe",
    "subscribers",
    "feedback",
    "waitlist",
    "lead",
    "leads",
    "inquiry",
    "inquiries",
    "enquiry",
    "enquiries",
    "rsvp",
    "survey",
    "analytics",
    "telemetry",
    "vitals",
];

impl Purpose {
    /// What the route's path, method and deeds say.
    pub fn of(trace: &Trace) -> Self {
        let path: Vec<&str> =
            trace.route.path.split(['/', '.']).filter(|it| !it.is_empty() && !it.starts_with([':', '*'])).collect();
        let words = |segment: &str| names::words(segment);
        let last = path.last().map(|it| words(it)).unwrap_or_default();
        let any = |words: &[String], of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
        if path.iter().any(|it| any(&words(it), &["webhook", "webhooks", "hook", "hooks", "ipn"])) {
            return Purpose::Webhook;
        }
        let posts = trace.route.methods.iter().all(|it| matches!(it.as_str(), "POST" | "PUT"));
        let providers = path.iter().any(|it| any(&words(it), IDENTITY));
        if posts && any(&last, &["callback", "postback"]) && !providers && !signs_in(trace) {
            return Purpose::Webhook;
        }
        let reads = trace.route.methods.iter().all(|it| matches!(it.as_str(), "GET" | "HEAD"));
        if reads && any(&last, HEALTH) {
            return Purpose::Health;
        }
        let under_auth = path.iter().rev().skip(1).any(|it| any(&words(it), &["auth", "authentication"]));
        let ends_in_parameter = trace.route.path.rsplit('/').next().is_some_and(|it| it.starts_with(':'));
        let by_path = any(&last, CREDENTIALS) || last == ["auth"] || (under_auth && !ends_in_parameter);
        if by_path || signs_in(trace) {
            return Purpose::Credentials;
        }
        let inserts = |it: &EventKind| !matches!(it, EventKind::Access(access) if access.query.op.writes() && !matches!(access.query.op, Op::Create | Op::Upsert));
        if !reads && path.iter().any(|it| any(&words(it), INTAKE)) && trace.events.iter().all(|it| inserts(&it.kind)) {
            return Purpose::Intake;
        }
        Purpose::Data
    }
}

/// Whether the route hands out a credential to a caller whom it did not know before.
fn signs_in(trace: &Trace) -> bool {
    trace.events.iter().any(|event| {
        matches!(&event.kind, EventKind::Effect { kind: Effect::SignToken | Effect::SessionWrite, .. })
            && !super::context::is_authenticated(&event.facts)
    })
}
