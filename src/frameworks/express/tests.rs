use super::*;
use crate::frameworks::testing::{Project, array, function, import, line, member, method, number, object, outcome};
use crate::values::{Effect, EventKind, Sink};

/// A project with one file and an app.
fn project() -> (Project, Value) {
    let mut project = Project::default();
    project.file("src/index.ts", &[]);
    let app = project.call(0, &import("express", &["default"]), None, &[]);
    (project, app)
}

fn router(project: &mut Project) -> Value {
    project.call(0, &import("express", &["default"]), Some("Router"), &[])
}

fn lines(project: &Project) -> Vec<String> {
    project.routes(&Express).iter().map(line).collect()
}

fn s(text: &str) -> Value {
    Value::str(text)
}

#[test]
fn apps_and_routers_are_made_in_every_style() {
    for (path, method, kind) in [
        (&["default"][..], None, "app"),
        (&["*"], None, "app"),
        (&[], None, "app"),
        (&["Router"], None, "router"),
        (&["default", "Router"], None, "router"),
        (&["*"], Some("Router"), "router"),
        (&["default"], Some("json"), "middleware-pass"),
    ] {
        let made = Project::default().call(0, &import("express", path), method, &[]);
        assert_eq!(made.as_lib().map(|it| it.kind.as_str()), Some(kind), "{path:?} {method:?}");
    }
}

#[test]
fn a_middleware_covers_what_is_registered_after_it() {
    let (mut p, app) = project();
    p.call(0, &app, Some("get"), &[s("/public"), function(1)]);
    p.call(0, &app, Some("use"), &[function(2)]);
    p.call(0, &app, Some("get"), &[s("/private/:id/"), function(3), function(4)]);
    let routes = p.routes(&Express);
    assert_eq!(routes.iter().map(line).collect::<Vec<_>>(), ["GET /public [] 1", "GET /private/:id [2 3] 4"]);
    assert_eq!(routes[1].params, [Name::new("id")]);
    let scopes: Vec<Scope> = routes[1].chain.iter().map(|it| it.scope).collect();
    assert_eq!(scopes, [Scope::App, Scope::Route]);
}

#[test]
fn a_mount_has_a_prefix_and_guards_of_its_own() {
    let (mut p, app) = project();
    let (outer, inner) = (router(&mut p), router(&mut p));
    p.call(0, &app, Some("use"), &[s("/api"), function(1), outer.clone()]);
    p.call(0, &outer, Some("use"), &[s("/lists/:listId"), array(&[function(2), array(&[function(3)])]), inner.clone()]);
    // Routes that are added after the mount work.
    p.call(0, &inner, Some("delete"), &[s("/items/:id"), function(4)]);
    p.call(0, &outer, Some("get"), &[s("/health"), function(5)]);
    p.call(0, &app, Some("get"), &[s("/apix"), function(6)]);
    assert_eq!(lines(&p), ["DELETE /api/lists/:listId/items/:id [1 2 3] 4", "GET /api/health [1] 5", "GET /apix [] 6"]);
}

#[test]
fn a_guard_of_a_router_reaches_its_later_neighbours() {
    let (mut p, app) = project();
    let (one, two, other) = (router(&mut p), router(&mut p), router(&mut p));
    p.call(0, &one, Some("use"), &[function(1)]);
    p.call(0, &one, Some("get"), &[s("/a"), function(2)]);
    p.call(0, &two, Some("get"), &[s("/b"), function(3)]);
    p.call(0, &other, Some("get"), &[s("/c"), function(4)]);
    for (path, router) in [("/api", &one), ("/api", &two), ("/open", &other)] {
        p.call(0, &app, Some("use"), &[s(path), router.clone()]);
    }
    assert_eq!(lines(&p), ["GET /api/a [1] 2", "GET /api/b [1] 3", "GET /open/c [] 4"]);
}

#[test]
fn the_same_guard_before_two_routers_stands_in_the_chain_once() {
    let (mut p, app) = project();
    let (one, two) = (router(&mut p), router(&mut p));
    p.call(0, &one, Some("get"), &[s("/a"), function(2)]);
    p.call(0, &two, Some("get"), &[s("/b"), function(3)]);
    p.call(0, &app, Some("use"), &[s("/api"), function(1), one]);
    p.call(0, &app, Some("use"), &[s("/api"), function(1), two]);
    assert_eq!(lines(&p), ["GET /api/a [1] 2", "GET /api/b [1] 3"]);
}

#[test]
fn error_handlers_are_no_links() {
    let (mut p, app) = project();
    p.takes(&function(9), 4);
    p.call(0, &app, Some("use"), &[function(9)]);
    p.call(0, &app, Some("get"), &[s("/a"), function(1), function(9)]);
    assert_eq!(lines(&p), ["GET /a [] 1"]);
}

#[test]
fn a_mounted_function_without_next_is_where_a_request_ends() {
    let (mut p, app) = project();
    for number in [2, 3] {
        p.takes(&function(number), 2);
    }
    p.call(0, &app, Some("use"), &[s("/upload"), function(1), function(2)]);
    // What answers whatever is left is no route.
    p.call(0, &app, Some("use"), &[function(3)]);
    assert_eq!(lines(&p), ["* /upload [1] 2"]);
}

#[test]
fn a_route_object_registers_on_its_parent() {
    let (mut p, app) = project();
    let route = p.call(0, &app, Some("route"), &[s("/x/:id")]);
    let route = p.call(0, &route, Some("all"), &[function(1)]);
    let route = p.call(0, &route, Some("get"), &[function(2)]);
    p.call(0, &route, Some("put"), &[function(3), function(4)]);
    assert_eq!(lines(&p), ["GET /x/:id [1] 2", "PUT /x/:id [1 3] 4"]);
}

#[test]
fn all_is_a_route_unless_it_guards_others() {
    let (mut p, app) = project();
    p.call(0, &app, Some("all"), &[s("/api/*"), function(1)]);
    p.call(0, &app, Some("get"), &[s("/api/x"), function(2)]);
    p.call(0, &app, Some("all"), &[s("/hook"), function(3)]);
    assert_eq!(lines(&p), ["GET /api/x [1] 2", "* /hook [] 3"]);
}

#[test]
fn a_second_route_of_the_same_path_comes_after_the_first() {
    let (mut p, app) = project();
    p.call(0, &app, Some("get"), &[s("/x/:id"), function(1)]);
    p.call(0, &app, Some("post"), &[s("/x/:id"), function(2)]);
    p.call(0, &app, Some("get"), &[s("/x/:id"), function(3)]);
    assert_eq!(lines(&p), ["GET /x/:id [] 1", "POST /x/:id [] 2", "GET /x/:id [1] 3"]);
}

#[test]
fn param_handlers_run_for_routes_with_that_parameter_and_are_not_inherited() {
    let (mut p, app) = project();
    let inner = router(&mut p);
    p.call(0, &inner, Some("get"), &[s("/:id"), function(2)]);
    p.call(0, &app, Some("param"), &[s("id"), function(1)]);
    p.call(0, &app, Some("get"), &[s("/a/:id"), function(3)]);
    p.call(0, &app, Some("get"), &[s("/b/:other"), function(4)]);
    p.call(0, &app, Some("use"), &[s("/c"), inner]);
    let routes = p.routes(&Express);
    assert_eq!(routes.iter().map(line).collect::<Vec<_>>(), ["GET /a/:id [1] 3", "GET /b/:other [] 4", "GET /c/:id [] 2"]);
    let given = Express.arguments(&routes[0], 0);
    assert_eq!(given.len(), 5);
    assert_eq!(given[3], Value::client(Part::Path, &[Name::new("id")]));
}

#[test]
fn paths_come_as_arrays_templates_and_patterns() {
    let (mut p, app) = project();
    p.call(0, &app, Some("get"), &[array(&[s("/a"), s("/b/:id")]), function(1)]);
    let prefix = Value::new(Shape::Unknown, Origin::Env(Name::new("PREFIX")), Truth::default());
    p.call(0, &app, Some("use"), &[prefix.clone(), function(2)]);
    let text = Shape::Text { quasis: [std::sync::Arc::from(""), "/x".into()].into(), parts: [prefix].into() };
    p.call(0, &app, Some("get"), &[Value::of(text), function(3)]);
    let regex = Value::of(Shape::Builtin(["RegExp", "^\\/v\\d+$"].iter().map(|it| Name::new(it)).collect()));
    p.call(0, &app, Some("get"), &[regex, function(4)]);
    assert_eq!(lines(&p), ["GET /a [] 1", "GET /b/:id [] 1", "GET /…/x [2] 3", "GET ^\\/v\\d+$ [] 4 (chain unknown)"]);
}

#[test]
fn a_router_that_nobody_mounts_still_has_routes() {
    let mut p = Project::default();
    p.file("src/routes.ts", &[]);
    let router = router(&mut p);
    p.call(0, &router, Some("use"), &[function(1)]);
    p.call(0, &router, Some("get"), &[s("/:id"), function(2)]);
    assert_eq!(lines(&p), ["GET /:id [1] 2"]);
    // Where an unknown value was mounted, it may have been this one, behind guards.
    let app = p.call(0, &import("express", &["default"]), None, &[]);
    p.call(0, &app, Some("use"), &[Value::unknown()]);
    assert_eq!(lines(&p), ["GET /:id [1] 2 (chain unknown)"]);
}

#[test]
fn unknown_handlers_stay_in_the_chain_and_spreads_are_said() {
    let (mut p, app) = project();
    p.call(0, &app, Some("get"), &[s("/a"), Value::unknown(), function(1)]);
    p.call(0, &app, Some("get"), &[s("/b"), Value::of(Shape::List(Value::unknown())), function(1)]);
    assert_eq!(lines(&p), ["GET /a [?] 1", "GET /b [?] 1 (chain unknown)"]);
}

#[test]
fn a_setting_is_no_route_and_a_cycle_ends() {
    let (mut p, app) = project();
    let (one, two) = (router(&mut p), router(&mut p));
    p.call(0, &app, Some("get"), &[s("env")]);
    p.call(0, &one, Some("use"), &[s("/two"), two.clone()]);
    p.call(0, &two, Some("use"), &[s("/one"), one.clone()]);
    p.call(0, &two, Some("get"), &[s("/x"), function(1)]);
    p.call(0, &app, Some("use"), &[one]);
    assert_eq!(lines(&p), ["GET /two/x [] 1"]);
}

#[test]
fn an_app_that_comes_as_a_parameter_needs_signs_of_express() {
    let mut p = Project::default();
    p.file("routes.js", &[]);
    p.call(0, &Value::unknown(), Some("get"), &[s("/x"), function(1), function(2)]);
    p.call(0, &Value::unknown(), Some("get"), &[s("x"), function(3)]);
    p.call(0, &Value::unknown(), Some("get"), &[s("/x")]);
    assert!(lines(&p).is_empty());
    p.imports(0, "express");
    assert_eq!(lines(&p), ["GET /x [1] 2 (chain unknown)"]);
}

#[test]
fn a_required_file_is_what_it_exports() {
    let (mut p, app) = project();
    let router = router(&mut p);
    let file = p.file("src/routes.js", &[("default", router.clone())]);
    p.call(file, &router, Some("get"), &[s("/x"), function(1)]);
    let mut namespace = thing("module", "namespace");
    namespace.made = Some(crate::frameworks::testing::at(file, 0));
    p.call(0, &app, Some("use"), &[s("/api"), value(namespace)]);
    assert_eq!(lines(&p), ["GET /api/x [] 1"]);
}

/// What a handler of the route gets.
fn handler_arguments() -> Vec<Value> {
    let (mut p, app) = project();
    p.call(0, &app, Some("use"), &[function(1)]);
    p.call(0, &app, Some("post"), &[s("/lists/:id"), function(2)]);
    let routes = p.routes(&Express);
    Express.arguments(&routes[0], 1)
}

#[test]
fn a_request_hands_in_what_the_client_wrote() {
    let [request, ..] = &handler_arguments()[..] else { panic!("a request comes first") };
    for (name, part) in [
        ("body", Part::Body),
        ("query", Part::Query),
        ("params", Part::Path),
        ("headers", Part::Header),
        ("cookies", Part::Cookie),
    ] {
        assert_eq!(member(request, name), Value::client(part, &[]));
    }
    assert_eq!(member(request, "user"), Value::unknown());
    assert_eq!(member(request, "method").as_str(), Some("POST"));
    let Shape::Text { quasis, .. } = &member(request, "originalUrl").shape else { panic!("its fixed texts are known") };
    assert_eq!(&*quasis[0], "/lists/");
    let header = method(request, "get", &[s("X-User-Id")]).value;
    assert_eq!(header, Some(Value::client(Part::Header, &[Name::new("x-user-id")])));
    let place = member(request, "file");
    assert!(place.field("path").is_none() && place.field("originalname").is_some_and(|it| it.origin.is_client()));
}

#[test]
fn answers_have_their_status_and_do_not_leave() {
    let arguments = handler_arguments();
    let response = &arguments[1];
    let body = object(&[("ok", Value::bool(true))]);
    let refused = method(response, "status", &[number("401")]).value.expect("the response again");
    let outcome = method(&refused, "json", std::slice::from_ref(&body));
    assert_eq!(outcome.events, [EventKind::Respond { body: body.clone(), status: Some(401) }]);
    assert_eq!(outcome.leaves, crate::values::Leaves::Never);
    let answered = |name: &str, args: &[Value]| method(response, name, args).events;
    let nothing = |status| EventKind::Respond { body: Value::nullish(), status: Some(status) };
    assert_eq!(answered("send", std::slice::from_ref(&body)), [EventKind::Respond { body, status: Some(200) }]);
    assert_eq!(answered("sendStatus", &[number("204")]), [nothing(204)]);
    assert_eq!(answered("end", &[]), [nothing(200)]);
    let to = s("/login");
    let redirected = |status| [EventKind::Sink { kind: Sink::Redirect, value: to.clone() }, nothing(status)];
    assert_eq!(answered("redirect", std::slice::from_ref(&to)), redirected(302));
    assert_eq!(answered("redirect", &[number("301"), to.clone()]), redirected(301));
    assert!(matches!(
        &answered("download", &[s("/x")])[..],
        [EventKind::Sink { kind: Sink::Path, .. }, EventKind::Respond { .. }]
    ));
    let below_root = answered("sendFile", &[s("x"), object(&[("root", s("/files"))])]);
    assert!(matches!(&below_root[..], [EventKind::Respond { .. }]));
    assert!(matches!(&answered("cookie", &[s("a"), s("b")])[..], [EventKind::Effect { kind: Effect::SetCookie, .. }]));
    let unknown = method(response, "status", &[Value::unknown()]).value.expect("the response again");
    assert!(matches!(&method(&unknown, "json", &[]).events[..], [EventKind::Respond { status: None, .. }]));
}

#[test]
fn next_goes_on_fails_or_skips() {
    let (mut p, app) = project();
    p.call(0, &app, Some("use"), &[function(1)]);
    p.call(0, &app, Some("get"), &[s("/x"), function(2), function(3)]);
    let route = p.routes(&Express).remove(0);
    let next = |index: usize, args: &[Value]| {
        let next = Express.arguments(&route, index).remove(2);
        let form = crate::values::CallForm::Call;
        outcome(form, &next, None, args, crate::frameworks::testing::at(0, 0)).and_then(|it| it.next)
    };
    assert_eq!(next(1, &[]), Some(None));
    assert_eq!(next(1, &[Value::nullish()]), Some(None));
    assert_eq!(next(1, &[Value::unknown()]), Some(Some(Value::unknown())));
    // It leaves the route from one of the route's own functions, and is nothing special elsewhere.
    assert_eq!(next(1, &[s("route")]), Some(Some(s("route"))));
    assert_eq!(next(0, &[s("route")]), Some(None));
}

#[test]
fn a_parser_goes_on() {
    let parser = Project::default().call(0, &import("express", &["default"]), Some("json"), &[]);
    let args = handler_arguments();
    let outcome = outcome(crate::values::CallForm::Call, &parser, None, &args, crate::frameworks::testing::at(0, 0));
    assert_eq!(outcome.and_then(|it| it.next), Some(None));
}
