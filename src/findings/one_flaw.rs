//! One flaw, one finding: what follows from a finding of the same route is not told a second time.

use super::Finding;

/// Rules, and the rules whose findings on the same route are their consequences; the stronger ones first.
const CONSEQUENCES: &[(&str, &[&str])] = &[
    (
        "weak-token-verification",
        &[
            "unenforced-authentication",
            "missing-authentication",
            "missing-ownership",
            "client-supplied-identity",
            "privileged-client",
        ],
    ),
    (
        "unenforced-authentication",
        &["missing-authentication", "missing-ownership", "client-supplied-identity", "privileged-client"],
    ),
    ("missing-authentication", &["missing-ownership", "missing-role-check", "client-supplied-identity", "privileged-client"]),
    ("missing-role-check", &["missing-ownership"]),
    ("missing-ownership", &["client-supplied-identity", "privileged-client", "missing-role-check"]),
    ("mass-assignment", &["missing-validation", "client-supplied-identity", "missing-role-check"]),
    ("sql-injection", &["missing-validation"]),
];

/// The findings of one route without those that others explain. A finding that is less sure explains none that is surer,
/// and one about the app explains nothing of a route.
pub fn one_flaw(mut findings: Vec<Finding>) -> Vec<Finding> {
    for (cause, consequences) in CONSEQUENCES {
        let Some(sure) = findings.iter().filter(|it| it.rule == *cause && it.route.is_some()).map(|it| it.confidence).max()
        else {
            continue;
        };
        findings.retain(|it| !consequences.contains(&it.rule) || it.confidence > sure);
    }
    findings
}
