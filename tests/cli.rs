//! The command line as a person and a script see it.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

struct Project {
    folder: TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Project { folder: tempfile::tempdir().expect("a temporary folder") };
        project.write("package.json", "{}");
        files.iter().for_each(|(path, text)| project.write(path, text));
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).expect("the file is there")
    }

    fn run(&self, line: &str) -> Ran {
        run_in(self.folder.path(), line)
    }
}

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run_in(folder: &Path, line: &str) -> Ran {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_routewarden"))
        .args(line.split_whitespace())
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8");
    Ran { code: status.code(), out: text(stdout), err: text(stderr) }
}

const PACKAGE: &str = r#"{"dependencies":{"express":"5","@prisma/client":"6","jsonwebtoken":"9"}}"#;

const SCHEMA: &str = "\
model User {
  id String @id
  todos Todo[]
}
model Todo {
  id     String @id
  title  String
  userId String
  user   User @relation(fields: [userId], references: [id])
}
";

const HEAD: &str = "\
import express from 'express';
import jwt from 'jsonwebtoken';
import { PrismaClient } from '@prisma/client';

const prisma = new PrismaClient();
const app = express();
app.use((req: any, res, next) => {
  const token = jwt.verify(req.headers.authorization ?? '', process.env.JWT_SECRET!) as any;
  req.userId = token.sub;
  next();
});
";

/// Reads any todo of anybody.
const FREE: &str = "\
app.get('/todos/:id', async (req: any, res) => {
  const todo = await prisma.todo.findFirst({ where: { id: req.params.id } });
  res.json({ title: todo?.title });
});
";

/// Reads one's own.
const OWN: &str = "\
app.get('/own/:id', async (req: any, res) => {
  const todo = await prisma.todo.findFirst({ where: { id: req.params.id, userId: req.userId } });
  res.json({ title: todo?.title });
});
";

fn app(routes: &[&str]) -> Project {
    let project = Project::new(&[("prisma/schema.prisma", SCHEMA), ("src/app.ts", &format!("{HEAD}{}", routes.concat()))]);
    project.write("package.json", PACKAGE);
    project
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn rules(ran: &Ran) -> Vec<String> {
    let scan = json(&ran.out);
    let all = scan["findings"].as_array().expect("findings").iter();
    all.map(|it| it["rule"].as_str().unwrap_or_default().to_owned()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn a_finding_is_shown_in_its_source() {
    let ran = app(&[FREE]).run("check");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    for part in
        ["error[missing-ownership]: ", " --> src/app.ts:13:", "prisma.todo.findFirst", "= route: GET /todos/:id", "1 error"]
    {
        assert!(ran.out.contains(part), "{part}\n{}", ran.out);
    }
}

#[test]
fn json_is_the_contract() {
    let project = app(&[FREE]);
    let ran = run_in(&project.path("src"), "check .. --format json");
    let scan = json(&ran.out);
    let mut top = keys(&scan);
    top.retain(|key| *key != "not_proven");
    assert_eq!(top, ["files", "findings", "routes", "version"]);
    assert_eq!((scan["routes"].as_u64(), scan["files"].as_u64()), (Some(1), Some(1)));
    assert_eq!(scan["version"], env!("CARGO_PKG_VERSION"));
    let it = &scan["findings"][0];
    let all = [
        "column",
        "confidence",
        "end_column",
        "end_line",
        "fingerprint",
        "fixes",
        "line",
        "message",
        "path",
        "related",
        "route",
        "rule",
        "severity",
    ];
    assert_eq!(keys(it), all);
    assert_eq!((it["rule"].as_str(), it["severity"].as_str()), (Some("missing-ownership"), Some("error")));
    assert!(["medium", "high"].contains(&it["confidence"].as_str().unwrap_or_default()));
    assert_eq!(it["path"], "app.ts");
    assert_eq!((it["line"].as_u64(), it["column"].as_u64(), it["end_line"].as_u64()), (Some(13), Some(22), Some(13)));
    assert_eq!((it["route"]["method"].as_str(), it["route"]["path"].as_str()), (Some("GET"), Some("/todos/:id")));
    assert_eq!(keys(&it["related"][0]), ["line", "message", "path"]);
    assert_eq!(keys(&it["fixes"][0]), ["title"]);
    assert_eq!(it["fingerprint"].as_str().map(str::len), Some(16));
}

#[test]
fn columns_count_characters() {
    let line = "/* \u{1F600}\u{e9} */ const todo = await prisma.todo.findFirst({ where: { id: req.params.id } }); res.json({ t: todo?.title });";
    let project = app(&[&format!("app.get('/x/:id', async (req: any, res) => {{\n{line}\n}});\n")]);
    let scan = json(&project.run("check --format json").out);
    let at = line.chars().take_while(|it| *it != 'p').count() as u64 + 1;
    assert_eq!(scan["findings"][0]["column"].as_u64(), Some(at), "{scan:#}");
}

#[test]
fn the_exit_code_follows_the_threshold_and_what_is_asked_about() {
    let project = app(&[FREE]);
    project.write("lib/b.ts", "export const b = 1;\n");
    assert_eq!(project.run("check").code, Some(1));
    assert_eq!(project.run("check lib").code, Some(0));
    assert_eq!(project.run("check lib src --fail-on error").code, Some(1));
    assert_eq!(project.run("check lib --quiet").out, "");
    let clean = app(&[OWN]).run("check");
    assert_eq!(clean.code, Some(0), "{}", clean.out);
}

#[test]
fn bad_usage_says_the_place_and_the_way_out() {
    let project = Project::new(&[]);
    let missing = project.run("check src/nope/a.ts");
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("`src/nope/a.ts` does not exist") && missing.err.contains("help:"), "{}", missing.err);
    assert_eq!(project.run("check --format xml").code, Some(2));
    assert_eq!(project.run("check --config nope.toml").code, Some(2));
    assert_eq!(project.run("explain nope").code, Some(2));
    assert!(project.run("explain missing-ownershp").err.contains("did you mean `missing-ownership`?"));
}

#[test]
fn a_broken_configuration_is_named_with_its_line() {
    let broken = [
        ("[[", "routewarden.toml:1:", ""),
        ("\n[rules]\nmissing-ownershp = \"off\"\n", "routewarden.toml:3:1", "did you mean `missing-ownership`?"),
        ("[rules]\nmissing-ownership = \"of\"\n", "routewarden.toml:2:", "did you mean `off`?"),
        ("\nrulez = 1\n", "routewarden.toml:2:1", "did you mean `rules`?"),
    ];
    for (text, place, help) in broken {
        let project = app(&[FREE]);
        project.write("routewarden.toml", text);
        let ran = project.run("check");
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{text}");
        assert!(ran.err.contains(place) && ran.err.contains(help), "{text}: {}", ran.err);
    }
}

#[test]
fn what_cannot_be_read_is_noted_and_the_rest_is_checked() {
    let project = app(&[FREE]);
    project.write("src/big.ts", &format!("import express from 'express';\n{}", "// x\n".repeat(10 << 20)));
    std::fs::create_dir(project.path("src/folder.ts")).expect("a folder can be made");
    std::fs::write(project.path("src/bytes.ts"), b"import express from 'express'; const a = '\xff\xfe';")
        .expect("a file can be written");
    let ran = project.run("check --format json");
    assert_eq!((ran.code, rules(&ran)), (Some(1), vec!["missing-ownership".to_owned()]), "{}", ran.err);
    assert!(ran.err.contains("note: src/big.ts: ") && ran.err.contains("note: src/bytes.ts: "), "{}", ran.err);
}

#[cfg(unix)]
#[test]
fn closed_files_and_links_in_circles_do_not_stop_it() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let project = app(&[FREE]);
    symlink("..", project.path("src/up")).expect("a link can be made");
    symlink("round.ts", project.path("src/round.ts")).expect("a link can be made");
    symlink("gone.ts", project.path("src/dangling.ts")).expect("a link can be made");
    project.write("src/shut.ts", "import express from 'express';\n");
    std::fs::set_permissions(project.path("src/shut.ts"), std::fs::Permissions::from_mode(0o000)).expect("the mode can be set");
    let ran = project.run("check --format json");
    assert_eq!(rules(&ran), ["missing-ownership"], "{}", ran.err);
    // Root reads it all the same.
    if std::fs::File::open(project.path("src/shut.ts")).is_err() {
        assert!(ran.err.contains("note: src/shut.ts: "), "{}", ran.err);
    }
}

#[test]
fn help_version_pages_and_completions_are_printed() {
    let project = Project::new(&[]);
    assert_eq!(project.run("--version").out, format!("routewarden {}\n", env!("CARGO_PKG_VERSION")));
    assert!(project.run("--help").out.contains("Exit codes"));
    assert!(project.run("explain missing-ownership").out.contains("## What it means"));
    assert!(project.run("explain --list").out.lines().any(|it| it == "missing-ownership"));
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(project.run(&format!("completions {shell}")).out.contains("routewarden"));
    }
}

#[test]
fn colours_are_for_terminals_and_can_be_asked_for() {
    let project = app(&[FREE]);
    assert!(!project.run("check").out.contains('\u{1b}'));
    assert!(project.run("check --color always").out.contains('\u{1b}'));
    assert!(project.run("routes --color always").out.contains('\u{1b}'));
    assert!(!project.run("check --color always --format json").out.contains('\u{1b}'));
}

#[test]
fn routes_are_listed() {
    let project = app(&[FREE, OWN]);
    let table = project.run("routes");
    assert_eq!(table.code, Some(0));
    assert!(
        table.out.starts_with("METHOD  PATH") && table.out.contains("/own/:id") && table.out.contains("src/app.ts:12"),
        "{}",
        table.out
    );
    let routes = json(&project.run("routes --format json").out);
    let paths: Vec<&str> = routes["routes"].as_array().expect("routes").iter().filter_map(|it| it["path"].as_str()).collect();
    assert_eq!(paths, ["/todos/:id", "/own/:id"]);
}

#[test]
fn a_fix_changes_what_it_says_and_nothing_else() {
    let project = app(&[FREE, OWN]);
    let before = format!("\u{feff}{}", project.read("src/app.ts").replace('\n', "\r\n"));
    project.write("src/app.ts", &before);
    let ran = project.run("check --fix");
    let after = project.read("src/app.ts");
    assert_eq!(
        after,
        before.replacen("{ where: { id: req.params.id } }", "{ where: { id: req.params.id, userId: req.userId } }", 1),
        "{}",
        ran.err
    );
    assert!(ran.code == Some(0) && ran.err.contains("fixed src/app.ts:13: "), "{:?} {}", ran.code, ran.err);
    let again = project.run("check --fix");
    assert!(again.code == Some(0) && !again.err.contains("fixed") && project.read("src/app.ts") == after, "{}", again.err);
    let left = std::fs::read_dir(project.path("src")).expect("the folder is there").count();
    assert_eq!(left, 1);
}

#[cfg(unix)]
#[test]
fn fixes_keep_permissions_and_never_leave_the_project() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (project, other) = (app(&[FREE]), app(&[FREE]));
    std::fs::set_permissions(project.path("src/app.ts"), std::fs::Permissions::from_mode(0o750)).expect("the mode can be set");
    symlink(other.path("src/app.ts"), project.path("src/link.ts")).expect("a link can be made");
    project.run("check --fix");
    assert_eq!(other.read("src/app.ts"), format!("{HEAD}{FREE}"));
    std::fs::remove_file(project.path("src/link.ts")).expect("the link is there");
    assert_eq!(project.run("check --fix").code, Some(0));
    let mode = std::fs::metadata(project.path("src/app.ts")).expect("the file is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
}

#[test]
fn a_suppression_hides_its_finding_and_an_idle_one_is_reported() {
    let with = |comment: &str, route: &str| app(&[&route.replacen("  const todo", &format!("  {comment}\n  const todo"), 1)]);
    let comment = "// routewarden-ignore missing-ownership: todos are public here";
    let hidden = with(comment, FREE).run("check --format json");
    assert_eq!((hidden.code, rules(&hidden)), (Some(0), Vec::new()), "{}", hidden.out);
    assert_eq!(rules(&with(comment, OWN).run("check --format json")), ["unused-suppression"]);
    let other = with("// routewarden-ignore data-exposure: not this one", FREE).run("check --format json");
    assert_eq!(rules(&other), ["unused-suppression", "missing-ownership"]);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let many: String = (0..300).map(|it| FREE.replace("/todos", &format!("/todos{it}"))).collect();
    let project = app(&[&many]);
    let program = env!("CARGO_BIN_EXE_routewarden");
    for command in ["check", "check --format json", "routes"] {
        let line = format!("{program} {command} | head -n 1 >/dev/null; exit ${{PIPESTATUS[0]}}");
        let ran = Command::new("bash").args(["-c", &line]).current_dir(project.path("")).output().expect("bash is there");
        assert!(!String::from_utf8_lossy(&ran.stderr).contains("panicked"), "{command}");
        assert!(matches!(ran.status.code(), Some(0 | 1)), "{command}: {:?}", ran.status);
    }
}
