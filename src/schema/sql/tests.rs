use super::*;
use crate::schema::{Entity, Field, FieldDefault, FieldType, Policy, PolicyTest};

fn one(text: &str) -> Draft {
    read(&[Source { file: FileId(4), text }])
}

fn entity<'a>(draft: &'a Draft, name: &str) -> &'a Entity {
    draft.entities.iter().find(|it| it.name == name).unwrap()
}

fn field<'a>(entity: &'a Entity, name: &str) -> &'a Field {
    entity.field(Name::new(name)).unwrap()
}

fn names(list: &[&str]) -> Vec<Name> {
    list.iter().map(|it| Name::new(it)).collect()
}

#[test]
fn columns_types_defaults_and_keys() {
    let text = "
-- the shelf; with a quote's trap
CREATE TABLE IF NOT EXISTS public.\"Shelf\" (
  id bigserial PRIMARY KEY,
  owner_id uuid NOT NULL DEFAULT auth.uid() REFERENCES auth.users (id) ON DELETE CASCADE,
  title varchar(80) NOT NULL,
  note text CHECK (char_length(note) <= 500),
  kind shelf_kind NOT NULL DEFAULT 'plain',
  tags text[] NOT NULL DEFAULT '{}',
  size numeric(10, 2), public boolean DEFAULT false, meta jsonb,
  made_at timestamptz NOT NULL DEFAULT now(),
  ref uuid DEFAULT gen_random_uuid(),
  nr int GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT shelf_title UNIQUE (owner_id, title),
  CHECK (char_length(title) BETWEEN 1 AND 60)
);";
    let draft = one(&format!("create type shelf_kind as enum ('plain', 'fancy');{text}"));
    let shelf = entity(&draft, "Shelf");
    assert_eq!(draft.enums, [(Name::new("shelf_kind"), names(&["plain", "fancy"]))]);
    assert_eq!(shelf.primary_key(), Some(Name::new("id")));
    assert!(shelf.uniques.iter().any(|it| it.fields == names(&["owner_id", "title"]) && !it.primary));
    for (name, ty, nullable, default) in [
        ("id", FieldType::Int, false, Some(FieldDefault::Generated)),
        ("owner_id", FieldType::Uuid, false, Some(FieldDefault::Caller)),
        ("title", FieldType::String, false, None),
        ("kind", FieldType::Enum(Name::new("shelf_kind")), false, Some(FieldDefault::Constant("plain".into()))),
        ("size", FieldType::Float, true, None),
        ("public", FieldType::Bool, true, Some(FieldDefault::Constant("false".into()))),
        ("meta", FieldType::Json, true, None),
        ("made_at", FieldType::Date, false, Some(FieldDefault::Generated)),
        ("ref", FieldType::Uuid, true, Some(FieldDefault::Generated)),
        ("nr", FieldType::Int, true, Some(FieldDefault::Generated)),
    ] {
        let it = field(shelf, name);
        assert_eq!((&it.ty, it.nullable, &it.default), (&ty, nullable, &default), "{name}");
    }
    assert_eq!((field(shelf, "title").max_length, field(shelf, "note").max_length), (Some(60), Some(500)));
    assert!(field(shelf, "tags").list);
    let (_, users) = shelf.relation(Name::new("users")).unwrap();
    assert_eq!((users.to.as_str(), users.fields[0].as_str(), users.references[0].as_str()), ("auth.users", "owner_id", "id"));
    assert!(draft.entities.iter().any(|it| it.name == AUTH_USERS && it.security.is_none()));
    let at = |span: Span| {
        &format!("create type shelf_kind as enum ('plain', 'fancy');{text}")[span.start as usize..span.end as usize] == "title"
    };
    assert!(at(field(shelf, "title").span));
}

#[test]
fn several_keys_to_one_table_and_compound_keys() {
    let draft = one("create table a (x int, y int, primary key (x, y));
        create table u (id int primary key);
        create table b (id int primary key, ax int, ay int, maker int references u, doer int constraint done_by references u (id), foreign key (ax, ay) references a);");
    let b = entity(&draft, "b");
    let (_, a) = b.relation(Name::new("a")).unwrap();
    assert_eq!((&a.fields, &a.references), (&names(&["ax", "ay"]), &names(&["x", "y"])));
    assert_eq!(b.relation(Name::new("u!b_maker_fkey")).unwrap().1.references, names(&["id"]));
    assert_eq!(b.embedded("u!maker").unwrap().0.name, "u!b_maker_fkey");
    assert_eq!(b.embedded("u!done_by!inner").unwrap().0.name, "u!done_by");
    assert!(b.embedded("u").is_none());
}

#[test]
fn the_last_word_on_a_table_counts() {
    let draft = one("create table old_name (id int primary key, a text, b text unique, gone text);
        alter table old_name rename to t; alter table t rename column a to title; alter table t drop column gone, add column c int not null default 3;
        alter table t drop constraint old_name_b_key; alter table only t add constraint t_c unique (c);
        alter table t alter column title type varchar(20), alter column title set not null;
        create unique index on t (title); create unique index part on t (b) where c > 1;
        create table away (id int); drop table if exists away cascade;
        alter table t enable row level security; alter table t disable row level security;");
    assert_eq!(draft.entities.len(), 1);
    let t = entity(&draft, "t");
    assert_eq!(t.fields.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["id", "title", "b", "c"]);
    assert_eq!((field(t, "title").max_length, field(t, "title").nullable), (Some(20), false));
    assert!(t.is_unique(Name::new("c")) && t.is_unique(Name::new("title")) && !t.is_unique(Name::new("b")));
    assert!(!t.security.as_ref().unwrap().enabled);
}

#[test]
fn what_the_parser_refuses_costs_a_clause_and_not_a_table() {
    let draft = one("create table p (id int primary key, o int, unique (id, o));
        create table é_t (id uuid primary key, p_id int, o int not null, like p including all, junk %%% !!,
          foreign key (p_id, o) references p (id, o) on delete set null (p_id));
        nonsense here; create tabel x (; create table ok (id int) partition by range (id);
        alter table ok add column a int, frobnicate b, add column c int;");
    let t = entity(&draft, "é_t");
    assert_eq!(t.relation(Name::new("p")).unwrap().1.fields, names(&["p_id", "o"]));
    assert!(t.has("id") && t.has("o"));
    assert!(entity(&draft, "ok").has("a") && entity(&draft, "ok").has("c"));
}

impl Entity {
    fn has(&self, name: &str) -> bool {
        self.field(Name::new(name)).is_some()
    }
}

#[test]
fn other_dialects() {
    let draft = one("CREATE TABLE `users` (`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL, `mail` text);--> statement-breakpoint
        CREATE UNIQUE INDEX `users_mail` ON `users` (`mail`);
        CREATE TABLE posts (id INT NOT NULL AUTO_INCREMENT, state ENUM('a','b'), live TINYINT(1), user_id INT, PRIMARY KEY (id), KEY k (user_id), FOREIGN KEY (user_id) REFERENCES users(id)) ENGINE=InnoDB;");
    assert!(field(entity(&draft, "users"), "id").is_generated() && entity(&draft, "users").is_unique(Name::new("mail")));
    let posts = entity(&draft, "posts");
    assert_eq!(draft.enums, [(Name::new("posts.state"), names(&["a", "b"]))]);
    assert_eq!(field(posts, "live").ty, FieldType::Bool);
    assert!(posts.relation(Name::new("users")).is_some());
}

#[test]
fn blocks_that_make_things_conditionally() {
    let draft = one("create table a (id int, user_id uuid); create table b (id int, user_id uuid);
        do $$ begin create type mood as enum ('up'); exception when duplicate_object then null; end $$;
        do $$ begin if not exists (select 1 from pg_policies where policyname = 'p') then
          create policy p on a for select using (auth.uid() = user_id); end if; end $$;
        do $$ declare t text; begin foreach t in array array['a', 'b'] loop
          execute format('alter table %I enable row level security', t); end loop; end $$;
        do $$ begin execute 'create policy q on b for delete using (user_id = auth.uid())'; end $$;");
    assert_eq!(draft.enums.len(), 1);
    assert!(["a", "b"].iter().all(|it| entity(&draft, it).security.as_ref().unwrap().enabled));
    assert!(policy(&draft, "a", "p").using.as_ref().unwrap().ties && policy(&draft, "b", "q").using.as_ref().unwrap().ties);
}

fn policy<'a>(draft: &'a Draft, table: &str, name: &str) -> &'a Policy {
    let security = entity(draft, table).security.as_ref().unwrap();
    security.policies.iter().find(|it| it.name == name).unwrap()
}

/// Tables and functions that the policies of the tests speak of.
const WORLD: &str = "
create table teams (id uuid primary key);
create table members (team_id uuid, user_id uuid, role text);
create table notes (id uuid primary key, user_id uuid, team_id uuid, editor_id uuid, is_public boolean, status text, shared uuid[], org text);
create table profiles (id uuid primary key, role text, plan text);
create table folders (id uuid primary key, user_id uuid);
alter table folders enable row level security;
create policy own on folders using (user_id = auth.uid());
create function is_member(t uuid) returns boolean language sql security definer as $$ select exists (select 1 from members where team_id = t and user_id = auth.uid()) $$;
create function can_see(t uuid) returns boolean language sql as $$ select public.is_member(t) $$;
create function my_teams() returns setof uuid language sql stable as $$ select team_id from members where user_id = (select auth.uid()) $$;
create function is_admin() returns boolean language sql as $$ select auth.jwt() ->> 'role' = 'admin' $$;
create function me() returns text language sql as $$ select auth.jwt() ->> 'sub' $$;
create function is_long(t text) returns boolean language sql as $$ select length(t) > 3 $$;
";

fn proves(command: &str, expression: &str) -> PolicyTest {
    let text = format!("{WORLD} create policy p on notes for {command} using ({expression});");
    policy(&one(&text), "notes", "p").using.clone().unwrap()
}

#[test]
fn policies_that_tie() {
    for (expression, columns) in [
        ("auth.uid() = user_id", &["user_id"][..]),
        ("user_id = (select auth.uid())", &["user_id"]),
        ("( select auth.uid() as uid) = notes.user_id", &["user_id"]),
        ("auth.uid()::text = user_id::text and status <> 'x'", &["user_id"]),
        ("(auth.jwt() ->> 'sub') = org", &["org"]),
        ("(auth.jwt() -> 'app_metadata' ->> 'org_id') = org", &["org"]),
        ("current_setting('request.jwt.claims', true)::json ->> 'sub' = org", &["org"]),
        ("me() = org", &["org"]),
        ("auth.uid() in (user_id, editor_id)", &["user_id", "editor_id"]),
        ("auth.uid() = user_id or auth.uid() = editor_id", &["user_id", "editor_id"]),
        ("auth.uid() = any (shared)", &["shared"]),
        ("exists (select 1 from members m where m.team_id = notes.team_id and m.user_id = auth.uid())", &["team_id"]),
        (
            "exists (select 1 from members m join teams t on t.id = m.team_id where t.id = notes.team_id and m.user_id = (select auth.uid()))",
            &["team_id"],
        ),
        ("team_id in (select team_id from members where user_id = auth.uid())", &["team_id"]),
        ("team_id in (select my_teams())", &["team_id"]),
        ("team_id = any (array(select my_teams()))", &["team_id"]),
        ("auth.uid() in (select m.user_id from members m where m.team_id = notes.team_id)", &["team_id"]),
        ("is_member(team_id)", &["team_id"]),
        ("public.can_see(team_id)", &["team_id"]),
        ("(select user_id from folders f where f.id = notes.id) = auth.uid()", &["id"]),
        // The folder's own policy shows only the caller's folders.
        ("exists (select 1 from folders f where f.id = notes.id)", &["id"]),
        ("auth.uid() = user_id or is_admin()", &["user_id"]),
        ("user_id = auth.uid() or exists (select 1 from profiles p where p.id = auth.uid() and p.role = 'admin')", &["user_id"]),
    ] {
        assert_eq!(
            proves("update", expression),
            PolicyTest { always: false, ties: true, columns: names(columns) },
            "{expression}"
        );
    }
    // Only special callers get through: not everybody's row.
    for expression in [
        "is_admin()",
        "auth.role() = 'service_role'",
        "false",
        "(auth.jwt() ->> 'role') = 'admin'",
        "somewhere.else_declared(team_id)",
    ] {
        assert!(proves("update", expression).ties, "{expression}");
    }
    assert!(proves("select", "is_public or auth.uid() = user_id").ties);
    assert!(proves("select", "status = 'published' or auth.uid() = user_id").ties);
}

#[test]
fn policies_that_do_not_tie() {
    for expression in ["true", "1 = 1", "true or auth.uid() = user_id"] {
        let test = proves("update", expression);
        assert!(test.always && !test.ties, "{expression}");
    }
    for expression in [
        "auth.role() = 'authenticated'",
        "auth.uid() is not null",
        "(select auth.role()) = 'authenticated'",
        "auth.role() in ('authenticated', 'anon')",
        "is_public",
        "status = 'open'",
        "is_public or auth.uid() = user_id",
        "auth.uid() <> user_id",
        "user_id is not null",
        "is_long(status)",
        "(auth.jwt() -> 'user_metadata' ->> 'org') = org",
        // The bare name is the inner table's own column: true for every row.
        "exists (select 1 from members m where m.user_id = auth.uid() and m.team_id = team_id)",
        "exists (select 1 from profiles p where p.id = auth.uid() and p.plan = 'pro')",
        "exists (select 1 from teams t where t.id = notes.team_id)",
        "team_id in (select id from teams)",
        "not (auth.uid() = user_id)",
    ] {
        let test = proves("update", expression);
        assert!(!test.always && !test.ties, "{expression}: {test:?}");
    }
}

#[test]
fn policies_change_and_go() {
    let draft = one("create table n (id int, user_id uuid); alter table n enable row level security;
        create policy \"Own rows\" on public.n as restrictive for update to authenticated using (true) with check (auth.uid() = user_id);
        create policy b on n for insert with check (true); create policy c on n using (true);
        alter policy b on n rename to b2; alter policy b2 on n to authenticated with check (user_id = auth.uid()); drop policy c on n;
        create policy s on storage.objects for select using (bucket_id = 'x');");
    let own = policy(&draft, "n", "Own rows");
    assert_eq!(
        (own.command, own.permissive, &own.roles),
        (crate::schema::PolicyCommand::Update, false, &names(&["authenticated"]))
    );
    assert!(own.using.as_ref().unwrap().always && own.check.as_ref().unwrap().ties);
    let b = policy(&draft, "n", "b2");
    assert!(b.check.as_ref().unwrap().ties && b.using.is_none());
    assert_eq!(entity(&draft, "n").security.as_ref().unwrap().policies.len(), 2);
    assert_eq!(draft.entities.len(), 1);
}

#[test]
fn columns_that_callers_may_update() {
    let updatable = |rest: &str| {
        let draft = one(&format!("create table p (id int, name text, role text); {rest}"));
        entity(&draft, "p").security.as_ref().unwrap().updatable.clone()
    };
    assert_eq!(updatable(""), None);
    assert_eq!(
        updatable("revoke update on p from anon, authenticated; grant update (name) on table public.p to authenticated;"),
        Some(names(&["name"]))
    );
    assert_eq!(updatable("revoke all on all tables in schema public from authenticated;"), Some(vec![]));
    assert_eq!(updatable("revoke update on p from anon;"), None);
    // Both change nothing as long as the whole table is granted.
    assert_eq!(updatable("grant update (name) on p to authenticated;"), None);
    assert_eq!(updatable("revoke update (role) on p from authenticated;"), None);
    assert_eq!(updatable("revoke update on p from authenticated; grant select, insert, update on p to authenticated;"), None);
    let guard = |body: &str| {
        updatable(&format!(
            "create function g() returns trigger language plpgsql as $$ begin {body} return new; end $$;
            create trigger t before update on p for each row execute function g();"
        ))
    };
    assert_eq!(guard("if new.role is distinct from old.role then raise exception 'no'; end if;"), Some(names(&["id", "name"])));
    assert_eq!(guard("new.role := old.role;"), Some(names(&["id", "name"])));
    assert_eq!(guard("new.old.old := 1;"), None);
    assert_eq!(guard("new.name := lower(new.name);"), None);
}

#[test]
fn functions_and_who_may_call_them() {
    let draft = one("create or replace function public.give(p uuid, n int) returns void language plpgsql security definer set search_path = '' cost 5
          as $body$ begin update profiles set credits = credits + n where id = p; end; $body$;
        create function mine() returns int language sql security definer as 'select count(*) from t where u = auth.uid()';
        create function on_new() returns trigger language plpgsql security definer as $$ begin return new; end $$;
        create function private.inner_one() returns int language sql security definer as $$ select 1 $$;
        create function shut(a int) returns int language sql security definer as $$ select 1 $$;
        revoke execute on function public.shut(int) from public, anon, authenticated;
        create function gone() returns int language sql as $$ select 1 $$; drop function if exists gone();
        create function plain() returns int language sql as $$ select 1 $$;");
    let seen: Vec<_> = draft.procedures.iter().map(|it| (it.name.as_str(), it.definer, it.asks_caller, it.callable)).collect();
    assert_eq!(
        seen,
        [
            ("give", true, false, true),
            ("mine", true, true, true),
            ("on_new", true, false, false),
            ("inner_one", true, false, false),
            ("shut", true, false, false),
            ("plain", false, false, true),
        ]
    );
}

#[test]
fn any_cut_of_a_migration_is_read() {
    let text = format!(
        "{WORLD} create policy \"é\" on notes using (exists (select 1 from members m where m.team_id = notes.team_id)); do $$ begin execute 'x'; end $$; grant update (a) on t to authenticated;"
    );
    for end in (0..text.len()).step_by(7).filter(|it| text.is_char_boundary(*it)) {
        one(&text[..end]);
    }
    one(&"(".repeat(3000));
    one(&format!("create policy p on t using ({}true{});", "(".repeat(400), ")".repeat(400)));
    for long in [" or a = b", " + 1", "::int", " and not true"] {
        one(&format!("create table t (a int); create policy p on t using (true{});", long.repeat(50_000)));
        one(&format!("create table t (a int); create policy p on t using (true{});", long.repeat(390)));
    }
}
