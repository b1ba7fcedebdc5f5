//! Findings as memoized queries.

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::Name;
use crate::db::{Database, Db, Workspace};
use crate::findings::Finding;
use crate::frameworks::Route;
use crate::rules::{self, App, AppFacts, AppTraits, RouteSummary, RuleContext, TableFacts};
use crate::trace::{self, RouteKey};

/// What was found on one route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteFindings {
    /// The route; `None` for findings about the app.
    pub key: Option<RouteKey>,
    /// In the order of rules and places.
    pub findings: Arc<[Finding]>,
}

/// Runs all routes on all cores, so that what is asked next finds them done. Each thread asks a handle of its own.
pub fn run_all(db: &Database, workspace: Workspace, stack: usize) {
    let keys = trace::route_keys(db);
    if keys.len() < MANY_ROUTES {
        return;
    }
    let Ok(pool) = rayon::ThreadPoolBuilder::new().stack_size(stack).build() else { return };
    let handle = db.clone();
    pool.install(|| {
        keys.par_iter().for_each_with(handle, |db, key| {
            trace::trace(db, workspace, *key);
        });
    });
}

/// Fewer routes than this are run sooner than threads are started.
const MANY_ROUTES: usize = 64;

/// Findings of every route, in the order of routes.
#[salsa::tracked(returns(ref))]
pub fn findings(db: &dyn Db, workspace: Workspace) -> Vec<RouteFindings> {
    trace::route_keys(db)
        .iter()
        .map(|key| RouteFindings { key: Some(*key), findings: route_findings(db, workspace, *key).clone() })
        .chain([RouteFindings { key: None, findings: app_findings(db, workspace).clone() }])
        .collect()
}

/// Findings of the app around the routes: of what answers for what was thrown in them, and of its set-up.
#[salsa::tracked(returns(ref))]
fn app_findings(db: &dyn Db, workspace: Workspace) -> Arc<[Finding]> {
    let traces = trace::error_traces(db, workspace).iter();
    let app = Around { db, workspace };
    let found = |trace| rules::run_for_errors(&RuleContext::new(trace, workspace.schema(db), &app));
    let of_app = rules::run_for_app(app.traits(), trace::setups(db, workspace));
    traces.flat_map(|it| found(it)).chain(of_app).collect()
}

/// Findings of one route.
#[salsa::tracked(returns(ref))]
pub fn route_findings(db: &dyn Db, workspace: Workspace, key: RouteKey) -> Arc<[Finding]> {
    let Some(trace) = trace::trace(db, workspace, key) else { return Arc::from([]) };
    let mut found = rules::run(&RuleContext::new(trace, workspace.schema(db), &Around { db, workspace }));
    let public = &workspace.catalog(db).trust.public;
    if public.iter().any(|pattern| names(pattern, &trace.route)) {
        found.retain(|it| !ASK_WHO_CALLS.contains(&it.rule));
    }
    found.into()
}

/// Rules that a route need not keep that was declared public.
const ASK_WHO_CALLS: &[&str] = &["missing-authentication", "unenforced-authentication"];

/// Whether `GET /api/catalog/**`, or the path alone, names the route.
fn names(pattern: &str, route: &Route) -> bool {
    let (method, path) = match pattern.trim().split_once(char::is_whitespace) {
        Some((method, path)) => (Some(method), path.trim()),
        None => (None, pattern.trim()),
    };
    let by_method = method.is_none_or(|it| route.methods.iter().all(|of| it.eq_ignore_ascii_case(of)));
    let glob = globset::GlobBuilder::new(path).literal_separator(true).build();
    by_method && glob.is_ok_and(|it| it.compile_matcher().is_match(&route.path))
}

/// What one route says of its app.
#[salsa::tracked(returns(ref))]
fn summary(db: &dyn Db, workspace: Workspace, key: RouteKey) -> RouteSummary {
    match trace::trace(db, workspace, key) {
        Some(trace) => RouteSummary::of(trace, workspace.schema(db)),
        None => RouteSummary::default(),
    }
}

/// What holds of the app as a whole: changes seldom, so that a keystroke looks at one route.
#[salsa::tracked(returns(ref))]
fn app_facts(db: &dyn Db, workspace: Workspace) -> AppFacts {
    AppFacts::of(trace::route_keys(db).iter().map(|key| summary(db, workspace, *key)))
}

#[salsa::tracked(returns(ref))]
fn app_traits(db: &dyn Db, workspace: Workspace) -> AppTraits {
    app_facts(db, workspace).traits.clone()
}

#[salsa::tracked(returns(ref))]
fn table_facts(db: &dyn Db, workspace: Workspace, table: Name) -> TableFacts {
    app_facts(db, workspace).table(table)
}

/// The app around a route, asked by queries: a route's rules run again only if an answer changed that they had asked for.
struct Around<'db> {
    db: &'db dyn Db,
    workspace: Workspace,
}

impl App for Around<'_> {
    fn traits(&self) -> &AppTraits {
        app_traits(self.db, self.workspace)
    }

    fn table(&self, table: Name) -> TableFacts {
        *table_facts(self.db, self.workspace, table)
    }
}
