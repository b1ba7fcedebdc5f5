//! An immutable view of one revision.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::posture;
use super::query::{self, RouteFindings};
use super::suppressed;
use super::types::{Counts, Note, Place, Posture, Report, ReportKey};
use super::views::{FileView, Views};
use crate::base::{FileId, Loc};
use crate::db::{Database, Workspace};
use crate::findings::{Confidence, Finding, Severity, fingerprint};
use crate::fixes::{Applicability, Fix, FixContext, Source, fixes};
use crate::project::config::Level;
use crate::project::{Config, MAX_FILE_BYTES, System};
use crate::text::LineIndex;
use crate::trace;

/// A view of one revision. A question to it ends by unwinding (`salsa::Cancelled`) when the session changes meanwhile.
pub struct Snapshot {
    db: Database,
    workspace: Workspace,
    system: Arc<dyn System>,
    views: Arc<Views>,
    notes: Arc<[Note]>,
    config: Arc<Config>,
    root: Arc<Path>,
    revision: u64,
}

impl Snapshot {
    #[expect(clippy::too_many_arguments, reason = "a snapshot has these parts")]
    pub(super) fn new(
        db: Database,
        workspace: Workspace,
        system: Arc<dyn System>,
        views: Arc<Views>,
        notes: Arc<[Note]>,
        config: Arc<Config>,
        root: Arc<Path>,
        revision: u64,
    ) -> Self {
        Snapshot { db, workspace, system, views, notes, config, root, revision }
    }

    /// Counts changes of the session.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The root, canonical.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The version of an open document.
    pub fn version(&self, path: &Path) -> Option<i32> {
        self.view_at(path)?.1.version
    }

    /// The file at a path, if it was read.
    pub fn file_at(&self, path: &Path) -> Option<FileId> {
        self.view_at(path).map(|(id, _)| id)
    }

    /// Its absolute path.
    pub fn path(&self, file: FileId) -> Option<Arc<Path>> {
        self.views.get(file).map(|view| view.path.clone())
    }

    /// The current text: the buffer's, or what is on disk.
    pub fn text(&self, file: FileId) -> Option<Arc<str>> {
        let view = self.views.get(file)?;
        if let Some(text) = &view.text {
            return Some(text.clone());
        }
        let bytes = self.system.read(&view.path, MAX_FILE_BYTES).ok()?;
        Some(String::from_utf8_lossy(&bytes).into())
    }

    /// The lines of the current text.
    pub fn lines(&self, file: FileId) -> Option<Arc<LineIndex>> {
        let kept = self.views.get(file).and_then(|view| view.lines());
        kept.or_else(|| self.text(file).map(|text| Arc::new(LineIndex::new(&text))))
    }

    /// Notes of the last reading.
    pub fn notes(&self) -> Vec<Note> {
        self.notes.to_vec()
    }

    /// Findings whose place is in that file, sorted by place. The titles of fixes are left out.
    pub fn findings_in(&self, path: &Path) -> Vec<Report> {
        let Some((id, _)) = self.view_at(path) else { return Vec::new() };
        let mut texts = Texts::new(self);
        let mut reports = Vec::new();
        for (index, route) in query::findings(&self.db, self.workspace).iter().enumerate() {
            for (at, finding) in route.findings.iter().enumerate().filter(|(_, it)| it.loc.file == id) {
                reports.extend(self.report(&mut texts, index, at, finding));
            }
        }
        self.finish(&mut texts, reports, Some(id))
    }

    /// All findings, sorted by path, place and rule, with the titles of their fixes.
    pub fn findings(&self) -> Vec<Report> {
        query::run_all(&self.db, self.workspace, super::STACK);
        let mut texts = Texts::new(self);
        let mut reports = Vec::new();
        let all = query::findings(&self.db, self.workspace);
        for (index, route) in all.iter().enumerate() {
            for (at, finding) in route.findings.iter().enumerate() {
                if let Some(mut report) = self.report(&mut texts, index, at, finding) {
                    report.fixes = self.plan(route, finding).iter().map(|fix| (fix.title.clone(), fix.applicability)).collect();
                    reports.push(report);
                }
            }
        }
        self.finish(&mut texts, reports, None)
    }

    /// The titles of a finding's fixes, and how safe each is.
    pub fn fix_titles(&self, key: ReportKey) -> Vec<(String, Applicability)> {
        self.fixes(key).into_iter().map(|fix| (fix.title, fix.applicability)).collect()
    }

    /// The edits that close a finding.
    pub fn fixes(&self, key: ReportKey) -> Vec<Fix> {
        let all = query::findings(&self.db, self.workspace);
        let Some(route) = all.get(key.route as usize) else { return Vec::new() };
        let Some(finding) = route.findings.get(key.index as usize) else { return Vec::new() };
        self.plan(route, finding)
    }

    /// All routes with their posture.
    pub fn routes(&self) -> Vec<Posture> {
        let place = |loc: Loc| self.place(loc);
        let text = |loc: Loc| {
            let place = self.place(loc)?;
            self.text(place.file)?.get(place.span.start as usize..place.span.end as usize).map(str::to_owned)
        };
        query::findings(&self.db, self.workspace)
            .iter()
            .filter_map(|route| {
                let trace = trace::trace(&self.db, self.workspace, route.key?).as_ref()?;
                posture::of(trace, self.workspace.schema(&self.db), &route.findings, &place, &text)
            })
            .collect()
    }

    /// Counts of the scan.
    pub fn counts(&self) -> Counts {
        let all = query::findings(&self.db, self.workspace);
        let not_proven = all.iter().flat_map(|it| it.findings.iter()).filter(|it| it.confidence == Confidence::NotProven).count();
        let files = self.views.with_code().len();
        Counts { routes: trace::routes(&self.db).len(), files, not_proven }
    }

    fn view_at(&self, path: &Path) -> Option<(FileId, &Arc<FileView>)> {
        self.views.at(path).or_else(|| self.system.canonicalize(path).ok().and_then(|path| self.views.at(&path)))
    }

    fn place(&self, loc: Loc) -> Option<Place> {
        let view = self.views.get(loc.file)?;
        Some(Place { file: loc.file, path: view.path.clone(), span: view.span(loc)? })
    }

    fn plan(&self, route: &RouteFindings, finding: &Finding) -> Vec<Fix> {
        let Some(trace) = route.key.and_then(|key| trace::trace(&self.db, self.workspace, key).as_ref()) else {
            return Vec::new();
        };
        let source = |file: FileId| {
            let module = self.views.get(file)?.module.clone()?;
            Some(Source { module, text: self.text(file)? })
        };
        let context = FixContext { trace, schema: self.workspace.schema(&self.db), source: &source };
        fixes(&context, finding)
    }

    fn report(&self, texts: &mut Texts<'_>, route: usize, index: usize, finding: &Finding) -> Option<Report> {
        let severity = match self.config.level(finding.rule) {
            Some(Level::Off) => return None,
            Some(Level::Hint) => Severity::Hint,
            Some(Level::Info) => Severity::Info,
            Some(Level::Warning) => Severity::Warning,
            Some(Level::Error) => Severity::Error,
            None => finding.severity,
        };
        let place = self.place(finding.loc)?;
        if !self.config.covers(place.path.strip_prefix(&self.root).unwrap_or(&place.path)) {
            return None;
        }
        let related = finding.steps.iter().filter_map(|step| Some((self.place(step.loc)?, step.message.clone()))).collect();
        let text = texts.get(finding.loc.file);
        let item = self.views.get(finding.loc.file).and_then(|view| view.item(finding.loc.item));
        let code = item.zip(text.as_ref()).and_then(|(span, text)| text.get(span.start as usize..span.end as usize));
        let fingerprint = fingerprint::fingerprint(
            finding.rule,
            place.path.strip_prefix(&self.root).unwrap_or(&place.path),
            finding.route.as_ref(),
            code.unwrap_or_default(),
        );
        Some(Report {
            rule: finding.rule,
            severity,
            confidence: finding.confidence,
            message: finding.message.clone(),
            place,
            route: finding.route.clone(),
            related,
            fixes: Vec::new(),
            fingerprint,
            unproven: finding.unproven.clone(),
            key: ReportKey { route: route as u32, index: index as u32 },
        })
    }

    /// Sorts, applies suppressions, and tells equal fingerprints apart.
    fn finish(&self, texts: &mut Texts<'_>, reports: Vec<Report>, only: Option<FileId>) -> Vec<Report> {
        let files = only.map_or_else(|| self.views.with_code(), |file| vec![file]);
        let mut kept = suppressed::apply(&self.root, &self.views, texts, reports, &files);
        kept.sort_by(|one, other| {
            (&one.place.path, one.place.span, one.rule, &one.message).cmp(&(
                &other.place.path,
                other.place.span,
                other.rule,
                &other.message,
            ))
        });
        kept.dedup_by(|one, other| one.rule == other.rule && one.place == other.place && one.route == other.route);
        let mut seen: FxHashMap<String, u32> = FxHashMap::default();
        for report in &mut kept {
            let count = seen.entry(report.fingerprint.clone()).or_default();
            if *count > 0 {
                report.fingerprint = fingerprint::repeated(&report.fingerprint, *count);
            }
            *count += 1;
        }
        kept
    }
}

/// Texts of files, read once a question.
pub(super) struct Texts<'a> {
    snapshot: &'a Snapshot,
    texts: FxHashMap<FileId, Option<Arc<str>>>,
}

impl<'a> Texts<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        Texts { snapshot, texts: FxHashMap::default() }
    }

    /// The text of a file.
    pub fn get(&mut self, file: FileId) -> Option<Arc<str>> {
        self.texts.entry(file).or_insert_with(|| self.snapshot.text(file)).clone()
    }
}
