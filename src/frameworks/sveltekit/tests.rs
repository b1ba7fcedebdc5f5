use super::*;
use crate::frameworks::testing::{
    Project, array, at, function, import, line, member, method, number, object as literal, outcome,
};
use crate::values::{CallForm, EventKind, Fact, Leaves, Origin};

fn lines(project: &Project) -> Vec<String> {
    project.routes(&SvelteKit).iter().map(line).collect()
}

fn made(package: &str, name: &str, args: &[Value]) -> crate::values::Outcome {
    outcome(CallForm::Call, &import(package, &[name]), None, args, at(0, 0)).unwrap_or_else(|| panic!("{name} is known"))
}

#[test]
fn endpoints_loads_and_actions_are_routes() {
    let mut p = Project::default();
    p.file("src/routes/api/notes/[id]/+server.ts", &[("GET", function(1)), ("DELETE", function(2)), ("fallback", function(3))]);
    let actions = literal(&[("default", function(4))]);
    p.file("src/routes/(app)/notes/+page.server.ts", &[("load", function(5)), ("actions", actions)]);
    p.file("src/routes/login/+page.server.ts", &[("actions", literal(&[("signin", function(6)), ("reset", function(7))]))]);
    p.file("src/routes/+layout.server.ts", &[("load", function(8))]);
    p.file("src/routes/+page.ts", &[("load", function(9))]);
    assert_eq!(
        lines(&p),
        [
            "GET /api/notes/:id [] 1",
            "DELETE /api/notes/:id [] 2",
            "* /api/notes/:id [] 3",
            "GET /notes [] 5",
            "POST /notes [] 4",
            "POST /login?/signin [] 6",
            "POST /login?/reset [] 7",
            "GET /* [] 8",
        ]
    );
}

#[test]
fn hooks_stand_before_everything_and_layouts_before_nothing() {
    let sequence = made("@sveltejs/kit/hooks", "sequence", &[function(1), function(2)]).value.unwrap_or_else(Value::unknown);
    let mut p = Project::default();
    p.file("src/hooks.server.ts", &[("handle", sequence)]);
    p.file("src/routes/admin/+layout.server.ts", &[("load", function(3))]);
    p.file("src/routes/admin/+page.server.ts", &[("load", function(4))]);
    p.file("other/src/routes/+server.ts", &[("GET", function(5))]);
    assert_eq!(lines(&p), ["GET /admin/* [1 2] 3", "GET /admin [1 2] 4", "GET / [] 5"]);
}

#[test]
fn remote_functions_are_public_routes() {
    let query = made("$app/server", "query", &[function(1)]).value.unwrap_or_else(Value::unknown);
    let form = made("$app/server", "form", &[Value::str("unchecked"), function(2)]).value.unwrap_or_else(Value::unknown);
    let mut p = Project::default();
    p.file("src/lib/notes.remote.ts", &[("getNotes", query), ("save", form), ("limit", number("5"))]);
    assert_eq!(lines(&p), ["GET /_app/remote/notes/getNotes [] ?", "POST /_app/remote/notes/save?form [] ?"]);
    let route = p.routes(&SvelteKit).remove(1);
    let arguments = SvelteKit.arguments(&route, 0);
    assert_eq!(arguments, [Value::client(Part::Form, &[])]);
    let run = outcome(CallForm::Call, &route.handler, None, &arguments, at(0, 0)).unwrap_or_default();
    assert_eq!(run.callbacks.first().map(|it| it.args.clone()), Some(arguments));
}

#[test]
fn error_and_redirect_leave_and_fail_is_a_value() {
    assert_eq!(made("@sveltejs/kit", "error", &[number("403"), Value::str("no")]).leaves, Leaves::Always);
    let redirect = made("@sveltejs/kit", "redirect", &[number("303"), Value::str("/login")]);
    assert_eq!(redirect.leaves, Leaves::Always);
    assert!(matches!(&redirect.events[..], [EventKind::Sink { .. }, EventKind::Respond { status: Some(303), .. }]));
    let fail = made("@sveltejs/kit", "fail", &[number("400"), literal(&[])]);
    assert_eq!(fail.leaves, Leaves::Never);
    let mut p = Project::default();
    p.file("src/routes/+server.ts", &[("GET", function(1))]);
    let route = p.routes(&SvelteKit).remove(0);
    let answer = SvelteKit.returned(&route, 0, &fail.value.unwrap_or_else(Value::unknown));
    assert!(matches!(answer, Returned::Answer { status: Some(400), .. }));
}

#[test]
fn a_handle_gets_the_event_and_resolve_goes_on() {
    let mut p = Project::default();
    p.file("src/hooks.server.ts", &[("handle", array(&[function(1)]))]);
    p.file("src/routes/notes/[id]/+server.ts", &[("PUT", function(2))]);
    let route = p.routes(&SvelteKit).remove(0);
    let input = SvelteKit.arguments(&route, 0).remove(0);
    let resolve = input.field("resolve").cloned().unwrap_or_else(Value::unknown);
    let went_on = outcome(CallForm::Call, &resolve, None, &[], at(0, 0)).unwrap_or_default();
    assert_eq!(went_on.next, Some(None));
    assert!(matches!(SvelteKit.returned(&route, 0, &went_on.value.unwrap_or_else(Value::unknown)), Returned::Nothing));
    let event = SvelteKit.arguments(&route, 1).remove(0);
    let field = |name: &str| event.field(name).cloned().unwrap_or_else(Value::unknown);
    assert_eq!(field("params").field("id").map(|it| it.origin.clone()), Some(Origin::client(Part::Path, &[Name::new("id")])));
    let query = member(&field("url"), "searchParams");
    assert_eq!(method(&query, "get", &[Value::str("q")]).value, Some(Value::client(Part::Query, &[Name::new("q")])));
    let user = member(&field("locals"), "user");
    assert!(user.origin.is_identity() && user.truth.when_true.has(&Fact::Authenticated));
    assert!(!member(&field("locals"), "theme").truth.when_true.has(&Fact::Authenticated));
}
