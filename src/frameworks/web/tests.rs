use super::*;
use crate::frameworks::Returned;
use crate::frameworks::testing::{array, at, import, member, method, number, object, outcome, runtime};
use crate::frameworks::things::{thing, value};
use crate::values::{CallForm, Effect, EventKind, Sink};

fn request() -> Value {
    value(thing(OWNER, "request"))
}

fn client(part: Part, path: &[&str]) -> Value {
    let path: Vec<Name> = path.iter().map(|it| Name::new(it)).collect();
    Value::client(part, &path)
}

fn make(class: &str, args: &[Value]) -> Option<Value> {
    outcome(CallForm::New, &runtime(&[class]), None, args, at(0, 0)).and_then(|it| it.value)
}

#[test]
fn a_request_is_read_in_every_form() {
    let awaited = |name: &str| method(&request(), name, &[]).value.map(|it| it.awaited());
    assert_eq!(awaited("json"), Some(client(Part::Body, &[])));
    assert!(awaited("text").is_some_and(|it| it.origin.is_client()));
    let form = awaited("formData").expect("a form");
    assert_eq!(method(&form, "get", &[Value::str("title")]).value, Some(client(Part::Form, &["title"])));
    let all = method(&form, "getAll", &[Value::str("tags")]).value.expect("a list");
    assert_eq!(all.shape, Shape::List(client(Part::Form, &["tags"])));
    let header = method(&member(&request(), "headers"), "get", &[Value::str("Authorization")]).value;
    assert_eq!(header, Some(client(Part::Header, &["authorization"])));
    let cookie = method(&member(&request(), "cookies"), "get", &[Value::str("sid")]).value;
    assert_eq!(cookie, Some(client(Part::Cookie, &["sid"])));
}

#[test]
fn the_query_of_the_requests_url_is_the_clients() {
    let url = make("URL", &[member(&request(), "url")]).expect("a URL");
    assert_eq!(url.origin, Origin::Unknown, "it leads to this very server");
    let query = member(&url, "searchParams");
    assert_eq!(method(&query, "get", &[Value::str("userId")]).value, Some(client(Part::Query, &["userId"])));
    let from_entries = |value: Value| {
        outcome(CallForm::Call, &runtime(&["Object", "fromEntries"]), None, &[value], at(0, 0)).and_then(|it| it.value)
    };
    assert_eq!(from_entries(query.clone()), Some(client(Part::Query, &[])));
    assert_eq!(from_entries(method(&query, "entries", &[]).value.expect("entries")), Some(client(Part::Query, &[])));
    assert_eq!(from_entries(array(&[])), None);
    let again = make("URLSearchParams", &[member(&url, "search")]).expect("a query");
    assert_eq!(method(&again, "get", &[Value::str("q")]).value, Some(client(Part::Query, &["q"])));
}

#[test]
fn a_url_of_the_clients_making_stays_the_clients() {
    let url = make("URL", &[client(Part::Body, &["callback"])]).expect("a URL");
    assert!(url.origin.is_client());
    assert!(member(&url, "hostname").origin.is_client());
    let login = make("URL", &[Value::str("/login"), member(&request(), "url")]).expect("a URL");
    assert!(!login.origin.is_client());
}

#[test]
fn a_response_remembers_its_body_and_status() {
    let init = object(&[("status", number("404"))]);
    let json = outcome(CallForm::Call, &runtime(&["Response", "json"]), None, &[Value::str("x"), init.clone()], at(0, 0));
    let made = make("Response", &[Value::str("x"), init]);
    let next = outcome(CallForm::New, &import("next/server", &["NextResponse"]), None, &[Value::str("x")], at(0, 0));
    for (built, expected) in [(json.and_then(|it| it.value), 404), (made, 404), (next.and_then(|it| it.value), 200)] {
        let Returned::Answer { body, status } = answer(&built.expect("a response")) else { panic!("it answers") };
        assert_eq!((body.as_str(), status), (Some("x"), Some(expected)));
    }
    let redirect =
        outcome(CallForm::Call, &runtime(&["Response"]), Some("redirect"), &[Value::str("/x")], at(0, 0)).expect("known");
    assert!(matches!(&redirect.events[..], [EventKind::Sink { kind: Sink::Redirect, .. }]));
    let Returned::Answer { status: Some(302), .. } = answer(&redirect.value.expect("a response")) else {
        panic!("it answers 302")
    };
}

#[test]
fn another_servers_answer_is_not_known() {
    let address = client(Part::Body, &["url"]);
    let fetched = outcome(CallForm::Call, &runtime(&["fetch"]), None, std::slice::from_ref(&address), at(0, 0)).expect("known");
    assert!(matches!(
        &fetched.events[..],
        [EventKind::Effect { kind: Effect::Fetch, .. }, EventKind::Sink { kind: Sink::Url, value }] if *value == address
    ));
    let answer = fetched.value.expect("a promise").awaited();
    assert_eq!(member(&answer, "ok"), Value::unknown());
    assert_eq!(method(&answer, "json", &[]).value.map(|it| it.awaited()), Some(Value::unknown()));
}
