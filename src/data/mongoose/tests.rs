use super::*;
use crate::data::testing::{array, body, call, call_as, import, me, number, object, path, query, show, sinks, value, whole_body};
use crate::values::{Fact, Key, Runs};

fn user() -> Value {
    value(&Mongoose, &import("mongoose", &["default"]), "model", &[Value::str("User"), Value::unknown()])
}

fn shown(method: &str, args: &[Value]) -> String {
    show(&query(&call(&Mongoose, &user(), method, args)))
}

#[test]
fn models_by_every_way() {
    let other = Mongoose.exported_member(&Import {
        package: Name::new("mongoose"),
        path: Arc::from(["default", "models", "User"].map(Name::new)),
        unresolved: false,
    });
    assert_eq!(other, Some(user()));
    assert!(
        call_as(&Mongoose, &Schema::default(), &import("other", &["model"]), "", &[Value::str("A")], CallForm::Call).is_none()
    );
}

#[test]
fn queries() {
    let own = || object([("_id", path("id")), ("user", me())]);
    assert_eq!(shown("find", &[own()]), "read User where _id=path.id, user=me select *");
    assert_eq!(shown("find", &[]), "read User select *");
    assert_eq!(shown("findById", &[path("id")]), "read User where _id=path.id select *");
    assert_eq!(shown("findOne", &[own(), Value::str("name email")]), "read User where _id=path.id, user=me select name email");
    let update = object([("$set", whole_body())]);
    assert_eq!(shown("findByIdAndUpdate", &[path("id"), update]), "update User where _id=path.id write {...body} select *");
    assert_eq!(shown("updateOne", &[own(), whole_body()]), "update User where _id=path.id, user=me write body");
    assert_eq!(shown("deleteMany", &[]), "delete User");
    assert_eq!(shown("create", &[whole_body()]), "create User write body select *");
    assert_eq!(shown("countDocuments", &[own()]), "count User where _id=path.id, user=me");
    let either = object([("$or", array([object([("a", me())]), object([("b", path("id"))])]))]);
    assert_eq!(shown("find", &[either]), "read User where [a=me | b=path.id] select *");
    let counted = object([("$inc", object([("views", number("1"))]))]);
    assert_eq!(
        shown("updateOne", &[own(), counted]),
        "update User where _id=path.id, user=me write {views=of()}".replace("of()", "of(?)")
    );
    let pipeline = array([object([("$match", own())]), object([("$project", object([("name", number("1"))]))])]);
    assert_eq!(shown("aggregate", &[pipeline]), "read User where _id=path.id, user=me select name");
}

#[test]
fn builders() {
    let start = value(&Mongoose, &user(), "find", &[]);
    let named = value(&Mongoose, &start, "where", &[Value::str("user")]);
    let tied = value(&Mongoose, &named, "equals", &[me()]);
    let less = value(&Mongoose, &tied, "select", &[Value::str("-password")]);
    let with = value(&Mongoose, &less, "populate", &[Value::str("author"), Value::str("name")]);
    let few = call(&Mongoose, &with, "limit", &[number("5")]);
    assert_eq!(show(&query(&few)), "read User where user=me select * -password author(name) limit 5");
}

#[test]
fn operators_from_the_client() {
    let by = |value: Value| sinks(&call(&Mongoose, &user(), "findOne", &[object([("email", value)])]));
    assert_eq!(by(body("email")), ["Operators body.email"]);
    assert_eq!(by(path("email")), [""; 0]);
    assert_eq!(by(object([("$eq", body("email"))])), [""; 0]);
    assert_eq!(by(value(&Mongoose, &import("mongoose", &["default", "Types"]), "ObjectId", &[body("email")])), [""; 0]);
    assert_eq!(sinks(&call(&Mongoose, &user(), "findById", &[body("id")])), ["Operators body.id"]);
    assert_eq!(sinks(&call(&Mongoose, &user(), "find", &[whole_body()])), ["Operators body"]);
    let sanitized = object([("sanitizeFilter", Value::bool(true))]);
    assert_eq!(sinks(&call(&Mongoose, &user(), "findOne", &[object([("a", body("a"))]), Value::nullish(), sanitized])), [""; 0]);
}

#[test]
fn results() {
    let of = |method: &str| Mongoose.result(&query(&call(&Mongoose, &user(), method, &[path("id"), whole_body()])), AccessId(1));
    let found = Fact::Holds(Key::Row(AccessId(1), Arc::from([])));
    assert!(matches!(of("findById").shape, Shape::Row(_)) && of("findById").truth.known.is_none());
    assert!(matches!(of("find").shape, Shape::Rows(_)));
    assert!(of("updateOne").field("matchedCount").is_some_and(|it| it.truth.when_true.has(&found)));
}

#[test]
fn documents() {
    let new = call_as(&Mongoose, &Schema::default(), &user(), "", &[whole_body()], CallForm::New)
        .and_then(|it| it.value)
        .expect("a document");
    let saved = call(&Mongoose, &new, "save", &[]);
    assert!(saved.runs == Runs::Promised && saved.becomes.is_some());
    assert_eq!(show(&query(&saved)), "create User write body select *");
}
