use std::path::Path;

use super::App;
use crate::project::Config;
use crate::project::config::{Certainty, Level};

const RULES: [&str; 3] = ["missing-ownership", "missing-authentication", "data-exposure"];

fn error(text: &str) -> (u32, u32, String, String) {
    let error = Config::parse(Path::new("routewarden.toml"), text, &RULES).unwrap_err();
    (error.line, error.column, error.message, error.help.unwrap_or_default())
}

#[test]
fn a_whole_file_is_understood() {
    let text = r#"
min-confidence = "medium"
fail-on = "warning"
exclude = ["src/legacy/**"]
include = ["src"]

[rules]
missing-ownership = "warning"
data-exposure = "off"

[trust]
authenticates = ["@acme/auth#withAcmeAuth"]
not-authenticates = ["src/mw.ts#maybe"]
headers-from-gateway = ["x-user-id"]
public = ["GET /api/catalog/**"]

[[call]]
call = "src/lib/auth.ts#requireMember"
gives = { kind = "identity", id = "id" }
"#;
    let config = Config::parse(Path::new("routewarden.toml"), text, &RULES).unwrap();
    assert_eq!(config.level("missing-ownership"), Some(Level::Warning));
    assert_eq!(config.level("data-exposure"), Some(Level::Off));
    assert_eq!(config.level("missing-authentication"), None);
    assert_eq!(config.trust.authenticates, ["@acme/auth#withAcmeAuth"]);
    assert_eq!(config.trust.headers_from_gateway, ["x-user-id"]);
    assert_eq!((config.min_confidence, config.fail_on), (Some(Certainty::Medium), Some(Level::Warning)));
    assert_eq!(config.calls.len(), 1);
    assert_eq!(config.calls[0].line, 17);
    assert_eq!(config.calls[0].value["gives"]["kind"].as_str(), Some("identity"));
    assert!(
        config.covers(Path::new("src/a.ts"))
            && !config.covers(Path::new("src/legacy/x/a.ts"))
            && !config.covers(Path::new("web/a.ts"))
    );
}

#[test]
fn an_error_has_its_line_and_the_way_out() {
    assert_eq!(
        error("[rules]\nmissing-owner = \"off\"\n"),
        (2, 1, "unknown rule `missing-owner`".to_owned(), "did you mean `missing-ownership`?".to_owned())
    );
    assert_eq!(
        error("[rules]\ndata-exposure = \"warn\"\n"),
        (2, 17, "unknown value `warn`".to_owned(), "did you mean `warning`?".to_owned())
    );
    assert_eq!(
        error("\n[trust]\nauthenticate = []\n"),
        (3, 1, "unknown field `authenticate`".to_owned(), "did you mean `authenticates`?".to_owned())
    );
    assert_eq!(error("exclude = [\"src/[\"]").2, "`src/[` is no valid glob: unclosed character class; missing ']'");
    let (line, _, message, help) = error("\nquux = 1\n");
    assert_eq!((line, &*message), (2, "unknown field `quux`"));
    assert!(help.starts_with("it is one of `rules`"), "{help}");
    let (line, ..) = error("[rules]\ndata-exposure = \n");
    assert_eq!(line, 2);
}

#[test]
fn globs_are_relative_to_the_file_that_holds_them() {
    let mut app = App::rooted(
        "/w/apps/api",
        &[
            ("routewarden.toml", "exclude = [\"apps/api/old/**\", \"*.gen.ts\"]"),
            ("apps/api/old/a.ts", "import express from 'express'"),
            ("apps/api/x/b.gen.ts", "import express from 'express'"),
            ("apps/api/a.ts", "import express from 'express'"),
        ],
    );
    let loaded = app.load();
    assert_eq!(super::paths(&loaded), ["a.ts"]);
    assert_eq!(loaded.config_path.as_deref(), Some(Path::new("/w/routewarden.toml")));
}
