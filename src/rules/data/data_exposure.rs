//! `data-exposure`: answers that carry more of a record than their readers should get.

use crate::base::Name;
use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::uses::walk;
use crate::rules::{RuleContext, RuleMeta};
use crate::schema::{EntityRole, Sensitivity, names};
use crate::trace::tie::{Table, Ties};
use crate::values::{Access, AccessId, Event, EventKind, Fact, Op, Projection, Row, Shape, Value};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "data-exposure",
    title: "Answer with delicate fields",
    page: include_str!("data_exposure.md"),
    severity: Severity::Warning,
    owasp: &["API3"],
    cwe: &[213, 200],
    check,
};

/// Delicate fields of one access in an answer.
struct Leak {
    access: AccessId,
    title: Name,
    fields: Vec<Name>,
    secret: bool,
}

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told: Vec<AccessId> = Vec::new();
    for (_, event) in ctx.events() {
        let EventKind::Respond { body, status } = &event.kind else { continue };
        if status.is_some_and(|it| it >= 400) {
            continue;
        }
        for leak in leaks(ctx, event, body) {
            if told.contains(&leak.access) {
                continue;
            }
            told.push(leak.access);
            findings.extend(tell(ctx, event, &leak));
        }
    }
    findings
}

fn tell(ctx: &RuleContext<'_>, event: &Event, leak: &Leak) -> Option<Finding> {
    let access = ctx.trace.access(leak.access)?;
    let fields: Vec<&str> = leak.fields.iter().take(4).map(|it| it.as_str()).collect();
    let whole = if leak.secret { "secret" } else { "personal" };
    let message = format!("the answer carries whole {} records, with their {whole} `{}`", leak.title, fields.join("`, `"));
    let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
    finding.severity = if leak.secret { Severity::Error } else { Severity::Warning };
    finding
        .steps
        .push(Step { loc: access.loc, message: format!("the {} records come from here with all their fields", leak.title) });
    finding.intents.push(Intent::Select { access: access.id.0 });
    Some(finding)
}

fn leaks(ctx: &RuleContext<'_>, event: &Event, body: &Value) -> Vec<Leak> {
    let ties = ctx.ties(&event.facts);
    let mut rows: Vec<&Row> = Vec::new();
    walk(body, 8, &mut |part| {
        if let Shape::Row(row) | Shape::Rows(row) = &part.shape {
            rows.push(row);
        }
    });
    let mut found: Vec<Leak> = Vec::new();
    for row in rows {
        let Some(access) = ctx.trace.access(row.at.access) else { continue };
        let Some(mut table) = ctx.table(access) else { continue };
        let mut projection = &access.query.projection;
        let path: Vec<Name> = row.at.path.iter().copied().filter(|it| *it != "*").collect();
        let mut known = true;
        for key in &path {
            match projection.related.iter().find(|it| it.key == *key) {
                Some(include) => {
                    let Some((to, _)) = ctx.columns().relation(table, include.relation) else { continue };
                    (table, projection) = (to, &include.projection);
                }
                None => known = false,
            }
        }
        if known {
            let reader = Reader { ctx, event, ties: &ties, access };
            let below = !path.is_empty();
            reader.collect(table, projection, below, &row.without, &mut found);
        }
    }
    found.sort_by_key(|it| !it.secret);
    found
}

/// Who reads an answer.
struct Reader<'c, 'a> {
    ctx: &'c RuleContext<'a>,
    event: &'c Event,
    ties: &'c Ties<'a>,
    access: &'c Access,
}

impl Reader<'_, '_> {
    /// Delicate fields of a table's records as they were projected, and of what came along.
    fn collect(&self, table: Table<'_>, projection: &Projection, below: bool, without: &[Name], into: &mut Vec<Leak>) {
        if projection.opaque {
            return;
        }
        if let Some(entity) = table.entity {
            let out = |name: Name| projection.has(name) && !without.contains(&name);
            let secrets: Vec<Name> = entity
                .fields
                .iter()
                .filter(|it| it.sensitivity == Sensitivity::Secret && out(it.name) && projection.whole)
                .map(|it| it.name)
                .filter(|name| !self.is_shown_once(table, *name))
                .collect();
            let personal: Vec<Name> = entity
                .fields
                .iter()
                .filter(|it| it.sensitivity == Sensitivity::Personal && out(it.name))
                .map(|it| it.name)
                .collect();
            if !secrets.is_empty() {
                into.push(Leak { access: self.access.id, title: entity.name, fields: secrets, secret: true });
            } else if !personal.is_empty() && self.is_somebody_elses(table, projection, below) {
                into.push(Leak { access: self.access.id, title: entity.name, fields: personal, secret: false });
            }
        }
        for include in &projection.related {
            if without.contains(&include.key) {
                continue;
            }
            if let Some((to, _)) = self.ctx.columns().relation(table, include.relation) {
                self.collect(to, &include.projection, true, &[], into);
            }
        }
    }

    /// A token in the answer to whoever made it is how it is handed out.
    fn is_shown_once(&self, table: Table<'_>, field: Name) -> bool {
        let principal = table.entity.is_some_and(|it| it.role == EntityRole::Principal);
        self.access.query.op == Op::Create && !principal && names::is_share_token_field(&field)
    }

    /// Whether personal fields of these records are those of people whom the reader has nothing to do with.
    fn is_somebody_elses(&self, table: Table<'_>, projection: &Projection, below: bool) -> bool {
        let principal = table.entity.is_some_and(|it| it.role == EntityRole::Principal);
        // Whoever knows the password of an account reads their own.
        let proved = self.access.query.single && self.event.facts.has(&Fact::Secret);
        if !principal || self.access.query.op == Op::Create || proved {
            return false;
        }
        let anybody = !self.ctx.is_authenticated(&self.event.facts);
        match below {
            // Who came along with a record is of its circle, who may know an address that was asked for by name.
            true => anybody || (projection.whole && !self.ties.rows(self.access.id)),
            false => !self.ties.rows(self.access.id),
        }
    }
}
