//! `weak-api-key`: a key, code or token that can be guessed, or that is kept in plain text for ever.

use crate::base::{Loc, Name};
use crate::findings::{Finding, Severity, Step};
use crate::rules::purpose::Purpose;
use crate::rules::uses::walk;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::names;
use crate::schema::{FieldType, Sensitivity};
use crate::values::{Access, Effect, Event, EventKind, Op, Origin, Shape, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "weak-api-key",
    title: "Key or code that is easy to guess or to steal",
    page: include_str!("weak_api_key.md"),
    severity: Severity::Warning,
    owasp: &["API2"],
    cwe: &[338, 256],
    check,
};

/// Deeper nesting of what is written is not looked into.
const MOST_DEPTH: usize = 4;

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, event) in ctx.events() {
        let found = match &event.kind {
            EventKind::Access(access) => in_record(ctx, access, index),
            EventKind::Effect { kind: Effect::Mail | Effect::Sms | Effect::Fetch, args } if ctx.purpose == Purpose::Credentials => {
                args.iter().any(says_a_code).then(|| ("the code that is sent".to_owned() + GUESSED, None))
            }
            _ => None,
        };
        let Some((message, loc)) = found else { continue };
        let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
        if let Some(loc) = loc.filter(|it| *it != finding.loc) {
            finding.steps.push(Step { loc, message: "it is written here".to_owned() });
        }
        findings.push(finding);
    }
    findings.truncate(1);
    findings
}

const GUESSED: &str = " comes from a generator whose next values can be worked out: use random bytes of the system";

/// What is weak about a credential in a new or changed record.
fn in_record(ctx: &RuleContext<'_>, access: &Access, index: usize) -> Option<(String, Option<Loc>)> {
    if !matches!(access.query.op, Op::Create | Op::Update | Op::Upsert) {
        return None;
    }
    let table = access.query.entity?;
    for payload in access.query.payload.iter().filter(|it| it.relation.is_empty()) {
        let Some(object) = payload.value.as_object() else { continue };
        for (at, (name, value)) in object.fields.iter().enumerate() {
            let Some(kind) = credential(&table, name) else { continue };
            let loc = object.locs.get(at).copied().flatten();
            if is_guessable(value) {
                return Some((format!("`{name}` of {}{GUESSED}", ctx.title(access)), loc));
            }
            let plain = is_random(value) && !is_hashed(&ctx.trace.events[..index]);
            let lasting = object.is_closed() && !object.fields.iter().any(|(name, value)| is_expiry(name) && value.shape != Shape::Nullish);
            if kind.must_not_last() && plain && lasting && !expires_by_itself(ctx, access) {
                let message = format!(
                    "`{name}` of {} is stored as it is and never expires: an old copy of the table opens the door for ever",
                    ctx.title(access)
                );
                return Some((message, loc));
            }
        }
    }
    None
}

/// Kinds of texts whose knowledge is all that one needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Credential {
    /// Calls an interface in somebody's name.
    ApiKey,
    /// Sets a new password.
    Reset,
    /// Lets somebody join.
    Invite,
    /// Another one: a session, a one-time code.
    Other,
}

impl Credential {
    /// Whether it must be hashed or end some day.
    fn must_not_last(self) -> bool {
        self != Credential::Other
    }
}

fn credential(table: &str, field: &str) -> Option<Credential> {
    let of_field = names::words(field);
    let of_table: Vec<String> = names::words(table).iter().map(|it| names::singular(it)).collect();
    let any = |words: &[String], of: &[&str]| words.iter().any(|word| of.contains(&word.as_str()));
    const HARMLESS: &[&str] = &[
        "share", "shared", "public", "ticket", "newsletter", "subscriber", "subscription", "unsubscribe", "order", "coupon", "referral",
        "idempotency", "csrf", "storage", "file", "sort", "cache", "prefix", "id", "promo", "voucher", "gift", "link", "url", "push",
        "hash", "hashed", "digest", "type", "name", "hint", "last", "sku", "product", "count",
    ];
    if any(&of_field, HARMLESS) || any(&of_table, HARMLESS) {
        return None;
    }
    let ends = |of: &[&str]| of_field.last().is_some_and(|word| of.contains(&word.as_str()));
    if !ends(&["token", "code", "key", "secret", "otp", "pin", "pwd", "password", "passcode"]) {
        return None;
    }
    let is_key = ends(&["key", "token", "secret"]);
    if is_key && (pair(&of_field, "api", "key") || pair(&of_table, "api", "key") || pair(&of_table, "access", "key") || pair(&of_table, "api", "token")) {
        return Some(Credential::ApiKey);
    }
    if any(&of_field, &["reset", "recovery", "forgot"]) || any(&of_table, &["reset", "recovery", "forgot"]) {
        return Some(Credential::Reset);
    }
    if any(&of_table, &["invite", "invitation"]) && ends(&["token", "code", "key"]) {
        return Some(Credential::Invite);
    }
    let secret = names::sensitivity(table, field, &FieldType::String) == Sensitivity::Secret;
    let known = any(&of_field, &["session", "login", "auth", "verification", "verify", "otp", "pin", "invite", "magic", "passcode"]);
    (secret || known).then_some(Credential::Other)
}

fn pair(words: &[String], first: &str, second: &str) -> bool {
    words.windows(2).any(|two| two[0] == first && two[1] == second)
}

/// Whether everything random about the value can be guessed.
fn is_guessable(value: &Value) -> bool {
    let mut guessable = false;
    let mut other = false;
    walk(value, MOST_DEPTH, &mut |part| {
        other |= part.origin == Origin::Unknown;
        for leaf in part.origin.leaves() {
            match leaf {
                Origin::Generated { guessable: true } => guessable = true,
                Origin::Generated { guessable: false } | Origin::Client(_) | Origin::Env(_) => other = true,
                _ => {}
            }
        }
    });
    guessable && !other
}

/// Whether the value is random as it came, in whatever spelling, and nothing else is in it.
fn is_random(value: &Value) -> bool {
    let mut random = false;
    let mut other = false;
    walk(value, MOST_DEPTH, &mut |part| {
        let leaves = part.origin.leaves();
        // A function that nobody knows may have hashed it; what strings are asked to do leaves its mark.
        other |= matches!(part.origin, Origin::Derived(_)) && !leaves.contains(&&Origin::Unknown);
        for leaf in leaves {
            match leaf {
                Origin::Generated { .. } => random = true,
                Origin::Literal | Origin::Unknown => {}
                _ => other = true,
            }
        }
    });
    random && !other
}

/// Whether something was hashed or enciphered before: perhaps the credential.
fn is_hashed(before: &[Event]) -> bool {
    before.iter().any(|event| matches!(&event.kind, EventKind::Marked { mark, .. } if mark.starts_with("hash:")))
}

fn is_expiry(name: &str) -> bool {
    const ENDS: &[&str] =
        &["expire", "expires", "expired", "expiry", "expiration", "expiring", "exp", "ttl", "until", "deadline", "valid", "lifetime"];
    names::words(name).iter().any(|word| ENDS.contains(&word.as_str()))
}

/// Whether the schema gives the record an end of its own.
fn expires_by_itself(ctx: &RuleContext<'_>, access: &Access) -> bool {
    let entity = ctx.table(access).and_then(|it| it.entity);
    entity.is_some_and(|it| it.fields.iter().any(|field| is_expiry(&field.name) && (field.default.is_some() || access.query.op == Op::Update)))
}

/// Whether a message that is sent tells a code that can be guessed.
fn says_a_code(value: &Value) -> bool {
    const CODES: &[&str] = &["code", "otp", "pin", "token", "password", "passcode"];
    let named = |text: &str| names::words(text).iter().any(|word| CODES.contains(&word.as_str()));
    let in_object = |name: &Name, value: &Value| named(name) && !matches!(value.shape, Shape::Object(_)) && is_guessable(value);
    match &value.shape {
        Shape::Object(object) => object.fields.iter().any(|(name, value)| in_object(name, value) || says_a_code(value)),
        Shape::Array(parts) | Shape::OneOf(parts) => parts.iter().any(says_a_code),
        Shape::Text { quasis, parts } => quasis.iter().any(|it| named(it)) && parts.iter().any(is_guessable),
        _ => false,
    }
}
