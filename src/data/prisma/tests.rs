//! Calls → queries.

use super::*;
use crate::base::Span;
use crate::data::testing::{
    array, body, call as plain_call, call_as, import, loc, me, member, number, object, one_of, path, query, show, sinks, spread,
    tag, text, value, whole_body,
};
use crate::schema::{EntityRole, Field, FieldType, Relation, Sensitivity, Unique};
use crate::values::{CallForm, Fact, Key};

fn client() -> Value {
    call_as(&Prisma, &Schema::default(), &import("@prisma/client", &["PrismaClient"]), "", &[], CallForm::New)
        .and_then(|it| it.value)
        .expect("a client")
}

fn field(name: &str, to: Option<(&str, bool)>) -> Field {
    let relation = |to: &str| Relation { to: Name::new(to), fields: vec![], references: vec![], label: None };
    Field {
        name: Name::new(name),
        column: None,
        ty: to.map_or(FieldType::String, |(to, _)| FieldType::Relation(relation(to))),
        nullable: false,
        list: to.is_some_and(|(_, list)| list),
        default: None,
        max_length: None,
        sensitivity: Sensitivity::None,
        privilege: None,
        hidden: None,
        span: Span::default(),
    }
}

fn schema() -> Schema {
    let one = |name: &str| (name.to_owned(), None);
    let to = |name: &str, model: &'static str, list: bool| (name.to_owned(), Some((model, list)));
    let models = [
        ("User", vec![one("id"), one("email"), one("password"), to("lists", "List", true)], vec![vec!["id"], vec!["email"]]),
        (
            "List",
            vec![one("id"), one("userId"), to("user", "User", false), to("todos", "Todo", true), to("members", "Member", true)],
            vec![vec!["id"]],
        ),
        ("Todo", vec![one("id"), one("title"), one("listId"), to("list", "List", false)], vec![vec!["id"]]),
        ("Member", vec![one("listId"), one("userId"), one("role"), to("list", "List", false)], vec![vec!["listId", "userId"]]),
    ];
    let mut schema = Schema { known: true, ..Schema::default() };
    for (index, (name, fields, uniques)) in models.into_iter().enumerate() {
        let unique = |names: Vec<&str>| Unique { primary: true, name: None, fields: names.into_iter().map(Name::new).collect() };
        schema.entities.push(Entity {
            name: Name::new(name),
            table: None,
            source: Name::new("prisma"),
            fields: fields.iter().map(|(name, to)| field(name, *to)).collect(),
            uniques: uniques.into_iter().map(unique).collect(),
            declared: None,
            security: None,
            methods: Vec::new(),
            role: EntityRole::Content,
            owners: vec![],
        });
        schema.by_name.insert(Name::new(name), index as u32);
    }
    schema
}

fn run(model: &str, method: &str, args: Value) -> String {
    let without = query(&plain_call(&Prisma, &member(&client(), &[model]), method, std::slice::from_ref(&args)));
    let with = call_as(&Prisma, &schema(), &member(&client(), &[model]), method, &[args], CallForm::Call).expect("a query");
    assert_eq!(show(&without), show(&query(&with)), "a schema says nothing else here");
    show(&without)
}

fn run_with_schema(model: &str, method: &str, args: Value) -> String {
    let outcome = call_as(&Prisma, &schema(), &member(&client(), &[model]), method, &[args], CallForm::Call);
    show(&query(&outcome.expect("a query")))
}

fn selector(selector: Value) -> Value {
    object([("where", selector)])
}

#[test]
fn reads() {
    let id = || selector(object([("id", path("id"))]));
    assert_eq!(run("todo", "findUnique", id()), "read todo where id=path.id select *");
    assert_eq!(
        run("todo", "findMany", object([("where", object([("userId", me())])), ("take", number("20"))])),
        "read todo where userId=me select * limit 20"
    );
    assert_eq!(run("todo", "count", id()), "count todo where id=path.id");
    assert_eq!(run("todo", "findMany", Value::nullish()), "read todo select *");
    assert_eq!(run("todo", "findMany", whole_body()), "read todo where ?(body) select ?");
}

#[test]
fn selectors() {
    for (given, expected) in [
        (object([("AND", array([object([("id", path("id"))]), object([("userId", me())])]))]), "id=path.id, userId=me"),
        (
            object([("OR", array([object([("userId", me())]), object([("public", Value::bool(true))])]))]),
            "[userId=me | public=true]",
        ),
        (object([("NOT", object([("userId", me())]))]), "not(userId=me)"),
        (object([("id", object([("in", body("ids"))]))]), "id in body.ids"),
        (object([("id", object([("equals", path("id"))]))]), "id=path.id"),
        (object([("id", object([("not", path("id"))]))]), "id!=path.id"),
        (object([("id", object([("not", object([("in", body("ids"))]))]))]), "not(id in body.ids)"),
        (object([("title", object([("contains", body("q")), ("mode", Value::str("insensitive"))]))]), "title~body.q"),
        (object([("memberIds", object([("has", me())]))]), "memberIds=me"),
        (object([("listId_userId", object([("listId", path("id")), ("userId", me())]))]), "listId=path.id, userId=me"),
        (object([("list", object([("userId", me())]))]), "list(userId=me)"),
        (object([("list", object([("is", object([("userId", me())]))]))]), "list(userId=me)"),
        (object([("list", object([("is", Value::nullish())]))]), "no list(any)"),
        (object([("list", object([("members", object([("some", object([("userId", me())]))]))]))]), "list(members(userId=me))"),
        (object([("members", object([("every", object([("userId", me())]))]))]), "every members(userId=me)"),
        (object([("members", object([("none", object([]))]))]), "no members(any)"),
    ] {
        let query = query(&plain_call(&Prisma, &member(&client(), &["thing"]), "findFirst", &[selector(given)]));
        assert_eq!(crate::data::testing::show_filter(&query.filter), expected);
    }
}

#[test]
fn the_schema_decides_what_a_key_is() {
    let compound = object([("listId_userId", object([("listId", path("id")), ("userId", me())]))]);
    assert_eq!(
        run_with_schema("member", "findUnique", selector(compound)),
        "read member where listId=path.id, userId=me select *"
    );
    // A relation that is asked for as a whole by a client object.
    assert_eq!(
        run_with_schema("todo", "findMany", selector(object([("list", body("list"))]))),
        "read todo where ?(body.list) select *"
    );
    assert_eq!(
        run_with_schema(
            "todo",
            "findMany",
            object([("select", object([("id", Value::bool(true)), ("list", Value::bool(true))]))])
        ),
        "read todo select id list(*)"
    );
}

#[test]
fn what_may_be_left_out_asks_for_nothing() {
    let base = object([("userId", me())]);
    let status = object([("status", body("status"))]);
    let conditional = spread(&base, one_of([body("status"), status.clone()]));
    assert_eq!(run("todo", "findMany", selector(conditional)), "read todo where [any | status=body.status], userId=me select *");
    assert_eq!(
        run("todo", "findMany", selector(spread(&status, base.clone()))),
        "read todo where userId=me, status=body.status select *"
    );
    assert_eq!(run("todo", "findMany", selector(spread(&base, whole_body()))), "read todo where ?(body), userId=me select *");
    assert_eq!(run("todo", "findMany", selector(one_of([Value::nullish(), base]))), "read todo where [any | userId=me] select *");
}

#[test]
fn writes() {
    let id = || object([("id", path("id"))]);
    let title = || object([("title", body("title"))]);
    assert_eq!(
        run("todo", "update", object([("where", id()), ("data", whole_body())])),
        "update todo where id=path.id write body select *"
    );
    assert_eq!(run("todo", "deleteMany", selector(id())), "delete todo where id=path.id");
    assert_eq!(run("todo", "createMany", object([("data", whole_body())])), "create todo write body");
    assert_eq!(
        run("todo", "upsert", object([("where", id()), ("create", whole_body()), ("update", title())])),
        "upsert todo where id=path.id write body write {title=body.title} select *"
    );
    assert_eq!(
        run("todo", "create", object([("data", spread(&object([("userId", me())]), whole_body()))])),
        "create todo write {userId=me ...body} select *"
    );
}

#[test]
fn nested_writes() {
    let data = object([
        ("title", body("title")),
        ("list", object([("connect", object([("id", body("listId"))]))])),
        ("items", object([("create", array([whole_body()]))])),
        (
            "tags",
            object([("connectOrCreate", array([object([("where", object([("id", body("tag"))])), ("create", body("new"))])]))]),
        ),
    ]);
    let outcome = plain_call(&Prisma, &member(&client(), &["todo"]), "create", &[object([("data", data)])]);
    let query = query(&outcome);
    let nested: Vec<(String, bool)> = query
        .payload
        .iter()
        .enumerate()
        .skip(1)
        .map(|(index, it)| {
            (format!("{:?} {}", it.relation, crate::data::testing::show_value(&it.value)), query.is_reference(index))
        })
        .collect();
    assert_eq!(
        nested,
        [
            ("[\"list\"] {id=body.listId}".to_owned(), true),
            ("[\"items\"] [body]".to_owned(), false),
            ("[\"tags\"] {id=body.tag}".to_owned(), true),
            ("[\"tags\"] body.new".to_owned(), false),
        ]
    );
    // A list of scalars that is replaced is no relation.
    let scalars = object([("data", object([("labels", object([("set", body("labels"))]))]))]);
    assert!(run("todo", "updateMany", scalars).ends_with("write {labels={set=body.labels}}"));
}

#[test]
fn projections() {
    let yes = || Value::bool(true);
    for (args, expected) in [
        (object([("select", object([("id", yes()), ("secret", Value::bool(false)), ("_count", yes())]))]), "id"),
        (object([("omit", object([("password", yes())]))]), "* -password"),
        (object([("include", object([("user", yes())]))]), "* user(*)"),
        (object([("include", object([("user", object([("select", object([("id", yes())]))]))]))]), "* user(id)"),
        (object([("select", object([("todos", object([("where", object([("userId", me())]))]))]))]), "todos(* where userId=me)"),
        (object([("select", body("fields"))]), "?"),
        (spread(&object([]), whole_body()), "* ?"),
    ] {
        let query = query(&plain_call(&Prisma, &member(&client(), &["user"]), "findFirst", &[args]));
        assert_eq!(crate::data::testing::show_projection(&query.projection), expected);
    }
}

#[test]
fn the_clients_own_omit_and_hidden_fields() {
    let omit = |value: bool| object([("user", object([("password", Value::bool(value))]))]);
    let made = call_as(
        &Prisma,
        &schema(),
        &import("../generated/prisma/client", &["PrismaClient"]),
        "",
        &[object([("omit", omit(true))])],
        CallForm::New,
    );
    let made = made.and_then(|it| it.value).expect("a client");
    let show = |client: &Value, model: &str, args: Value| {
        let outcome = call_as(&Prisma, &schema(), &member(client, &[model]), "findFirst", &[args], CallForm::Call);
        crate::data::testing::show_projection(&query(&outcome.expect("a query")).projection)
    };
    assert_eq!(show(&made, "user", object([])), "* -password");
    assert_eq!(show(&made, "list", object([("include", object([("user", Value::bool(true))]))])), "* user(* -password)");
    assert_eq!(show(&made, "user", object([("omit", object([("password", Value::bool(false))]))])), "*");
    let hidden = object([("needs", object([])), ("compute", Value::unknown())]);
    let extension = object([("result", object([("user", object([("password", hidden)]))]))]);
    let extended = value(&Prisma, &client(), "$extends", &[extension]);
    assert_eq!(show(&extended, "user", object([])), "* -password");
}

#[test]
fn what_a_query_extension_makes_of_a_query_is_not_known() {
    let unknown = |extension: Value, model: &str| {
        let extended = value(&Prisma, &client(), "$extends", &[extension]);
        let outcome = plain_call(&Prisma, &member(&extended, &[model]), "findMany", &[]);
        outcome.events.iter().any(|it| matches!(it, EventKind::Unknown { .. }))
    };
    let of = |key| object([("query", object([(key, object([]))]))]);
    assert!(unknown(of("todo"), "todo") && unknown(of("$allModels"), "todo") && unknown(whole_body(), "todo"));
    assert!(!unknown(of("list"), "todo"));
    let cached =
        call_as(&Prisma, &schema(), &import("@prisma/extension-accelerate", &["withAccelerate"]), "", &[], CallForm::Call);
    assert!(!unknown(cached.and_then(|it| it.value).expect("an extension"), "todo"));
}

#[test]
fn operators_from_the_client() {
    let sinks_of = |method: &str, selector_: Value| {
        sinks(&plain_call(&Prisma, &member(&client(), &["user"]), method, &[selector(selector_)]))
    };
    assert_eq!(sinks_of("findFirst", object([("email", body("email"))])), ["Operators body.email"]);
    assert_eq!(sinks_of("findMany", whole_body()), ["Operators body"]);
    // A path segment is a text, and a unique key takes no operators.
    assert_eq!(sinks_of("findFirst", object([("id", path("id"))])), [""; 0]);
    assert_eq!(sinks_of("findUnique", object([("id", body("id"))])), [""; 0]);
}

#[test]
fn raw_statements() {
    let run = |method: &str, quasis: &[&str], args: &[Value]| tag(&Prisma, &client(), method, quasis, args);
    let found = run("$queryRaw", &["SELECT * FROM \"Todo\" WHERE id = ", " AND \"userId\" = ", ""], &[path("id"), me()]);
    assert_eq!(show(&query(&found)), "read Todo where id=path.id, userId=me select *");
    assert_eq!(sinks(&found), [""; 0]);

    let order = plain_call(&Prisma, &import("@prisma/client", &["Prisma"]), "raw", &[body("sort")]).value.expect("a fragment");
    let sorted = run("$queryRaw", &["SELECT id FROM todos ORDER BY ", ""], &[order]);
    assert_eq!(show(&query(&sorted)), "read todos select id");
    assert_eq!(sinks(&sorted), ["Sql body.sort"]);

    let fragment =
        tag(&Prisma, &import("@prisma/client", &["Prisma"]), "sql", &["user_id = ", ""], &[me()]).value.expect("a fragment");
    let nested = run("$queryRaw", &["SELECT id FROM todos WHERE ", ""], std::slice::from_ref(&fragment));
    assert_eq!(show(&query(&nested)), "read todos where user_id=me select id");
    let joined = plain_call(
        &Prisma,
        &import("@prisma/client", &["Prisma", "join"]),
        "",
        &[array([fragment.clone(), fragment]), Value::str(" OR ")],
    );
    let nested = run("$queryRaw", &["SELECT id FROM todos WHERE ", ""], &[joined.value.expect("a fragment")]);
    assert_eq!(show(&query(&nested)), "read todos where [user_id=me | user_id=me] select id");

    let unsafe_text = text(&["SELECT * FROM todos WHERE title = '", "' AND user_id = $1"], [body("title")]);
    let unsafe_ = plain_call(&Prisma, &client(), "$queryRawUnsafe", &[unsafe_text, me()]);
    assert_eq!(show(&query(&unsafe_)), "read todos where title=body.title, user_id=me select *");
    assert_eq!(sinks(&unsafe_), ["Sql body.title"]);

    let changed = run("$executeRaw", &["UPDATE todos SET done = true WHERE id = ", ""], &[path("id")]);
    assert_eq!(show(&query(&changed)), "update todos where id=path.id write {done=true}");
    let count = Prisma.result(&query(&changed), AccessId(0));
    assert!(matches!(count.shape, Shape::Scalar(crate::values::Scalar::Number)));
}

#[test]
fn transactions() {
    let pending = value(&Prisma, &member(&client(), &["todo"]), "findMany", &[]);
    let array_ = value(&Prisma, &client(), "$transaction", &[array([pending])]);
    assert!(matches!(&array_.shape, Shape::Array(queries) if matches!(queries[0].shape, Shape::Query(_))));
    let interactive = plain_call(&Prisma, &client(), "$transaction", &[import("./work", &["run"])]);
    assert_eq!(interactive.callbacks.len(), 1);
    assert_eq!(interactive.callbacks[0].args, [client()]);
}

#[test]
fn results() {
    let id = selector(object([("id", path("id"))]));
    let of = |method: &str| {
        Prisma.result(&query(&plain_call(&Prisma, &member(&client(), &["todo"]), method, std::slice::from_ref(&id))), AccessId(3))
    };
    let found = Fact::Holds(Key::Row(AccessId(3), Arc::from([])));
    let unique = of("findUnique");
    assert!(matches!(unique.shape, Shape::Row(_)) && unique.truth.known.is_none() && unique.truth.when_true.has(&found));
    for method in ["findUniqueOrThrow", "update", "delete", "create"] {
        assert_eq!(of(method).truth.known, Some(true), "{method}");
    }
    assert!(matches!(of("findMany").shape, Shape::Rows(_)));
    // `if (!count) return 404`
    assert!(of("updateMany").field("count").is_some_and(|count| count.truth.when_true.has(&found)));
    assert!(of("count").truth.when_true.has(&found));
}

#[test]
fn places_for_edits() {
    let args = object([("where", object([("id", path("id"))])), ("select", object([("id", Value::bool(true))]))]);
    let query = query(&plain_call(&Prisma, &member(&client(), &["todo"]), "findFirst", &[args]));
    assert_eq!((query.filter_loc, query.projection_loc), (Some(loc(0)), Some(loc(1))));
}

#[test]
fn records_by_way_of_another_record() {
    let parent = call_as(
        &Prisma,
        &schema(),
        &member(&client(), &["list"]),
        "findUnique",
        &[selector(object([("id", path("id"))]))],
        CallForm::Call,
    );
    let parent = parent.and_then(|it| it.value).expect("a query");
    let todos = call_as(&Prisma, &schema(), &parent, "todos", &[], CallForm::Call).expect("a query");
    assert_eq!(show(&query(&todos)), "read Todo where list(id=path.id) select *");
    assert!(matches!(Prisma.result(&query(&todos), AccessId(0)).shape, Shape::Rows(_)));
}
