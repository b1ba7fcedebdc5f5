//! What can be done about a finding, and what is told about routes.

use serde_json::{Value, json};

use crate::client::{Client, GOOD_ROUTE, Project, app, open_route, push, query_at};

const FILTER: &str = "Filter by the owner: userId = req.userId";

fn with_actions(action: Value, edits: Value) -> Value {
    let mut capabilities = push();
    let mut support = json!({"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "source.fixAll"]}}});
    if let (Some(support), Some(more)) = (support.as_object_mut(), action.as_object()) {
        support.extend(more.clone());
    }
    capabilities["textDocument"]["codeAction"] = support;
    capabilities["workspace"] = json!({"workspaceEdit": edits});
    capabilities
}

fn actions(client: &mut Client, uri: &str, only: Value) -> Vec<Value> {
    let at = json!({"line": 1, "character": query_at("/a/:id") + 5});
    let range = json!({"start": at, "end": at});
    let params = json!({"textDocument": {"uri": uri}, "range": range, "context": {"diagnostics": [], "only": only}});
    client.request("textDocument/codeAction", params)["result"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_simple_client_gets_edits_at_once() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, with_actions(json!({}), json!({})));
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&format!("  {}", open_route("/a/:id")), &open_route("/b/:id")]));
    let offered = actions(&mut client, &uri, Value::Null);
    let titles: Vec<_> = offered.iter().filter_map(|it| it["title"].as_str()).collect();
    let all = "Routewarden: apply all safe fixes of this file";
    assert_eq!(titles, [FILTER, "Ignore missing-ownership here, with a reason", all]);
    assert!(offered[0]["edit"]["changes"][&uri].to_string().contains("userId: req.userId"), "{:#}", offered[0]);
    let ignored = &offered[1]["edit"]["changes"][&uri][0];
    assert_eq!(ignored["newText"], "  // routewarden-ignore missing-ownership: say why this is safe\n");
    assert_eq!(ignored["range"]["start"], json!({"line": 1, "character": 0}));
    let all = offered[2]["edit"]["changes"][&uri].to_string();
    assert_eq!(all.matches("userId: req.userId").count(), 2, "{all}");
}

#[test]
fn a_capable_client_gets_them_when_it_chooses_with_the_version_they_are_for() {
    let project = Project::new(&[]);
    let lazy = json!({"dataSupport": true, "resolveSupport": {"properties": ["edit"]}, "isPreferredSupport": true});
    let mut client = Client::start(&project, with_actions(lazy, json!({"documentChanges": true})));
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    let offered = actions(&mut client, &uri, json!(["quickfix"]));
    assert_eq!(offered.len(), 2);
    assert!(offered[0].get("edit").is_none() && offered[0]["isPreferred"] == true && offered[1].get("isPreferred").is_none());
    let resolved = client.request("codeAction/resolve", offered[0].clone())["result"].clone();
    let change = &resolved["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1);
    assert!(change["edits"].to_string().contains("userId: req.userId"), "{change:#}");

    let all = actions(&mut client, &uri, json!(["source.fixAll"]));
    assert_eq!(all.len(), 1);
    assert_eq!(all[0]["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    client.edit(&uri, 2, ((0, 0), (0, 0)), "\n");
    // The text is another one now: an edit for the old one would damage it.
    assert!(client.request("codeAction/resolve", offered[0].clone())["result"].get("edit").is_none());
}

#[test]
fn routes_are_symbols_with_their_posture_above_them() {
    let project = Project::new(&[]);
    let mut capabilities = push();
    capabilities["textDocument"]["documentSymbol"] = json!({"hierarchicalDocumentSymbolSupport": true});
    let mut client = Client::start(&project, capabilities);
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&open_route("/a/:id"), GOOD_ROUTE]));
    let document = json!({"textDocument": {"uri": uri}});
    let symbols = client.request("textDocument/documentSymbol", document.clone())["result"].clone();
    assert_eq!(symbols[0]["name"], "GET /a/:id");
    let lenses = client.request("textDocument/codeLens", document)["result"].clone();
    assert_eq!(lenses[0]["command"]["title"], "GET /a/:id · signed in (jwt.verify) · data not tied");
    let found = client.request("workspace/symbol", json!({"query": "get /a"}))["result"].clone();
    assert_eq!((&found[0]["name"], &found[0]["location"]["uri"]), (&json!("GET /a/:id"), &json!(uri)));
    assert_eq!(client.request("workspace/symbol", json!({"query": "post"}))["result"], json!([]));
}
