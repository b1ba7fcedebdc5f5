//! The interpreter: a route's chain and handler run on abstract values.
//!
//! It is the heart, and small: it asks `catalog`, `frameworks` and `data` what a call means and knows none of them by name.
//!
//! **Invariant:** no rule, framework or library stands in here; a trace that was cut says so and claims no absence.

mod interp;
mod provide;
mod query;
mod run;
mod setup;
#[cfg(test)]
pub(crate) mod testing;
pub mod tie;
mod types;

pub use query::{RouteKey, error_traces, route, route_keys, routes, setups, trace};
pub use types::*;

/// Packages whose functions compute and check nothing, so that calling them is no unknown check.
fn harmless(package: &str) -> bool {
    const PACKAGES: &[&str] = &[
        "assert",
        "buffer",
        "child_process",
        "clsx",
        "crypto",
        "date-fns",
        "dayjs",
        "events",
        "fs",
        "fs/promises",
        "http",
        "https",
        "lodash",
        "luxon",
        "moment",
        "nanoid",
        "ms",
        "next/cache",
        "next/headers",
        "next/navigation",
        "next/server",
        "os",
        "path",
        "querystring",
        "qs",
        "ramda",
        "react",
        "slugify",
        "stream",
        "superjson",
        "timers",
        "url",
        "util",
        "uuid",
        "zlib",
        "fs-extra",
        "html-entities",
        "@vercel/functions",
        "@vercel/analytics",
        "posthog-node",
        "posthog-js",
        "mixpanel",
        "@segment/analytics-node",
        "request-ip",
        "ua-parser-js",
        "negotiator",
        "sanitize-html",
        "dompurify",
        "isomorphic-dompurify",
        "marked",
        "next-intl/server",
        "i18next",
    ];
    // Packages of a family, by their scope.
    const SCOPES: &[&str] = &["@sentry/", "@opentelemetry/", "@formatjs/"];
    PACKAGES.contains(&package)
        || SCOPES.iter().any(|it| package.starts_with(it))
        || package.starts_with("lodash/")
        || package.starts_with("lodash.")
        || package.starts_with("date-fns/")
}
