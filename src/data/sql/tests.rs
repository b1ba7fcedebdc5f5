//! Texts → queries.

use super::*;
use crate::base::Name;
use crate::data::testing::*;
use crate::schema::Schema;
use crate::values::{DbClient, Op, Privilege, Query, Value};

fn base() -> Query {
    Query::new(Name::new("pg"), DbClient { privilege: Privilege::Plain, made: None }, None, Op::Call)
}

fn with(text: &Value, values: &[Value], placeholders: Placeholders) -> String {
    let values = Value::of(crate::values::Shape::Array(values.into()));
    match read(&base(), &SqlText::of(text), Some(&values), placeholders, &Schema::default()) {
        Statement::Query(query) => show(&query),
        Statement::Harmless => "harmless".into(),
    }
}

/// `$1` is the body's id, `$2` the caller, `$3` the body's title.
fn sql(text: &str) -> String {
    with(&Value::str(text), &[body("id"), me(), body("title")], Placeholders::Numbered)
}

#[test]
fn reads() {
    for (text, expected) in [
        ("SELECT * FROM todos WHERE id = $1", "read todos where id=body.id select *"),
        (
            "select id, title from public.todos where id = $1 and user_id = $2 limit 20",
            "read todos where id=body.id, user_id=me select id title limit 20",
        ),
        ("SELECT * FROM \"Todo\" t WHERE t.\"userId\" = $2::uuid LIMIT $1", "read Todo where userId=me select * limit body.id"),
        ("SELECT * FROM todos WHERE id = $1 OR user_id = $2", "read todos where [id=body.id | user_id=me] select *"),
        ("SELECT * FROM todos WHERE id = ANY($1) AND NOT done", "read todos where id in body.id, done=false select *"),
        ("SELECT * FROM todos WHERE id IN ($1, $3)", "read todos where id in [body.id body.title] select *"),
        ("SELECT * FROM todos WHERE lower(email) = lower($1)", "read todos where email=body.id select *"),
        ("SELECT * FROM todos WHERE title ILIKE '%' || $3 || '%'", "read todos where title~of(body.title) select *"),
        ("SELECT count(*) FROM todos WHERE user_id = $2", "count todos where user_id=me"),
        ("SELECT 1 FROM members WHERE list_id = $1 AND user_id = $2", "read members where list_id=body.id, user_id=me"),
        ("SELECT user_id, count(*) FROM todos GROUP BY user_id", "read todos select user_id"),
        ("SELECT lower(email) AS mail, u.password_hash FROM users u", "read users select email password_hash"),
        ("SELECT * FROM todos WHERE $2 = ANY(member_ids)", "read todos where member_ids=me select *"),
        ("SELECT * FROM todos WHERE deleted_at IS NULL AND 1 = 1", "read todos where deleted_at=null select *"),
        ("SELECT * FROM todos WHERE (user_id, id) = ($2, $1)", "read todos where user_id=me, id=body.id select *"),
        ("SELECT * FROM todos FETCH FIRST 5 ROWS ONLY", "read todos select * limit 5"),
    ] {
        assert_eq!(sql(text), expected, "{text}");
    }
}

#[test]
fn joins_and_subqueries() {
    for (text, expected) in [
        (
            "SELECT t.* FROM todos t JOIN lists l ON l.id = t.list_id WHERE t.id = $1 AND l.user_id = $2",
            "read todos where id=body.id, lists(user_id=me) select *",
        ),
        (
            "SELECT t.*, l.name FROM todos t JOIN lists l ON l.id = t.list_id AND l.user_id = $2",
            "read todos where lists(user_id=me) select * lists(name)",
        ),
        (
            "SELECT t.* FROM todos t JOIN lists l ON l.id = t.list_id JOIN members m ON m.list_id = l.id WHERE m.user_id = $2 AND m.role = 'admin'",
            "read todos where lists(members(user_id=me, role=\"admin\")) select *",
        ),
        // What the code wants is the joined table.
        (
            "SELECT t.* FROM members m JOIN todos t ON t.list_id = m.list_id WHERE m.user_id = $2",
            "read todos where members(user_id=me) select *",
        ),
        // Nothing ties the second table to the first.
        ("SELECT t.* FROM todos t, users u WHERE t.id = $1 AND u.id = $2", "read todos where id=body.id, ?(me) select *"),
        // A left join limits nothing …
        (
            "SELECT t.* FROM todos t LEFT JOIN members m ON m.list_id = t.list_id AND m.user_id = $2 WHERE t.id = $1",
            "read todos where id=body.id select *",
        ),
        // … unless the row must be there.
        (
            "SELECT t.* FROM todos t LEFT JOIN members m ON m.list_id = t.list_id AND m.user_id = $2 WHERE t.id = $1 AND (t.user_id = $2 OR m.id IS NOT NULL)",
            "read todos where id=body.id, [user_id=me | members(user_id=me)] select *",
        ),
        (
            "SELECT * FROM todos WHERE list_id IN (SELECT list_id FROM members WHERE user_id = $2)",
            "read todos where members(user_id=me) select *",
        ),
        (
            "DELETE FROM todos WHERE id IN (SELECT id FROM todos WHERE id = $1 AND user_id = $2)",
            "delete todos where id=body.id, user_id=me",
        ),
        (
            "SELECT * FROM todos t WHERE EXISTS (SELECT 1 FROM members m WHERE m.list_id = t.list_id AND m.user_id = $2)",
            "read todos where members(user_id=me) select *",
        ),
        (
            "SELECT * FROM todos t WHERE NOT EXISTS (SELECT 1 FROM hides h WHERE h.todo_id = t.id)",
            "read todos where no hides(any) select *",
        ),
        // The inner table is not joined to the outer one: true for every row or for none.
        ("SELECT * FROM todos t WHERE EXISTS (SELECT 1 FROM members m WHERE m.user_id = $2)", "read todos where ?(me) select *"),
        (
            "WITH mine AS (SELECT * FROM todos WHERE user_id = $2) SELECT * FROM mine WHERE id = $1",
            "read todos where user_id=me, id=body.id select *",
        ),
        ("SELECT x.id FROM (SELECT id, secret FROM todos WHERE user_id = $2) x", "read todos where user_id=me select id"),
        (
            "SELECT t.id, (SELECT json_agg(c.*) FROM comments c WHERE c.todo_id = t.id) AS comments FROM todos t",
            "read todos select id comments(*)",
        ),
        (
            "SELECT * FROM todos WHERE user_id = $2 UNION SELECT * FROM todos WHERE public",
            "read todos where [user_id=me | public=true] select *",
        ),
    ] {
        assert_eq!(sql(text), expected, "{text}");
    }
}

#[test]
fn writes() {
    for (text, expected) in [
        (
            "INSERT INTO todos (title, user_id) VALUES ($3, $2) RETURNING *",
            "create todos write {title=body.title user_id=me} select *",
        ),
        ("INSERT INTO todos (title) VALUES ($3), ('x')", "create todos write [{title=body.title} {title=\"x\"}]"),
        (
            "INSERT INTO prefs (user_id, theme) VALUES ($2, $1) ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme",
            "upsert prefs where user_id=me write {user_id=me theme=body.id} write {theme=body.id}",
        ),
        (
            "INSERT INTO shares (list_id, by) SELECT id, $2 FROM lists WHERE id = $1 AND user_id = $2",
            "create shares where lists(id=body.id, user_id=me) write {list_id=? by=me}",
        ),
        (
            "UPDATE todos SET title = $3, done = NOT done, updated_at = now() WHERE id = $1 AND user_id = $2 RETURNING id, title",
            "update todos where id=body.id, user_id=me write {title=body.title done=? updated_at=?} select id title",
        ),
        (
            "UPDATE todos t SET title = $3 FROM lists l WHERE l.id = t.list_id AND l.user_id = $2 AND t.id = $1",
            "update todos where lists(user_id=me), id=body.id write {title=body.title}",
        ),
        ("DELETE FROM todos WHERE id = $1", "delete todos where id=body.id"),
        (
            "DELETE FROM todos t USING lists l WHERE l.id = t.list_id AND l.user_id = $2 AND t.id = $1",
            "delete todos where lists(user_id=me), id=body.id",
        ),
        (
            "WITH gone AS (DELETE FROM todos WHERE id = $1 RETURNING *) SELECT * FROM gone",
            "delete todos where id=body.id select *",
        ),
        ("TRUNCATE TABLE todos", "delete todos"),
    ] {
        assert_eq!(sql(text), expected, "{text}");
    }
}

#[test]
fn what_touches_no_record_and_what_cannot_be_read() {
    for (text, expected) in [
        ("BEGIN", "harmless"),
        ("select set_config('app.user_id', $2, true)", "harmless"),
        ("SELECT 1", "harmless"),
        ("BEGIN; UPDATE todos SET done = true WHERE id = $1; COMMIT", "update todos where id=body.id write {done=true}"),
        ("SELECT transfer($1, $2)", "call ? where ?(body.id me)"),
        ("SELECT * FROM todos WHERE ((", "call todos where ?([body.id me body.title]) select ?"),
        ("DELETE todos FROM todos ORDER !! BY", "call todos where ?([body.id me body.title]) select ?"),
        ("", "call ? where ?([body.id me body.title]) select ?"),
    ] {
        assert_eq!(sql(text), expected, "{text}");
    }
}

#[test]
fn text_that_the_code_puts_together() {
    let part = |quasis: &[&str], value: Value| with(&text(quasis, [value]), &[body("id"), me()], Placeholders::Numbered);
    assert_eq!(
        part(&["SELECT * FROM todos WHERE id = '", "' AND user_id = $2"], body("x")),
        "read todos where id=body.x, user_id=me select *"
    );
    assert_eq!(part(&["SELECT * FROM todos WHERE title LIKE '%", "%'"], body("q")), "read todos where title~of(body.q) select *");
    assert_eq!(part(&["SELECT * FROM ", " WHERE id = $1"], body("table")), "read ? where id=body.id select *");
    assert_eq!(part(&["SELECT * FROM todos ORDER BY ", " LIMIT 10"], body("sort")), "read todos select * limit 10");
    // A counted placeholder.
    let counted = part(&["UPDATE todos SET done = true WHERE id = $", ""], Value::unknown());
    assert_eq!(counted, "update todos where id=?, [?(body.id me) | any] write {done=true}");
    let conditional = one_of([Value::str(""), text(&[" AND status = ", ""], [body("status")])]);
    assert_eq!(
        part(&["SELECT * FROM todos WHERE user_id = $2", ""], conditional),
        "read todos where user_id=me, [?(body.status) | any] select *"
    );
}

#[test]
fn question_marks() {
    let read = |text: &str| with(&Value::str(text), &[body("id"), me()], Placeholders::Question);
    assert_eq!(read("SELECT * FROM `todos` WHERE id = ? AND user_id = ?"), "read todos where id=body.id, user_id=me select *");
    assert_eq!(
        read("SELECT * FROM todos WHERE title = 'why?' AND user_id = ?2"),
        "read todos where title=\"why?\", user_id=me select *"
    );
}

#[test]
fn a_statement_of_endless_conditions_is_not_followed() {
    let endless = format!("SELECT * FROM todos WHERE id = $1{}", " AND id = $1".repeat(20_000));
    assert!(sql(&endless).starts_with("call todos where ?("));
    assert!(sql(&format!("SELECT * FROM todos WHERE {}id = $1", "(".repeat(5_000))).starts_with("call todos"));
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_the_reader(words in proptest::collection::vec(
        proptest::sample::select(vec![
            "select", "*", "from", "todos", "t", "where", "id", "=", "$1", "$2", "$0", "$99", ":name", "and", "or", "not", "(", ")", "in",
            "exists", "join", "left", "on", "t.id", "insert", "into", "values", "update", "set", "delete", "returning", ",", "'", "\"", "?",
            "limit", "1", "union", "with", "x", "as", "any", "hole_1000_", "hole_1_", "every_key_of_", "é", "::uuid", "null", "is",
        ]),
        0..40,
    )) {
        let text = words.join(" ");
        for placeholders in [Placeholders::Numbered, Placeholders::Question] {
            with(&Value::str(&text), &[body("id")], placeholders);
        }
    }
}
