//! Findings and routes as a person or a program reads them.
//!
//! What is printed has types of its own; nothing of the analysis is serialised as it is.
//!
//! **Invariant:** a report is a function of a snapshot: it reads no file and writes nothing but its output.

mod json;
mod lines;
mod pages;
mod paths;
mod routes;
mod text;

pub use json::findings as findings_json;
pub use lines::Sources;
pub use pages::{page, page_url, rule_ids, short};
pub use paths::shown;
pub use routes::{posture, routes_json, routes_table};
pub use text::{Summary, finding as finding_text};
