//! A stand-in for the analysis: it reports the literal text `FAKE_FINDING`, so that the ways out can be written and tested.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::{FileId, Span};
use crate::findings::{Confidence, RouteName, Severity};
use crate::fixes::{Applicability, Fix, TextEdit};
use crate::text::{self, LineIndex};

use super::{Counts, Evidence, Note, Place, Posture, Report, ReportKey};

/// How much stack a thread that analyses gets, in bytes.
pub const STACK: usize = 64 << 20;

/// Access to files.
pub trait System: fmt::Debug + Send + Sync {
    /// The bytes of a regular file, if there are at most `most` of them.
    fn read(&self, path: &Path, most: u64) -> std::io::Result<Vec<u8>>;
    /// The absolute path without links and dots.
    fn canonicalize(&self, path: &Path) -> std::io::Result<PathBuf>;
    /// Whether something stands at the path.
    fn exists(&self, path: &Path) -> bool;
    /// Whether it is a folder.
    fn is_dir(&self, path: &Path) -> bool;
    /// Whether it is a file.
    fn is_file(&self, path: &Path) -> bool;
}

/// The real file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl System for Disk {
    fn read(&self, path: &Path, _most: u64) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }
    fn canonicalize(&self, path: &Path) -> std::io::Result<PathBuf> {
        path.canonicalize()
    }
    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }
}

/// What a session is opened with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What an editor's columns count.
    pub encoding: text::Encoding,
    /// The configuration file, where it is not the one at the root.
    pub config_path: Option<PathBuf>,
}

/// A configuration that cannot be used, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// 1-based; 0 where the file as a whole is meant.
    pub line: u32,
    /// 1-based.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path.display(), self.line, self.column, self.message)
    }
}

impl std::error::Error for ConfigError {}

/// An edit of an open document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentEdit {
    /// Zero-based (line, character) of start and end; `None` for the whole text.
    pub range: Option<((u32, u32), (u32, u32))>,
    /// The new text.
    pub text: String,
}

#[derive(Clone, Debug)]
struct FakeFile {
    id: FileId,
    text: Arc<str>,
    version: Option<i32>,
}

/// The state of a project.
#[derive(Debug)]
pub struct Session {
    encoding: text::Encoding,
    revision: u64,
    files: BTreeMap<PathBuf, FakeFile>,
    next: u32,
}

impl Session {
    /// Walks and loads a project.
    pub fn open(system: Arc<dyn System>, root: &Path, options: Options) -> Result<Session, ConfigError> {
        let config = options.config_path.clone().unwrap_or_else(|| root.join("routewarden.toml"));
        if let Ok(bytes) = system.read(&config, u64::MAX)
            && let Err(error) = toml::from_str::<toml::Table>(&String::from_utf8_lossy(&bytes))
        {
            let message = error.message().to_owned();
            return Err(ConfigError { path: config, line: 1, column: 1, message, help: None });
        }
        let mut session = Session { encoding: options.encoding, revision: 0, files: BTreeMap::new(), next: 0 };
        for entry in ignore::WalkBuilder::new(root).require_git(false).build().flatten() {
            session.load(entry.path());
        }
        Ok(session)
    }

    fn load(&mut self, path: &Path) {
        let known = path.extension().is_some_and(|it| it == "ts" || it == "js");
        if known && let Ok(text) = std::fs::read_to_string(path) {
            self.put(path, text.into(), None);
        }
    }

    fn put(&mut self, path: &Path, text: Arc<str>, version: Option<i32>) {
        let id = self.files.get(path).map_or(FileId(self.next), |it| it.id);
        self.next = self.next.max(id.0 + 1);
        self.files.insert(path.to_owned(), FakeFile { id, text, version });
    }

    /// A document was opened.
    pub fn open_document(&mut self, path: &Path, text: String, version: i32) {
        self.revision += 1;
        self.put(path, text.into(), Some(version));
    }

    /// Edits in order, each against the text after the one before.
    pub fn change_document(&mut self, path: &Path, edits: &[DocumentEdit], version: i32) {
        self.revision += 1;
        let Some(file) = self.files.get(path) else { return };
        let mut buffer = text::Buffer::new(&file.text, version, self.encoding);
        let at = |(line, character)| text::Position::new(line, character);
        let changes: Vec<_> = edits
            .iter()
            .map(|it| text::Change { range: it.range.map(|(start, end)| (at(start), at(end))), text: it.text.clone() })
            .collect();
        buffer.apply(&changes, version);
        self.put(path, buffer.text(), Some(version));
    }

    /// A document was closed: the disk counts again.
    pub fn close_document(&mut self, path: &Path) {
        self.files_changed(&[path.to_owned()]);
    }

    /// Files were created, changed or deleted on disk.
    pub fn files_changed(&mut self, paths: &[PathBuf]) {
        self.revision += 1;
        for path in paths {
            self.files.remove(path);
            self.load(path);
        }
    }

    /// A view of this revision.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { revision: self.revision, files: Arc::new(self.files.clone()) }
    }

    /// What is wrong with the configuration.
    pub fn config_error(&self) -> Option<&ConfigError> {
        None
    }
}

/// An immutable view of one revision.
#[derive(Clone, Debug)]
pub struct Snapshot {
    revision: u64,
    files: Arc<BTreeMap<PathBuf, FakeFile>>,
}

impl Snapshot {
    /// The revision.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The version of an open document.
    pub fn version(&self, path: &Path) -> Option<i32> {
        self.files.get(path)?.version
    }

    /// Findings of that file, sorted.
    pub fn findings_in(&self, path: &Path) -> Vec<Report> {
        let Some(file) = self.files.get(path) else { return Vec::new() };
        let place = |start: usize, len: usize, file: &FakeFile, path: &Path| Place {
            file: file.id,
            path: path.into(),
            span: Span::new(start as u32, (start + len) as u32),
        };
        let helper = self.files.iter().find_map(|(path, it)| Some(place(it.text.find("FAKE_HELPER")?, 11, it, path)));
        let mut found: Vec<(usize, &str)> = file.text.match_indices("FAKE_FINDING").collect();
        if helper.is_some() {
            found.extend(file.text.match_indices("FAKE_CALL"));
        }
        found.sort_unstable();
        let report = |(index, (at, word)): (usize, (usize, &str))| Report {
            rule: "missing-ownership",
            severity: Severity::Error,
            confidence: if file.text[at..].starts_with("FAKE_FINDING_UNSURE") { Confidence::NotProven } else { Confidence::High },
            message: format!("{word} is reached by anyone who is signed in"),
            place: place(at, word.len(), file, path),
            route: Some(RouteName { method: "GET".into(), path: "/fake".into() }),
            related: file.text[..at]
                .rfind("FAKE_STEP")
                .map(|step| (place(step, 9, file, path), "the id comes in here".to_owned()))
                .into_iter()
                .chain(helper.clone().map(|it| (it, "nothing is compared here".to_owned())))
                .collect(),
            fixes: vec![("Name it REAL".to_owned(), Applicability::Safe)],
            fingerprint: format!("{:016x}", xxhash_rust::xxh3::xxh3_64(format!("{index}").as_bytes())),
            unproven: Vec::new(),
            key: ReportKey { route: file.id.0, index: at as u32 },
        };
        found.into_iter().enumerate().map(report).collect()
    }

    /// All findings.
    pub fn findings(&self) -> Vec<Report> {
        self.files.keys().flat_map(|path| self.findings_in(path)).collect()
    }

    /// All routes.
    pub fn routes(&self) -> Vec<Posture> {
        let mut routes = Vec::new();
        for (path, file) in self.files.iter() {
            for (at, word) in file.text.match_indices("FAKE_ROUTE") {
                let span = Span::new(at as u32, (at + word.len()) as u32);
                let place = Place { file: file.id, path: path.as_path().into(), span };
                routes.push(Posture {
                    route: RouteName { method: "GET".into(), path: "/fake/:id".into() },
                    handler: place.clone(),
                    framework: "fake",
                    identity: Some(Evidence { what: "jsonwebtoken verify".into(), place: Some(place.clone()) }),
                    place,
                    enforced: None,
                    ties: Vec::new(),
                    clients: vec!["prisma".into()],
                    unvalidated: vec!["body.title".into()],
                    limit: None,
                    findings: vec![("missing-ownership", Confidence::High)],
                });
            }
        }
        routes
    }

    /// The fixes of a finding.
    pub fn fixes(&self, key: ReportKey) -> Vec<Fix> {
        let text = self.text(FileId(key.route)).unwrap_or_default();
        let rest = text.get(key.index as usize..).unwrap_or("");
        let word = rest.find(|it: char| !it.is_alphabetic() && it != '_').unwrap_or(rest.len()) as u32;
        let span = Span::new(key.index, key.index + word);
        let edits = vec![TextEdit { file: FileId(key.route), span, text: "REAL".into() }];
        vec![Fix { title: "Name it REAL".into(), applicability: Applicability::Safe, edits }]
    }

    fn of(&self, file: FileId) -> Option<(&PathBuf, &FakeFile)> {
        self.files.iter().find(|(_, it)| it.id == file)
    }

    /// The current text.
    pub fn text(&self, file: FileId) -> Option<Arc<str>> {
        self.of(file).map(|(_, it)| it.text.clone())
    }

    /// The absolute path.
    pub fn path(&self, file: FileId) -> Option<Arc<Path>> {
        self.of(file).map(|(path, _)| path.as_path().into())
    }

    /// The lines.
    pub fn lines(&self, file: FileId) -> Option<Arc<LineIndex>> {
        self.of(file).map(|(_, it)| Arc::new(LineIndex::new(&it.text)))
    }

    /// Counts of the scan.
    pub fn counts(&self) -> Counts {
        let findings = self.findings();
        let not_proven = findings.iter().filter(|it| it.confidence == Confidence::NotProven).count();
        Counts { routes: self.routes().len(), files: self.files.len(), not_proven }
    }

    /// What was passed over.
    pub fn notes(&self) -> Vec<Note> {
        Vec::new()
    }
}
