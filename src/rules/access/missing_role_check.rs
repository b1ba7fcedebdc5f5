//! `missing-role-check`: what only an administrator may do, done by anybody who is signed in.

use crate::base::Name;
use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::purpose::Purpose;
use crate::rules::uses::clients_in;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::names;
use crate::schema::{EntityRole, FieldPrivilege, Sensitivity};
use crate::trace::tie::{Table, Ties};
use crate::values::{Access, Effect, EventKind, Fact, Facts, Filter, IdentityPart, Key, Op, Origin, Part, Shape, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "missing-role-check",
    title: "Administrative operation open to every signed-in caller",
    page: include_str!("missing_role_check.md"),
    severity: Severity::Error,
    owasp: &["API5"],
    cwe: &[862],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    if ctx.purpose != Purpose::Data || !ctx.app.traits().knows_roles(ctx.schema) {
        return Vec::new();
    }
    let below_admin = is_administrative(&ctx.trace.route.path) && !has_own_administrators(ctx);
    for (index, event) in ctx.events() {
        if !ctx.is_signed_in(&event.facts) || looks_at_role(ctx, index, &event.facts) {
            continue;
        }
        let ties = ctx.ties(&event.facts);
        let found = match &event.kind {
            EventKind::Access(access) => changes_others(ctx, &ties, access)
                .or_else(|| lists_all(ctx, &ties, access))
                .or_else(|| beside_guarded(ctx, &ties, access))
                .or_else(|| below_admin.then(|| administers(ctx, &ties, access)).flatten()),
            EventKind::Effect { kind, .. } if below_admin => effect(*kind).map(str::to_owned),
            _ => None,
        };
        let Some(what) = found else { continue };
        let message = format!("any signed-in caller can {what}: no role is asked for");
        let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
        let route = &ctx.trace.route;
        finding.steps.push(Step { loc: route.loc, message: "the chain of this route asks who calls, not what the caller may do".to_owned() });
        finding.intents.push(Intent::Guard);
        // A list of people may be what the app is for.
        let reads_all = matches!(&event.kind, EventKind::Access(access) if access.query.op == Op::Read) && !below_admin;
        if reads_all {
            finding.severity = Severity::Warning;
        }
        ctx.weigh(&mut finding, index, reads_all);
        return vec![finding];
    }
    Vec::new()
}

/// Whether the path says that what lies below it is for administrators.
fn is_administrative(path: &str) -> bool {
    let of = ["admin", "admins", "administrator", "administration", "superadmin", "backoffice"];
    path.split(['/', '.']).filter(|it| !it.starts_with([':', '*'])).any(|segment| {
        names::words(segment).first().is_some_and(|word| of.contains(&word.as_str()))
    })
}

/// Whether administrators sign in apart from everybody else, so that signing in there is the check.
fn has_own_administrators(ctx: &RuleContext<'_>) -> bool {
    let admin = |name: &str| names::words(name).iter().any(|word| word.contains("admin") || word == "staff");
    ctx.schema.entities.iter().any(|it| it.role == EntityRole::Principal && admin(&it.name))
        || ctx.trace.events.iter().any(|event| match &event.kind {
            EventKind::Marked { mark, args } if *mark == "secret:token" => args
                .iter()
                .any(|it| it.origin.leaves().iter().any(|leaf| matches!(leaf, Origin::Env(name) if admin(name)))),
            _ => false,
        })
}

/// Whether the caller's role was looked at on the way, in whatever way.
fn looks_at_role(ctx: &RuleContext<'_>, index: usize, facts: &Facts) -> bool {
    let ties = ctx.ties(facts);
    // The role of a record that the client chose is not the caller's.
    let chosen = |key: &Key| match key {
        Key::Row(id, _) => {
            !ties.rows(*id) && ctx.trace.access(*id).is_some_and(|it| it.query.filter.values().into_iter().any(|it| !clients_in(it).is_empty()))
        }
        _ => false,
    };
    let of_chosen = |fact: &Fact| match fact {
        Fact::Is(key, _) | Fact::Listed(key) | Fact::Holds(key) => is_role(key) && chosen(key),
        _ => false,
    };
    if ties.has_role() && !facts.any(&of_chosen) || facts.any(&|fact| singles_out(fact) && !of_chosen(fact)) {
        return true;
    }
    // A test that proves nothing we know, of something computed from the caller: a rank, a policy, a list of permissions.
    ctx.trace.events[..index].iter().any(|event| match &event.kind {
        EventKind::Tested { value } => match &value.origin {
            Origin::Derived(_) if value.truth.when_true.is_empty() && value.truth.when_false.is_empty() => {
                value.origin.identities().next().is_some() || names_role(&value.origin, &chosen)
            }
            origin => names_role(origin, &chosen),
        },
        _ => false,
    })
}

/// Whether the value has a role in it, other than that of a record that the client chose.
fn names_role(origin: &Origin, chosen: &dyn Fn(&Key) -> bool) -> bool {
    origin.leaves().into_iter().filter_map(Origin::key).any(|key| is_role(&key) && !chosen(&key))
}

fn is_role(key: &Key) -> bool {
    match key {
        Key::Identity(IdentityPart::Role, _) => true,
        Key::Identity(_, path) | Key::Row(_, path) => path.iter().any(|it| names::is_role_field(it)),
        _ => false,
    }
}

/// Whether the fact tells some callers from others: a role, or a caller that the code or a setting names.
fn singles_out(fact: &Fact) -> bool {
    let caller = |key: &Key| matches!(key, Key::Identity(..) | Key::Row(..));
    match fact {
        Fact::Role => true,
        Fact::Equal(one, other) => {
            is_role(one) || is_role(other) || caller(one) && matches!(other, Key::Env(_)) || caller(other) && matches!(one, Key::Env(_))
        }
        Fact::Is(key, _) => is_role(key) || matches!(key, Key::Identity(..)),
        Fact::Listed(key) | Fact::Holds(key) if is_role(key) => true,
        Fact::Listed(key) => matches!(key, Key::Identity(..)),
        _ => false,
    }
}

/// What is done to another principal: its role, its state, its membership.
fn changes_others(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> Option<String> {
    let table = ctx.table(access)?;
    let entity = table.entity?;
    let chosen = access.query.filter.values().into_iter().any(|it| !clients_in(it).is_empty());
    if !chosen || names_caller(ctx, ties, table, &access.query.filter) {
        return None;
    }
    let title = ctx.title(access);
    match (entity.role, access.query.op) {
        (EntityRole::Principal, Op::Update | Op::Upsert) if !ties.rows(access.id) => {
            let field = written(access).find(|name| {
                entity.field(*name).is_some_and(|it| matches!(it.privilege, Some(FieldPrivilege::Role | FieldPrivilege::Status)))
            })?;
            Some(format!("set `{field}` of any {title}"))
        }
        // Within one team, whose members only are let in, any of them.
        (EntityRole::Membership, Op::Update) if ties.rows(access.id) => {
            let field = written(access)
                .find(|name| entity.field(*name).is_some_and(|it| it.privilege == Some(FieldPrivilege::Role)))?;
            Some(format!("set `{field}` of any {title} of its own team"))
        }
        _ => None,
    }
}

/// The names of the fields that are written on the record itself.
fn written(access: &Access) -> impl Iterator<Item = Name> {
    access
        .query
        .payload
        .iter()
        .filter(|it| it.relation.is_empty())
        .filter_map(|it| it.value.as_object())
        .flat_map(|object| object.fields.iter().filter(|(_, value)| value.shape != Shape::Nullish).map(|(name, _)| *name))
}

/// Whether a condition says that the record is the caller's own.
fn names_caller(ctx: &RuleContext<'_>, ties: &Ties<'_>, table: Table<'_>, filter: &Filter) -> bool {
    filter.conjuncts().iter().any(|it| match it {
        Filter::Field { field, value, .. } => {
            (ctx.columns().names_principal(table, *field) || ctx.columns().is_key(table, *field))
                && clients_in(value).is_empty()
                && ties.is_caller(table.name, *field, value)
        }
        _ => false,
    })
}

/// Whole records of all principals.
fn lists_all(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> Option<String> {
    let entity = ctx.table(access)?.entity.filter(|it| it.role == EntityRole::Principal)?;
    let personal = entity.fields.iter().any(|it| it.sensitivity > Sensitivity::None && access.query.projection.has(it.name));
    let all = access.query.op == Op::Read && !access.query.single && access.query.filter == Filter::All;
    let goes_out = || {
        ctx.trace.events.iter().any(|event| {
            matches!(event.kind, EventKind::Respond { .. })
                && ctx.outgoing(event).into_iter().any(|it| crate::rules::uses::rows_in(it).iter().any(|row| row.access == access.id))
        })
    };
    let whole = access.query.projection.whole && personal && all && !ctx.is_covered(access) && !ties.rows(access.id);
    (whole && goes_out()).then(|| format!("read the {} records of everybody", ctx.title(access)))
}

/// A write beside others in the same file, of the same table or of any, which ask for a role.
fn beside_guarded(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> Option<String> {
    let table = ctx.table(access)?;
    let handler = ctx.trace.route.file;
    let asked = ctx.app.traits().asks_role_to_write(handler, table.name) || ctx.app.traits().mostly_asks_role(handler);
    if !asked || ties.rows(access.id) && access.query.op != Op::Create {
        return None;
    }
    let verb = match access.query.op {
        Op::Create => "create",
        Op::Update | Op::Upsert => "change",
        Op::Delete => "delete",
        _ => return None,
    };
    // The record is what the route is about, not one that another thing of the body brings along.
    let direct = |value: &Value| clients_in(value).iter().any(|it| matches!(it.part, Part::Path | Part::Form | Part::Argument));
    let chosen = access.query.filter.values().into_iter().any(direct);
    // Counting a stock down is part of an order, not of administration.
    let set = |value: &Value| match &value.shape {
        Shape::Object(object) => object.fields.iter().any(|(_, it)| it.as_object().is_none() && !clients_in(it).is_empty()),
        _ => !clients_in(value).is_empty(),
    };
    let sets = access.query.payload.iter().any(|it| set(&it.value));
    let administers = match access.query.op {
        Op::Create => sets && !ctx.is_owned_table(table),
        Op::Delete => chosen,
        _ => chosen && sets && !ctx.only_counts(access),
    };
    administers.then(|| format!("{verb} any {}, which takes a role on the routes beside this one", ctx.title(access)))
}

/// What is done below a path for administrators.
fn administers(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> Option<String> {
    let table = ctx.table(access)?;
    if access.query.op != Op::Create && (ties.rows(access.id) || names_caller(ctx, ties, table, &access.query.filter)) {
        return None;
    }
    let title = ctx.title(access);
    Some(match access.query.op {
        Op::Read if ctx.trace.events.iter().any(|event| {
            matches!(event.kind, EventKind::Respond { .. })
                && ctx.outgoing(event).into_iter().any(|it| crate::rules::uses::rows_in(it).iter().any(|row| row.access == access.id))
        }) => format!("read {title} records of the administration"),
        Op::Create => format!("create {title} records of the administration"),
        Op::Update | Op::Upsert => format!("change any {title}"),
        Op::Delete => format!("delete any {title}"),
        Op::Read | Op::Count | Op::Call => return None,
    })
}

fn effect(kind: Effect) -> Option<&'static str> {
    Some(match kind {
        Effect::Mail => "have e-mails sent by the administration",
        Effect::Sms => "have text messages sent by the administration",
        Effect::Payment => "move money",
        Effect::StorageDelete => "delete files",
        _ => return None,
    })
}
