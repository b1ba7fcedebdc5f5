//! What is shown, where, and when it changes.

use std::time::Duration;

use serde_json::json;

use crate::client::{Client, Project, pull, push};

#[test]
fn a_finding_comes_with_its_version_its_rule_and_its_steps() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, "const id = FAKE_STEP\nreturn FAKE_FINDING\n");
    let shown = client.published(&uri, 1);
    assert_eq!(shown.len(), 1);
    let it = &shown[0];
    assert_eq!(it["range"], json!({"start": {"line": 1, "character": 7}, "end": {"line": 1, "character": 19}}));
    assert_eq!((&it["severity"], &it["code"], &it["source"]), (&json!(1), &json!("missing-ownership"), &json!("routewarden")));
    assert!(it["codeDescription"]["href"].as_str().is_some_and(|it| it.ends_with("/missing-ownership.md")));
    assert_eq!(it["data"]["rule"], "missing-ownership");
    let step = &it["relatedInformation"][0];
    assert_eq!(step["location"]["range"]["start"], json!({"line": 0, "character": 11}));
    assert_eq!(step["location"]["uri"], uri);

    client.edit(&uri, 2, ((1, 7), (1, 12)), "");
    assert_eq!(client.published(&uri, 2).len(), 0);
    assert!(client.stop().success());
}

#[test]
fn what_the_client_cannot_show_is_left_out() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, json!({}));
    let uri = project.uri("a.ts");
    client.open(&uri, "FAKE_STEP FAKE_FINDING");
    let it = &client.published(&uri, 1)[0];
    assert!(["relatedInformation", "codeDescription", "data"].iter().all(|key| it.get(key).is_none()), "{it:#}");
}

#[test]
fn columns_count_what_was_agreed_on() {
    let cases = [(json!(["utf-16"]), "utf-16", 5), (json!(["utf-16", "utf-8"]), "utf-8", 7), (json!(["utf-32"]), "utf-32", 4)];
    for (offered, agreed, column) in cases {
        let project = Project::new(&[]);
        let mut capabilities = push();
        capabilities["general"] = json!({"positionEncodings": offered});
        let mut client = Client::start(&project, capabilities);
        assert_eq!(client.capabilities["positionEncoding"], agreed);
        let uri = project.uri("a.ts");
        client.open(&uri, "'\u{1F600}' FAKE_FINDING");
        assert_eq!(client.published(&uri, 1)[0]["range"]["start"]["character"], column);
        // The same count holds for what the client sends.
        client.edit(&uri, 2, ((0, column), (0, column)), "x_");
        assert_eq!(client.published(&uri, 2)[0]["range"]["start"]["character"], column + 2);
    }
}

#[test]
fn typing_in_one_file_changes_what_is_shown_of_another_open_or_closed() {
    let project = Project::new(&[("helper.ts", ""), ("open.ts", "FAKE_CALL"), ("closed.ts", "FAKE_CALL")]);
    let mut client = Client::start(&project, push());
    let (helper, open, closed) = (project.uri("helper.ts"), project.uri("open.ts"), project.uri("closed.ts"));
    client.open(&open, "FAKE_CALL");
    client.open(&closed, "FAKE_CALL");
    assert_eq!((client.published(&open, 1).len(), client.published(&closed, 1).len()), (0, 0));
    client.open(&helper, "");
    client.edit(&helper, 2, ((0, 0), (0, 0)), "FAKE_HELPER");
    assert_eq!((client.published(&open, 1).len(), client.published(&closed, 1).len()), (1, 1));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": closed}}));
    client.edit(&helper, 3, ((0, 0), (0, 4)), "");
    assert_eq!(client.published(&open, 1).len(), 0);
    let taken_back = client.wait("an empty list", |it| {
        it["params"]["uri"] == closed.as_str()
            && it["params"].get("version").is_none()
            && it["params"]["diagnostics"] == json!([])
    });
    assert_eq!(taken_back["method"], "textDocument/publishDiagnostics");
}

#[test]
fn what_looks_the_same_is_not_sent_again() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let (a, b) = (project.uri("a.ts"), project.uri("b.ts"));
    client.open(&a, "FAKE_FINDING");
    client.open(&b, "");
    client.published(&a, 1);
    client.published(&b, 1);
    client.edit(&b, 2, ((0, 0), (0, 0)), "x");
    client.published(&b, 2);
    let late = client.drain(Duration::from_millis(600));
    assert!(late.iter().all(|it| it["method"] != "textDocument/publishDiagnostics"), "{late:#?}");
}

#[test]
fn findings_that_are_not_proven_are_shown_on_request() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, "FAKE_FINDING_UNSURE");
    assert_eq!(client.published(&uri, 1).len(), 0);
    client.notify("workspace/didChangeConfiguration", json!({"settings": {"routewarden": {"minConfidence": "not-proven"}}}));
    assert_eq!(client.published(&uri, 1).len(), 1);
}

#[test]
fn a_client_that_can_pull_is_asked_to_and_never_told() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, pull());
    assert_eq!(client.capabilities["diagnosticProvider"]["interFileDependencies"], true);
    let (a, b) = (project.uri("a.ts"), project.uri("b.ts"));
    client.open(&a, "FAKE_FINDING FAKE_CALL");
    client.open(&b, "");
    let ask = |client: &mut Client, uri: &str, previous: &serde_json::Value| {
        let params = json!({"textDocument": {"uri": uri}, "previousResultId": previous});
        client.request("textDocument/diagnostic", params)["result"].clone()
    };
    let first = ask(&mut client, &a, &json!(null));
    assert_eq!((&first["kind"], first["items"].as_array().map(Vec::len)), (&json!("full"), Some(1)));
    assert_eq!(ask(&mut client, &a, &first["resultId"])["kind"], "unchanged");
    // An edit and the question about it arrive together: the answer is about the edited text.
    client.edit(&a, 2, ((0, 0), (0, 5)), "");
    assert_eq!(ask(&mut client, &a, &first["resultId"])["items"], json!([]));
    ask(&mut client, &b, &json!(null));
    client.edit(&b, 2, ((0, 0), (0, 0)), "FAKE_HELPER");
    client.wait("a refresh", |it| it["method"] == "workspace/diagnostic/refresh");
    assert_eq!(ask(&mut client, &a, &json!(null))["items"].as_array().map(Vec::len), Some(1));
    assert!(client.drain(Duration::from_millis(300)).iter().all(|it| it["method"] != "textDocument/publishDiagnostics"));
}

#[test]
fn a_client_that_pulls_but_cannot_be_refreshed_is_told() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, json!({"textDocument": {"diagnostic": {}}}));
    assert!(client.capabilities.get("diagnosticProvider").is_none());
    let uri = project.uri("a.ts");
    client.open(&uri, "FAKE_FINDING");
    assert_eq!(client.published(&uri, 1).len(), 1);
}
