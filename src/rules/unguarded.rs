//! The first thing in a route that needs to know who calls, and does not.

use super::RuleContext;
use super::purpose::Purpose;
use crate::base::Loc;
use crate::schema::{EntityRole, Sensitivity};
use crate::trace::tie::Tie;
use crate::values::{Access, Effect, Event, EventKind, Op, Shape};

/// Something that happens although nobody knows who calls.
pub struct Unguarded<'a> {
    /// Its place in the trace.
    pub index: usize,
    /// The event.
    pub event: &'a Event,
    /// What anybody can do, after "anyone can".
    pub what: String,
    /// Rests on a guess by names.
    pub by_name: bool,
    /// An identity was looked up before, and not enforced.
    pub looked_up: Option<Loc>,
}

/// The first access or effect that needs an identity and has none.
pub fn unguarded<'a>(ctx: &RuleContext<'a>) -> Option<Unguarded<'a>> {
    if matches!(ctx.purpose, Purpose::Credentials | Purpose::Health | Purpose::Webhook) {
        return None;
    }
    let mut looked_up = None;
    for (index, event) in ctx.events() {
        let found = match &event.kind {
            EventKind::IdentityLookup { .. } => {
                looked_up = looked_up.or(Some(event.loc));
                continue;
            }
            EventKind::Access(access) if !ctx.is_authenticated(&event.facts) => match access.query.op {
                Op::Read | Op::Count => read(ctx, access),
                Op::Call => None,
                _ => write(ctx, access),
            },
            EventKind::Effect { kind, .. } if !ctx.is_authenticated(&event.facts) => effect(ctx, *kind),
            _ => None,
        };
        if let Some((what, by_name)) = found {
            return Some(Unguarded { index, event, what, by_name, looked_up });
        }
    }
    None
}

fn write(ctx: &RuleContext<'_>, access: &Access) -> Option<(String, bool)> {
    if ctx.is_covered(access) || ctx.only_counts(access) || access.query.entity.is_none() {
        return None;
    }
    let creates = matches!(access.query.op, Op::Create | Op::Upsert);
    // Whoever holds the token of a record is no stranger to it.
    if !creates && ctx.ties(&access.facts).why(access.id) == Some(Tie::Capability) {
        return None;
    }
    if creates && (ctx.purpose == Purpose::Intake || is_sign_up(ctx, access) || is_guest_form(ctx, access)) {
        return None;
    }
    let verb = match access.query.op {
        Op::Create => "create",
        Op::Delete => "delete",
        _ => "change",
    };
    Some((format!("{verb} {} records", ctx.title(access)), false))
}

/// Whether the write makes an account with a password or an address of its own.
fn is_sign_up(ctx: &RuleContext<'_>, access: &Access) -> bool {
    let principal = ctx.table(access).is_some_and(|table| match table.entity {
        Some(entity) => entity.role == EntityRole::Principal,
        None => ctx.columns().is_principal(table),
    });
    // A body that is written whole makes an account where accounts hold a secret.
    let whole = || {
        let secret = ctx
            .table(access)
            .and_then(|it| it.entity)
            .is_some_and(|it| it.fields.iter().any(|field| field.sensitivity == Sensitivity::Secret));
        secret && access.query.payload.iter().any(|it| matches!(it.value.shape, Shape::Unknown))
    };
    principal && (writes_a_field(access, &["password", "hash", "email"]) || whole())
}

/// Whether the write is what a guest fills in: no owner, an address of the guest.
fn is_guest_form(ctx: &RuleContext<'_>, access: &Access) -> bool {
    access.query.op == Op::Create && !ctx.is_owned(access) && writes_a_field(access, &["email"])
}

fn writes_a_field(access: &Access, words: &[&str]) -> bool {
    access.query.payload.iter().any(|payload| match &payload.value.shape {
        Shape::Object(object) => {
            object.names().any(|name| crate::schema::names::words(&name).iter().any(|word| words.contains(&word.as_str())))
        }
        _ => false,
    })
}

fn read(ctx: &RuleContext<'_>, access: &Access) -> Option<(String, bool)> {
    let table = ctx.table(access)?;
    if !ctx.is_owned(access) || ctx.is_covered(access) || ctx.reads_published(access) || access.query.op == Op::Count {
        return None;
    }
    if !ctx.goes_out(access) {
        return None;
    }
    // Others that hand the same records to anybody show that it is meant.
    let siblings = || ctx.app.traits().guards_readers(ctx.trace.route.file) && !ctx.app.is_mostly_open(table.name);
    if is_profile(ctx, access) {
        return None;
    }
    let personal = || !access.query.single && is_personal(ctx, access);
    let private = ctx.app.is_private(table.name, true) || siblings() || personal();
    private.then(|| (format!("read {} records", ctx.title(access)), ctx.is_by_name(access)))
}

/// Whether it is what a user shows of itself: chosen fields of one record, none of them delicate.
fn is_profile(ctx: &RuleContext<'_>, access: &Access) -> bool {
    let principal = ctx.table(access).and_then(|it| it.entity).is_some_and(|it| it.role == EntityRole::Principal);
    let projection = &access.query.projection;
    principal && access.query.single && !projection.whole && !projection.opaque && !is_personal(ctx, access)
}

/// Whether what comes back of the entity's own fields is delicate.
fn is_personal(ctx: &RuleContext<'_>, access: &Access) -> bool {
    ctx.table(access).and_then(|it| it.entity).is_some_and(|entity| {
        entity.fields.iter().any(|it| it.sensitivity > Sensitivity::None && access.query.projection.has(it.name))
    })
}

fn effect(ctx: &RuleContext<'_>, kind: Effect) -> Option<(String, bool)> {
    let what = match kind {
        Effect::Mail if ctx.purpose != Purpose::Intake => "have e-mails sent",
        Effect::Sms => "have text messages sent",
        Effect::Payment => "start payments",
        Effect::Ai => "have the AI model called at the owner's cost",
        Effect::StorageWrite => "store files",
        Effect::StorageDelete => "delete files",
        _ => return None,
    };
    Some((what.to_owned(), false))
}
