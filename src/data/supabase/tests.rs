//! Calls → queries.

use super::*;
use crate::data::testing::{
    array, body, call, env, import, me, member, number, object, one_of, path, query, show, show_value, sinks, spread, text,
    value, whole_body,
};
use crate::values::{Effect, EventKind, Fact, Key, Origin};

fn made_by(package: &str, maker: &str, args: &[Value]) -> Privilege {
    let client = value(&Supabase, &import(package, &[maker]), "", args);
    let table = value(&Supabase, &client, "from", &[Value::str("todos")]);
    query(&call(&Supabase, &table, "select", &[])).client.privilege
}

fn client() -> Value {
    value(&Supabase, &import("@supabase/supabase-js", &["createClient"]), "", &[env("URL"), env("SUPABASE_SERVICE_ROLE_KEY")])
}

/// A chain of calls from `from("todos")`.
fn chain(calls: &[(&str, &[Value])]) -> Outcome {
    let mut at = value(&Supabase, &client(), "from", &[Value::str("todos")]);
    let mut last = Outcome::default();
    for (method, args) in calls {
        last = call(&Supabase, &at, method, args);
        at = last.value.clone().expect("a builder");
    }
    last
}

fn read(calls: &[(&str, &[Value])]) -> String {
    show(&query(&chain(calls)))
}

fn result(calls: &[(&str, &[Value])], key: &str) -> Value {
    Supabase.result(&query(&chain(calls)), AccessId(2)).field(key).expect("a field").clone()
}

fn found() -> Fact {
    Fact::Holds(Key::Row(AccessId(2), Arc::from([])))
}

#[test]
fn a_key_decides_what_a_client_may_do() {
    let js = "@supabase/supabase-js";
    let anon = || env("NEXT_PUBLIC_SUPABASE_ANON_KEY");
    let header = |token: Value| object([("global", object([("headers", object([("Authorization", token)]))]))]);
    let cookies = || object([("cookies", object([("getAll", Value::unknown())]))]);
    for (package, maker, args, expected) in [
        (js, "createClient", vec![env("URL"), env("SUPABASE_SERVICE_ROLE_KEY")], Privilege::Service),
        (js, "createClient", vec![env("URL"), env("SUPABASE_SECRET_KEY")], Privilege::Service),
        (js, "createClient", vec![env("URL"), Value::str("sb_secret_x")], Privilege::Service),
        (js, "createClient", vec![env("URL"), import("./env", &["env", "serviceRoleKey"])], Privilege::Service),
        (js, "createClient", vec![env("URL"), anon()], Privilege::Anonymous),
        (js, "createClient", vec![env("URL"), anon(), header(path("authorization"))], Privilege::User),
        (js, "createClient", vec![env("URL"), anon(), header(text(&["Bearer ", ""], [anon()]))], Privilege::Anonymous),
        (js, "createClient", vec![env("URL"), anon(), object([("accessToken", Value::unknown())])], Privilege::User),
        (js, "createClient", vec![env("URL"), one_of([env("SUPABASE_SERVICE_ROLE_KEY"), anon()])], Privilege::Service),
        ("npm:@supabase/supabase-js@2", "createClient", vec![env("URL"), env("SUPABASE_SERVICE_ROLE_KEY")], Privilege::Service),
        ("@supabase/ssr", "createServerClient", vec![env("URL"), anon(), cookies()], Privilege::User),
        (
            "@supabase/ssr",
            "createServerClient",
            vec![env("URL"), env("SUPABASE_SERVICE_ROLE_KEY"), cookies()],
            Privilege::Service,
        ),
        ("@supabase/auth-helpers-nextjs", "createRouteHandlerClient", vec![cookies()], Privilege::User),
    ] {
        let shown: Vec<String> = args.iter().map(show_value).collect();
        assert_eq!(made_by(package, maker, &args), expected, "{maker}({})", shown.join(", "));
    }
}

#[test]
fn filters() {
    let s = Value::str;
    let select: (&str, &[Value]) = ("select", &[]);
    for (calls, expected) in [
        (vec![select, ("eq", &[s("id"), path("id")][..]), ("eq", &[s("user_id"), me()])], "id=path.id, user_id=me"),
        (vec![select, ("match", &[object([("id", path("id")), ("user_id", me())])])], "id=path.id, user_id=me"),
        (vec![select, ("in", &[s("id"), array([body("a"), me()])])], "id in [body.a me]"),
        (vec![select, ("neq", &[s("status"), s("x")]), ("is", &[s("gone"), Value::nullish()])], "status!=\"x\", gone=null"),
        (vec![select, ("contains", &[s("members"), array([me()])])], "members=me"),
        (vec![select, ("not", &[s("id"), s("in"), s("(1,2)")])], "not(id in \"(1,2)\")"),
        (vec![select, ("filter", &[s("user_id"), s("eq"), me()])], "user_id=me"),
        (vec![select, ("ilike", &[s("title"), body("q")])], "title~body.q"),
        (vec![select, ("eq", &[s("meta->>owner"), me()])], "meta->>owner=me"),
        (vec![select, ("eq", &[body("column"), me()])], "?(me)"),
        (
            vec![select, ("or", &[text(&["user_id.eq.", ",and(public.is.true,id.in.(1,2))"], [me()])])],
            "[user_id=me | public=true, id in [\"1\" \"2\"]]",
        ),
        (vec![select, ("or", &[text(&["owner.eq.", ",members.cs.{", "}"], [me(), me()])])], "[owner=me | members=me]"),
        (vec![select, ("or", &[s("a.not.is.null,not.and(b.eq.1,c.eq.2)")])], "[not(a=null) | not(b=\"1\", c=\"2\")]"),
        (vec![select, ("or", &[text(&["title.ilike.%", "%"], [body("q")])])], "?(body.q)"),
    ] {
        assert_eq!(read(&calls), format!("read todos where {expected} select *"));
    }
}

#[test]
fn a_related_table_limits_only_where_its_row_is_required() {
    let s = Value::str;
    let columns = |text: &str| s(text);
    let owner: (&str, &[Value]) = ("eq", &[s("list.user_id"), me()]);
    assert_eq!(
        read(&[("select", &[columns("id, list!inner(id)")]), owner]),
        "read todos where list(user_id=me) select id list(id)"
    );
    assert_eq!(read(&[("select", &[columns("id, list(id)")]), owner]), "read todos select id list(id where user_id=me)");
    assert_eq!(
        read(&[("select", &[columns("id, l:list!inner(id, team!inner(id))")]), ("eq", &[s("l.team.owner"), me()])]),
        "read todos where list(team(owner=me)) select id l:list(id team(id))"
    );
}

#[test]
fn projections() {
    for (given, expected) in [
        ("*", "*"),
        ("id, title", "id title"),
        (" id,\n name:title::text ", "id title"),
        ("*, list(id, user:users!todos_user_id_fkey(email))", "* list(id user:users(email))"),
        ("id, ...list(name)", "id list(name)"),
        ("id, count()", "id"),
        ("total:amount.sum(), amount.max()", "amount"),
        ("meta->>secret, list(count)", "meta list(count)"),
    ] {
        assert_eq!(read(&[("select", &[Value::str(given)])]), format!("read todos select {expected}"), "{given}");
    }
    let two = one_of([Value::str("id"), Value::str("id, secret")]);
    assert_eq!(read(&[("select", &[two])]), "read todos select id secret");
    let chosen = chain(&[("select", &[body("fields")])]);
    assert_eq!((show(&query(&chosen)).as_str(), sinks(&chosen)), ("read todos select ?", vec!["Filter body.fields".to_owned()]));
}

#[test]
fn writes_and_lists() {
    let s = Value::str;
    let id: (&str, &[Value]) = ("eq", &[s("id"), path("id")]);
    assert_eq!(
        read(&[("insert", &[spread(&object([("user_id", me())]), whole_body())])]),
        "create todos write {user_id=me ...body}"
    );
    assert_eq!(
        read(&[("update", &[whole_body()]), id, ("select", &[]), ("single", &[])]),
        "update todos where id=path.id write body select *"
    );
    assert_eq!(read(&[("delete", &[]), id]), "delete todos where id=path.id");
    assert_eq!(
        read(&[("upsert", &[object([("id", body("id")), ("title", body("title"))])])]),
        "upsert todos where id=body.id write {id=body.id title=body.title}"
    );
    let conflict = object([("onConflict", s("user_id, day"))]);
    assert_eq!(
        read(&[("upsert", &[object([("user_id", me()), ("day", body("day"))]), conflict])]),
        "upsert todos where user_id=me, day=body.day write {user_id=me day=body.day}"
    );
    assert_eq!(read(&[("select", &[]), ("limit", &[number("10")])]), "read todos select * limit 10");
    assert_eq!(read(&[("select", &[]), ("range", &[number("0"), number("19")])]), "read todos select * limit 20");
    assert_eq!(read(&[("select", &[]), ("range", &[number("0"), body("to")])]), "read todos select * limit body.to");
    assert_eq!(read(&[("select", &[s("*"), object([("head", Value::bool(true))])])]), "count todos");
}

#[test]
fn results() {
    let one = [("select", &[][..]), ("single", &[])];
    assert!(result(&one, "data").truth.when_true.has(&found()));
    // `if (error) return 404`
    assert!(result(&one, "error").truth.when_false.has(&found()));
    assert_eq!(result(&one, "error").origin, Origin::Exception);
    let maybe = [("select", &[][..]), ("maybeSingle", &[])];
    assert!(result(&maybe, "data").truth.when_true.has(&found()) && result(&maybe, "error").truth.when_false.is_empty());
    assert!(matches!(result(&[("select", &[])], "data").shape, Shape::Rows(_)));
    assert!(matches!(result(&[("delete", &[])], "data").shape, Shape::Nullish));
    assert!(matches!(result(&[("delete", &[]), ("select", &[])], "data").shape, Shape::Rows(_)));
    let thrown = [("select", &[][..]), ("single", &[]), ("throwOnError", &[])];
    assert!(query(&chain(&thrown)).throws_on_missing);
    assert!(matches!(result(&thrown, "error").shape, Shape::Nullish));
    assert_eq!(result(&thrown, "data").truth.known, Some(true));
}

#[test]
fn sinks_of_a_chain() {
    let s = Value::str;
    assert_eq!(sinks(&chain(&[("select", &[]), ("or", &[text(&["title.ilike.%", "%"], [body("q")])])])), ["Filter body.q"]);
    assert_eq!(sinks(&chain(&[("select", &[]), ("order", &[body("sort")])])), ["Identifier body.sort"]);
    assert_eq!(sinks(&chain(&[("select", &[]), ("eq", &[body("column"), me()])])), ["Identifier body.column"]);
    // Values are encoded.
    assert_eq!(sinks(&chain(&[("select", &[]), ("eq", &[s("title"), body("title")])])), [""; 0]);
    assert_eq!(sinks(&call(&Supabase, &client(), "from", &[body("table")])), ["Identifier body.table"]);
}

#[test]
fn procedures() {
    let called = call(&Supabase, &client(), "rpc", &[Value::str("can_edit"), object([("todo", path("id"))])]);
    let made = query(&called);
    assert_eq!(show(&made), "call ? where todo=path.id");
    assert_eq!(state(&made, mark::PROCEDURE), Some("can_edit"));
    assert!(Supabase.result(&made, AccessId(2)).field("data").is_some_and(|data| data.truth.when_true.has(&found())));
}

#[test]
fn storage() {
    let bucket = value(&Supabase, &member(&client(), &["storage"]), "from", &[Value::str("files")]);
    for (method, expected) in
        [("upload", Effect::StorageWrite), ("createSignedUrl", Effect::StorageRead), ("remove", Effect::StorageDelete)]
    {
        let outcome = call(&Supabase, &bucket, method, &[body("path")]);
        match outcome.events.as_slice() {
            [EventKind::Effect { kind, args }] => {
                assert_eq!((*kind, &args[0]), (expected, &body("path")), "{method}");
                let bucket = args.last().and_then(Value::as_lib).expect("the bucket");
                assert_eq!(bucket.get("privilege").and_then(Value::as_str), Some("service"));
            }
            other => panic!("{method}: {other:?}"),
        }
    }
    assert!(call(&Supabase, &bucket, "getPublicUrl", &[body("path")]).events.is_empty());
}

#[test]
fn administration_of_users() {
    let admin = member(&client(), &["auth", "admin"]);
    let run = |method: &str, args: &[Value]| query(&call(&Supabase, &admin, method, args));
    assert_eq!(show(&run("deleteUser", &[path("id")])), "delete users where id=path.id select *");
    assert_eq!(show(&run("updateUserById", &[path("id"), whole_body()])), "update users where id=path.id write body select *");
    assert_eq!(show(&run("listUsers", &[])), "read users select * limit 50");
    let users = Supabase.result(&run("listUsers", &[]), AccessId(0));
    assert!(matches!(users.field("data").and_then(|it| it.field("users")).map(|it| &it.shape), Some(Shape::Rows(_))));
    let facts = Facts::none();
    let callee = member(&client(), &["auth"]);
    let get_user = Call {
        callee: &callee,
        method: Some(Name::new("getUser")),
        args: &[],
        arg_locs: &[],
        form: crate::values::CallForm::Call,
        loc: crate::data::testing::loc(0),
        awaited: true,
        quasis: None,
        facts: &facts,
    };
    assert!(Supabase.call(&get_user, &Schema::default()).is_none(), "the catalogue says who the caller is");
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_readers(text in "[a-z*.,:!()>{}\" é-]{0,40}") {
        let (text, list) = (Value::str(&text), Value::str(&format!("list!inner({text}),{text}")));
        chain(&[("select", std::slice::from_ref(&list)), ("eq", &[text.clone(), me()]), ("or", &[text])]);
    }
}
