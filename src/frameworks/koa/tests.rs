use super::Koa;
use crate::base::Name;
use crate::frameworks::Framework;
use crate::frameworks::testing::{Project, array, at, function, import, line, method, number, object, outcome};
use crate::frameworks::things::{thing, value};
use crate::values::{CallForm, EventKind, Leaves, Origin, Part, Shape, Value};

fn made(project: &mut Project, package: &str, args: &[Value]) -> Value {
    project.call(0, &import(package, &["default"]), None, args)
}

fn lines(project: &Project) -> Vec<String> {
    project.routes(&Koa).iter().map(line).collect()
}

#[test]
fn a_middleware_covers_what_comes_after_it() {
    let mut project = Project::default();
    project.file("src/app.ts", &[]);
    let app = made(&mut project, "koa", &[]);
    let open = made(&mut project, "@koa/router", &[]);
    let closed = made(&mut project, "@koa/router", &[object(&[("prefix", Value::str("/api"))])]);
    project.call(0, &open, Some("get"), &[Value::str("/health"), function(1)]);
    project.call(0, &closed, Some("get"), &[Value::str("by-name"), Value::str("/early/:id"), function(2)]);
    project.call(0, &closed, Some("use"), &[function(11)]);
    project.call(0, &closed, Some("use"), &[Value::str("/admin"), function(12)]);
    project.call(0, &closed, Some("del"), &[Value::str("/admin/:id"), function(13), function(3)]);
    project.call(0, &closed, Some("get"), &[Value::str("/late"), function(4)]);
    project.call(0, &app, Some("use"), std::slice::from_ref(&open));
    project.call(0, &app, Some("use"), &[function(10)]);
    let routes = project.call(0, &closed, Some("routes"), &[]);
    project.call(0, &app, Some("use"), &[routes]);
    project.call(0, &app, Some("use"), &[function(99)]);
    assert_eq!(
        lines(&project),
        ["GET /health [] 1", "GET /api/early/:id [10] 2", "DELETE /api/admin/:id [10 11 12 13] 3", "GET /api/late [10 11] 4"]
    );
}

#[test]
fn routers_nest_and_keep_their_middlewares_to_themselves() {
    let mut project = Project::default();
    project.file("src/app.ts", &[]);
    let app = made(&mut project, "koa", &[]);
    let outer = made(&mut project, "koa-router", &[]);
    let inner = made(&mut project, "koa-router", &[]);
    project.call(0, &outer, Some("prefix"), &[Value::str("/v1")]);
    project.call(0, &inner, Some("use"), &[function(11)]);
    project.call(0, &inner, Some("get"), &[Value::str("/:id"), function(1)]);
    project.call(0, &outer, Some("use"), &[function(10)]);
    project.call(0, &outer, Some("use"), &[Value::str("/notes"), inner]);
    project.call(0, &outer, Some("get"), &[Value::str("/me"), function(2)]);
    let chain = made(&mut project, "koa-compose", &[array(&[function(9), outer])]);
    let mounted = made(&mut project, "koa-mount", &[Value::str("/api"), chain]);
    project.call(0, &app, Some("use"), &[mounted]);
    assert_eq!(lines(&project), ["GET /api/v1/notes/:id [9 10 11] 1", "GET /api/v1/me [9 10] 2"]);
}

#[test]
fn a_router_that_nobody_known_mounts_may_be_guarded() {
    let mut project = Project::default();
    project.file("src/app.ts", &[]);
    let app = made(&mut project, "koa", &[]);
    let router = made(&mut project, "@koa/router", &[]);
    project.call(0, &router, Some("get"), &[Value::str("/a"), function(1)]);
    assert_eq!(lines(&project), ["GET /a [] 1"]);
    project.call(0, &app, Some("use"), &[Value::unknown()]);
    assert_eq!(lines(&project), ["GET /a [] 1 (chain unknown)"]);
}

#[test]
fn a_guard_leaves_out_the_paths_that_it_names() {
    let mut project = Project::default();
    project.file("src/app.ts", &[]);
    let app = made(&mut project, "koa", &[]);
    let router = made(&mut project, "@koa/router", &[]);
    for path in ["/login", "/public/a", "/notes"] {
        project.call(0, &router, Some("get"), &[Value::str(path), function(1)]);
    }
    let mut guard = thing(crate::catalog::OWNER, "middleware");
    guard.made = Some(at(0, 77));
    let regex = Value::of(Shape::Builtin([Name::new("RegExp"), Name::new("^\\/public")].into()));
    let paths = object(&[("path", array(&[regex, Value::str("/login")]))]);
    let unless = project.call(0, &value(guard), Some("unless"), &[paths]);
    project.call(0, &app, Some("use"), &[unless]);
    project.call(0, &app, Some("use"), &[router]);
    assert_eq!(lines(&project), ["GET /login [] 1", "GET /public/a [] 1", "GET /notes [?] 1"]);
}

#[test]
fn throw_leaves_and_a_body_does_not() {
    let context = value(thing("koa", "context"));
    assert_eq!(method(&context, "throw", &[number("401"), Value::str("no")]).leaves, Leaves::Always);
    assert_eq!(method(&context, "assert", &[Value::unknown(), number("404")]).leaves, Leaves::May);
    assert_eq!(method(&context, "redirect", &[Value::str("/")]).leaves, Leaves::Never);
    let lib = thing("koa", "context");
    let status = |name: Name| (name == "status").then(|| number("401"));
    let events = Koa.assigned(&lib, Name::new("body"), &Value::str("no"), &status);
    assert!(matches!(events.as_slice(), [EventKind::Respond { status: Some(401), .. }]));
    assert!(Koa.assigned(&lib, Name::new("status"), &number("200"), &status).is_empty());
    assert!(outcome(CallForm::Call, &value(thing("koa", "next")), None, &[], at(0, 0)).is_some_and(|it| it.next == Some(None)));
}

#[test]
fn a_context_holds_what_the_client_wrote() {
    let part = |value: Option<Value>| match value.map(|it| it.origin.clone()) {
        Some(Origin::Client(client)) => Some(client.part),
        _ => None,
    };
    let of = |kind: &str, name: &str| part(Koa.member(&thing("koa", kind), Name::new(name)));
    assert_eq!(
        [of("context", "params"), of("context", "query"), of("request", "body")],
        [Some(Part::Path), Some(Part::Query), Some(Part::Body)]
    );
    // The answer's own, and what a middleware would have set.
    assert_eq!([of("context", "body"), of("context", "user")], [None, None]);
}
