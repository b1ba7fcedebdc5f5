//! After any sequence of edits, the session's findings and routes are those of a fresh one on the resulting texts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;
use routewarden::check::{DocumentEdit, Options, Session};
use routewarden::project::Memory;
use routewarden::text::{Encoding, LineIndex};

const SCHEMA: &str = "model User {\n  id String @id\n  email String @unique\n  password String\n  role String\n  notes Note[]\n}\n\nmodel Note {\n  id String @id\n  title String\n  userId String\n  user User @relation(fields: [userId], references: [id])\n}\n";

const GUARD: &str = "import jwt from \"jsonwebtoken\";

export function requireUser(req, res, next) {
  const token = req.headers.authorization;
  if (!token) return res.status(401).end();
  try {
    req.userId = jwt.verify(token, process.env.SECRET).sub;
    next();
  } catch {
    return res.status(401).end();
  }
}
";

const ROUTES: &str = "import express from \"express\";
import { PrismaClient } from \"@prisma/client\";
import { requireUser } from \"./guard\";

const prisma = new PrismaClient();
const app = express();
app.use(express.json());

app.get(\"/notes/:id\", requireUser, async (req, res) => {
  const note = await prisma.note.findUnique({ where: { id: req.params.id } });
  if (!note) return res.status(404).end();
  res.json(note);
});

app.post(\"/notes\", requireUser, async (req, res) => {
  const note = await prisma.note.create({ data: { ...req.body, userId: req.userId } });
  res.json(note);
});

app.get(\"/users\", requireUser, async (req, res) => {
  const users = await prisma.user.findMany({ where: { id: req.userId } });
  res.json(users);
});

app.delete(\"/notes/:id\", async (req, res) => {
  await prisma.note.delete({ where: { id: req.params.id } });
  res.status(204).end();
});
";

const FILES: [&str; 2] = ["/app/src/index.ts", "/app/src/guard.ts"];

/// What a person would see: rule, file, bytes and message of each finding, and the routes.
fn seen(session: &Session) -> Vec<String> {
    let snapshot = session.snapshot();
    let findings = snapshot.findings().into_iter().map(|it| {
        format!(
            "{} {} {}..{} {} {:?}",
            it.rule,
            it.place.path.display(),
            it.place.span.start,
            it.place.span.end,
            it.message,
            it.confidence
        )
    });
    let mut all: Vec<String> = findings.collect();
    all.extend(
        snapshot.routes().into_iter().map(|it| format!("{} {} {:?}", it.route.method, it.route.path, it.enforced.is_some())),
    );
    all
}

fn open(texts: &[String; 2]) -> Session {
    let files: Vec<(&str, &str)> = vec![
        (
            "/app/package.json",
            "{\"name\":\"app\",\"dependencies\":{\"express\":\"5\",\"@prisma/client\":\"6\",\"jsonwebtoken\":\"9\"}}",
        ),
        ("/app/prisma/schema.prisma", SCHEMA),
        (FILES[0], texts[0].as_str()),
        (FILES[1], texts[1].as_str()),
    ];
    let options = Options { encoding: Encoding::Utf16, ..Options::default() };
    Session::open(Arc::new(Memory::new(files)), Path::new("/app"), options)
}

/// A fresh session with the same buffers open.
fn afresh(texts: &[String; 2]) -> Session {
    let mut session = open(texts);
    for (file, text) in FILES.iter().zip(texts) {
        session.open_document(Path::new(file), text.clone(), 0);
    }
    session
}

/// An edit: which file, a place and a length as shares of the text, and what is put there.
#[derive(Clone, Debug)]
struct Edit {
    file: usize,
    at: f64,
    length: usize,
    text: String,
}

fn edit() -> impl Strategy<Value = Edit> {
    let snippets = prop_oneof![
        Just(String::new()),
        Just("x".to_owned()),
        Just("}".to_owned()),
        Just("{".to_owned()),
        Just("\n".to_owned()),
        Just("é𐐷".to_owned()),
        Just("requireUser, ".to_owned()),
        Just(", userId: req.userId".to_owned()),
        Just("\napp.get(\"/more\", requireUser, async (req, res) => res.json(await prisma.note.findMany()));\n".to_owned()),
        Just("// routewarden-ignore missing-ownership: on purpose\n".to_owned()),
        "[ -~]{0,6}",
    ];
    (0..2usize, 0.0..1.0f64, 0..24usize, snippets).prop_map(|(file, at, length, text)| Edit { file, at, length, text })
}

/// The edit on a text: what an editor sends, and the text after it.
fn applied(text: &str, edit: &Edit) -> (DocumentEdit, String) {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary((text.len() as f64 * edit.at) as usize);
    let end = boundary((start + edit.length).min(text.len()));
    let lines = LineIndex::new(text);
    let position = |byte: usize| {
        let position = lines.position(text, byte, Encoding::Utf16);
        (position.line, position.character)
    };
    let sent = DocumentEdit { range: Some((position(start), position(end))), text: edit.text.clone() };
    (sent, format!("{}{}{}", &text[..start], edit.text, &text[end..]))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn findings_after_edits_are_those_of_a_fresh_session(edits in proptest::collection::vec(edit(), 1..14)) {
        let mut texts = [ROUTES.to_owned(), GUARD.to_owned()];
        let mut session = open(&texts);
        for (file, text) in FILES.iter().zip(&texts) {
            session.open_document(Path::new(file), text.clone(), 0);
        }
        for (version, edit) in edits.iter().enumerate() {
            let (sent, text) = applied(&texts[edit.file], edit);
            texts[edit.file] = text;
            session.change_document(Path::new(FILES[edit.file]), &[sent], version as i32 + 1);
            // Asked at every step, so that results of one revision are there to be wrong in the next.
            seen(&session);
        }
        prop_assert_eq!(seen(&session), seen(&afresh(&texts)));
    }

    #[test]
    fn arbitrary_text_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0.0..1.0f64) {
        let noise = String::from_utf8_lossy(&bytes).into_owned();
        let mut at = (ROUTES.len() as f64 * at) as usize;
        while !ROUTES.is_char_boundary(at) {
            at -= 1;
        }
        seen(&open(&[format!("{}{noise}{}", &ROUTES[..at], &ROUTES[at..]), noise]));
    }
}

#[test]
fn a_changed_helper_changes_the_routes_that_call_it() {
    let texts = [ROUTES.to_owned(), GUARD.to_owned()];
    let mut session = open(&texts);
    session.open_document(Path::new(FILES[1]), texts[1].clone(), 0);
    let unguarded = |session: &Session| seen(session).iter().filter(|it| it.contains("authentication")).count();
    let before = unguarded(&session);
    let open_guard =
        GUARD.replace("if (!token) return res.status(401).end();", "").replace("return res.status(401).end();", "next();");
    session.change_document(Path::new(FILES[1]), &[DocumentEdit { range: None, text: open_guard.clone() }], 1);
    assert!(unguarded(&session) > before, "{:?}", seen(&session));
    assert_eq!(seen(&session), seen(&open(&[texts[0].clone(), open_guard])));
    session.close_document(Path::new(FILES[1]));
    session.files_changed(&[PathBuf::from(FILES[1])]);
    assert_eq!(unguarded(&session), before, "what is on disk counts again");
}
