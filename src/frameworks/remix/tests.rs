use super::*;
use crate::frameworks::testing::{Project, array, at, function, import, line, member, method, object, outcome};
use crate::values::{CallForm, EventKind, Fact, Origin, Part};

fn lines(project: &Project) -> Vec<String> {
    project.routes(&Remix).iter().map(line).collect()
}

fn called(package: &str, name: &str, args: &[Value]) -> Value {
    let outcome = outcome(CallForm::Call, &import(package, &[name]), None, args, at(0, 0));
    outcome.and_then(|it| it.value).unwrap_or_else(|| panic!("{name} gives a value"))
}

#[test]
fn loaders_and_actions_are_routes() {
    let mut p = Project::default();
    p.file("app/root.tsx", &[("loader", function(1)), ("default", function(9))]);
    p.file("app/routes/notes.$id.tsx", &[("loader", function(2)), ("action", function(3)), ("default", function(9))]);
    p.file("app/routes/about.tsx", &[("default", function(9)), ("clientLoader", function(8))]);
    p.file("src/routes/x.tsx", &[("loader", function(4))]);
    assert_eq!(lines(&p), ["GET /* [] 1", "GET /notes/:id [] 2", "POST /notes/:id [] 3"]);
}

#[test]
fn only_middleware_of_parents_stands_before_a_child() {
    let mut p = Project::default();
    p.file("app/root.tsx", &[("middleware", array(&[function(1)]))]);
    p.file("app/routes/_app.tsx", &[("middleware", array(&[function(2), function(3)])), ("loader", function(4))]);
    p.file("app/routes/_app.notes.tsx", &[("loader", function(5))]);
    p.file("app/routes/notes_.public.tsx", &[("loader", function(6))]);
    assert_eq!(lines(&p), ["GET / [1 2 3] 4", "GET /notes [1 2 3] 5", "GET /notes/public [1] 6"]);
}

#[test]
fn a_configuration_names_files_and_paths() {
    let routes = "@react-router/dev/routes";
    let text = Value::str;
    let child = called(routes, "route", &[text(":id"), text("./notes/one.tsx")]);
    let layout = called(routes, "layout", &[text("layout.tsx"), array(&[child])]);
    let index = called(routes, "index", &[text("home.tsx")]);
    let below = called(routes, "prefix", &[text("api"), array(&[called(routes, "route", &[text("ping"), text("ping.ts")])])]);
    let mut p = Project::default();
    p.file("app/routes.ts", &[("default", array(&[index, layout, below]))]);
    p.file("app/home.tsx", &[("loader", function(1))]);
    p.file("app/layout.tsx", &[("middleware", array(&[function(2)]))]);
    p.file("app/notes/one.tsx", &[("action", function(3))]);
    p.file("app/ping.ts", &[("loader", function(4))]);
    // Not named, so not a route.
    p.file("app/routes/old.tsx", &[("loader", function(5))]);
    assert_eq!(lines(&p), ["GET / [] 1", "POST /:id [2] 3", "GET /api/ping [] 4"]);
}

#[test]
fn a_configuration_that_cannot_be_read_leaves_the_names() {
    let mut p = Project::default();
    p.file("app/routes.ts", &[("default", Value::unknown())]);
    p.file("app/routes/notes.tsx", &[("loader", function(1))]);
    assert_eq!(lines(&p), ["GET /notes [] 1"]);
}

#[test]
fn a_redirect_is_a_value_and_an_answer_has_its_status() {
    let made = |name: &str, args: &[Value]| {
        outcome(CallForm::Call, &import("react-router", &[name]), None, args, at(0, 0))
            .unwrap_or_else(|| panic!("{name} is known"))
    };
    let redirect = made("redirect", &[Value::str("/login")]);
    assert_eq!(redirect.leaves, crate::values::Leaves::Never);
    let refused = made("data", &[object(&[]), object(&[("status", crate::frameworks::testing::number("403"))])]);
    let mut p = Project::default();
    p.file("app/routes/x.tsx", &[("loader", function(1))]);
    let route = p.routes(&Remix).remove(0);
    let answer = Remix.returned(&route, 0, &refused.value.unwrap_or_else(Value::unknown));
    assert!(matches!(answer, Returned::Answer { status: Some(403), .. }));
}

#[test]
fn a_session_that_nobody_signs_is_the_clients() {
    let user_id = |cookie: Value| {
        let storage = called("@remix-run/node", "createCookieSessionStorage", &[object(&[("cookie", cookie)])]);
        let session = method(&storage, "getSession", &[Value::client(Part::Header, &[])]);
        let session = session.value.map(|it| it.awaited()).unwrap_or_else(Value::unknown);
        method(&session, "get", &[Value::str("userId")])
    };
    let signed = user_id(object(&[("secrets", array(&[Value::unknown()]))]));
    let id = signed.value.unwrap_or_else(Value::unknown);
    assert!(id.origin.is_identity() && id.truth.when_true.has(&Fact::Authenticated));
    assert!(matches!(&signed.events[..], [EventKind::IdentityLookup { .. }]));
    let forged = user_id(object(&[("name", Value::str("s"))])).value.unwrap_or_else(Value::unknown);
    assert_eq!(forged.origin, Origin::client(Part::Cookie, &[Name::new("userId")]));
}

#[test]
fn a_handler_gets_the_request_of_the_platform() {
    let mut p = Project::default();
    p.file("app/routes/files.$.ts", &[("action", function(1))]);
    let route = p.routes(&Remix).remove(0);
    let arguments = Remix.arguments(&route, 0);
    let rest = arguments[0].field("params").and_then(|it| it.field("*")).cloned().unwrap_or_else(Value::unknown);
    assert_eq!(rest.origin, Origin::client(Part::Path, &[Name::new("*")]));
    let request = arguments[0].field("request").cloned().unwrap_or_else(Value::unknown);
    let form = method(&request, "formData", &[]).value.map(|it| it.awaited()).unwrap_or_else(Value::unknown);
    let field = method(&form, "get", &[Value::str("title")]).value;
    assert_eq!(field, Some(Value::client(Part::Form, &[Name::new("title")])));
    assert_eq!(member(&request, "method").as_str(), None);
}
