use super::*;
use crate::data::DataLayer;
use crate::data::testing::{call, import, me, number, object, path, query, show, text, value, whole_body};
use crate::schema::Schema;
use crate::values::AccessId;

fn db() -> Value {
    value(&Firestore, &import("firebase-admin/firestore", &["getFirestore"]), "", &[])
}

fn todos() -> Value {
    value(&Firestore, &db(), "collection", &[Value::str("todos")])
}

fn todo() -> Value {
    value(&Firestore, &todos(), "doc", &[path("id")])
}

fn shown(on: &Value, method: &str, args: &[Value]) -> String {
    show(&query(&call(&Firestore, on, method, args)))
}

#[test]
fn documents_and_queries() {
    assert_eq!(shown(&todo(), "get", &[]), "read todos where id=path.id select *");
    assert_eq!(shown(&todo(), "set", &[whole_body()]), "upsert todos where id=path.id write body");
    assert_eq!(
        shown(&todo(), "update", &[Value::str("done"), Value::bool(true)]),
        "update todos where id=path.id write {done=true}"
    );
    assert_eq!(shown(&todo(), "delete", &[]), "delete todos where id=path.id");
    assert_eq!(shown(&todos(), "add", &[whole_body()]), "create todos write body");
    let own = value(&Firestore, &todos(), "where", &[Value::str("userId"), Value::str("=="), me()]);
    let few = value(&Firestore, &own, "limit", &[number("5")]);
    assert_eq!(shown(&few, "get", &[]), "read todos where userId=me select * limit 5");
    let counted = value(&Firestore, &own, "count", &[]);
    assert_eq!(shown(&counted, "get", &[]), "count todos where userId=me");
    let new = value(&Firestore, &todos(), "doc", &[]);
    assert_eq!(shown(&new, "set", &[whole_body()]), "create todos write body");
    assert_eq!(query(&call(&Firestore, &todo(), "get", &[])).client.privilege, Privilege::Service);
}

#[test]
fn what_stands_above_is_a_condition() {
    let users = value(&Firestore, &db(), "collection", &[Value::str("users")]);
    let mine = value(&Firestore, &users, "doc", &[me()]);
    let todos = value(&Firestore, &mine, "collection", &[Value::str("todos")]);
    assert_eq!(shown(&todos, "get", &[]), "read todos where userId=me select *");
    assert_eq!(shown(&todos, "add", &[whole_body()]), "create todos write body write {userId=me}");
    let at = value(&Firestore, &db(), "doc", &[text(&["users/", "/todos/", ""], [me(), path("id")])]);
    assert_eq!(shown(&at, "get", &[]), "read todos where userId=me, id=path.id select *");
    let odd = call(&Firestore, &db(), "settings", &[]);
    assert!(odd.runs == Runs::Later);
    let half = text(&["users/u_", ""], [me()]);
    assert!(path::segments(&half).is_none());
}

#[test]
fn writers_take_a_reference() {
    let batch = value(&Firestore, &db(), "batch", &[]);
    assert_eq!(shown(&batch, "update", &[todo(), whole_body()]), "update todos where id=path.id write body");
    assert_eq!(shown(&batch, "delete", &[todo()]), "delete todos where id=path.id");
}

#[test]
fn the_web_functions() {
    let of = |name: &str, args: &[Value]| call(&Firestore, &import("firebase/firestore", &[name]), "", args);
    let give = |name: &str, args: &[Value]| of(name, args).value.expect("a value");
    let db = give("getFirestore", &[]);
    let todo = give("doc", &[db.clone(), Value::str("todos"), path("id")]);
    assert_eq!(show(&query(&of("getDoc", std::slice::from_ref(&todo)))), "read todos where id=path.id select *");
    assert_eq!(show(&query(&of("updateDoc", &[todo, whole_body()]))), "update todos where id=path.id write body");
    let todos = give("collection", &[db, Value::str("todos")]);
    let own = give("where", &[Value::str("userId"), Value::str("=="), me()]);
    let found = give("query", &[todos.clone(), own, give("limit", &[number("5")])]);
    assert_eq!(show(&query(&of("getDocs", &[found]))), "read todos where userId=me select * limit 5");
    assert_eq!(show(&query(&of("addDoc", &[todos, whole_body()]))), "create todos write body");
}

#[test]
fn snapshots() {
    let read = query(&call(&Firestore, &todo(), "get", &[]));
    let snapshot = Firestore.result(&read, AccessId(1));
    let lib = snapshot.as_lib().expect("a snapshot");
    assert!(Firestore.member(lib, Name::new("exists")).is_some_and(|it| !it.truth.when_true.is_empty()));
    assert!(matches!(value(&Firestore, &snapshot, "data", &[]).shape, Shape::Row(_)));
    let all = Firestore.result(&query(&call(&Firestore, &todos(), "get", &[])), AccessId(1));
    let docs = Firestore.member(all.as_lib().expect("snapshots"), Name::new("docs"));
    assert!(matches!(docs.map(|it| it.shape.clone()), Some(Shape::List(_))));
}

#[test]
fn the_realtime_database() {
    let db = value(&Realtime, &import("firebase-admin/database", &["getDatabase"]), "", &[]);
    let at = |path: Value| value(&Realtime, &db, "ref", &[path]);
    let shown = |on: &Value, method: &str, args: &[Value]| show(&query(&call(&Realtime, on, method, args)));
    let todo = at(text(&["todos/", ""], [path("id")]));
    assert_eq!(shown(&todo, "once", &[Value::str("value")]), "read todos where id=path.id select *");
    assert_eq!(shown(&todo, "update", &[whole_body()]), "update todos where id=path.id write body");
    assert_eq!(shown(&todo, "remove", &[]), "delete todos where id=path.id");
    let mine = at(text(&["users/", "/todos"], [me()]));
    assert_eq!(shown(&mine, "push", &[object([("title", whole_body())])]), "create todos write {title=body} write {userId=me}");
    let ordered = value(&Realtime, &at(Value::str("todos")), "orderByChild", &[Value::str("userId")]);
    let own = value(&Realtime, &ordered, "equalTo", &[me()]);
    assert_eq!(shown(&own, "get", &[]), "read todos where userId=me select *");
    let _ = Schema::default();
}
