//! `privileged-client`: a client that bypasses row level security, where nobody knows who calls.

use crate::findings::{Finding, Severity, Step};
use crate::rules::purpose::Purpose;
use crate::rules::{RuleContext, RuleMeta};
use crate::values::{EventKind, Op, Privilege};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "privileged-client",
    title: "Database client that bypasses row level security",
    page: include_str!("privileged_client.md"),
    severity: Severity::Error,
    owasp: &["API5"],
    cwe: &[250, 269],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    if matches!(ctx.purpose, Purpose::Webhook | Purpose::Credentials | Purpose::Intake) {
        return Vec::new();
    }
    for (index, event) in ctx.events() {
        let EventKind::Access(access) = &event.kind else { continue };
        if access.query.client.privilege != Privilege::Service || ctx.is_authenticated(&event.facts) || !ctx.is_owned(access) {
            continue;
        }
        if access.query.op == Op::Count || ctx.reads_published(access) || !(access.query.op.writes() || ctx.goes_out(access)) {
            continue;
        }
        let secured = ctx.table(access).and_then(|it| it.entity).and_then(|it| it.security.as_ref()).is_some_and(|it| it.enabled);
        if !secured || ctx.ties(&event.facts).rows(access.id) {
            continue;
        }
        let title = ctx.title(access);
        let message =
            format!("{title} is protected by row level security, and this client bypasses it before anyone asks who calls");
        let mut finding = ctx.finding(&META, event.loc, &event.stack, message);
        if let Some(loc) = access.query.client.made {
            finding.steps.push(Step { loc, message: "the client is made with the privileged key here".to_owned() });
        }
        ctx.weigh(&mut finding, index, ctx.is_by_name(access));
        return vec![finding];
    }
    Vec::new()
}
