//! `missing-ownership`: the caller is known, and what it reaches need not be its own.

use std::collections::BTreeMap;

use crate::base::{Loc, Name};
use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::purpose::Purpose;
use crate::rules::uses::{clients_in, rows_in};
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::{EntityRole, Sensitivity};
use crate::trace::tie::{Table, Ties};
use crate::values::{Access, AccessId, Event, EventKind, Filter, Op, Origin, Shape, Test, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "missing-ownership",
    title: "Record reached without a tie to the caller",
    page: include_str!("missing_ownership.md"),
    severity: Severity::Error,
    owasp: &["API1"],
    cwe: &[639],
    check,
};

/// What a caller can do to records that are not its own; the worse ones last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Read,
    Use,
    Change,
    Delete,
}

/// A record that is reached without a tie.
struct Claim {
    index: usize,
    deed: Deed,
    /// Where it is used, if that is not where it is selected.
    used: Option<Loc>,
}

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut claims: BTreeMap<AccessId, Claim> = BTreeMap::new();
    let mut findings = Vec::new();
    for (index, event) in ctx.events() {
        if !ctx.is_signed_in(&event.facts) {
            continue;
        }
        let ties = ctx.ties(&event.facts);
        if let EventKind::Access(access) = &event.kind {
            if is_reached_untied(ctx, &ties, access) {
                let deed = if access.query.op == Op::Delete { Deed::Delete } else { Deed::Change };
                claim(ctx, &ties, &mut claims, access, index, deed, None);
            }
            findings.extend(references(ctx, &ties, access, event, index));
        }
        let deed = if matches!(event.kind, EventKind::Respond { .. }) { Deed::Read } else { Deed::Use };
        for row in ctx.outgoing(event).into_iter().flat_map(rows_in) {
            let Some(read) = ctx.trace.access(row.access) else { continue };
            // What a read hands to a write's own selector is judged there.
            let selects = matches!(&event.kind, EventKind::Access(access) if selects_by(access, read.id));
            if !selects && is_read_untied(ctx, &ties, read) {
                claim(ctx, &ties, &mut claims, read, index, deed, Some(event.loc));
            }
        }
    }
    for (id, it) in &claims {
        findings.extend(ctx.trace.access(*id).map(|access| tell(ctx, access, it)));
    }
    findings
}

fn claim(
    ctx: &RuleContext<'_>,
    ties: &Ties<'_>,
    claims: &mut BTreeMap<AccessId, Claim>,
    access: &Access,
    index: usize,
    deed: Deed,
    used: Option<Loc>,
) {
    let root = root(ctx, ties, access);
    let used = used.or((root != access.id).then_some(access.loc));
    let entry = claims.entry(root).or_insert(Claim { index, deed, used });
    if deed > entry.deed {
        (entry.deed, entry.used) = (deed, used);
    }
}

/// The access where the flaw began: a record that was selected by a field of another untied record is a consequence of that one.
fn root(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> AccessId {
    let mut at = access;
    for _ in 0..6 {
        let before = at.query.filter.conjuncts().into_iter().find_map(|part| match part {
            Filter::Field { value, test: Test::Equal | Test::In, .. } => row_of(value).filter(|id| *id < at.id),
            _ => None,
        });
        match before.and_then(|id| ctx.trace.access(id)) {
            Some(read) if ctx.is_owned(read) && !ties.rows(read.id) && !is_principal(ctx, read) => at = read,
            _ => break,
        }
    }
    at.id
}

fn row_of(value: &Value) -> Option<AccessId> {
    match &value.origin {
        Origin::Row(row) => Some(row.access),
        _ => rows_in(value).first().map(|row| row.access),
    }
}

fn selects_by(access: &Access, read: AccessId) -> bool {
    let written = access.query.payload.iter().any(|it| rows_in(&it.value).iter().any(|row| row.access == read));
    !written && access.query.filter.values().iter().any(|it| rows_in(it).iter().any(|row| row.access == read))
}

fn is_principal(ctx: &RuleContext<'_>, access: &Access) -> bool {
    ctx.table(access).is_some_and(|table| match table.entity {
        Some(entity) => entity.role == EntityRole::Principal,
        None => ctx.columns().is_principal(table),
    })
}

/// Whether the access changes owned records that nothing ties to the caller.
fn is_reached_untied(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> bool {
    matches!(access.query.op, Op::Update | Op::Delete | Op::Upsert)
        && ctx.is_owned(access)
        && !ties.rows(access.id)
        && !ctx.only_counts(access)
        && !upserts_own(ctx, ties, access)
}

/// An upsert whose new record is the caller's: what it changes is found by the same key.
fn upserts_own(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access) -> bool {
    let Some(table) = ctx.table(access).filter(|_| access.query.op == Op::Upsert) else { return false };
    access.query.payload.iter().filter_map(|it| it.value.as_object()).flat_map(|it| &it.fields).any(|(name, value)| {
        ctx.columns().names_principal(table, *name) && ties.is_caller(table.name, *name, value) && filters_by(access, *name)
    })
}

fn filters_by(access: &Access, column: Name) -> bool {
    access.query.filter.conjuncts().iter().any(|it| matches!(it, Filter::Field { field, .. } if *field == column))
}

/// Whether the records that a read gave are owned by somebody, and nothing ties them to the caller.
fn is_read_untied(ctx: &RuleContext<'_>, ties: &Ties<'_>, read: &Access) -> bool {
    if read.query.op != Op::Read || !ctx.is_owned(read) || ties.rows(read.id) || ctx.reads_published(read) {
        return false;
    }
    if ctx.purpose == Purpose::Credentials {
        return false;
    }
    let Some(table) = ctx.table(read) else { return false };
    if is_principal(ctx, read) {
        return shows_a_principal(table, read);
    }
    if ctx.app.is_public(table.name) {
        return false;
    }
    // A set-up value or a list for a machine is nobody's choice; what the client chooses, or what nothing chooses, is.
    clients_in_filter(read) || root(ctx, ties, read) != read.id || !selects_one(ctx, table, read)
}

/// Another principal's record is a thing to look up; its delicate fields, by an id that the client chooses, are not.
fn shows_a_principal(table: Table<'_>, read: &Access) -> bool {
    let by_id = read.query.filter.conjuncts().iter().any(|it| match it {
        Filter::Field { field, value, test: Test::Equal, .. } => {
            let key = table.entity.and_then(|it| it.primary_key()).map_or(*field == "id", |key| key == *field);
            key && !clients_in(value).is_empty()
        }
        _ => false,
    });
    let delicate = table.entity.is_some_and(|entity| {
        entity.fields.iter().any(|it| it.sensitivity == Sensitivity::Personal && read.query.projection.has(it.name))
    });
    by_id && delicate && read.query.projection.whole
}

fn clients_in_filter(access: &Access) -> bool {
    access.query.filter.values().iter().any(|it| !clients_in(it).is_empty())
}

fn selects_one(ctx: &RuleContext<'_>, table: Table<'_>, access: &Access) -> bool {
    access
        .query
        .filter
        .conjuncts()
        .iter()
        .any(|it| matches!(it, Filter::Field { field, test: Test::Equal, .. } if ctx.columns().is_key(table, *field)))
}

fn tell(ctx: &RuleContext<'_>, access: &Access, claim: &Claim) -> Finding {
    let title = ctx.title(access);
    let verb = match claim.deed {
        Deed::Read => "read",
        Deed::Use => "use",
        Deed::Change => "change",
        Deed::Delete => "delete",
    };
    let chosen = chosen_by(access);
    let which = match &chosen {
        Some(field) => format!("any {title} by its `{field}`"),
        None if access.query.filter == Filter::All => format!("the {title} records of everybody"),
        None => format!("any {title}"),
    };
    let message = format!("any signed-in caller can {verb} {which}: nothing ties it to the caller");
    let mut finding = ctx.finding(&META, access.loc, &access.stack, message);
    finding.steps.extend(ctx.selector_steps(access));
    if let Some(loc) = claim.used.filter(|loc| *loc != finding.loc) {
        finding.steps.push(Step { loc, message: format!("the {title} is used here, still without a check of whose it is") });
    }
    let column = ctx.table(access).filter(|it| it.entity.is_none()).and_then(|it| ctx.app.owner_of(it.name));
    finding.intents.push(Intent::OwnerFilter { access: access.id.0, column });
    ctx.weigh_by(&mut finding, claim.index, ctx.is_by_name(access), &could_tie);
    finding
}

/// Whether something that is not known could have looked at whose record it is.
fn could_tie(event: &Event) -> bool {
    !matches!(event.kind, EventKind::Unknown { of_records: false, .. })
}

/// The field that the client chooses the record by.
fn chosen_by(access: &Access) -> Option<Name> {
    access.query.filter.conjuncts().into_iter().find_map(|part| match part {
        Filter::Field { field, value, test: Test::Equal | Test::In, .. } if !clients_in(value).is_empty() => Some(*field),
        _ => None,
    })
}

/// References to owned records in what is written, that the client chose and nobody checked.
fn references(ctx: &RuleContext<'_>, ties: &Ties<'_>, access: &Access, event: &Event, index: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(table) = ctx.table(access).filter(|_| matches!(access.query.op, Op::Create | Op::Update | Op::Upsert)) else {
        return findings;
    };
    for payload in access.query.payload.iter().filter(|it| it.relation.is_empty()) {
        for (name, value, loc) in written(&payload.value) {
            let Some(to) = owned_target(ctx, ties, table, access, name, value) else { continue };
            let verb = if access.query.op == Op::Update { "move" } else { "attach" };
            let what = if access.query.op == Op::Update { "a" } else { "a new" };
            let title = ctx.title(access);
            let message = format!(
                "any signed-in caller can {verb} {what} {title} to any {to} by `{name}`: nothing ties that {to} to the caller"
            );
            let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
            if let Some(client) = clients_in(value).first() {
                let step = format!("the client chooses `{name}`: {}", crate::rules::context::describe(client));
                finding.steps.push(Step { loc: loc.or(payload.loc).unwrap_or(access.loc), message: step });
            }
            ctx.weigh_by(&mut finding, index, ctx.is_by_name(access), &could_tie);
            findings.push(finding);
            return findings;
        }
    }
    findings
}

/// The named fields of what is written, with relations connected by key; of lists of objects those of the elements.
fn written(value: &Value) -> Vec<(Name, &Value, Option<Loc>)> {
    match &value.shape {
        Shape::Object(object) => object
            .fields
            .iter()
            .enumerate()
            .map(|(at, (name, value))| {
                let connected = value.field("connect").and_then(|it| it.field("id"));
                (*name, connected.unwrap_or(value), object.locs.get(at).copied().flatten())
            })
            .collect(),
        Shape::List(element) => written(element),
        Shape::Array(elements) => elements.iter().flat_map(written).collect(),
        _ => Vec::new(),
    }
}

fn owned_target(
    ctx: &RuleContext<'_>,
    ties: &Ties<'_>,
    table: Table<'_>,
    access: &Access,
    name: Name,
    value: &Value,
) -> Option<Name> {
    if clients_in(value).is_empty() {
        return None;
    }
    let target = ctx.columns().foreign(table, name)?;
    let to = ctx.columns().table(target.table);
    // A plain reference to a user gives nothing of that user away, and a reply to its own kind is no way in.
    let person =
        to.entity.is_some_and(|it| it.role == EntityRole::Principal) || (to.entity.is_none() && ctx.columns().is_principal(to));
    if person || to.name == table.name || !ctx.is_owned_table(to) || ctx.app.is_public(to.name) {
        return None;
    }
    if ties.value(table.name, name, value) {
        return None;
    }
    if ctx.is_covered(access) {
        // The database keeps what is behind the reference unreadable; only a record that cannot be without it opens something.
        let optional = table.entity.and_then(|it| it.field(name)).is_some_and(|it| it.nullable);
        if optional || table.entity.is_none() || ties.policy_checks(table.name, name) {
            return None;
        }
    }
    Some(to.name)
}
