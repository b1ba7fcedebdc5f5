use super::{Tie, Ties};
use crate::base::Name;
use crate::schema::{Policy, PolicyCommand, PolicyTest, RowSecurity, Schema};
use crate::trace::testing::*;
use crate::values::{AccessId, Fact, Filter, Include, Op, Part, Privilege, Projection, Quantifier, Value};

fn tie(build: &Build, access: u32) -> Option<Tie> {
    tie_in(&schema(), build, access)
}

fn tie_in(schema: &Schema, build: &Build, access: u32) -> Option<Tie> {
    Ties::at(&build.trace, schema, build.facts()).why(AccessId(access))
}

fn id(part: &str) -> Value {
    client(Part::Path, part)
}

fn related(relation: &str, filter: Filter) -> Filter {
    Filter::Related { relation: Name::new(relation), quantifier: Quantifier::Some, filter: Box::new(filter) }
}

#[test]
fn an_owner_filter_ties_and_an_id_alone_does_not() {
    let mut route = Build::route("GET", "/lists/:id");
    let own = route.read("list", eq("id", id("id")).and(eq("ownerId", me())));
    let any = route.read("list", eq("id", id("id")));
    assert_eq!(tie(&route, own), Some(Tie::Filter));
    assert_eq!(tie(&route, any), None);
}

#[test]
fn an_or_ties_only_where_every_branch_does() {
    let mut route = Build::route("GET", "/todos");
    let shared = related("shares", eq("userId", me()));
    let both = route.read("todo", related("list", Filter::Or(vec![eq("ownerId", me()), shared])));
    let hole = route.read("list", Filter::Or(vec![eq("ownerId", me()), eq("title", id("q"))]));
    let none =
        Filter::Related { relation: Name::new("shares"), quantifier: Quantifier::None, filter: Box::new(eq("userId", me())) };
    let none = route.read("list", none);
    assert_eq!(tie(&route, both), Some(Tie::Filter));
    assert_eq!(tie(&route, hole), None);
    assert_eq!(tie(&route, none), None);
}

#[test]
fn a_comparison_after_the_fetch_ties_also_through_the_parent_that_came_along() {
    let mut route = Build::route("GET", "/todos/:id");
    let todo = route.found("todo", eq("id", id("id")));
    assert_eq!(tie(&route, todo), None);
    route.learn(Fact::equal(row_key(todo, "list.ownerId"), me_key()));
    assert_eq!(tie(&route, todo), Some(Tie::Compared));
}

#[test]
fn the_assignee_is_no_list_of_children() {
    let mut route = Build::route("GET", "/lists/:id");
    let list = route.found("list", eq("id", id("id")));
    // One of its todos is assigned to the caller: that does not make the list theirs.
    route.learn(Fact::equal(row_key(list, "todos.*.assigneeId"), me_key()));
    assert_eq!(tie(&route, list), None);
}

#[test]
fn a_checked_parent_ties_its_children_by_foreign_key_and_not_by_their_own_id() {
    let mut route = Build::route("DELETE", "/lists/:id/shares/:shareId");
    let list = route.found("list", eq("id", id("id")).and(eq("ownerId", me())));
    let own_id = route.query("listShare", Op::Delete, eq("id", id("shareId")), |_| {});
    let both = route.query("listShare", Op::Delete, eq("id", id("shareId")).and(eq("listId", id("id"))), |_| {});
    let children = route.query("todo", Op::Read, eq("listId", id("id")), |_| {});
    let again = route.query("list", Op::Delete, eq("id", field(list, "id")), |_| {});
    assert_eq!(tie(&route, own_id), None);
    assert_eq!(tie(&route, both), Some(Tie::Key));
    assert_eq!(tie(&route, children), Some(Tie::Key));
    assert_eq!(tie(&route, again), Some(Tie::Key));
}

#[test]
fn a_tied_list_that_was_not_found_ties_no_key() {
    let mut route = Build::route("GET", "/lists/:id/todos");
    route.read("list", eq("id", id("id")).and(eq("ownerId", me())));
    let todos = route.query("todo", Op::Read, eq("listId", id("id")), |_| {});
    assert_eq!(tie(&route, todos), None);
}

#[test]
fn owner_or_sharer_of_the_parent_ties_the_child_that_led_there() {
    // The helper reads the list of the todo with the caller's shares, and says owner || share.
    let mut route = Build::route("PATCH", "/todos/:id");
    let todo = route.found("todo", eq("id", id("id")));
    let list = route.query("list", Op::Read, eq("id", field(todo, "listId")), |it| {
        it.projection.related.push(Include {
            key: Name::new("shares"),
            relation: Name::new("shares"),
            filter: eq("userId", me()),
            projection: Projection::whole(),
        });
    });
    let before = tie(&route, todo);
    let owner = Fact::equal(row_key(list, "ownerId"), me_key());
    route.either(owner, Fact::Is(row_key(list, "shares.*.role"), Name::new("EDITOR")));
    let update = route.query("todo", Op::Update, eq("id", id("id")), |_| {});
    assert_eq!(before, None);
    assert!(tie(&route, list).is_some());
    assert_eq!(tie(&route, todo), Some(Tie::Parent));
    assert_eq!(tie(&route, update), Some(Tie::Key));
}

#[test]
fn a_membership_ties_the_tenant_of_a_record_read_before() {
    let mut route = Build::route("GET", "/projects/:id");
    let project = route.found("project", eq("id", id("id")));
    let workspace = field(project, "workspaceId");
    route.found("workspaceMember", eq("workspaceId", workspace.clone()).and(eq("userId", me())));
    assert_eq!(tie(&route, project), Some(Tie::Parent));
    let schema = schema();
    let ties = Ties::at(&route.trace, &schema, route.facts());
    assert!(ties.value(Name::new("project"), Name::new("workspaceId"), &workspace));
    assert!(!ties.value(Name::new("todo"), Name::new("listId"), &client(Part::Body, "listId")));
}

#[test]
fn a_role_of_the_caller_sees_all_and_one_within_a_tenant_does_not() {
    let mut route = Build::route("DELETE", "/todos/:id");
    let user = route.found("user", eq("id", me()));
    let todo = route.query("todo", Op::Delete, eq("id", id("id")), |_| {});
    assert_eq!(tie(&route, todo), None);
    route.learn(Fact::Is(row_key(user, "role"), Name::new("USER")));
    assert_eq!(tie(&route, todo), None);
    route.learn(Fact::Is(row_key(user, "role"), Name::new("ADMIN")));
    assert_eq!(tie(&route, todo), Some(Tie::Role));

    let mut route = Build::route("DELETE", "/todos/:id");
    let member = route.found("workspaceMember", eq("workspaceId", id("ws")).and(eq("userId", me())));
    let todo = route.query("todo", Op::Delete, eq("id", id("id")), |_| {});
    route.learn(Fact::Is(row_key(member, "role"), Name::new("ADMIN")));
    assert_eq!(tie(&route, todo), None);
}

#[test]
fn the_own_user_row_and_its_tenant_are_identities() {
    let mut route = Build::route("GET", "/shares");
    let user = route.found("user", eq("id", me()));
    let shares = route.read("listShare", eq("userId", field(user, "id")));
    let projects = route.read("project", eq("workspaceId", field(user, "workspaceId")));
    assert_eq!(tie(&route, shares), Some(Tie::Key));
    assert_eq!(tie(&route, projects), Some(Tie::Key));
}

#[test]
fn a_client_value_compared_with_the_caller_is_the_caller() {
    let mut route = Build::route("GET", "/users/:userId/lists");
    let lists = route.read("list", eq("ownerId", id("userId")));
    assert_eq!(tie(&route, lists), None);
    route.learn(Fact::equal(crate::values::Key::Client(Part::Path, names("userId")), me_key()));
    assert_eq!(tie(&route, lists), Some(Tie::Filter));
}

#[test]
fn names_stand_in_without_a_schema() {
    let mut route = Build::route("GET", "/notes/:id");
    let own = route.read("notes", eq("id", id("id")).and(eq("user_id", me())));
    let project = route.found("projects", eq("id", id("p")).and(eq("owner_id", me())));
    let task = route.read("tasks", eq("project_id", field(project, "id")));
    let any = route.read("notes", eq("id", id("id")));
    let none = Schema::default();
    assert_eq!(tie_in(&none, &route, own), Some(Tie::Filter));
    assert_eq!(tie_in(&none, &route, task), Some(Tie::Key));
    assert_eq!(tie_in(&none, &route, any), None);
}

fn secured(check: &[&str], always: bool) -> Schema {
    let mut schema = schema();
    let test = |columns: &[&str]| PolicyTest { always, ties: !always, columns: columns.iter().map(|it| Name::new(it)).collect() };
    let policy = Policy {
        name: Name::new("own"),
        command: PolicyCommand::All,
        roles: vec![],
        permissive: true,
        using: Some(test(&["listId"])),
        check: Some(test(check)),
        declared: None,
    };
    let todo = schema.entities.iter_mut().find(|it| it.name == "Todo");
    todo.into_iter()
        .for_each(|it| it.security = Some(RowSecurity { enabled: true, policies: vec![policy.clone()], updatable: None }));
    schema
}

#[test]
fn policies_tie_what_the_callers_own_client_reaches() {
    let mut route = Build::route("GET", "/todos/:id");
    let own = route.query("todo", Op::Read, eq("id", id("id")), |it| it.client.privilege = Privilege::User);
    let service = route.query("todo", Op::Read, eq("id", id("id")), |it| it.client.privilege = Privilege::Service);
    let unsecured = route.query("list", Op::Read, eq("id", id("id")), |it| it.client.privilege = Privilege::User);
    let schema = secured(&["listId"], false);
    assert_eq!(tie_in(&schema, &route, own), Some(Tie::Policy));
    assert_eq!(tie_in(&schema, &route, service), None);
    assert_eq!(tie_in(&schema, &route, unsecured), None);
    assert_eq!(tie_in(&secured(&[], true), &route, own), None);
    assert!(Ties::at(&route.trace, &schema, route.facts()).policy_checks(Name::new("todo"), Name::new("listId")));
    assert!(!Ties::at(&route.trace, &schema, route.facts()).policy_checks(Name::new("todo"), Name::new("assigneeId")));
}
