//! What a person is told.

use crate::base::{Loc, Name};

/// A claim about a route or an app, with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id (`missing-ownership`).
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What is wrong, in the reader's words; one sentence, no full stop.
    pub message: String,
    /// The expression a person would change.
    pub loc: Loc,
    /// The route, as method and path; `None` for a finding about the app.
    pub route: Option<RouteName>,
    /// The steps of the trace: where the value came in, where it went, what was missing.
    pub steps: Vec<Step>,
    /// What an edit would have to do, for `fixes`.
    pub intents: Vec<Intent>,
    /// What could not be read and might have been the check (an unknown guard), where confidence is `NotProven`.
    pub unproven: Vec<Unproven>,
}

/// A route's name in reports.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouteName {
    /// `GET`, `POST`, …, `*`, `ACTION`.
    pub method: String,
    /// `/api/todos/:id`
    pub path: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nice to know.
    Hint,
    /// Worth knowing.
    Info,
    /// Worth changing.
    Warning,
    /// A stranger can use it.
    Error,
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Something on the way could not be read and might have been the check: not shown by default.
    NotProven,
    /// It rests on names, not on a schema.
    Medium,
    /// It rests on what the code and the schema say.
    High,
}

/// A step of the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where.
    pub loc: Loc,
    /// What happened there.
    pub message: String,
}

/// Something unknown that might have been the check.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unproven {
    /// Its name in the code (`withAcmeAuth`).
    pub what: Name,
    /// How a declaration in `routewarden.toml` names it (`@acme/auth#withAcmeAuth`), where known.
    pub declare_as: Option<String>,
}

/// What an edit has to do, independent of how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Tie an access to the caller.
    OwnerFilter {
        /// Index into the trace's accesses.
        access: u32,
        /// The owner's column as other routes name it, where no schema does.
        column: Option<Name>,
    },
    /// Replace a whole client object in a payload by named fields.
    Allowlist {
        /// Index into the trace's accesses.
        access: u32,
        /// The client object in the payload.
        at: Loc,
    },
    /// Validate a part of the request.
    Schema {
        /// The expression that reads it (`req.body`, `await req.json()`).
        at: Loc,
    },
    /// Name the fields that come back.
    Select {
        /// Index into the trace's accesses.
        access: u32,
    },
    /// Make a text of a client value.
    Cast {
        /// The value in the source.
        at: Loc,
    },
    /// Put a guard before the handler.
    Guard,
    /// Take the identity instead of a client value.
    UseIdentity {
        /// The client value in the source.
        at: Loc,
    },
}
