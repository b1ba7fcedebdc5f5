//! A small editor.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// What a file with routes begins with: one line that makes an app in which everybody is signed in.
const APP: &str = r#"import express from "express"; import { prisma } from "./db"; import { requireAuth } from "./auth"; const app = express(); app.use(requireAuth);"#;

/// The query of [`open_route`], which is where its finding stands.
pub const OPEN_QUERY: &str = "prisma.todo.findUnique({ where: { id: req.params.id } })";

/// The text of a helper that [`call`] needs; with it, the call is a flaw.
pub const HELPER: &str = "export const where = (req) => ({ id: req.params.id });";

/// A file of routes: each of `lines` is one after the line that makes the app.
pub fn app(lines: &[&str]) -> String {
    format!("{APP}\n{}\n", lines.join("\n"))
}

/// A route with one finding, in one line.
pub fn open_route(path: &str) -> String {
    format!("app.get(\"{path}\", async (req, res) => res.json(await {OPEN_QUERY}));")
}

/// What makes [`open_route`] good, at [`owner_at`].
pub const OWNER: &str = "userId: req.userId, ";

/// The column in [`open_route`] at which [`OWNER`] belongs.
pub fn owner_at(path: &str) -> u32 {
    column(&open_route(path), "id: req.params.id")
}

/// The column of the query in [`open_route`].
pub fn query_at(path: &str) -> u32 {
    column(&open_route(path), OPEN_QUERY)
}

/// Where `part` begins in a line of ASCII.
pub fn column(line: &str, part: &str) -> u32 {
    line.find(part).expect("the part is there") as u32
}

/// A route without a finding.
pub const GOOD_ROUTE: &str =
    "app.get(\"/mine\", async (req, res) => res.json(await prisma.todo.findMany({ where: { userId: req.userId }, take: 10 })));";

/// A file of routes with one that is a flaw only as `helper.ts`, imported as `specifier`, says.
pub fn call(specifier: &str) -> String {
    let import = format!("import {{ where }} from \"{specifier}\";");
    let route = "app.get(\"/called/:id\", async (req, res) => res.json(await prisma.todo.findFirst({ where: where(req) })));";
    app(&[&import, route])
}

const SURROUNDINGS: &[(&str, &str)] = &[
    ("package.json", r#"{ "dependencies": { "express": "^5.1.0", "@prisma/client": "^6.0.0", "jsonwebtoken": "^9.0.0" } }"#),
    (
        "prisma/schema.prisma",
        "model User {\n  id    String @id\n  todos Todo[]\n}\n\nmodel Todo {\n  id     String @id\n  title  String\n  userId String\n  user   User   @relation(fields: [userId], references: [id])\n}\n",
    ),
    ("db.ts", "import { PrismaClient } from \"@prisma/client\";\nexport const prisma = new PrismaClient();\n"),
    (
        "auth.ts",
        r#"import jwt from "jsonwebtoken";

export function requireAuth(req, res, next) {
  const token = req.headers.authorization;
  if (!token) return res.status(401).end();
  try {
    req.userId = jwt.verify(token, process.env.JWT_SECRET!).userId;
  } catch {
    return res.status(401).end();
  }
  next();
}
"#,
    ),
];

/// A project on disk.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// An app with a schema, a database client and a check of who calls, and these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Project { folder: tempfile::tempdir().expect("a temporary folder") };
        SURROUNDINGS.iter().chain(files).for_each(|(path, text)| project.write(path, text));
        project
    }

    pub fn root(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("the folder is there")
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }

    pub fn uri(&self, path: &str) -> String {
        uri(&self.root().join(path))
    }
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A running server and what it said.
pub struct Client {
    server: Child,
    input: Option<ChildStdin>,
    arriving: Receiver<Value>,
    kept: VecDeque<Value>,
    next_id: i64,
    /// What it answered to `initialize`.
    pub capabilities: Value,
}

impl Client {
    /// Starts a server without a handshake.
    pub fn spawn() -> Self {
        let mut server = Command::new(env!("CARGO_BIN_EXE_routewarden"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = server.stdout.take().expect("standard output is a pipe");
        let input = server.stdin.take();
        let (sender, arriving) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client { server, input, arriving, kept: VecDeque::new(), next_id: 0, capabilities: Value::Null }
    }

    /// Starts a server for a project with these capabilities.
    pub fn start(project: &Project, capabilities: Value) -> Self {
        Self::start_with(json!({"capabilities": capabilities, "rootUri": project.uri(""), "workspaceFolders": null}))
    }

    /// Starts a server with these parameters.
    pub fn start_with(mut params: Value) -> Self {
        let mut client = Self::spawn();
        params["processId"] = json!(std::process::id());
        let answer = client.request("initialize", params);
        client.capabilities = answer["result"]["capabilities"].clone();
        client.notify("initialized", json!({}));
        client
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Sends a request without waiting; its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    pub fn answer(&mut self, id: i64) -> Value {
        self.wait("an answer", |it| it["id"] == id && it.get("method").is_none())
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().expect("the input is open");
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server reads");
    }

    /// The first message that is `wanted`, among those that were kept and those that come. Requests of the server are answered.
    pub fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(index) = self.kept.iter().position(&wanted) {
            return self.kept.remove(index).expect("it was just found");
        }
        let until = Instant::now() + PATIENCE;
        loop {
            let rest = until.saturating_duration_since(Instant::now());
            let message =
                self.arriving.recv_timeout(rest).unwrap_or_else(|_| panic!("{what} did not come; kept: {:#?}", self.kept));
            if let (Some(id), true) = (message.get("id"), message.get("method").is_some()) {
                let id = id.clone();
                self.send(&json!({"jsonrpc": "2.0", "id": id, "result": null}));
            }
            if wanted(&message) {
                return message;
            }
            self.kept.push_back(message);
        }
    }

    /// The diagnostics of a document at a version.
    pub fn published(&mut self, uri: &str, version: i64) -> Vec<Value> {
        let message = self.wait("diagnostics", |it| {
            it["method"] == "textDocument/publishDiagnostics"
                && same(&it["params"]["uri"], uri)
                && it["params"]["version"] == version
        });
        message["params"]["diagnostics"].as_array().cloned().unwrap_or_default()
    }

    /// Every message that comes within a time.
    pub fn drain(&mut self, time: Duration) -> Vec<Value> {
        let until = Instant::now() + time;
        while let Ok(message) = self.arriving.recv_timeout(until.saturating_duration_since(Instant::now())) {
            self.kept.push_back(message);
        }
        self.kept.drain(..).collect()
    }

    pub fn open(&mut self, uri: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": "typescript", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    /// Replaces a range; zero-based.
    pub fn edit(&mut self, uri: &str, version: i64, (start, end): ((u32, u32), (u32, u32)), text: &str) {
        let at = |(line, character): (u32, u32)| json!({"line": line, "character": character});
        let change = json!({"range": {"start": at(start), "end": at(end)}, "text": text});
        self.change(uri, version, json!([change]));
    }

    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    /// Ends the server as an editor does.
    pub fn stop(mut self) -> ExitStatus {
        self.request("shutdown", Value::Null);
        self.leave()
    }

    /// Ends the server without asking first.
    pub fn leave(mut self) -> ExitStatus {
        self.notify("exit", Value::Null);
        self.server.wait().expect("the server ends")
    }

    /// Closes the stream to the server.
    pub fn hang_up(mut self) -> ExitStatus {
        self.input = None;
        self.server.wait().expect("the server ends")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Servers may encode more of an address than an editor does.
pub fn same(sent: &Value, uri: &str) -> bool {
    sent.as_str().is_some_and(|it| it.replace("%5B", "[").replace("%5D", "]") == uri)
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// What an editor that is told diagnostics can do.
pub fn push() -> Value {
    json!({"textDocument": {
        "publishDiagnostics": {"relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true},
        "hover": {"contentFormat": ["markdown"]},
    }})
}

/// What an editor that asks for diagnostics can do.
pub fn pull() -> Value {
    json!({
        "textDocument": {"publishDiagnostics": {"relatedInformation": true}, "diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    })
}
