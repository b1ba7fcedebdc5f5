use super::*;
use crate::frameworks::testing::{Project, array, function, import, line, member, method, object, outcome};
use crate::values::{CallForm, Part};

fn app(project: &mut Project) -> Value {
    project.call(0, &import("hono", &["Hono"]), None, &[])
}

fn project() -> (Project, Value) {
    let mut project = Project::default();
    project.file("src/index.ts", &[]);
    let app = app(&mut project);
    (project, app)
}

fn lines(project: &Project) -> Vec<String> {
    project.routes(&Hono).iter().map(line).collect()
}

fn s(text: &str) -> Value {
    Value::str(text)
}

#[test]
fn a_middleware_covers_later_routes_that_its_pattern_matches() {
    let (mut p, app) = project();
    p.call(0, &app, Some("get"), &[s("/public"), function(1)]);
    p.call(0, &app, Some("use"), &[s("/api/*"), function(2)]);
    p.call(0, &app, Some("use"), &[s("/api/a"), function(3)]);
    p.call(0, &app, Some("get"), &[s("/api/a"), function(4), function(5)]);
    p.call(0, &app, Some("get"), &[s("/api/a/:id"), function(6)]);
    p.call(0, &app, Some("use"), &[function(7)]);
    p.call(0, &app, Some("post"), &[s("/other"), function(8)]);
    assert_eq!(lines(&p), ["GET /public [] 1", "GET /api/a [2 3 4] 5", "GET /api/a/:id [2] 6", "POST /other [7] 8"]);
}

#[test]
fn chains_and_mounts_and_base_paths() {
    let (mut p, root) = project();
    let sub = app(&mut p);
    p.call(0, &sub, Some("use"), &[s("*"), function(1)]);
    let chained = p.call(0, &sub, Some("get"), &[s("/:id"), function(2)]);
    p.call(0, &chained, Some("delete"), &[function(3)]);
    let v1 = p.call(0, &root, Some("basePath"), &[s("/v1")]);
    p.call(0, &v1, Some("route"), &[s("/teams"), sub.clone()]);
    p.call(0, &v1, Some("get"), &[s("/health"), function(4)]);
    // The guard of the mounted app also covers what its parent registers later under its prefix.
    p.call(0, &v1, Some("post"), &[s("/teams/x"), function(5)]);
    p.call(0, &root, Some("on"), &[array(&[s("PUT"), s("PATCH")]), s("/y"), function(6)]);
    assert_eq!(
        lines(&p),
        [
            "GET /v1/teams/:id [1] 2",
            "DELETE /v1/teams/:id [1] 3",
            "GET /v1/health [] 4",
            "POST /v1/teams/x [1] 5",
            "PUT,PATCH /y [] 6"
        ]
    );
}

#[test]
fn a_route_described_for_openapi_is_validated_and_guarded() {
    let (mut p, _) = project();
    let app = p.call(0, &import("@hono/zod-openapi", &["OpenAPIHono"]), None, &[]);
    let schema = object(&[("schema", Value::unknown())]);
    let body = object(&[("content", object(&[("application/json", schema)]))]);
    let described = object(&[
        ("method", s("post")),
        ("path", s("/items/{id}")),
        ("middleware", array(&[function(1)])),
        ("request", object(&[("params", Value::unknown()), ("body", body)])),
    ]);
    p.call(0, &app, Some("openapi"), &[described, function(2), function(3)]);
    assert_eq!(lines(&p), ["POST /items/:id [1 ? ?] 2"]);
}

#[test]
fn what_is_excepted_is_not_guarded() {
    let (mut p, app) = project();
    let guard = p.call(0, &import("hono/combine", &["except"]), None, &[s("/login"), function(1)]);
    p.call(0, &app, Some("use"), &[s("*"), guard]);
    p.call(0, &app, Some("post"), &[s("/login"), function(2)]);
    p.call(0, &app, Some("get"), &[s("/me"), function(3)]);
    assert_eq!(lines(&p), ["POST /login [] 2", "GET /me [1] 3"]);
}

#[test]
fn inputs_come_from_their_parts() {
    let context = value(thing(OWNER, "context"));
    let request = value(Lib { path: std::sync::Arc::from([Name::new("req")]), ..thing(OWNER, "context") });
    for (called, key, part) in [("param", "id", Part::Path), ("query", "q", Part::Query), ("header", "X-Key", Part::Header)] {
        let out = method(&request, called, &[s(key)]).value.unwrap_or_else(Value::unknown);
        let path = [Name::new(&key.to_ascii_lowercase())];
        assert_eq!(out.origin, crate::values::Origin::client(part, &path), "{called}");
    }
    let body = method(&request, "json", &[]).value.unwrap_or_else(Value::unknown).awaited();
    assert_eq!(body.origin, crate::values::Origin::client(Part::Body, &[]));
    let env = member(&context, "env");
    assert_eq!(env.as_lib().map(|it| (it.owner.as_str(), it.kind.as_str())), Some(("workers", "env")));
}

#[test]
fn other_libraries_are_left_alone() {
    assert!(outcome(CallForm::Call, &import("honorable", &["Hono"]), None, &[], crate::frameworks::testing::at(0, 1)).is_none());
    let (mut p, app) = project();
    p.call(0, &app, Some("notFound"), &[function(1)]);
    p.call(0, &app, Some("onError"), &[function(2)]);
    assert!(lines(&p).is_empty());
}
