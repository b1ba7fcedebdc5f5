//! `missing-authentication`: nobody asks who calls.

use crate::findings::{Finding, Intent, Severity, Step};
use crate::rules::unguarded::unguarded;
use crate::rules::{RuleContext, RuleMeta};

/// The rule.
pub const META: RuleMeta = RuleMeta {
    id: "missing-authentication",
    title: "Route without authentication",
    page: include_str!("missing_authentication.md"),
    severity: Severity::Error,
    owasp: &["API2"],
    cwe: &[306],
    check,
};

fn check(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let Some(found) = unguarded(ctx).filter(|it| it.looked_up.is_none()) else { return Vec::new() };
    let message = format!("anyone can {} here: the route never asks who calls", found.what);
    let mut finding = ctx.finding(&META, found.event.loc, &found.event.stack, message);
    let route = &ctx.trace.route;
    finding.steps.push(Step { loc: route.loc, message: "nothing in the route's chain identifies the caller".to_owned() });
    if let Some(loc) = route.left_out_by {
        finding.steps.push(Step { loc, message: "this guards other routes of the app and leaves this one out".to_owned() });
    }
    finding.intents.push(Intent::Guard);
    ctx.weigh(&mut finding, found.index, found.by_name);
    vec![finding]
}
