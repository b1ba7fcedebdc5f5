//! The rules: predicates over traces. Each is one `<id>.rs` and one page `<id>.md` beside it, which is its documentation, the hover
//! text, the output of `explain`, and a test.
//!
//! **Invariant:** no rule looks at syntax, and no framework or library name stands in one.

mod app;
mod context;
mod purpose;
mod unguarded;
mod uses;

pub use app::{App, AppFacts, AppTraits, RouteSummary, TableFacts};
pub use context::RuleContext;

use crate::base::Loc;
use crate::findings::{Finding, Severity, one_flaw};

/// What a rule is.
pub struct RuleMeta {
    /// Its id (`missing-ownership`).
    pub id: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// How bad its findings are by default.
    pub severity: Severity,
    /// Entries of the OWASP API Security Top 10 of 2023 (`API1`).
    pub owasp: &'static [&'static str],
    /// Entries of CWE.
    pub cwe: &'static [u32],
    /// What it finds in a route.
    pub check: fn(&RuleContext<'_>) -> Vec<Finding>,
}

/// Lists the rules by folder; makes their modules and the table.
macro_rules! rules {
    ($($folder:ident { $($rule:ident),* $(,)? })*) => {
        $(
            /// Rules of one kind.
            pub mod $folder { $(pub mod $rule;)* }
        )*
        /// All rules.
        pub static RULES: &[&RuleMeta] = &[$($(&$folder::$rule::META,)*)*];
        /// Where each rule's page lies, parallel to [`RULES`].
        static PAGES: &[&str] = &[$($(concat!(stringify!($folder), "/", stringify!($rule), ".md"),)*)*];
    };
}

rules! {
    access {
        missing_authentication,
        missing_ownership,
        client_supplied_identity,
        unenforced_authentication,
        privileged_client,
        missing_role_check,
        weak_token_verification,
        weak_api_key,
        unverified_webhook,
    }
    data {
        mass_assignment,
        data_exposure,
        missing_validation,
        nosql_injection,
        sql_injection,
        error_leak,
    }
    limits {
        missing_rate_limit,
    }
}

/// The ids of all rules.
pub fn ids() -> Vec<&'static str> {
    RULES.iter().map(|it| it.id).collect()
}

/// The address of a rule's page.
pub fn page_url(id: &str) -> Option<String> {
    let at = RULES.iter().position(|it| it.id == id)?;
    Some(format!("{}/blob/main/src/rules/{}", env!("CARGO_PKG_REPOSITORY"), PAGES.get(at)?))
}

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static RuleMeta> {
    RULES.iter().copied().find(|it| it.id == id)
}

/// What is found in a function that answers for what was thrown in routes: of no route, since it is all of them.
pub fn run_for_errors(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings = (data::error_leak::META.check)(ctx);
    findings.iter_mut().for_each(|it| it.route = None);
    findings.sort_by_key(|it| it.loc);
    findings.dedup_by_key(|it| it.loc);
    findings
}

/// What is found in an app as a whole, at the places where it is set up.
pub fn run_for_app(app: &AppTraits, setups: &[Loc]) -> Vec<Finding> {
    limits::missing_rate_limit::of_app(app, setups)
}

/// What all rules find in a route, one finding a flaw.
pub fn run(ctx: &RuleContext<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| (rule.check)(ctx)).collect();
    let handler = ctx.trace.route.handler_loc;
    // Order of the text, the route's own file first.
    findings.sort_by_key(|it| (it.loc.file != handler.file, it.loc, it.rule));
    findings.dedup_by(|one, other| one.rule == other.rule && one.loc == other.loc);
    one_flaw(findings)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod pages {
    use super::RULES;

    #[test]
    fn every_rule_has_a_page_with_all_its_parts() {
        let parts = ["## What it means", "## Why", "## Attack", "## Silent when", "## Fix", "## References"];
        for rule in RULES {
            let missing: Vec<&&str> = parts.iter().filter(|it| !rule.page.contains(**it)).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", rule.id);
            assert!(rule.page.starts_with(&format!("# {}\n", rule.id)), "{}", rule.id);
        }
    }
}
