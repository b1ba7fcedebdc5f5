//! `schema/routewarden.schema.json` names every key that the configuration and its declarations know.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

use std::collections::BTreeSet;
use std::path::Path;

use routewarden::catalog;
use routewarden::project::Config;
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
