//! Beginning and end.

use serde_json::{Value, json};

use crate::client::{Client, Project, app, open_route, push};

#[test]
fn the_exit_code_says_whether_the_end_was_asked_for() {
    let project = Project::new(&[]);
    assert_eq!(Client::start(&project, push()).stop().code(), Some(0));
    assert_eq!(Client::start(&project, push()).leave().code(), Some(1));
    assert_eq!(Client::start(&project, push()).hang_up().code(), Some(1));
}

#[test]
fn nothing_is_answered_before_the_beginning_or_after_the_end() {
    let mut client = Client::spawn();
    let ask = json!({"textDocument": {"uri": "file:///a.ts"}, "position": {"line": 0, "character": 0}});
    assert_eq!(client.request("textDocument/hover", ask.clone())["error"]["code"], -32002);
    client.request("initialize", json!({"processId": null, "rootUri": null, "capabilities": {}}));
    client.notify("initialized", json!({}));
    client.request("shutdown", Value::Null);
    assert_eq!(client.request("textDocument/hover", ask)["error"]["code"], -32600);
}

#[test]
fn nonsense_does_not_end_the_server() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client
        .notify("textDocument/didChange", json!({"textDocument": {"uri": uri, "version": 7}, "contentChanges": [{"text": ""}]}));
    client.notify("textDocument/didOpen", json!({"nonsense": true}));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": "untitled:1"}}));
    client.open("untitled:1", &app(&[&open_route("/a/:id")]));
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    client.published(&uri, 1);
    // Far outside of the text, and the wrong way round.
    client.edit(&uri, 2, ((900, 4), (3, 90)), "\n");
    assert_eq!(client.published(&uri, 2).len(), 1);
    assert_eq!(client.request("textDocument/nonsense", json!({}))["error"]["code"], -32601);
    let unknown = json!({"title": "x", "data": {"what": "nonsense"}});
    assert_eq!(client.request("codeAction/resolve", unknown)["result"]["title"], "x");
    assert!(client.stop().success());
}

#[test]
fn a_cancelled_question_is_answered_as_cancelled_or_as_asked() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let id = client.ask("workspace/symbol", json!({"query": ""}));
    client.notify("$/cancelRequest", json!({"id": id}));
    let answer = client.answer(id);
    assert!(answer["error"]["code"] == -32800 || answer["result"].is_array(), "{answer:#}");
}

#[test]
fn reading_a_folder_is_shown_if_the_client_can() {
    let project = Project::new(&[("a.ts", "")]);
    let mut capabilities = push();
    capabilities["window"] = json!({"workDoneProgress": true});
    capabilities["workspace"] = json!({"didChangeWatchedFiles": {"dynamicRegistration": true}});
    let mut client = Client::start(&project, capabilities);
    let registered = client.wait("a registration", |it| it["method"] == "client/registerCapability");
    let watchers = registered["params"]["registrations"][0]["registerOptions"]["watchers"].to_string();
    assert!(watchers.contains("prisma") && watchers.contains("routewarden.toml"), "{watchers}");
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    assert_eq!(client.published(&uri, 1).len(), 1);
    assert!(client.stop().success());
}
