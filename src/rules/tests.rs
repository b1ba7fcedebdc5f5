use super::{AppFacts, RouteSummary, RuleContext, run};
use crate::base::Name;
use crate::findings::{Confidence, Finding, Severity};
use crate::schema::Schema;
use crate::trace::testing::*;
use crate::values::{
    Checked, Effect, EventKind, Fact, Filter, Identity, IdentityPart, Include, Object, Op, Origin, Part, Payload, Privilege,
    Projection, Shape, Value,
};
use std::sync::Arc;

fn findings_in(app: &AppFacts, build: &Build) -> Vec<Finding> {
    let schema = schema();
    run(&RuleContext::new(&build.trace, &schema, app))
}

fn findings(build: &Build) -> Vec<Finding> {
    let mut app = AppFacts::default();
    app.traits.uses_identity = true;
    findings_in(&app, build)
}

fn rules(build: &Build) -> Vec<&'static str> {
    findings(build).iter().map(|it| it.rule).collect()
}

fn id() -> Value {
    client(Part::Path, "id")
}

fn body(path: &str) -> Value {
    client(Part::Body, path)
}

fn checked(path: &str) -> Value {
    body(path).checked(Checked::Schema)
}

fn spread(fields: &[(&str, Value)], spreads: Vec<Value>) -> Value {
    let mut object = Object { spreads, ..Object::default() };
    fields.iter().for_each(|(name, value)| object.set(Name::new(name), value.clone(), None));
    Value::of(Shape::Object(Arc::new(object)))
}

fn write(build: &mut Build, entity: &str, op: Op, filter: Filter, value: Value) -> u32 {
    build.query(entity, op, filter, |it| it.payload.push(Payload { value, loc: None, relation: vec![] }))
}

fn with_app(other: &[&Build]) -> AppFacts {
    let schema = schema();
    let summaries: Vec<RouteSummary> = other.iter().map(|it| RouteSummary::of(&it.trace, &schema)).collect();
    AppFacts::of(&summaries)
}

#[test]
fn reading_by_id_is_told_once_where_it_is_read() {
    let mut route = Build::route("GET", "/attachments/:id");
    route.signed_in();
    let file = route.found("attachment", eq("id", id()));
    route.respond(row(file));
    let found = findings(&route);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "missing-ownership");
    assert_eq!(found[0].message, "any signed-in caller can read any Attachment by its `id`: nothing ties it to the caller");
    assert_eq!(found[0].confidence, Confidence::High);
}

#[test]
fn deleting_what_was_only_found_is_the_same_flaw() {
    let mut route = Build::route("DELETE", "/attachments/:id");
    route.signed_in();
    let file = route.found("attachment", eq("id", id()));
    route.event(EventKind::Effect { kind: Effect::StorageDelete, args: vec![field(file, "path")] });
    route.query("attachment", Op::Delete, eq("id", field(file, "id")), |_| {});
    let found = findings(&route);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("can delete any Attachment"), "{}", found[0].message);
}

#[test]
fn an_existence_check_and_a_tied_record_are_silent() {
    let mut route = Build::route("GET", "/attachments/:id");
    route.signed_in();
    let file = route.found("attachment", eq("id", id()));
    route.respond(object(&[("ok", Value::bool(true))]));
    route.learn(Fact::equal(row_key(file, "todo.list.ownerId"), me_key()));
    route.respond(row(file));
    assert_eq!(rules(&route), Vec::<&str>::new());
}

#[test]
fn a_child_selected_by_its_own_id_below_a_checked_parent() {
    let mut route = Build::route("DELETE", "/lists/:id/shares/:shareId");
    route.signed_in();
    route.found("list", eq("id", id()).and(eq("ownerId", me())));
    route.query("listShare", Op::Delete, eq("id", client(Part::Path, "shareId")), |_| {});
    assert_eq!(rules(&route), ["missing-ownership"]);
}

#[test]
fn a_new_record_of_somebody_elses_parent() {
    let mut route = Build::route("POST", "/todos");
    route.signed_in();
    write(&mut route, "todo", Op::Create, Filter::All, object(&[("title", checked("title")), ("listId", checked("listId"))]));
    let found = findings(&route);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("to any List by `listId`"), "{}", found[0].message);

    let mut route = Build::route("POST", "/todos");
    route.signed_in();
    route.found("list", eq("id", checked("listId")).and(eq("ownerId", me())));
    let fields = [("title", checked("title")), ("listId", checked("listId")), ("assigneeId", checked("assigneeId"))];
    write(&mut route, "todo", Op::Create, Filter::All, object(&fields));
    assert_eq!(rules(&route), Vec::<&str>::new());
}

#[test]
fn the_untied_parent_that_a_new_child_hangs_on_is_the_flaw() {
    let mut route = Build::route("POST", "/todos/:id/attachments");
    route.signed_in();
    let todo = route.found("todo", eq("id", id()));
    write(&mut route, "attachment", Op::Create, Filter::All, object(&[("todoId", field(todo, "id"))]));
    let found = findings(&route);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("any Todo by its `id`"), "{}", found[0].message);
}

#[test]
fn lists_without_a_tie_and_public_ones() {
    let mut route = Build::route("GET", "/todos");
    route.signed_in();
    let todos = route.query("todo", Op::Read, Filter::All, |_| {});
    route.respond(row(todos));
    assert!(findings(&route)[0].message.contains("the Todo records of everybody"));

    let mut route = Build::route("GET", "/products");
    route.signed_in();
    let products = route.query("product", Op::Read, Filter::All, |_| {});
    route.respond(row(products));
    assert_eq!(rules(&route), Vec::<&str>::new());

    let mut route = Build::route("GET", "/lists");
    route.signed_in();
    let lists = route.query("list", Op::Read, eq("published", Value::bool(true)), |_| {});
    route.respond(row(lists));
    assert_eq!(rules(&route), Vec::<&str>::new());
}

#[test]
fn what_an_unknown_guard_might_have_checked_is_not_proven() {
    let mut route = Build::route("DELETE", "/todos/:id");
    route.signed_in();
    route.event(EventKind::Unknown { what: Name::new("assertCanEdit"), from: Some(Name::new("@acme/auth")), of_records: true });
    route.query("todo", Op::Delete, eq("id", id()), |_| {});
    let found = findings(&route);
    assert_eq!(found[0].confidence, Confidence::NotProven);
    assert_eq!(found[0].unproven[0].declare_as.as_deref(), Some("@acme/auth#assertCanEdit"));
}

#[test]
fn a_write_that_nobody_is_asked_for() {
    let mut route = Build::route("DELETE", "/todos/:id");
    route.query("todo", Op::Delete, eq("id", id()), |_| {});
    assert_eq!(rules(&route), ["missing-authentication"]);
}

#[test]
fn public_by_purpose() {
    let mut sign_up = Build::route("POST", "/api/auth/register");
    write(&mut sign_up, "user", Op::Create, Filter::All, object(&[("email", checked("email"))]));
    assert_eq!(rules(&sign_up), ["missing-rate-limit"]);

    let mut contact = Build::route("POST", "/api/contact");
    contact.event(EventKind::Effect { kind: Effect::Mail, args: vec![checked("message")] });
    assert_eq!(rules(&contact), ["missing-rate-limit"]);

    let mut cron = Build::route("POST", "/cron/close");
    write(&mut cron, "todo", Op::Update, Filter::All, object(&[("title", Value::str("x"))]));
    assert_eq!(rules(&cron), ["missing-authentication"]);

    let mut cron = Build::route("POST", "/cron/close");
    cron.learn(Fact::Secret);
    write(&mut cron, "todo", Op::Update, Filter::All, object(&[("title", Value::str("x"))]));
    assert_eq!(rules(&cron), Vec::<&str>::new());

    let mut reads = Build::route("GET", "/lists/:id");
    let list = reads.found("list", eq("id", id()));
    reads.respond(row(list));
    assert_eq!(rules(&reads), Vec::<&str>::new());
}

#[test]
fn a_read_that_others_guard() {
    let mut guarded = Build::route("GET", "/lists");
    guarded.signed_in();
    let lists = guarded.query("list", Op::Read, eq("ownerId", me()), |_| {});
    guarded.respond(row(lists));
    let mut open = Build::route("GET", "/lists/:id/print");
    let list = open.found("list", eq("id", id()));
    open.respond(row(list));
    let app = with_app(&[&guarded, &open]);
    let found: Vec<&str> = findings_in(&app, &open).iter().map(|it| it.rule).collect();
    assert_eq!(found, ["missing-authentication"]);
}

#[test]
fn an_identity_that_nobody_enforces() {
    let mut route = Build::route("DELETE", "/todos/:id");
    route.event(EventKind::IdentityLookup { value: Value::unknown() });
    route.query("todo", Op::Delete, eq("id", id()), |_| {});
    assert_eq!(rules(&route), ["unenforced-authentication"]);

    let maybe = Value::with_origin(
        Shape::Unknown,
        Origin::Identity(Identity { part: IdentityPart::Id, path: names("user.id"), nullable: true }),
    );
    let mut route = Build::route("GET", "/lists");
    route.event(EventKind::IdentityLookup { value: Value::unknown() });
    let lists = route.query("list", Op::Read, eq("ownerId", maybe), |_| {});
    route.respond(row(lists));
    let found = findings(&route);
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("`ownerId` may be undefined"), "{}", found[0].message);

    let mut route = Build::route("DELETE", "/todos/:id");
    route.event(EventKind::Unawaited { what: Name::new("requireUser") });
    assert_eq!(rules(&route), ["unenforced-authentication"]);
}

#[test]
fn a_reset_token_that_may_be_left_out() {
    let reset = |tested: bool, field: &str| {
        let mut route = Build::route("POST", "/auth/reset-password");
        if tested {
            route.learn(Fact::Holds(crate::values::Key::Client(Part::Body, names("token"))));
        }
        let expires =
            Filter::Field { field: Name::new("expires"), test: crate::values::Test::Other, value: Value::unknown(), loc: None };
        let user = route.found("user", eq(field, body("token")).and(expires));
        write(&mut route, "user", Op::Update, eq("id", user_id(user)), object(&[("name", Value::str("x"))]));
        rules(&route)
    };
    assert!(reset(false, "resetToken").contains(&"unenforced-authentication"));
    assert!(!reset(true, "resetToken").contains(&"unenforced-authentication"));
}

fn user_id(access: u32) -> Value {
    field(access, "id")
}

#[test]
fn a_whole_body_is_written_and_covers_its_validation() {
    let mut route = Build::route("PATCH", "/lists/:id");
    route.signed_in();
    let own = || eq("id", id()).and(eq("ownerId", me()));
    write(&mut route, "list", Op::Update, own(), body(""));
    let found = findings(&route);
    assert_eq!(found.iter().map(|it| it.rule).collect::<Vec<_>>(), ["mass-assignment"]);

    let mut route = Build::route("PATCH", "/lists/:id");
    route.signed_in();
    write(&mut route, "list", Op::Update, own(), spread(&[("title", checked("title"))], vec![body("")]));
    assert_eq!(rules(&route), ["mass-assignment"]);

    let mut route = Build::route("PATCH", "/lists/:id");
    route.signed_in();
    write(&mut route, "list", Op::Update, own(), spread(&[], vec![checked("")]));
    assert_eq!(rules(&route), Vec::<&str>::new());
}

#[test]
fn a_schema_that_lets_a_role_through() {
    let mut route = Build::route("PATCH", "/me");
    route.signed_in();
    write(&mut route, "user", Op::Update, eq("id", me()), object(&[("role", checked("role"))]));
    assert_eq!(rules(&route), ["mass-assignment"]);

    let mut admin = Build::route("PATCH", "/users/:id");
    admin.signed_in();
    admin.learn(Fact::Role);
    write(&mut admin, "user", Op::Update, eq("id", id()), object(&[("role", checked("role"))]));
    assert_eq!(rules(&admin), Vec::<&str>::new());
}

#[test]
fn unvalidated_fields_are_told_once_a_route() {
    let mut route = Build::route("POST", "/lists");
    route.signed_in();
    route.learn(Fact::Holds(crate::values::Key::Client(Part::Body, names("title"))));
    write(&mut route, "list", Op::Create, Filter::All, object(&[("title", body("title")), ("ownerId", me())]));
    route.event(EventKind::Effect { kind: Effect::Mail, args: vec![body("email")] });
    let mut found = findings(&route);
    found.retain(|it| it.rule != "missing-rate-limit");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].rule, "missing-validation");
    assert!(found[0].message.contains("`title` of the body, `email` of the body"), "{}", found[0].message);

    let mut route = Build::route("POST", "/lists");
    route.signed_in();
    let fields = [("title", body("title").checked(Checked::Typed)), ("ownerId", me())];
    write(&mut route, "list", Op::Create, eq("id", id()), object(&fields));
    assert_eq!(rules(&route), Vec::<&str>::new());
}

#[test]
fn a_password_hash_in_an_answer_and_the_own_address() {
    let mut route = Build::route("GET", "/me");
    route.signed_in();
    let user = route.found("user", eq("id", me()));
    route.respond(row(user));
    let found = findings(&route);
    assert_eq!(found[0].rule, "data-exposure");
    assert_eq!(found[0].severity, Severity::Error);
    assert!(found[0].message.contains("`passwordHash`"));

    let mut route = Build::route("GET", "/me");
    route.signed_in();
    let user = route.query("user", Op::Read, eq("id", me()), |it| {
        it.projection = Projection { fields: vec![Name::new("id"), Name::new("email")], ..Projection::default() };
    });
    route.respond(row(user));
    assert_eq!(rules(&route), Vec::<&str>::new());
}

#[test]
fn whole_owners_that_come_along() {
    let mut route = Build::route("GET", "/lists");
    route.signed_in();
    let lists = route.query("list", Op::Read, eq("ownerId", me()), |it| {
        it.projection.related.push(Include {
            key: Name::new("owner"),
            relation: Name::new("owner"),
            filter: Filter::All,
            projection: Projection::whole(),
        });
    });
    route.respond(row(lists));
    assert_eq!(rules(&route), ["data-exposure"]);
}

#[test]
fn the_owner_of_a_new_record_from_the_body() {
    let mut route = Build::route("POST", "/lists");
    route.signed_in();
    write(&mut route, "list", Op::Create, Filter::All, object(&[("title", checked("title")), ("ownerId", checked("userId"))]));
    assert_eq!(rules(&route), ["client-supplied-identity"]);
}

#[test]
fn a_service_client_on_a_secured_table() {
    let mut schema = schema();
    for entity in &mut schema.entities {
        entity.security = Some(crate::schema::RowSecurity { enabled: true, ..Default::default() });
    }
    let mut route = Build::route("GET", "/lists/:id");
    let list = route.query("list", Op::Read, eq("id", id()), |it| it.client.privilege = Privilege::Service);
    route.respond(row(list));
    let app = AppFacts::default();
    let found: Vec<&str> = run(&RuleContext::new(&route.trace, &schema, &app)).iter().map(|it| it.rule).collect();
    assert_eq!(found, ["privileged-client"]);
    let own = Build::route("GET", "/lists/:id");
    assert!(run(&RuleContext::new(&own.trace, &Schema::default(), &app)).is_empty());
}
