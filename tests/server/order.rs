//! Edits in order, however fast they come and whatever else is asked meanwhile.

use serde_json::{Value, json};

use crate::client::{Client, OPEN_QUERY, Project, app, open_route, push, query_at};

#[test]
fn hundreds_of_edits_are_applied_in_order() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, "");
    let wide = |path: &str| format!("/*\u{1F600}*/ {}", open_route(path));
    let text = app(&[&wide("/a/:id"), &wide("/b/:id")]);
    let (mut line, mut column, mut version) = (0, 0, 1);
    for character in text.chars() {
        version += 1;
        client.edit(&uri, version, ((line, column), (line, column)), &character.to_string());
        // Questions between the edits take other ways through the server.
        if version % 20 == 0 {
            client.ask("textDocument/hover", json!({"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}}));
        }
        column += character.len_utf16() as u32;
        if character == '\n' {
            (line, column) = (line + 1, 0);
        }
    }
    let shown = client.published(&uri, version);
    assert_eq!(shown.len(), text.matches(OPEN_QUERY).count());
    assert!(shown.iter().all(|it| it["range"]["start"]["character"] == query_at("/a/:id") + 7), "{shown:#?}");
}

#[test]
fn several_changes_of_one_message_build_on_each_other() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[]).replace('\n', "\r\n"));
    let (route, column) = (open_route("/a/:id"), query_at("/a/:id"));
    let insert = |line: u32, text: &str| {
        let at = json!({"line": line, "character": 0});
        json!({"range": {"start": at, "end": at}, "text": text})
    };
    client.change(&uri, 2, json!([insert(1, "\n"), insert(2, &route)]));
    assert_eq!(client.published(&uri, 2)[0]["range"]["start"], json!({"line": 2, "character": column}));
    client.change(&uri, 3, json!([{"text": app(&[&route])}, insert(0, "\n\n")]));
    assert_eq!(client.published(&uri, 3)[0]["range"]["start"], json!({"line": 3, "character": column}));
}

#[test]
fn a_question_about_a_text_that_is_gone_is_not_answered_for_another() {
    let project = Project::new(&[]);
    let mut client = Client::start(&project, push());
    let uri = project.uri("a.ts");
    client.open(&uri, &app(&[&open_route("/a/:id")]));
    client.published(&uri, 1);
    let at = json!({"textDocument": {"uri": uri}, "position": {"line": 1, "character": query_at("/a/:id") + 3}});
    let answer = client.request("textDocument/hover", at.clone());
    assert!(answer["result"]["contents"]["value"].as_str().is_some_and(|it| it.contains("missing-ownership")), "{answer:#}");
    let id = client.ask("textDocument/hover", at);
    client.edit(&uri, 2, ((0, 0), (0, 0)), "\n\n\n\n");
    let answer = client.answer(id);
    // Either it was answered before the edit arrived, or it is refused.
    assert!(answer["result"] != Value::Null || answer["error"]["code"] == -32801, "{answer:#}");
}
