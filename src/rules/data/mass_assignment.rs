//! `mass-assignment`: the client chooses which fields are written.

use crate::base::{Loc, Name};
use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::context::describe;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::{EntityRole, FieldPrivilege};
use crate::trace::tie::Table;
use crate::values::{Access, Checked, Client, EventKind, Fact, Facts, Filter, Key, Op, Origin, Shape, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "mass-assignment",
    title: "Client object written whole",
    page: include_str!("mass_assignment.md"),
    severity: Severity::Error,
    owasp: &["API3"],
    cwe: &[915],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, event) in ctx.events() {
        let EventKind::Access(access) = &event.kind else { continue };
        if !matches!(access.query.op, Op::Create | Op::Update | Op::Upsert) {
            continue;
        }
        // What a partner signed, or who knows the shared secret wrote, is no client's object.
        if event.facts.any(&|fact| matches!(fact, Fact::Signature | Fact::Secret)) {
            continue;
        }
        for payload in &access.query.payload {
            let at = payload.loc.unwrap_or(access.loc);
            let found = match open_client(&payload.value) {
                Some(client) if is_closed(&client, &event.facts) => None,
                Some(client) => Some((whole(ctx, access, &client, &payload.value), client)),
                None => privileged(ctx, access, &payload.value, &event.facts),
            };
            let Some((message, client)) = found else { continue };
            let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
            finding.steps.push(Step { loc: at, message: format!("{} is written here", describe(&client)) });
            finding.intents.push(Intent::Allowlist { access: access.id.0, at });
            findings.push(finding);
            break;
        }
    }
    findings
}

/// A client's object that is written as it came: whichever fields the client put into it.
fn open_client(value: &Value) -> Option<Client> {
    match &value.shape {
        Shape::Object(object) => object.spreads.iter().find_map(open_client),
        Shape::OneOf(parts) => parts.iter().find_map(open_client),
        Shape::Array(elements) => elements.iter().find_map(open_client),
        Shape::List(element) => open_client(element),
        Shape::Unknown => match &value.origin {
            Origin::Client(client) if client.checked < Checked::Schema => Some(client.clone()),
            Origin::Mix(parts) => parts.iter().find_map(|it| match it {
                Origin::Client(client) if client.checked < Checked::Schema => Some(client.clone()),
                _ => None,
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a check that leaves the object as it is let pass only keys that it knows.
fn is_closed(client: &Client, facts: &Facts) -> bool {
    facts.has(&Fact::Closed(Key::Client(client.part, client.path.clone())))
}

fn whole(ctx: &RuleContext<'_>, access: &Access, client: &Client, payload: &Value) -> String {
    let title = ctx.title(access);
    let privileged: Vec<&str> = ctx
        .table(access)
        .and_then(|it| it.entity)
        .map(|entity| {
            let set = |name: Name| payload.as_object().is_some_and(|it| it.get(&name).is_some());
            let fields = entity.fields.iter().filter(|it| !set(it.name));
            let fields = fields.filter(|it| it.privilege.is_some_and(|it| it != FieldPrivilege::Identity));
            fields.map(|it| it.name.as_str()).take(3).collect()
        })
        .unwrap_or_default();
    let such = if privileged.is_empty() { String::new() } else { format!(", `{}` too", privileged.join("`, `")) };
    format!("{} is written whole: the client can set any field of {title}{such}", describe(client))
}

/// A field among the named ones that a client must not choose.
fn privileged(ctx: &RuleContext<'_>, access: &Access, value: &Value, facts: &Facts) -> Option<(String, Client)> {
    let table = ctx.table(access)?;
    let mut found = Vec::new();
    fields(value, &mut found);
    // Whoever has a role may hand out roles.
    if found.is_empty() || ctx.ties(facts).has_role() {
        return None;
    }
    found.into_iter().find_map(|(name, value, _)| {
        let client = chosen(value)?;
        is_privileged(ctx, table, access, name)
            .then(|| (format!("the client can set `{name}` of {}, which decides what it may do", ctx.title(access)), client))
    })
}

fn fields<'v>(value: &'v Value, into: &mut Vec<(Name, &'v Value, Option<Loc>)>) {
    match &value.shape {
        Shape::Object(object) => {
            for (at, (name, value)) in object.fields.iter().enumerate() {
                into.push((*name, value, object.locs.get(at).copied().flatten()));
            }
            object.spreads.iter().for_each(|it| fields(it, into));
        }
        Shape::OneOf(parts) | Shape::Array(parts) => parts.iter().for_each(|it| fields(it, into)),
        Shape::List(element) => fields(element, into),
        _ => {}
    }
}

/// The client value that the field takes as it is; none if only harmless members of a closed list pass.
fn chosen(value: &Value) -> Option<Client> {
    let texts: Vec<&str> = value.alternatives().iter().filter_map(Value::as_str).collect();
    let all = value.alternatives().iter().all(|it| it.as_str().is_some() || it.shape == Shape::Nullish);
    let powers =
        ["admin", "owner", "super", "staff", "moderator", "root", "system", "pro", "premium", "paid", "enterprise", "plus"];
    if all && !texts.iter().any(|it| powers.iter().any(|power| it.to_lowercase().contains(power))) {
        return None;
    }
    let origins: &[Origin] = match &value.origin {
        Origin::Mix(parts) => parts,
        single => std::slice::from_ref(single),
    };
    origins.iter().find_map(|it| match it {
        Origin::Client(client) if client.checked != Checked::Listed => Some(client.clone()),
        _ => None,
    })
}

fn is_privileged(ctx: &RuleContext<'_>, table: Table<'_>, access: &Access, name: Name) -> bool {
    let Some(entity) = table.entity else { return false };
    let Some(privilege) = entity.field(name).and_then(|it| it.privilege) else { return false };
    match entity.role {
        EntityRole::Principal | EntityRole::Tenant => {
            matches!(privilege, FieldPrivilege::Role | FieldPrivilege::Money | FieldPrivilege::Status)
        }
        // Roles of others are handed out by whoever runs the thing that is shared; a role of one's own is taken.
        EntityRole::Membership => privilege == FieldPrivilege::Role && filters_by_caller(ctx, table, access),
        EntityRole::Content => false,
    }
}

fn filters_by_caller(ctx: &RuleContext<'_>, table: Table<'_>, access: &Access) -> bool {
    let ties = ctx.ties(&access.facts);
    access.query.op == Op::Update
        && access.query.filter.conjuncts().iter().any(|part| match part {
            Filter::Field { field, value, .. } => {
                ctx.columns().names_principal(table, *field) && ties.is_caller(table.name, *field, value)
            }
            _ => false,
        })
}
