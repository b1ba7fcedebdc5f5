use super::*;
use crate::frameworks::testing::{
    Project, array, at, function, import, line, member, method, number, number_of, object, outcome,
};
use crate::values::{CallForm, EventKind, Leaves, Sink};

fn lines(project: &Project) -> Vec<String> {
    project.routes(&Next).iter().map(line).collect()
}

fn with_matcher(matcher: Value) -> Value {
    object(&[("matcher", matcher)])
}

/// `NextResponse.<method>(…)`, as a value.
fn built(method: &str, args: &[Value]) -> Value {
    let outcome = outcome(CallForm::Call, &import("next/server", &["NextResponse", method]), None, args, at(0, 0));
    outcome.and_then(|it| it.value).unwrap_or_else(|| panic!("{method} builds a response"))
}

#[test]
fn every_exported_method_is_a_route() {
    let mut p = Project::default();
    p.file("src/app/api/lists/[id]/route.ts", &[("GET", function(1)), ("DELETE", function(2)), ("dynamic", Value::str("x"))]);
    p.file("src/app/api/auth/[...nextauth]/route.ts", &[("GET", import("x", &["handlers", "GET"]))]);
    p.file("src/pages/api/users/[id].ts", &[("default", function(3)), ("config", object(&[]))]);
    p.file("src/lib/route.ts", &[("GET", function(4))]);
    assert_eq!(
        lines(&p),
        ["GET /api/lists/:id [] 1", "DELETE /api/lists/:id [] 2", "GET /api/auth/*nextauth [] ?", "* /api/users/:id [] 3"]
    );
}

#[test]
fn a_middleware_stands_before_what_its_matcher_takes_in() {
    let mut p = Project::default();
    p.file("app/api/private/route.ts", &[("GET", function(1))]);
    p.file("app/api/export/route.ts", &[("GET", function(2))]);
    p.file("apps/other/app/api/private/route.ts", &[("GET", function(3))]);
    p.file("middleware.ts", &[("middleware", function(9)), ("config", with_matcher(Value::str("/api/private/:path*")))]);
    let routes = p.routes(&Next);
    let lines: Vec<String> = routes.iter().map(line).collect();
    assert_eq!(lines, ["GET /api/private [9] 1", "GET /api/export [] 2", "GET /api/private [] 3"]);
    let left_out: Vec<bool> = routes.iter().map(|it| it.left_out_by.is_some()).collect();
    assert_eq!(left_out, [false, true, false]);
}

#[test]
fn without_a_matcher_it_guards_everything_and_a_dynamic_one_is_said() {
    let mut p = Project::default();
    p.file("src/app/api/x/route.ts", &[("GET", function(1))]);
    p.file("src/proxy.ts", &[("default", function(9))]);
    // Beside a proxy, and in a folder where Next does not look.
    p.file("src/middleware.ts", &[("middleware", function(8))]);
    p.file("middleware.ts", &[("middleware", function(7))]);
    assert_eq!(lines(&p), ["GET /api/x [9] 1"]);
    let mut p = Project::default();
    p.file("app/api/x/route.ts", &[("GET", function(1))]);
    p.file("middleware.ts", &[("default", function(9)), ("config", with_matcher(array(&[Value::unknown()])))]);
    assert_eq!(lines(&p), ["GET /api/x [] 1 (chain unknown)"]);
}

#[test]
fn a_handler_gets_the_request_and_its_parameters() {
    let mut p = Project::default();
    p.file("app/api/lists/[id]/[...rest]/route.ts", &[("POST", function(1))]);
    let route = p.routes(&Next).remove(0);
    let arguments = Next.arguments(&route, 0);
    let params = arguments[1].field("params").expect("parameters");
    let id = params.field("id").expect("the parameter");
    assert_eq!(id.origin, Origin::client(Part::Path, &[Name::new("id")]));
    assert!(matches!(params.field("rest").map(|it| &it.shape), Some(Shape::List(_))));
    let request = &arguments[0];
    assert_eq!(method(request, "json", &[]).value.map(|it| it.awaited()), Some(Value::client(Part::Body, &[])));
    let query = member(&member(request, "nextUrl"), "searchParams");
    assert_eq!(method(&query, "get", &[Value::str("q")]).value, Some(Value::client(Part::Query, &[Name::new("q")])));
    let Shape::Text { quasis, .. } = &member(&member(request, "nextUrl"), "pathname").shape else {
        panic!("its fixed texts are known")
    };
    assert_eq!(&*quasis[0], "/api/lists/");
    assert_eq!(member(request, "method").as_str(), Some("POST"));
    assert_eq!(member(request, "auth"), Value::unknown());
}

#[test]
fn an_api_route_gets_the_request_and_response_of_node() {
    let mut p = Project::default();
    p.file("pages/api/users/[id].ts", &[("default", function(1))]);
    p.file("pages/api/search.ts", &[("default", function(2))]);
    let routes = p.routes(&Next);
    let arguments = Next.arguments(&routes[0], 0);
    let query = member(&arguments[0], "query");
    assert_eq!(query.field("id").map(|it| it.origin.clone()), Some(Origin::client(Part::Path, &[Name::new("id")])));
    assert_eq!(query.as_object().map(|it| it.spreads.clone()), Some(vec![Value::client(Part::Query, &[])]));
    assert_eq!(member(&Next.arguments(&routes[1], 0)[0], "query"), Value::client(Part::Query, &[]));
    assert_eq!(member(&arguments[0], "body"), Value::client(Part::Body, &[]));
    let refused = method(&arguments[1], "status", &[number("403")]).value.expect("the response again");
    assert!(matches!(&method(&refused, "json", &[]).events[..], [EventKind::Respond { status: Some(403), .. }]));
    assert!(matches!(Next.returned(&routes[0], 0, &Value::nullish()), Returned::Nothing));
}

#[test]
fn what_is_returned_answers_or_goes_on() {
    let mut p = Project::default();
    p.file("app/api/x/route.ts", &[("GET", function(1))]);
    p.file("middleware.ts", &[("middleware", function(9))]);
    let route = p.routes(&Next).remove(0);
    let answered = |index, value: &Value| match Next.returned(&route, index, value) {
        Returned::Answer { status, .. } => Some(status),
        Returned::Nothing | Returned::GoesOn | Returned::Argument(..) | Returned::Keeps(_) => None,
    };
    let refused = built("json", &[object(&[]), object(&[("status", number("401"))])]);
    assert_eq!(answered(1, &refused), Some(Some(401)));
    assert_eq!(answered(0, &refused), Some(Some(401)));
    assert_eq!(answered(0, &built("redirect", &[Value::str("/login")])), Some(Some(307)));
    assert_eq!(answered(0, &built("next", &[])), None);
    assert_eq!(answered(0, &Value::nullish()), None);
    assert_eq!(answered(0, &Value::unknown()), None);
    let promised = Value::of(Shape::Promise(built("json", &[Value::str("body")])));
    let Returned::Answer { body, status: Some(200) } = Next.returned(&route, 1, &promised) else { panic!("it answers with 200") };
    assert_eq!(body.as_str(), Some("body"));
}

#[test]
fn redirects_and_refusals_of_next_leave() {
    let call = |path: &str, args: &[Value]| {
        let outcome = outcome(CallForm::Call, &import("next/navigation", &[path]), None, args, at(0, 0));
        outcome.unwrap_or_else(|| panic!("{path} is known"))
    };
    let redirect = call("redirect", &[Value::str("/login")]);
    assert_eq!(redirect.leaves, Leaves::Always);
    assert!(matches!(
        &redirect.events[..],
        [EventKind::Sink { kind: Sink::Redirect, .. }, EventKind::Respond { status: Some(307), .. }]
    ));
    for name in ["notFound", "forbidden", "unauthorized"] {
        assert_eq!(call(name, &[]).leaves, Leaves::Always, "{name}");
    }
}

#[test]
fn stores_hand_in_cookies_and_headers() {
    let store = |name: &str| {
        let outcome = outcome(CallForm::Call, &import("next/headers", &[name]), None, &[], at(0, 0));
        outcome.and_then(|it| it.value).unwrap_or_else(|| panic!("{name} is known"))
    };
    let cookie = method(&store("cookies"), "get", &[Value::str("sid")]).value;
    assert_eq!(cookie, Some(Value::client(Part::Cookie, &[Name::new("sid")])));
    let header = method(&store("headers"), "get", &[Value::str("X-User")]).value;
    assert_eq!(header, Some(Value::client(Part::Header, &[Name::new("x-user")])));
}

#[test]
fn caches_give_the_function_itself_and_later_work_runs() {
    let cached = outcome(CallForm::Call, &import("react", &["cache"]), None, &[function(1)], at(0, 0));
    assert_eq!(cached.and_then(|it| it.value).and_then(|it| number_of(&it)), Some(1));
    let after = outcome(CallForm::Call, &import("next/server", &["after"]), None, &[function(2)], at(0, 0));
    assert_eq!(after.map(|it| it.callbacks.len()), Some(1));
}
