use super::*;
use crate::frameworks::testing::{Project, array, function, import, line, member, method, object};
use crate::values::Key;

fn router(project: &mut Project, options: &[(&str, Value)]) -> Value {
    project.call(0, &import("itty-router", &["AutoRouter"]), None, &[object(options)])
}

fn s(text: &str) -> Value {
    Value::str(text)
}

#[test]
fn nested_routers_have_the_guards_of_both() {
    let mut p = Project::default();
    p.file("src/index.ts", &[]);
    let root = router(&mut p, &[("before", array(&[function(1)]))]);
    let teams = router(&mut p, &[("base", s("/teams")), ("before", array(&[function(2)]))]);
    p.call(0, &teams, Some("get"), &[s("/:id"), function(3), function(4)]);
    let fetch = Value::of(Shape::Method { of: teams.clone(), name: Name::new("fetch") });
    p.call(0, &root, Some("all"), &[s("/teams/*"), fetch]);
    p.call(0, &root, Some("all"), &[s("/admin/*"), function(5)]);
    p.call(0, &root, Some("post"), &[s("/admin/users"), function(6)]);
    let lines: Vec<String> = p.routes(&Workers).iter().map(line).collect();
    assert_eq!(lines, ["GET /teams/:id [1 2 3] 4", "POST /admin/users [1 5] 6"]);
}

#[test]
fn a_default_export_with_fetch_is_a_route_and_a_router_in_it_is_not_one_more() {
    let mut p = Project::default();
    p.file("src/worker.ts", &[("default", object(&[("fetch", function(1))]))]);
    let root = router(&mut p, &[]);
    p.file("src/other.ts", &[("default", object(&[("fetch", Value::of(Shape::Method { of: root, name: Name::new("fetch") }))]))]);
    p.file("src/page.ts", &[("default", object(&[("render", function(2))]))]);
    let lines: Vec<String> = p.routes(&Workers).iter().map(line).collect();
    assert_eq!(lines, ["* * [] 1"]);
}

#[test]
fn functions_of_pages_have_the_middlewares_of_their_folders() {
    let mut p = Project::default();
    p.file("functions/_middleware.ts", &[("onRequest", array(&[function(1), function(2)]))]);
    p.file("functions/api/_middleware.ts", &[("onRequest", function(3))]);
    p.file("functions/api/todos/[id].ts", &[("onRequestDelete", function(4))]);
    p.file("functions/index.ts", &[("onRequest", function(5))]);
    p.file("supabase/functions/x/index.ts", &[("onRequest", function(6))]);
    let lines: Vec<String> = p.routes(&Pages).iter().map(line).collect();
    assert_eq!(lines, ["DELETE /api/todos/:id [1 2 3] 4", "* / [1 2] 5"]);
}

#[test]
fn bindings_keep_their_names_and_come_from_the_environment() {
    let db = member(&env(), "DB");
    assert_eq!(db.origin.key(), Some(Key::Env(Name::new("DB"))));
    assert_eq!(db.as_lib().map(|it| it.path.to_vec()), Some(vec![Name::new("DB")]));
    let cookie = Value::client(Part::Cookie, &[Name::new("sid")]);
    let kv = member(&env(), "SESSIONS");
    let session = method(&kv, "get", &[cookie]).value.unwrap_or_else(Value::unknown).awaited();
    assert!(session.origin.is_identity());
    let page =
        method(&kv, "get", &[Value::client(Part::Query, &[Name::new("page")])]).value.unwrap_or_else(Value::unknown).awaited();
    assert!(!page.origin.is_identity());
}
