//! What the ways out get: findings with absolute places, routes with their posture.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::{FileId, Span};
use crate::findings::{Confidence, RouteName, Severity, Unproven};
use crate::fixes::{Applicability, Fix};

/// A finding with places in the current texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The rule's id.
    pub rule: &'static str,
    /// How bad, after configuration.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// One sentence, no full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The route.
    pub route: Option<RouteName>,
    /// The steps of the trace.
    pub related: Vec<(Place, String)>,
    /// Titles of the fixes, and how safe each is; [`super::Snapshot::fixes`] computes their edits.
    pub fixes: Vec<(String, Applicability)>,
    /// Stable over line moves: 16 hexadecimal digits.
    pub fingerprint: String,
    /// What could not be read and might have been the check.
    pub unproven: Vec<Unproven>,
    /// Its place among the findings of the snapshot, for [`super::Snapshot::fixes`].
    pub key: ReportKey,
}

/// Names a finding within its snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportKey {
    /// Index of the route, or `u32::MAX` for findings about the app.
    pub route: u32,
    /// Index among its findings.
    pub index: u32,
}

/// A range in a file's current text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Its absolute path.
    pub path: Arc<Path>,
    /// Absolute bytes.
    pub span: Span,
}

/// A route with what the trace found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posture {
    /// Method and path.
    pub route: RouteName,
    /// The registration or export.
    pub place: Place,
    /// The handler.
    pub handler: Place,
    /// The framework's id.
    pub framework: &'static str,
    /// Where identity comes from (`jsonwebtoken verify`, `getServerSession`), if anywhere.
    pub identity: Option<Evidence>,
    /// Where it is enforced.
    pub enforced: Option<Evidence>,
    /// What ties the data.
    pub ties: Vec<Evidence>,
    /// Database clients it runs on (`prisma`, `supabase (user)`, `supabase (service role)`).
    pub clients: Vec<String>,
    /// Inputs that reach data without validation (`body.title`).
    pub unvalidated: Vec<String>,
    /// Which limit applies.
    pub limit: Option<Evidence>,
    /// Rules that found something there, with `NotProven` ones apart.
    pub findings: Vec<(&'static str, Confidence)>,
}

/// Something the trace found, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// In a word or two.
    pub what: String,
    /// Where.
    pub place: Option<Place>,
}

/// Something that was passed over, and why: too large, unreadable, not valid UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub path: PathBuf,
    /// Why, as a person reads it.
    pub message: String,
}

/// Counts of a scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Routes found.
    pub routes: usize,
    /// Files read.
    pub files: usize,
    /// Findings that are not proven, which are not shown by default.
    pub not_proven: usize,
}

/// What a fix would do, for the ways out.
pub type Fixes = Vec<Fix>;
