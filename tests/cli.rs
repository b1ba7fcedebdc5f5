//! The command line as a person and a script see it.

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

#[test]
fn a_finding_is_shown_in_its_source_with_its_steps_over_files() {
    let project = Project::new(&[
        ("src/a.ts", "const id = FAKE_STEP\n\n\n\nreturn FAKE_FINDING(id)\n"),
        ("src/h.ts", "function check() {}\nconst x = FAKE_HELPER\n"),
    ]);
    let ran = project.run("check src/a.ts");
    assert_eq!(ran.code, Some(1));
    let expected = "\
error[missing-ownership]: FAKE_FINDING is reached by anyone who is signed in
 --> src/a.ts:5:8
  |
1 | const id = FAKE_STEP
  |            --------- 1. the id comes in here
...
5 | return FAKE_FINDING(id)
  |        ^^^^^^^^^^^^
  |
 ::: src/h.ts:2:11
  |
2 | const x = FAKE_HELPER
  |           ----------- 2. nothing is compared here
  |
  = route: GET /fake
  = fix: Name it REAL

1 finding (1 error) in 0 routes, 2 files read
";
    assert_eq!(ran.out, expected);
}

#[test]
fn json_is_the_contract() {
    let project = Project::new(&[("src/a.ts", "FAKE_STEP\n'\u{1F600}' FAKE_FINDING")]);
    let ran = run_in(&project.path("src"), "check .. --format json");
    let scan: Value = serde_json::from_str(&ran.out).expect("it is JSON");
    let it = &scan["findings"][0];
    assert_eq!((scan["routes"].as_u64(), scan["files"].as_u64()), (Some(0), Some(1)));
    assert_eq!(it["path"], "a.ts");
    // Columns count characters, not bytes and not UTF-16.
    let place = ["line", "column", "end_line", "end_column"].map(|key| it[key].as_u64());
    assert_eq!(place, [Some(2), Some(5), Some(2), Some(17)]);
    assert_eq!((&it["route"]["method"], &it["related"][0]["line"]), (&Value::from("GET"), &Value::from(1)));
    assert_eq!(it["fixes"][0]["title"], "Name it REAL");
}

#[test]
fn the_exit_code_follows_the_threshold_and_what_is_asked_about() {
    let project = Project::new(&[("src/a.ts", "FAKE_FINDING"), ("lib/b.ts", ""), ("lib/c.ts", "FAKE_FINDING_UNSURE")]);
    assert_eq!(project.run("check").code, Some(1));
    assert_eq!(project.run("check lib").code, Some(0));
    assert_eq!(project.run("check lib src --fail-on error").code, Some(1));
    let unsure = project.run("check lib --show-unproven");
    assert!(unsure.code == Some(0) && unsure.out.contains("not proven"), "{}", unsure.out);
    assert!(project.run("check lib").out.contains("1 more not proven (--show-unproven lists them)"));
    assert_eq!(project.run("check lib --quiet").out, "");
}

#[test]
fn bad_usage_says_the_place_and_the_way_out() {
    let project = Project::new(&[]);
    let missing = project.run("check src/nope/a.ts");
    assert_eq!(missing.code, Some(2));
    assert!(missing.err.contains("`src/nope/a.ts` does not exist") && missing.err.contains("help:"), "{}", missing.err);
    assert_eq!(project.run("check --format xml").code, Some(2));
    assert_eq!(project.run("check --config nope.toml").code, Some(2));
    project.write("routewarden.toml", "[[");
    let broken = project.run("check");
    assert_eq!(broken.code, Some(2));
    assert!(broken.err.contains("routewarden.toml:1:1"), "{}", broken.err);
    assert_eq!(project.run("explain nope").code, Some(2));
    assert!(project.run("explain missing-ownershp").err.contains("did you mean `missing-ownership`?"));
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
    let project = Project::new(&[("a.ts", "FAKE_FINDING\nFAKE_ROUTE")]);
    assert!(!project.run("check").out.contains('\u{1b}'));
    assert!(project.run("check --color always").out.contains('\u{1b}'));
    assert!(project.run("routes --color always").out.contains('\u{1b}'));
    assert!(!project.run("check --color always --format json").out.contains('\u{1b}'));
}

#[test]
fn routes_are_listed() {
    let project = Project::new(&[("src/a.ts", "\nFAKE_ROUTE")]);
    let expected = "\
METHOD  PATH       HANDLER     IDENTITY             ENFORCED  TIED BY  CLIENT  UNVALIDATED  LIMIT
GET     /fake/:id  src/a.ts:2  jsonwebtoken verify  -         -        prisma  body.title   -
";
    assert_eq!(project.run("routes").out, expected);
    let routes: Value = serde_json::from_str(&project.run("routes --format json").out).expect("it is JSON");
    let it = &routes["routes"][0];
    assert_eq!((&it["path"], &it["identity"]["line"]), (&Value::from("/fake/:id"), &Value::from(2)));
    assert_eq!(it["enforced"], Value::Null);
}

#[test]
fn fixes_are_applied_and_what_is_left_is_reported() {
    let project = Project::new(&[("src/a.ts", "\u{feff}FAKE_FINDING;\r\nFAKE_FINDING;\r\n"), ("b.ts", "FAKE_FINDING")]);
    let ran = project.run("check src --fix");
    assert_eq!((ran.code, project.read("src/a.ts").as_str()), (Some(0), "\u{feff}REAL;\r\nREAL;\r\n"));
    assert!(ran.err.contains("fixed src/a.ts:1: Name it REAL [missing-ownership]"), "{}", ran.err);
    assert_eq!(project.read("b.ts"), "FAKE_FINDING");
    let left: Vec<_> = std::fs::read_dir(project.path("src")).expect("the folder is there").flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[cfg(unix)]
#[test]
fn fixes_keep_permissions_and_never_leave_the_project() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (project, other) = (Project::new(&[("a.ts", "FAKE_FINDING")]), Project::new(&[("x.ts", "FAKE_FINDING")]));
    std::fs::set_permissions(project.path("a.ts"), std::fs::Permissions::from_mode(0o750)).expect("the mode can be set");
    symlink(other.path("x.ts"), project.path("link.ts")).expect("a link can be made");
    let ran = project.run("check --fix");
    assert_eq!(other.read("x.ts"), "FAKE_FINDING");
    assert_eq!(ran.code, Some(2), "{}", ran.err);
    std::fs::remove_file(project.path("link.ts")).expect("the link is there");
    assert_eq!(project.run("check --fix").code, Some(0));
    assert_eq!(project.read("a.ts"), "REAL");
    let mode = std::fs::metadata(project.path("a.ts")).expect("the file is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o750);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let many = "FAKE_FINDING\n".repeat(2000);
    let project = Project::new(&[("a.ts", &many)]);
    let program = env!("CARGO_BIN_EXE_routewarden");
    let line = format!("{program} check | head -n 1; exit ${{PIPESTATUS[0]}}");
    let ran = Command::new("bash").args(["-c", &line]).current_dir(project.path("")).output().expect("bash is there");
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    assert_eq!(ran.status.code(), Some(1));
}
