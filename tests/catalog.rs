//! Every `[[test]]` of the catalogue's files runs: its source is a project of one file, and what it says is found is found there.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use routewarden::catalog::{CatalogFile, TestEntry};
use routewarden::check::{Options, Session};
use routewarden::findings::Confidence;
use routewarden::project::Memory;
use routewarden::text::LineIndex;

/// The tables that the sources speak of.
const TABLES: &str = "CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users(id), title text, body text NOT NULL);
";

/// The model that they write whole objects to.
const MODELS: &str = r#"datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}
model Account {
  id   String  @id
  name String?
  role String  @default("user")
}
"#;

fn main() -> ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/libraries");
    let mut paths: Vec<_> = fs::read_dir(folder).expect("the catalogue is there").flatten().map(|it| it.path()).collect();
    paths.sort();
    let mut trials = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a file of the catalogue can be read");
        let file: CatalogFile = toml::from_str(&text).expect("a file of the catalogue is well formed");
        let package = file.packages.first().cloned().unwrap_or_default();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (index, test) in file.tests.into_iter().enumerate() {
            let package = package.clone();
            trials.push(Trial::test(format!("{name}/{}", index + 1), move || run(&package, &test)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(package: &str, test: &TestEntry) -> Result<(), Failed> {
    let path = test.path.as_deref().unwrap_or("src/app.ts");
    let version = test.version.as_deref().unwrap_or("*");
    let manifest = format!(r#"{{ "name": "app", "dependencies": {{ "{package}": "{version}" }} }}"#);
    let files =
        [("package.json", manifest.as_str()), ("schema.sql", TABLES), ("schema.prisma", MODELS), (path, test.source.as_str())];
    let system = Memory::new(files.map(|(path, text)| (format!("/app/{path}"), text.to_owned())));
    let session = Session::open(Arc::new(system), Path::new("/app"), Options::default());
    let snapshot = session.snapshot();
    if snapshot.routes().is_empty() {
        return Err("it has no route".into());
    }
    let lines = LineIndex::new(&test.source);
    let found: BTreeSet<(u32, String)> = snapshot
        .findings()
        .into_iter()
        .filter(|it| it.confidence != Confidence::NotProven && test.rules.iter().any(|rule| rule == it.rule))
        .map(|it| (lines.line_col(&test.source, it.place.span.start as usize).line, it.rule.to_owned()))
        .collect();
    let marked = (1..).zip(test.source.lines()).filter_map(|(number, line)| Some((number, line.split_once("// finds: ")?.1)));
    let expected: BTreeSet<(u32, String)> = marked.map(|(number, rule)| (number, rule.trim().to_owned())).collect();
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {expected:?}, found {found:?}").into())
}
