//! What is shown, where, and when it changes.

use std::time::Duration;

use serde_json::json;

use crate::client::{
    Client, GOOD_ROUTE, HELPER, OPEN_QUERY, OWNER, Project, app, call, column, open_route, owner_at, pull, push, query_at,
};

#[test]
fn a_finding_comes_with_its_version_its_rule_and_its_steps() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    let shown = client.published(&uri, 1);
    assert_eq!(shown.len(), 1);
    let it = &shown[0];
    let start = query_at("/a/:id");
    let end = start + OPEN_QUERY.len() as u32;
    assert_eq!(it["range"], json!({"start": {"line": 1, "character": start}, "end": {"line": 1, "character": end}}));
    assert_eq!((&it["severity"], &it["code"], &it["source"]), (&json!(1), &json!("missing-ownership"), &json!("routewarden")));
    assert!(it["codeDescription"]["href"].as_str().is_some_and(|it| it.ends_with("/missing_ownership.md")));
    assert_eq!(it["data"]["rule"], "missing-ownership");
    let step = &it["relatedInformation"][0];
    assert_eq!(
        step["location"]["range"]["start"],
        json!({"line": 1, "character": column(&open_route("/a/:id"), "req.params.id")})
    );
    assert_eq!(step["location"]["uri"], uri);

    let owner = (1, owner_at("/a/:id"));
    client.edit(&uri, 2, (owner, owner), OWNER);
    assert_eq!(client.published(&uri, 2).len(), 0);
    assert!(client.stop().success());
}

#[test]
fn what_the_client_cannot_show_is_left_out() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, json!({}));
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    let it = &client.published(&uri, 1)[0];
    assert!(["relatedInformation", "codeDescription", "data"].iter().all(|key| it.get(key).is_none()), "{it:#}");
}

#[test]
fn columns_count_what_was_agreed_on() {
    let cases = [(json!(["utf-16"]), "utf-16", 2), (json!(["utf-16", "utf-8"]), "utf-8", 4), (json!(["utf-32"]), "utf-32", 1)];
    for (offered, agreed, wide) in cases {
        let project = Project::new(&[]);
        let mut capabilities = push();
        capabilities["general"] = json!({"positionEncodings": offered});
        let mut client = Client::start(&project, capabilities);
        assert_eq!(client.capabilities["positionEncoding"], agreed);
        let uri = project.uri("a.ts");
        client.open(&uri, &app(&[&format!("/*\u{1F600}*/{}", open_route("/a/:id"))]));
        let column = query_at("/a/:id") + 4 + wide;
        assert_eq!(client.published(&uri, 1)[0]["range"]["start"]["character"], column);
        // The same count holds for what the client sends.
        client.edit(&uri, 2, ((1, column), (1, column)), "  ");
        assert_eq!(client.published(&uri, 2)[0]["range"]["start"]["character"], column + 2);
    }
}

#[test]
fn typing_in_one_file_changes_what_is_shown_of_another_open_or_closed() {
    let project = Project::new(&[("helper.ts", ""), ("open.ts", &call("./helper")), ("closed.ts", &call("./helper"))]);
    let mut client = Client::start(&project, push());
    let (helper, open, closed) = (project.uri("helper.ts"), project.uri("open.ts"), project.uri("closed.ts"));
    client.open(&open, &call("./helper"));
    client.open(&closed, &call("./helper"));
    assert_eq!((client.published(&open, 1).len(), client.published(&closed, 1).len()), (0, 0));
    client.open(&helper, "");
    client.edit(&helper, 2, ((0, 0), (0, 0)), HELPER);
    assert_eq!((client.published(&open, 1).len(), client.published(&closed, 1).len()), (1, 1));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": closed}}));
    let owner = (0, column(HELPER, "id: req"));
    client.edit(&helper, 3, (owner, owner), OWNER);
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
    client.open(&a, &app(&[&open_route("/a/:id")]));
    client.open(&b, &app(&[GOOD_ROUTE]));
    client.published(&a, 1);
    client.published(&b, 1);
    client.edit(&b, 2, ((0, 0), (0, 0)), " ");
    client.published(&b, 2);
    let late = client.drain(Duration::from_millis(600));
    assert!(late.iter().all(|it| it["method"] != "textDocument/publishDiagnostics"), "{late:#?}");
}

#[test]
fn findings_that_are_not_proven_are_shown_on_request() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, &call("./nowhere"));
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
    client.open(&a, &(call("./b") + &open_route("/a/:id")));
    client.open(&b, "");
    let ask = |client: &mut Client, uri: &str, previous: &serde_json::Value| {
        let params = json!({"textDocument": {"uri": uri}, "previousResultId": previous});
        client.request("textDocument/diagnostic", params)["result"].clone()
    };
    let first = ask(&mut client, &a, &json!(null));
    assert_eq!((&first["kind"], first["items"].as_array().map(Vec::len)), (&json!("full"), Some(1)));
    assert_eq!(ask(&mut client, &a, &first["resultId"])["kind"], "unchanged");
    // An edit and the question about it arrive together: the answer is about the edited text.
    let owner = (3, owner_at("/a/:id"));
    client.edit(&a, 2, (owner, owner), OWNER);
    assert_eq!(ask(&mut client, &a, &first["resultId"])["items"], json!([]));
    ask(&mut client, &b, &json!(null));
    client.edit(&b, 2, ((0, 0), (0, 0)), HELPER);
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
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    assert_eq!(client.published(&uri, 1).len(), 1);
}
