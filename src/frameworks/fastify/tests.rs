use super::Fastify;
use super::schema;
use crate::base::Name;
use crate::frameworks::testing::{Project, array, at, function, import, line, member, method, object, outcome};
use crate::frameworks::{Framework, Returned};
use crate::values::{CallForm, Leaves, Origin, Part, Shape, Value};

fn app(project: &mut Project, file: u32) -> Value {
    project.call(file, &import("fastify", &["default"]), None, &[])
}

fn lines(project: &Project) -> Vec<String> {
    // The first step only remembers the context.
    let without = |mut route: crate::frameworks::Route| {
        route.chain.remove(0);
        line(&route)
    };
    project.routes(&Fastify).into_iter().map(without).collect()
}

#[test]
fn hooks_cover_routes_that_stand_before_them_in_the_order_of_their_phases() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    for number in 1..=4 {
        project.takes(&function(number), 2);
    }
    let options = object(&[("preHandler", array(&[function(3)])), ("onRequest", function(2))]);
    project.call(file, &it, Some("get"), &[Value::str("/notes/:id(^\\d+$)"), options, function(9)]);
    project.call(file, &it, Some("addHook"), &[Value::str("preHandler"), function(4)]);
    project.call(file, &it, Some("addHook"), &[Value::str("onRequest"), function(1)]);
    project.call(file, &it, Some("addHook"), &[Value::str("onSend"), function(5)]);
    assert_eq!(lines(&project), ["GET /notes/:id [1 2 4 3] 9"]);
}

#[test]
fn routes_are_declared_in_three_ways() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    let route = object(&[
        ("method", array(&[Value::str("put"), Value::str("PATCH")])),
        ("url", Value::str("/a")),
        ("handler", function(1)),
    ]);
    project.call(file, &it, Some("route"), &[route]);
    project.call(file, &it, Some("post"), &[Value::str("/b"), object(&[("handler", function(2))])]);
    project.call(file, &it, Some("all"), &[Value::str("/c/*"), function(3)]);
    project.call(file, &it, Some("setErrorHandler"), &[function(4)]);
    assert_eq!(lines(&project), ["PUT,PATCH /a [] 1", "POST /b [] 2", "* /c/* [] 3"]);
}

#[test]
fn decorators_are_found_whenever_they_were_set() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    project.takes(&function(1), 2);
    let mut lib = it.as_lib().expect("an app").clone();
    lib.path = [Name::new("authenticate")].into();
    let read = Value::of(Shape::Lib(lib.into()));
    project.call(file, &it, Some("get"), &[Value::str("/a"), object(&[("preHandler", read)]), function(9)]);
    project.call(file, &it, Some("decorate"), &[Value::str("authenticate"), function(1)]);
    assert_eq!(lines(&project), ["GET /a [1] 9"]);
    let added = Fastify.assembled(&crate::frameworks::AppView {
        registrations: &[],
        files: &[],
        export: &|_, _| None,
        arity: &|_| None,
        run: &|_, _, _| unreachable!("nothing is registered"),
        told: &|_| None,
        member: &|_, _| Value::unknown(),
        parameters: &|_| None,
        directed: &|_, _| Vec::new(),
        major: &|_| None,
        call: &|_, _| Vec::new(),
    });
    assert!(added.added.is_empty() && added.routes.is_empty());
}

#[test]
fn options_that_cannot_be_read_may_hold_a_guard() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    project.call(file, &it, Some("get"), &[Value::str("/a"), Value::unknown(), function(1)]);
    project.call(file, &it, Some("register"), &[Value::unknown()]);
    assert_eq!(lines(&project), ["GET /a [] 1 (chain unknown)"]);
}

#[test]
fn a_guard_of_several_is_one_of_them_and_all_where_it_says_so() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    [1, 2].iter().for_each(|number| project.takes(&function(*number), 2));
    let both = array(&[function(1), function(2)]);
    let either = project.call(file, &it, Some("auth"), std::slice::from_ref(&both));
    let all = project.call(file, &it, Some("auth"), &[both, object(&[("relation", Value::str("and"))])]);
    project.call(file, &it, Some("get"), &[Value::str("/either"), object(&[("preHandler", either)]), function(9)]);
    project.call(file, &it, Some("get"), &[Value::str("/all"), object(&[("preHandler", all)]), function(9)]);
    let routes = project.routes(&Fastify);
    assert!(matches!(&routes[0].chain[1].function.shape, Shape::OneOf(two) if two.len() == 2));
    assert_eq!(routes[1].chain.len(), 3);
}

#[test]
fn a_limiter_that_is_not_awaited_misses_the_routes_beside_it() {
    // Whether it is there shows in whether it was run: without a catalogue nothing comes of it, so only the answer is compared.
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    project.call(file, &it, Some("register"), &[import("some-guard", &["default"])]);
    project.call(file, &it, Some("register"), &[import("@fastify/rate-limit", &["default"])]);
    project.call(file, &it, Some("get"), &[Value::str("/a"), function(1)]);
    // A plugin of nobody known may be the check; the limiter does not reach the route.
    assert_eq!(lines(&project), ["GET /a [?] 1"]);
}

#[test]
fn an_answer_ends_a_hook_and_not_a_handler() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    let it = app(&mut project, file);
    project.takes(&function(1), 2);
    project.call(file, &it, Some("addHook"), &[Value::str("onRequest"), function(1)]);
    project.call(file, &it, Some("get"), &[Value::str("/a"), function(9)]);
    let route = project.routes(&Fastify).remove(0);
    let reply = |index: usize| Fastify.arguments(&route, index)[1].clone();
    assert_eq!(method(&reply(1), "send", &[Value::nullish()]).leaves, Leaves::Always);
    assert_eq!(method(&reply(2), "send", &[Value::nullish()]).leaves, Leaves::Never);
    assert!(matches!(Fastify.returned(&route, 1, &Value::bool(false)), Returned::GoesOn));
    assert!(matches!(Fastify.returned(&route, 1, &reply(1)), Returned::Nothing));
    assert!(matches!(Fastify.returned(&route, 2, &Value::str("x")), Returned::Answer { .. }));
    assert!(matches!(Fastify.returned(&route, 2, &reply(2)), Returned::Nothing));
}

#[test]
fn only_what_the_response_schema_names_goes_out() {
    let schema_of =
        object(&[("type", Value::str("object")), ("properties", object(&[("id", object(&[("type", Value::str("string"))]))]))]);
    let options = object(&[("schema", object(&[("response", object(&[("2xx", schema_of)]))]))]);
    let responses = schema::responses(&options, &Vec::new()).expect("it has schemas");
    let row = object(&[("id", Value::unknown()), ("hash", Value::unknown())]);
    let names =
        |value: &Value| value.as_object().map(|it| it.fields.iter().map(|(name, _)| name.to_string()).collect::<Vec<_>>());
    assert_eq!(names(&schema::sent(&responses, &row, Some(201))), Some(vec!["id".to_owned()]));
    assert_eq!(names(&schema::sent(&responses, &row, Some(404))), Some(vec!["id".to_owned(), "hash".to_owned()]));
}

#[test]
fn keys_that_a_schema_does_not_name_pass_unless_it_closes_them() {
    let of = |closed: bool| {
        let mut fields =
            vec![("type", Value::str("object")), ("properties", object(&[("title", object(&[("type", Value::str("string"))]))]))];
        if closed {
            fields.push(("additionalProperties", Value::bool(false)));
        }
        object(&[("schema", object(&[("body", object(&fields))]))])
    };
    let request = Fastify.member(&crate::frameworks::things::thing("fastify", "reply"), Name::new("request")).expect("a request");
    let body = |closed: bool| {
        let step = schema::step(&of(closed), &Vec::new()).expect("it checks");
        let step = Value::of(Shape::Lib(step.into()));
        let run = outcome(CallForm::Call, &step, None, std::slice::from_ref(&request), at(0, 0)).expect("it runs");
        assert_eq!(run.next, Some(None));
        run.writes[0].2.clone()
    };
    assert!(body(true).as_object().is_some_and(|it| it.is_closed()));
    assert!(body(false).as_object().is_some_and(|it| !it.is_closed()));
    assert!(schema::step(&object(&[("preHandler", function(1))]), &Vec::new()).is_none());
}

#[test]
fn a_request_holds_what_the_client_wrote() {
    let request = Fastify.member(&crate::frameworks::things::thing("fastify", "reply"), Name::new("request")).expect("a request");
    let part = |name: &str| match &member(&request, name).origin {
        Origin::Client(client) => Some(client.part),
        _ => None,
    };
    assert_eq!(
        [part("body"), part("params"), part("query"), part("user")],
        [Some(Part::Body), Some(Part::Path), Some(Part::Query), None]
    );
}

#[test]
fn what_looks_like_an_app_is_none() {
    let mut project = Project::default();
    let file = project.file("src/app.ts", &[]);
    project.imports(file, "fastify");
    let other = project.call(file, &import("not-fastify", &["default"]), None, &[]);
    project.call(file, &other, Some("get"), &[Value::str("/a"), function(1)]);
    assert!(project.routes(&Fastify).is_empty());
}
