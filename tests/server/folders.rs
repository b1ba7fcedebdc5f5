//! Folders, configuration, and files that change on disk.

use serde_json::json;

use crate::client::{Client, HELPER, OWNER, Project, app, call, open_route, owner_at, push, same, uri};

#[test]
fn every_folder_is_a_project_of_its_own() {
    let (one, two) = (Project::new(&[("helper.ts", HELPER)]), Project::new(&[]));
    let folders = json!([{"uri": one.uri(""), "name": "one"}, {"uri": two.uri(""), "name": "two"}]);
    let mut client = Client::start_with(json!({"capabilities": push(), "rootUri": null, "workspaceFolders": folders}));
    let (a, b) = (one.uri("a.ts"), two.uri("b.ts"));
    client.open(&a, &call("./helper"));
    client.open(&b, &call("./helper"));
    assert_eq!((client.published(&a, 1).len(), client.published(&b, 1).len()), (1, 0));

    let event = json!({"added": [], "removed": [{"uri": one.uri(""), "name": "one"}]});
    client.notify("workspace/didChangeWorkspaceFolders", json!({"event": event}));
    // What was shown of it goes; its open document is now on its own, in the project that it lies in.
    client.wait("an empty list", |it| it["params"]["uri"] == a.as_str() && it["params"]["diagnostics"] == json!([]));
    assert_eq!(client.published(&a, 1).len(), 1);
}

#[test]
fn a_file_without_a_workspace_has_the_project_that_it_lies_in() {
    let project = Project::new(&[("lib/helper.ts", HELPER)]);
    for params in [json!({"capabilities": push()}), json!({"capabilities": push(), "rootPath": project.root()})] {
        let mut client = Client::start_with(params);
        let uri = project.uri("a.ts");
        project.write("a.ts", "");
        client.open(&uri, &call("./lib/helper"));
        assert_eq!(client.published(&uri, 1).len(), 1);
        assert!(client.stop().success());
    }
}

#[test]
fn brackets_in_paths_are_understood_bare_and_encoded() {
    let project = Project::new(&[("[id].ts", "")]);
    let mut client = Client::start(&project, push());
    let bare = project.uri("[id].ts");
    client.open(&bare, &app(&[&open_route("/a/:id")]));
    assert_eq!(client.published(&bare, 1).len(), 1);
    let owner = (1, owner_at("/a/:id"));
    client.edit(&bare, 2, (owner, owner), OWNER);
    assert_eq!(client.published(&bare, 2).len(), 0);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": bare}}));
    client.open(&bare.replace('[', "%5B").replace(']', "%5D"), &app(&[&open_route("/a/:id")]));
    assert_eq!(client.published(&bare, 1).len(), 1);
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link_is_the_file() {
    let again = |name: &str| format!("export * from \"../{name}\";");
    let (db, auth) = (again("db"), again("auth"));
    let project = Project::new(&[("real/db.ts", &db), ("real/auth.ts", &auth), ("real/helper.ts", HELPER), ("real/a.ts", "")]);
    std::os::unix::fs::symlink(project.root().join("real"), project.root().join("linked")).expect("a link can be made");
    let mut client = Client::start(&project, push());
    let linked = project.uri("linked/a.ts");
    client.open(&linked, &call("./helper"));
    assert_eq!(client.published(&linked, 1).len(), 1);
}

#[test]
fn files_that_change_on_disk_are_seen() {
    let project = Project::new(&[("a.ts", "")]);
    let mut capabilities = push();
    capabilities["workspace"] = json!({"didChangeWatchedFiles": {"dynamicRegistration": true}});
    let mut client = Client::start(&project, capabilities);
    let (a, helper) = (project.uri("a.ts"), project.uri("helper.ts"));
    client.open(&a, &call("./helper"));
    assert_eq!(client.published(&a, 1).len(), 0);
    project.write("helper.ts", HELPER);
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": helper, "type": 1}]}));
    assert_eq!(client.published(&a, 1).len(), 1);
    std::fs::remove_file(project.root().join("helper.ts")).expect("the file is there");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": helper, "type": 3}]}));
    assert_eq!(client.published(&a, 1).len(), 0);
}

#[test]
fn a_broken_configuration_is_said_where_it_is_and_taken_back_when_it_is_right() {
    let project = Project::new(&[("routewarden.toml", "[[")]);
    let mut client = Client::start(&project, push());
    let (a, config) = (project.uri("a.ts"), project.uri("routewarden.toml"));
    let said = client.wait("diagnostics", |it| it["params"]["uri"] == config.as_str());
    assert_eq!(said["params"]["diagnostics"][0]["severity"], 1);
    client.wait("a message", |it| it["method"] == "window/showMessage" && it["params"]["type"] == 1);
    client.open(&a, "");
    client.edit(&a, 2, ((0, 0), (0, 0)), &app(&[&open_route("/a/:id")]));
    project.write("routewarden.toml", "");
    client.notify("workspace/didChangeWatchedFiles", json!({"changes": [{"uri": config, "type": 2}]}));
    let taken_back = client.wait("an empty list", |it| same(&it["params"]["uri"], &config));
    assert_eq!(taken_back["params"]["diagnostics"], json!([]));
    // What was typed meanwhile was not lost.
    assert_eq!(client.published(&a, 2).len(), 1);
}

#[test]
fn a_whole_disk_is_never_read() {
    let mut client = Client::start_with(json!({"capabilities": push(), "rootUri": null}));
    client.open(&uri(std::path::Path::new("/nowhere.ts")), &app(&[&open_route("/a/:id")]));
    let actions = json!({"query": "x"});
    assert!(client.request("workspace/symbol", actions)["result"].is_null());
    assert!(client.stop().success());
}
