use super::*;
use crate::data::testing::{array, call, call_as, env, import, me, object, path, query, show, text, value, whole_body};

fn client() -> Value {
    value(&DynamoDb, &import("@aws-sdk/lib-dynamodb", &["DynamoDBDocumentClient"]), "from", &[])
}

fn shown(name: &str, input: Value) -> String {
    let command = call_as(&DynamoDb, &Schema::default(), &import("@aws-sdk/lib-dynamodb", &[name]), "", &[input], CallForm::New)
        .and_then(|it| it.value)
        .expect("a command");
    show(&query(&call(&DynamoDb, &client(), "send", &[command])))
}

#[test]
fn commands() {
    let table = || ("TableName", Value::str("todos"));
    let own = || ("Key", object([("userId", me()), ("id", path("id"))]));
    assert_eq!(shown("GetCommand", object([table(), own()])), "read todos where userId=me, id=path.id select *");
    assert_eq!(shown("PutCommand", object([table(), ("Item", whole_body())])), "create todos write body");
    assert_eq!(shown("DeleteCommand", object([table(), own()])), "delete todos where userId=me, id=path.id");
    assert_eq!(shown("ScanCommand", object([table()])), "read todos select *");
    let values = || ("ExpressionAttributeValues", object([(":u", me()), (":t", whole_body())]));
    let names = || ("ExpressionAttributeNames", object([("#u", Value::str("userId"))]));
    let keyed = ("KeyConditionExpression", Value::str("#u = :u"));
    assert_eq!(shown("QueryCommand", object([table(), keyed, values(), names()])), "read todos where userId=me select *");
    let set = ("UpdateExpression", Value::str("SET title = :t REMOVE old"));
    let tied = ("ConditionExpression", Value::str("attribute_exists(id) AND #u = :u"));
    let key = ("Key", object([("id", path("id"))]));
    assert_eq!(
        shown("UpdateCommand", object([table(), key, set, tied, values(), names()])),
        "update todos where id=path.id, userId=me write {title=body}"
    );
}

#[test]
fn keys_of_a_single_table() {
    let key = object([("pk", text(&["USER#", ""], [me()])), ("sk", text(&["TODO#", ""], [path("id")]))]);
    let input = object([("TableName", env("TODOS_TABLE")), ("Key", key)]);
    assert_eq!(shown("GetCommand", input), "read todos where userId=me, todoId=path.id select *");
    let plain = object([("TableName", Value::str("todos")), ("Key", object([("id", object([("S", path("id"))]))]))]);
    assert_eq!(shown("GetItemCommand", plain), "read todos where id=path.id select *");
}

#[test]
fn version_2() {
    let made = import("aws-sdk", &["default", "DynamoDB", "DocumentClient"]);
    let client = call_as(&DynamoDb, &Schema::default(), &made, "", &[], CallForm::New).and_then(|it| it.value).expect("a client");
    let input = object([("TableName", Value::str("todos")), ("Key", object([("id", path("id"))]))]);
    let asked = call(&DynamoDb, &client, "get", &[input]);
    assert!(asked.runs == Runs::Later);
    let sent = call(&DynamoDb, asked.value.as_ref().expect("a request"), "promise", &[]);
    assert!(sent.runs == Runs::Promised);
    assert_eq!(show(&query(&sent)), "read todos where id=path.id select *");
}

#[test]
fn several_writes() {
    let delete = object([("Delete", object([("TableName", Value::str("todos")), ("Key", object([("id", path("id"))]))]))]);
    let put = object([("Put", object([("TableName", Value::str("logs")), ("Item", whole_body())]))]);
    let input = object([("TransactItems", array([delete, put]))]);
    let made = import("@aws-sdk/lib-dynamodb", &["TransactWriteCommand"]);
    let command = call_as(&DynamoDb, &Schema::default(), &made, "", &[input], CallForm::New).and_then(|it| it.value);
    let sent = call(&DynamoDb, &client(), "send", &[command.expect("a command")]).value.expect("queries");
    assert!(matches!(&sent.shape, Shape::Array(all) if all.len() == 2));
}

#[test]
fn results() {
    let command = object([("TableName", Value::str("todos")), ("Key", object([("id", path("id"))]))]);
    let read = request::read("GetCommand", &command, None).expect("a read").remove(0);
    assert!(DynamoDb.result(&read, AccessId(1)).field("Item").is_some_and(|it| matches!(it.shape, Shape::Row(_))));
}
