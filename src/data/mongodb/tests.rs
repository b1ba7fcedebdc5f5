use super::*;
use crate::data::testing::{array, body, call, call_as, import, me, number, object, path, query, show, sinks, value, whole_body};
use crate::values::{Fact, Key, Runs};

fn client() -> Value {
    let made = call_as(&MongoDb, &Schema::default(), &import("mongodb", &["MongoClient"]), "", &[], CallForm::New);
    made.and_then(|it| it.value).expect("a client")
}

fn todos() -> Value {
    value(&MongoDb, &value(&MongoDb, &client(), "db", &[]), "collection", &[Value::str("todos")])
}

fn shown(method: &str, args: &[Value]) -> String {
    show(&query(&call(&MongoDb, &todos(), method, args)))
}

#[test]
fn every_function_of_a_collection() {
    let own = || object([("_id", path("id")), ("userId", me())]);
    let set = || object([("$set", whole_body())]);
    for (method, args, expected) in [
        ("findOne", vec![own()], "read todos where _id=path.id, userId=me select *"),
        ("find", vec![], "read todos select *"),
        ("insertOne", vec![whole_body()], "create todos write body"),
        ("insertMany", vec![array([whole_body()])], "create todos write [body]"),
        ("updateOne", vec![own(), set()], "update todos where _id=path.id, userId=me write {...body}"),
        (
            "updateOne",
            vec![own(), set(), object([("upsert", Value::bool(true))])],
            "upsert todos where _id=path.id, userId=me write {...body}",
        ),
        ("replaceOne", vec![own(), whole_body()], "update todos where _id=path.id, userId=me write body"),
        ("findOneAndUpdate", vec![own(), set()], "update todos where _id=path.id, userId=me write {...body} select *"),
        ("findOneAndDelete", vec![own()], "delete todos where _id=path.id, userId=me select *"),
        ("deleteMany", vec![], "delete todos"),
        ("countDocuments", vec![own()], "count todos where _id=path.id, userId=me"),
        ("distinct", vec![Value::str("tag"), own()], "count todos where _id=path.id, userId=me"),
        (
            "findOne",
            vec![own(), object([("projection", object([("secret", number("0"))]))])],
            "read todos where _id=path.id, userId=me select * -secret",
        ),
        ("findOne", vec![own(), object([("title", number("1"))])], "read todos where _id=path.id, userId=me select title"),
        ("aggregate", vec![array([object([("$match", own())])])], "read todos where _id=path.id, userId=me select *"),
        (
            "bulkWrite",
            vec![array([object([("updateOne", object([("filter", own()), ("update", set())]))])])],
            "update todos where _id=path.id, userId=me write {...body}",
        ),
    ] {
        assert_eq!(shown(method, &args), expected, "{method}");
    }
}

#[test]
fn a_cursor_waits() {
    let found = call(&MongoDb, &todos(), "find", &[object([("userId", me())])]);
    assert!(found.runs == Runs::Later);
    let few = value(&MongoDb, &found.value.clone().expect("a cursor"), "limit", &[number("5")]);
    let listed = call(&MongoDb, &few, "toArray", &[]);
    assert_eq!(show(&query(&listed)), "read todos where userId=me select * limit 5");
    assert!(call(&MongoDb, &todos(), "deleteOne", &[object([("_id", path("id"))])]).runs == Runs::Promised);
}

#[test]
fn a_callback_gets_the_result() {
    let function = import("./done", &["done"]);
    let found = call(&MongoDb, &todos(), "findOne", &[object([("_id", path("id"))]), function.clone()]);
    assert_eq!(found.hands, Some(function.clone()));
    let connected = call(&MongoDb, &import("mongodb", &["MongoClient"]), "connect", &[Value::str("url"), function]);
    assert!(connected.callbacks[0].args[1].as_lib().is_some_and(|it| it.kind == "client"));
}

#[test]
fn operators_from_the_client() {
    let by = |value: Value| sinks(&call(&MongoDb, &todos(), "findOne", &[object([("email", value)])]));
    assert_eq!(by(body("email")), ["Operators body.email"]);
    assert_eq!(by(path("email")), [""; 0]);
    assert_eq!(by(value(&MongoDb, &import("mongodb", &["ObjectId"]), "", &[body("email")])), [""; 0]);
    assert_eq!(sinks(&call(&MongoDb, &todos(), "deleteOne", &[whole_body()])), ["Operators body"]);
}

#[test]
fn results() {
    let of = |method: &str| MongoDb.result(&query(&call(&MongoDb, &todos(), method, &[whole_body(), whole_body()])), AccessId(1));
    let found = Fact::Holds(Key::Row(AccessId(1), Arc::from([])));
    assert!(matches!(of("findOne").shape, Shape::Row(_)) && of("findOne").truth.known.is_none());
    assert!(matches!(of("find").shape, Shape::Rows(_)));
    assert!(of("deleteOne").field("deletedCount").is_some_and(|it| it.truth.when_true.has(&found)));
}

#[test]
fn a_collection_of_something_unknown_is_known_by_its_methods() {
    let facts = Facts::none();
    let args = [Value::str("todos")];
    let unknown = Value::unknown();
    let at = Call {
        callee: &unknown,
        method: Some(Name::new("collection")),
        args: &args,
        arg_locs: &[],
        form: CallForm::Call,
        loc: crate::data::testing::loc(1),
        awaited: false,
        quasis: None,
        facts: &facts,
    };
    let collection = crate::data::call(&at, &Schema::default()).and_then(|it| it.value).expect("a collection");
    assert_eq!(
        show(&query(&call(&MongoDb, &collection, "findOne", &[object([("_id", path("id"))])]))),
        "read todos where _id=path.id select *"
    );
    assert!(call_as(&MongoDb, &Schema::default(), &collection, "doc", &[path("id")], CallForm::Call).is_none());
}
