//! Routers as set-up code writes them → routes.

use super::super::testing::*;
use super::*;
use crate::values::Scalar;

/// `initTRPC.create()`
fn t(p: &mut Project) -> Value {
    p.call(0, &import("@trpc/server", &["initTRPC", "create"]), None, &[])
}

fn procedure() -> Value {
    value(thing(OWNER, "procedure"))
}

fn schema(fields: &[&str]) -> Value {
    let fields = fields.iter().map(|it| (Name::new(it), crate::values::Validator::Scalar(Scalar::String), false)).collect();
    let unknown = crate::values::UnknownKeys::Strip;
    Value::of(Shape::Validator(std::sync::Arc::new(crate::values::Validator::Object { fields, unknown })))
}

fn lines(p: &Project) -> Vec<String> {
    p.routes(&Trpc).iter().map(line).collect()
}

#[test]
fn procedures_run_their_steps_in_the_order_of_the_builder() {
    let mut p = Project::default();
    p.file("trpc.ts", &[("createContext", function(9))]);
    let t = t(&mut p);
    let guarded = p.call(0, &procedure(), Some("use"), &[function(1)]);
    let with_input = p.call(0, &guarded, Some("input"), &[schema(&["id"])]);
    let tied = p.call(0, &with_input, Some("use"), &[function(2)]);
    let get = p.call(0, &tied, Some("query"), &[function(3)]);
    let open = p.call(0, &procedure(), Some("mutation"), &[function(4)]);
    let inner = p.call(0, &t, Some("router"), &[object(&[("byId", get)])]);
    p.call(0, &t, Some("router"), &[object(&[("posts", inner), ("ping", open)])]);
    assert_eq!(lines(&p), ["GET /posts.byId [? 9 1 ? 2] 3", "POST /ping [? 9] 4"]);
}

#[test]
fn a_builder_that_is_shared_stays_as_it_was() {
    let mut p = Project::default();
    p.file("trpc.ts", &[]);
    let t = t(&mut p);
    let base = p.call(0, &procedure(), Some("use"), &[function(1)]);
    let more = p.call(0, &base, Some("use"), &[function(2)]);
    let one = p.call(0, &base, Some("query"), &[function(3)]);
    let other = p.call(0, &more, Some("subscription"), &[function(4)]);
    p.call(0, &t, Some("router"), &[object(&[("one", one), ("other", other)])]);
    // Without a context that anybody saw being made, nothing is claimed.
    assert_eq!(lines(&p), ["GET /one [? 1] 3 (chain unknown)", "GET /other [? 1 2] 4 (chain unknown)"]);
}

#[test]
fn routers_merge_and_middlewares_are_piped() {
    let mut p = Project::default();
    p.file("trpc.ts", &[("createTRPCContext", function(9))]);
    let t = t(&mut p);
    let middleware = p.call(0, &t, Some("middleware"), &[function(1)]);
    let both = p.call(0, &middleware, Some("unstable_pipe"), &[function(2)]);
    let guarded = p.call(0, &procedure(), Some("use"), &[both]);
    let query = p.call(0, &guarded, Some("query"), &[function(3)]);
    let open = p.call(0, &procedure(), Some("query"), &[function(4)]);
    let one = p.call(0, &t, Some("router"), &[object(&[("a", query)])]);
    let other = p.call(0, &t, Some("router"), &[object(&[("b", open)])]);
    p.call(0, &t, Some("mergeRouters"), &[one, other]);
    assert_eq!(lines(&p), ["GET /a [? 9 1 2] 3", "GET /b [? 9] 4"]);
}

#[test]
fn other_builders_are_no_procedures() {
    let mut p = Project::default();
    p.file("other.ts", &[]);
    let builder = p.call(0, &import("other", &["t"]), Some("procedure"), &[]);
    p.call(0, &builder, Some("query"), &[function(1)]);
    p.call(0, &import("vue-router", &["router"]), None, &[object(&[("a", function(1))])]);
    assert_eq!(lines(&p), [""; 0]);
}

#[test]
fn input_is_what_the_schemas_before_a_step_let_through() {
    let mut p = Project::default();
    p.file("trpc.ts", &[("createContext", function(9))]);
    let t = t(&mut p);
    let first = p.call(0, &procedure(), Some("input"), &[schema(&["id"])]);
    let guarded = p.call(0, &first, Some("use"), &[function(1)]);
    let second = p.call(0, &guarded, Some("input"), &[schema(&["title"])]);
    let mutation = p.call(0, &second, Some("mutation"), &[function(2)]);
    let bare = p.call(0, &procedure(), Some("query"), &[function(3)]);
    p.call(0, &t, Some("router"), &[object(&[("rename", mutation), ("bare", bare)])]);
    let routes = p.routes(&Trpc);
    let input = |route: usize, index: usize| Trpc.arguments(&routes[route], index)[0].field("input").cloned();
    let keys = |value: Option<Value>| value.and_then(|it| it.as_object().map(|it| it.fields.len()));
    // The chain: beginning, context, input, use, input; then the handler.
    assert_eq!(keys(input(0, 3)), Some(1));
    assert_eq!(keys(input(0, 5)), Some(2));
    assert_eq!(input(1, 2), Some(Value::nullish()));
}
