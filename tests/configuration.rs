//! `schema/routewarden.schema.json` names every key that the configuration and its declarations know.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use routewarden::catalog;
use routewarden::check::{Options, Session};
use routewarden::findings::Confidence;
use routewarden::project::{Config, Memory};
use routewarden::text::LineIndex;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A key that nothing knows.
const UNKNOWN: &str = "zzzzzzzzzzzzzzzz";

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/routewarden.schema.json");
    serde_json::from_str(&std::fs::read_to_string(path).expect("the schema is there")).expect("the schema is JSON")
}

/// The keys that a message says are possible.
fn named(message: &str) -> BTreeSet<String> {
    message.split('`').skip(1).step_by(2).filter(|it| *it != UNKNOWN).map(str::to_owned).collect()
}

/// The keys of a part of the schema.
fn keys(schema: &Value, pointer: &str) -> BTreeSet<String> {
    let part = schema.pointer(pointer).and_then(Value::as_object);
    part.unwrap_or_else(|| panic!("there is no {pointer}")).keys().cloned().collect()
}

/// The keys that a table of a declaration knows.
fn known<T: DeserializeOwned>() -> BTreeSet<String> {
    named(toml::from_str::<T>(&format!("{UNKNOWN} = 1")).err().expect("an unknown key is refused").message())
}

/// The keys of the configuration below a heading.
fn configured(heading: &str) -> BTreeSet<String> {
    let text = format!("{heading}\n{UNKNOWN} = 1\n");
    let error = Config::parse(Path::new("routewarden.toml"), &text, &[]).expect_err("an unknown key is refused");
    named(&error.help.unwrap_or_default())
}

#[test]
fn the_configurations_keys_are_in_the_schema() {
    let schema = schema();
    assert_eq!(configured(""), keys(&schema, "/properties"));
    assert_eq!(configured("[trust]"), keys(&schema, "/properties/trust/properties"));
}

/// What is found with a configuration, as rules and 1-based lines.
fn found(configuration: &str, source: &str) -> Vec<(&'static str, u32)> {
    let tables = "CREATE TABLE users (id uuid PRIMARY KEY);
CREATE TABLE notes (id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users(id), body text NOT NULL);";
    let manifest = r#"{ "name": "app", "dependencies": { "express": "^5.0.0", "pg": "^8.0.0" } }"#;
    let files = [("package.json", manifest), ("schema.sql", tables), ("routewarden.toml", configuration), ("src/app.ts", source)];
    let system = Memory::new(files.map(|(path, text)| (format!("/app/{path}"), text.to_owned())));
    let session = Session::open(Arc::new(system), Path::new("/app"), Options::default());
    assert_eq!(session.config_error(), None, "{configuration}");
    let snapshot = session.snapshot();
    let lines = LineIndex::new(source);
    let shown = snapshot.findings().into_iter().filter(|it| it.confidence != Confidence::NotProven);
    shown.map(|it| (it.rule, lines.line_col(source, it.place.span.start as usize).line)).collect()
}

const APP: &str = r#"import express from 'express';
import { Pool } from 'pg';
import { assertOwner } from '@acme/auth';
const app = express();
const pool = new Pool();
app.delete('/notes/:id', async (req, res) => {
  const user = req.header('X-User-Id');
  if (!user) return res.status(401).end();
  await pool.query('DELETE FROM notes WHERE id = $1 AND user_id = $2', [req.params.id, user]);
});
app.delete('/drafts/:id', async (req, res) => {
  await assertOwner(req.params.id);
  await pool.query('DELETE FROM notes WHERE id = $1', [req.params.id]);
});
app.delete('/open/notes', async (req, res) => {
  await pool.query('DELETE FROM notes');
});
"#;

#[test]
fn what_the_user_says_is_believed() {
    let says = |trust: &str| found(&format!("[trust]\n{trust}\n"), APP);
    assert!(says("").contains(&("missing-authentication", 9)) && says("").contains(&("missing-authentication", 16)));
    assert!(!says("headers-from-gateway = [\"x-user-id\"]").iter().any(|(_, line)| *line == 9));
    assert!(!says("public = [\"DELETE /open/**\"]").iter().any(|(_, line)| *line == 16));
    assert!(says("public = [\"GET /open/**\"]").contains(&("missing-authentication", 16)));
    assert!(!says("ties = [\"@acme/auth#assertOwner\"]").iter().any(|(_, line)| *line == 13));
}

#[test]
fn the_page_about_the_configuration_shows_files_that_are_understood() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).expect("the page");
    let examples: Vec<&str> = page.split("```toml\n").skip(1).filter_map(|it| it.split("```").next()).collect();
    assert!(examples.len() >= 3);
    for example in examples {
        found(example, APP);
    }
}

#[test]
fn every_rule_is_in_the_schema() {
    let rules = keys(&schema(), "/properties/rules/properties");
    for id in routewarden::rules::ids() {
        assert!(rules.contains(id), "{id}");
    }
}

#[test]
fn the_declarations_keys_are_in_the_schema() {
    let schema = schema();
    let (mut call, mut variant) = (known::<catalog::CallEntry>(), known::<catalog::CallEntry>());
    // `if` stands in a variant; what is called, and whether loosely, above it.
    call.remove("if");
    variant.remove("call");
    variant.remove("when");
    assert_eq!(call, keys(&schema, "/$defs/call/properties"));
    assert_eq!(variant, keys(&schema, "/$defs/variant/properties"));
    assert_eq!(known::<catalog::Gives>(), keys(&schema, "/$defs/gives/properties"));
    assert_eq!(known::<catalog::Proof>(), keys(&schema, "/$defs/proof/properties"));
    let below = |name: &str, rest: &str| keys(&schema, &format!("/$defs/call/properties/{name}{rest}/properties"));
    assert_eq!(known::<catalog::Write>(), below("writes", "/items"));
    assert_eq!(known::<catalog::SinkEntry>(), below("sinks", "/items"));
    assert_eq!(known::<catalog::Limit>(), below("limit", ""));
    assert_eq!(known::<catalog::Validates>(), below("validates", ""));
    assert_eq!(known::<catalog::Hash>(), below("hash", ""));
    assert_eq!(known::<catalog::Random>(), below("random", ""));
    assert_eq!(known::<catalog::Setting>(), below("setting", "/items"));
    assert_eq!(known::<catalog::Run>(), below("runs", "/items"));
    assert_eq!(known::<catalog::ObjectEntry>(), keys(&schema, "/properties/object/items/properties"));
    assert_eq!(known::<catalog::BuilderEntry>(), keys(&schema, "/properties/builder/items/properties"));
    assert_eq!(known::<catalog::ModifierEntry>(), keys(&schema, "/properties/modifier/items/properties"));
}
