//! `client-supplied-identity`: who it is comes from the request, not from the credential.

use crate::base::Name;
use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::context::describe;
use crate::rules::purpose::Purpose;
use crate::rules::uses::clients_in;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::names::{self, OwnerKind};
use crate::schema::{EntityRole, FieldPrivilege};
use crate::trace::tie::Table;
use crate::values::{Access, Event, EventKind, Fact, Filter, Key, Op, Part, Shape, Test, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "client-supplied-identity",
    title: "Identity taken from the request",
    page: include_str!("client_supplied_identity.md"),
    severity: Severity::Error,
    owasp: &["API1", "API2"],
    cwe: &[639, 290],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    if ctx.purpose == Purpose::Webhook || !ctx.app.traits().uses_identity && ctx.purpose != Purpose::Data {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, event) in ctx.events() {
        let EventKind::Access(access) = &event.kind else { continue };
        let Some(table) = ctx.table(access) else { continue };
        let found = owner_written(ctx, table, access, event)
            .or_else(|| owner_asked(ctx, table, access, event))
            .or_else(|| role_claimed(access, event));
        let Some((what, value)) = found else { continue };
        let mut finding = ctx.finding(&META, event.loc, &event.stack, what);
        if let Some(client) = value.as_ref().and_then(|it| clients_in(it).into_iter().next()) {
            finding.steps.push(Step { loc: access.loc, message: format!("the client chooses who it is: {}", describe(&client)) });
        }
        finding.intents.push(Intent::UseIdentity { at: event.loc });
        ctx.weigh(&mut finding, index, ctx.is_by_name(access));
        findings.push(finding);
    }
    findings.dedup_by(|one, other| one.message == other.message);
    findings
}

/// The owner of a new record is what the client says.
fn owner_written(ctx: &RuleContext<'_>, table: Table<'_>, access: &Access, event: &Event) -> Option<(String, Option<Value>)> {
    if !matches!(access.query.op, Op::Create | Op::Upsert)
        || !ctx.is_signed_in(&event.facts)
        || ctx.columns().is_membership(table)
    {
        return None;
    }
    let ties = ctx.ties(&event.facts);
    if ties.has_role() {
        return None;
    }
    for payload in access.query.payload.iter().filter(|it| it.relation.is_empty()) {
        let Shape::Object(object) = &payload.value.shape else { continue };
        // With the caller beside it, the other principal is the other side: a recipient, a patient, a member.
        let beside = object
            .fields
            .iter()
            .any(|(name, value)| ctx.columns().names_principal(table, *name) && ties.is_caller(table.name, *name, value));
        let owner = object.fields.iter().find(|(name, value)| {
            is_owner(table, *name) && !clients_in(value).is_empty() && !ties.value(table.name, *name, value)
        });
        if let (false, Some((name, value))) = (beside, owner) {
            let title = ctx.title(access);
            let message = format!("`{name}` of the new {title} comes from the request: any caller can act as somebody else");
            return Some((message, Some(value.clone())));
        }
    }
    None
}

/// Whether the column says which user the record belongs to.
fn is_owner(table: Table<'_>, column: Name) -> bool {
    match table.entity {
        Some(entity) => {
            let own = entity.owners.iter().any(|path| path.steps.is_empty() && path.column == column);
            let user = names::is_owner_column(&column) == Some(OwnerKind::User);
            entity.role == EntityRole::Content
                && own
                && (user || entity.field(column).is_some_and(|it| it.privilege == Some(FieldPrivilege::Owner)))
                && names::is_owner_column(&column) != Some(OwnerKind::Tenant)
        }
        None => names::is_owner_column(&column) == Some(OwnerKind::User),
    }
}

/// A header or a cookie that nobody verified says whose records these are.
fn owner_asked(ctx: &RuleContext<'_>, table: Table<'_>, access: &Access, event: &Event) -> Option<(String, Option<Value>)> {
    let ties = ctx.ties(&event.facts);
    access.query.filter.conjuncts().into_iter().find_map(|part| match part {
        Filter::Field { field, value, test: Test::Equal, .. } if ctx.columns().names_principal(table, *field) => {
            let client = clients_in(value).into_iter().find(|it| is_credential_place(it.part))?;
            let named = ctx.is_owned(access) && !names::is_share_token_field(field) && !ties.rows(access.id);
            let message = format!("{} says whose {} this is, and nobody verifies it", describe(&client), ctx.title(access));
            named.then(|| (message, Some(value.clone())))
        }
        _ => None,
    })
}

/// A role that the client claims lets the code go on.
fn role_claimed(access: &Access, event: &Event) -> Option<(String, Option<Value>)> {
    let claimed = event.facts.iter().find_map(|fact| match fact {
        Fact::Is(Key::Client(part, path), literal) if is_credential_place(*part) => {
            path.last().filter(|it| names::is_role_field(it) || it.to_lowercase().ends_with("-role")).map(|it| (*it, *literal))
        }
        _ => None,
    });
    let (name, literal) = claimed.filter(|_| access.query.op.writes())?;
    Some((format!("the client says that its `{name}` is `{literal}`, and that decides what it may do"), None))
}

fn is_credential_place(part: Part) -> bool {
    matches!(part, Part::Header | Part::Cookie | Part::UnverifiedToken)
}
