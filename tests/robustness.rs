//! Whatever a file holds, reading it ends, and ends soon.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use routewarden::check::{DocumentEdit, Options, STACK, Session};
use routewarden::project::Memory;

/// In debug, on a slow machine, with all tests at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a project, edits its route file once, and asks everything; fails if that does not end in time.
fn ends(name: &'static str, files: Vec<(&'static str, Vec<u8>)>) {
    let (done, wait) = mpsc::channel();
    let start = Instant::now();
    let work = move || {
        ask(files);
        let _ = done.send(());
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread can be started");
    match wait.recv_timeout(PATIENCE) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{name}: still running after {PATIENCE:?}"),
        _ => assert!(thread.join().is_ok(), "{name} panicked"),
    }
    println!("{name}: {:?}", start.elapsed());
}

fn ask(mut files: Vec<(&'static str, Vec<u8>)>) {
    files.push(("/app/package.json", br#"{"dependencies":{"express":"5","next":"15"}}"#.to_vec()));
    let (path, bytes) = (Path::new(files[0].0), files[0].1.clone());
    let mut session = Session::open(Arc::new(Memory::new(files)), Path::new("/app"), Options::default());
    look(&session);
    session.open_document(path, String::from_utf8_lossy(&bytes).into_owned(), 0);
    let edit = DocumentEdit { range: Some(((0, 0), (0, 0))), text: "let z;".to_owned() };
    session.change_document(path, &[edit], 1);
    look(&session);
    session.close_document(path);
}

fn look(session: &Session) {
    let snapshot = session.snapshot();
    for report in snapshot.findings() {
        snapshot.fixes(report.key);
    }
    snapshot.routes();
    snapshot.counts();
}

/// A route whose handler holds `code`.
fn route(code: &str) -> Vec<u8> {
    format!(
        "import express from 'express';\nconst app = express();\napp.get('/a/:id', async (req, res) => {{\n{code}\nres.json(req.params.id);\n}});\n"
    )
    .into_bytes()
}

fn one(name: &'static str, code: &str) {
    ends(name, vec![("/app/src/a.ts", route(code))]);
}

#[test]
fn arbitrary_bytes_are_no_panic() {
    let pieces = prop::sample::select(vec![
        "app.get('/x/:id', ",
        "async ",
        "(req, res) => ",
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "`",
        "${",
        "'",
        "\"",
        "/*",
        "*/",
        "//",
        "\n",
        "class A extends ",
        "function f",
        "if ",
        "else ",
        "for (const x of ",
        "switch (x) { case ",
        "await ",
        "prisma.todo.findMany(",
        "req.body",
        "...",
        "?.",
        "=",
        "=>",
        ";",
        ",",
        ":",
        "<",
        ">",
        "import ",
        "export default ",
        "from 'express'",
        "return ",
        "try ",
        "catch ",
        "finally ",
        "new ",
        "this.",
        "é",
        "\u{0}",
        "\u{feff}",
        "@",
        "#",
        "0x",
        "1e",
        "/[",
        "yield* ",
        "enum E ",
        "namespace N ",
        "declare ",
        "as const",
        "satisfies ",
        "!",
    ]);
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400),
        prop::collection::vec(pieces, 0..120).prop_map(|it| it.concat().into_bytes()),
    ];
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(40);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let work = move || {
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        runner
            .run(&(bytes, any::<bool>()), |(bytes, bare)| {
                let start = Instant::now();
                let text = if bare { bytes } else { route(&String::from_utf8_lossy(&bytes)) };
                ask(vec![("/app/app/api/x/route.ts", text)]);
                prop_assert!(start.elapsed() < Duration::from_secs(10));
                Ok(())
            })
            .map_err(|error| error.to_string())
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread can be started");
    assert_eq!(thread.join().map_err(|_| "it panicked"), Ok(Ok(())));
}

#[test]
fn deep_nesting_ends() {
    const DEEP: usize = 10_000;
    let nested = |open: &str, close: &str| format!("const x = {}req.params.id{};", open.repeat(DEEP), close.repeat(DEEP));
    one("parentheses", &nested("(", ")"));
    one("arrays", &nested("[", "]"));
    one("calls", &nested("f(", ")"));
    one("objects", &nested("{a:", "}"));
    one("arrows", &nested("() => ", ""));
    one("templates", &nested("`${", "}`"));
    one("not", &nested("!", ""));
    one("ternaries", &nested("req.a ? 1 : ", ""));
    one("blocks", &format!("{}{}", "{".repeat(DEEP), "}".repeat(DEEP)));
    one("ifs", &format!("{}{}", "if (req.a) {".repeat(DEEP), "}".repeat(DEEP)));
    one("functions", &format!("{}{}", "function f() {".repeat(DEEP), "}".repeat(DEEP)));
    one("classes", &format!("{}{}", "(class { m() {".repeat(3_000), "} });".repeat(3_000)));
    one("types", &format!("let x: {}string{};", "A<".repeat(DEEP), ">".repeat(DEEP)));
    one("only opened", &"({[".repeat(DEEP));
    one("jsx", &"<a>".repeat(DEEP));
}

#[test]
fn long_chains_end() {
    one("members", &format!("const x = req{};", ".a".repeat(10_000)));
    one("calls of members", &format!("const x = req{};", ".a()".repeat(10_000)));
    one("else if", &format!("{} {{}}", "if (req.query.a) { x(); } else ".repeat(5_000)));
    one("sums", &format!("const x = 1{};", " + req.query.a".repeat(20_000)));
    one("and", &format!("const x = 1{};", " && req.query.a".repeat(20_000)));
    one("cases", &format!("switch (req.query.a) {{ {} }}", "case 'x': f(); break;\n".repeat(5_000)));
    one("separate ifs", &"if (req.query.a) { f(); }\n".repeat(5_000));
    one("early returns", &"if (req.query.a) return res.end();\n".repeat(5_000));
    one("awaits in a row", &"await prisma.todo.findUnique({ where: { id: req.params.id } });\n".repeat(1_000));
    one("nested loops", &format!("{} f(); {}", "for (const a of req.body) {".repeat(40), "}".repeat(40)));
    one("nested tries", &format!("{} f(); {}", "try {".repeat(40), "} catch { g(); } finally { h(); }".repeat(40)));
}

#[test]
fn huge_lines_end() {
    one("a long string", &format!("const x = '{}';", "a".repeat(1_000_000)));
    one("a long array", &format!("const x = [{}];", "1,".repeat(100_000)));
    one("a long object", &format!("const x = {{ {} }};", (0..20_000).map(|it| format!("a{it}: {it},")).collect::<String>()));
    one("many statements in a line", &"f(req.query.a);".repeat(10_000));
    one("a long template", &format!("const x = `{}`;", "${req.query.a}".repeat(10_000)));
    let routes: String = (0..1_000).map(|it| format!("app.get('/r{it}', (req, res) => res.json(1));")).collect();
    ends(
        "many routes in a line",
        vec![("/app/src/a.ts", format!("import express from 'express'; const app = express(); {routes}").into_bytes())],
    );
}

#[test]
fn circles_end() {
    one(
        "functions that call each other",
        "function f(a) { return g(a); } function g(a) { return f([a]) + g({ a }); } f(req.body);",
    );
    one("a function that calls itself twice", "const f = (a) => f({ l: f(a), r: f([a, a]) }); f(req.body);");
    one("a function that gets itself", "const f = (g) => g(g)(g); f(f);");
    one(
        "classes that extend each other",
        "class A extends B { m() { return super.m(); } } class B extends A { m() { return new A().m(); } } new A().m();",
    );
    one("a class that extends itself", "class A extends A { x = new A(); } new A().x.x.y;");
    one("a const of itself", "const a = a; const b = { b, ...b }; const [c = c] = c; f(a, b, c);");
    one(
        "an object in itself",
        "const o = { id: req.params.id }; o.o = o; o.p = { o }; for (const k in o) { o.o.p = { ...o, o }; } res.json(o);",
    );
    one("a loop that grows", "let a = []; while (true) { a = [a, a, ...a]; a.push(a); } res.json(a);");
    let file = |other: &str| {
        format!(
            "import express from 'express';\nimport {{ f as other, v as w }} from './{other}';\nexport const v = w;\nexport * from './{other}';\n\
             export function f(a) {{ return other(other(a)); }}\nconst top = f(v);\nexport const app = express();\napp.get('/{other}', (req, res) => res.json(f(req.query)));\napp.use(f(app));\n"
        )
        .into_bytes()
    };
    ends(
        "modules that import each other",
        vec![("/app/src/a.ts", file("b")), ("/app/src/b.ts", file("c")), ("/app/src/c.ts", file("a"))],
    );
    let router = |other: &str| {
        format!("import {{ Router }} from 'express';\nimport {{ r as other }} from './{other}';\nexport const r = Router();\nr.use('/x', other);\nr.use(r);\nr.get('/y', (req, res) => res.end());\n")
            .into_bytes()
    };
    ends("routers that mount each other", vec![("/app/src/a.ts", router("b")), ("/app/src/b.ts", router("a"))]);
}
