use crate::base::{FileId, Name};
use crate::schema::names::OwnerKind;
use crate::schema::{
    Entity, EntityRole, FieldPrivilege, PolicyCommand, Schema, Sensitivity, Source, prisma, sql, supabase_types,
};

fn from_prisma(text: &str) -> Schema {
    Schema::build(vec![prisma::read(&[Source { file: FileId(1), text }])])
}

fn from_sql(text: &str) -> Schema {
    Schema::build(vec![sql::read(&[Source { file: FileId(2), text }])])
}

fn named<'a>(schema: &'a Schema, name: &str) -> &'a Entity {
    schema.find(Name::new(name)).unwrap_or_else(|| panic!("no {name}"))
}

/// Role and owner paths of an entity, as a person would write them down.
fn owners(schema: &Schema, name: &str) -> Vec<String> {
    let tenant = |path| if schema.ends_at_tenant(path) { " (tenant)" } else { "" };
    named(schema, name).owners.iter().map(|it| format!("{}{}", it.display(), tenant(it))).collect()
}

fn privilege(schema: &Schema, entity: &str, field: &str) -> Option<FieldPrivilege> {
    named(schema, entity).field(Name::new(field)).unwrap().privilege
}

const TEAMS: &str = r#"
model User {
  id String @id
  email String @unique
  passwordHash String
  isAdmin Boolean @default(false)
  seats Seat[]
  written Remark[] @relation("author")
  starred Star[]
}
model Team {
  id String @id
  name String
  seats Seat[]
  boards Board[]
}
model Seat {
  id String @id
  teamId String
  userId String
  role String @default("member")
  invitedById String?
  team Team @relation(fields: [teamId], references: [id])
  user User @relation(fields: [userId], references: [id])
  @@unique([teamId, userId])
}
model Board {
  id String @id
  teamId String
  team Team @relation(fields: [teamId], references: [id])
  name String
  cards Card[]
  createdAt DateTime @default(now())
  @@map("team_boards")
}
model Card {
  id String @id
  boardId String
  board Board @relation(fields: [boardId], references: [id])
  title String
  updatedById String?
  remarks Remark[]
  stars Star[]
  colorId Int?
  color Color? @relation(fields: [colorId], references: [id])
}
model Remark {
  id String @id
  cardId String
  card Card @relation(fields: [cardId], references: [id])
  authorId String
  author User @relation("author", fields: [authorId], references: [id])
  body String
  @@unique([cardId, authorId])
}
model Star {
  cardId String
  userId String
  card Card @relation(fields: [cardId], references: [id])
  user User @relation(fields: [userId], references: [id])
  @@id([cardId, userId])
}
model Color { 
  id Int @id 
  name String
  cards Card[]
}
model VerificationToken {
  identifier String
  token String @unique
  @@unique([identifier, token])
}
"#;

#[test]
fn a_team_s_records_lead_to_its_members() {
    let schema = from_prisma(TEAMS);
    for (name, role, paths) in [
        ("User", EntityRole::Principal, &["id"][..]),
        ("Team", EntityRole::Tenant, &["seats.userId", "id (tenant)"]),
        ("Seat", EntityRole::Membership, &["team.seats.userId", "userId", "teamId (tenant)"]),
        ("Board", EntityRole::Content, &["team.seats.userId", "teamId (tenant)"]),
        ("Card", EntityRole::Content, &["board.team.seats.userId", "board.teamId (tenant)"]),
        ("Remark", EntityRole::Content, &["card.board.team.seats.userId", "authorId", "card.board.teamId (tenant)"]),
        ("Color", EntityRole::Content, &[]),
        ("VerificationToken", EntityRole::Content, &[]),
    ] {
        assert_eq!(
            (named(&schema, name).role, owners(&schema, name)),
            (role, paths.iter().map(|it| (*it).to_owned()).collect()),
            "{name}"
        );
    }
    let step = &named(&schema, "Card").owners[0].steps;
    assert_eq!((step[0].key, step[0].references), (Some(Name::new("boardId")), Some(Name::new("id"))));
    assert!(step[2].many && step[2].key.is_none() && step[2].references == Some(Name::new("teamId")));
    assert_eq!(named(&schema, "Star").role, EntityRole::Content);
}

#[test]
fn what_clients_must_not_set_and_see() {
    let schema = from_prisma(TEAMS);
    for (entity, field, expected) in [
        ("User", "id", Some(FieldPrivilege::Identity)),
        ("User", "isAdmin", Some(FieldPrivilege::Role)),
        ("User", "passwordHash", Some(FieldPrivilege::Secret)),
        ("User", "seats", Some(FieldPrivilege::Owner)),
        ("User", "email", None),
        ("Seat", "role", Some(FieldPrivilege::Role)),
        ("Seat", "userId", Some(FieldPrivilege::Owner)),
        ("Board", "teamId", Some(FieldPrivilege::Owner)),
        ("Board", "team", Some(FieldPrivilege::Owner)),
        ("Board", "createdAt", Some(FieldPrivilege::Identity)),
        ("Board", "name", None),
        ("Card", "boardId", Some(FieldPrivilege::Owner)),
        ("Card", "colorId", None),
        ("Remark", "authorId", Some(FieldPrivilege::Owner)),
        ("Remark", "body", None),
    ] {
        assert_eq!(privilege(&schema, entity, field), expected, "{entity}.{field}");
    }
    let list = |fields: Vec<&crate::schema::Field>| fields.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(" ");
    assert_eq!(list(named(&schema, "User").writable_fields()), "email");
    assert_eq!(list(named(&schema, "User").safe_fields()), "id email isAdmin");
    assert_eq!(named(&schema, "User").field(Name::new("email")).unwrap().sensitivity, Sensitivity::Personal);
    assert_eq!(named(&schema, "Remark").owner_column_names(), [Name::new("authorId")]);
    assert_eq!(schema.owner_kind(Some(Name::new("Board")), Name::new("teamId")), Some(OwnerKind::Tenant));
    assert_eq!(schema.owner_kind(Some(Name::new("Card")), Name::new("boardId")), Some(OwnerKind::Parent));
    assert_eq!(schema.owner_kind(Some(Name::new("Card")), Name::new("colorId")), None);
    assert_eq!(Schema::by_names_only().owner_kind(None, Name::new("userId")), Some(OwnerKind::User));
}

#[test]
fn entities_go_by_every_spelling() {
    let schema = from_prisma(TEAMS);
    for name in ["Board", "board", "team_boards", "public.team_boards", "boards", "Boards"] {
        assert_eq!(named(&schema, name).name, "Board", "{name}");
    }
    let schema = from_sql("create table bill.notes (id int); create table public.notes (id int); create table people (id int);");
    assert_eq!(named(&schema, "notes").name, "notes");
    assert_eq!(named(&schema, "public.notes").name, "notes");
    assert_eq!(named(&schema, "bill.notes").name, "bill.notes");
    assert_eq!(named(&schema, "person").name, "people");
    let schema = from_prisma("model Post {\n id Int @id\n}\nmodel posts {\n id Int @id\n}\n");
    assert_eq!((named(&schema, "post").name.as_str(), named(&schema, "posts").name.as_str()), ("Post", "posts"));
}

#[test]
fn lists_shared_by_their_owner() {
    let schema = from_prisma(
        "model User {\n id Int @id\n lists List[]\n shares ListShare[]\n editing Doc[]\n}
        model List {\n id Int @id\n ownerId Int\n owner User @relation(fields: [ownerId], references: [id])\n shares ListShare[]\n items Item[]\n}
        model ListShare {\n id Int @id\n listId Int\n userId Int\n canEdit Boolean\n list List @relation(fields: [listId], references: [id])\n user User @relation(fields: [userId], references: [id])\n @@unique([listId, userId])\n}
        model Item {\n id Int @id\n listId Int\n list List @relation(fields: [listId], references: [id])\n parentId Int?\n parent Item? @relation(\"tree\", fields: [parentId], references: [id])\n children Item[] @relation(\"tree\")\n assigneeId Int?\n}
        model Doc {\n id Int @id\n editors User[]\n}",
    );
    assert_eq!(owners(&schema, "List"), ["ownerId", "shares.userId"]);
    assert_eq!(owners(&schema, "Item"), ["list.ownerId", "list.shares.userId"]);
    assert_eq!(named(&schema, "ListShare").role, EntityRole::Membership);
    assert_eq!(named(&schema, "List").role, EntityRole::Content);
    assert_eq!(owners(&schema, "Doc"), ["editors.id"]);
}

#[test]
fn who_took_part_stands_in_for_an_owner() {
    let schema = from_prisma(
        "model User {\n id Int @id\n}
        model Letter {\n id Int @id\n fromId Int\n toId Int\n from User @relation(\"a\", fields: [fromId], references: [id])\n to User @relation(\"b\", fields: [toId], references: [id])\n}
        model Setting {\n id Int @id\n updatedById Int\n updatedBy User @relation(fields: [updatedById], references: [id])\n}
        model Ticket {\n id Int @id\n assigneeId Int\n assignee User @relation(fields: [assigneeId], references: [id])\n}",
    );
    assert_eq!(owners(&schema, "Letter"), ["fromId", "toId"]);
    assert!(!named(&schema, "Setting").is_owned());
    assert_eq!(owners(&schema, "Ticket"), ["assigneeId"]);
}

#[test]
fn users_by_another_name() {
    let schema = from_prisma(
        "model Person {\n id Int @id\n handle String\n sessions Session[]\n}
        model Session {\n id Int @id\n personId Int\n person Person @relation(fields: [personId], references: [id])\n}
        model Country {\n id Int @id\n}",
    );
    assert_eq!(named(&schema, "Person").role, EntityRole::Principal);
    assert_eq!(named(&schema, "Country").role, EntityRole::Content);
    let schema = from_prisma(
        "model User {\n id Int @id\n}
        model Account {\n id Int @id\n userId Int\n access_token String\n user User @relation(fields: [userId], references: [id])\n}
        model Customer {\n id Int @id\n email String @unique\n userId Int\n user User @relation(fields: [userId], references: [id])\n}",
    );
    let schema_of_profiles = from_prisma(
        "model User {\n id Int @id\n}
        model Profile {\n id Int @id\n userId Int @unique\n credits Int\n bio String\n user User @relation(fields: [userId], references: [id])\n}
        model Post {\n id Int @id\n profileId Int\n profile Profile @relation(fields: [profileId], references: [id])\n}",
    );
    assert_eq!(owners(&schema_of_profiles, "Post"), ["profile.userId"]);
    assert_eq!(privilege(&schema_of_profiles, "Profile", "credits"), Some(FieldPrivilege::Money));
    assert_eq!((named(&schema, "Account").role, named(&schema, "Customer").role), (EntityRole::Content, EntityRole::Content));
}

const SUPABASE: &str = "
create table profiles (id uuid primary key references auth.users (id), full_name text, is_admin boolean default false);
create table lists (id uuid primary key, user_id uuid not null default auth.uid() references profiles (id), name text);
create table items (id uuid primary key, list_id uuid not null references lists (id), title text);
create table settings (user_id uuid primary key references auth.users (id), theme text);
alter table lists enable row level security;
create policy own on lists using (auth.uid() = user_id);
create policy more on lists for select to anon using (true);
";

#[test]
fn supabase_tables_embed_each_other() {
    let schema = from_sql(SUPABASE);
    assert_eq!(
        (named(&schema, "profiles").role, named(&schema, "auth.users").role),
        (EntityRole::Principal, EntityRole::Principal)
    );
    assert_eq!(named(&schema, "settings").role, EntityRole::Content);
    assert_eq!(owners(&schema, "settings"), ["user_id"]);
    assert_eq!(owners(&schema, "items"), ["lists.user_id"]);
    let lists = named(&schema, "lists");
    let (items, relation) = lists.embedded("items!items_list_id_fkey").unwrap();
    assert!(items.list && relation.fields.is_empty() && relation.to == "items");
    assert_eq!(schema.inverse(lists, items).unwrap().2.fields, [Name::new("list_id")]);
    let security = lists.security.as_ref().unwrap();
    assert!(security.ties(PolicyCommand::Update) && !security.ties(PolicyCommand::Select));
    assert!(!named(&schema, "items").security.as_ref().unwrap().ties(PolicyCommand::Select));
}

#[test]
fn the_same_table_from_several_sources() {
    let model =
        "model List {\n id String @id\n userId String @map(\"user_id\")\n title String @map(\"name\")\n @@map(\"lists\")\n}";
    let types = "export type Database = { public: { Tables: { lists: { Row: { id: string; extra: string }; Insert: { id: string }; Relationships: [] }
      logs: { Row: { id: string; user_id: string }; Insert: { id: string }; Relationships: [] } } } }";
    let read_sql = || sql::read(&[Source { file: FileId(2), text: SUPABASE }]);
    let schema = Schema::build(vec![
        supabase_types::read(&[Source { file: FileId(3), text: types }]),
        read_sql(),
        prisma::read(&[Source { file: FileId(1), text: model }]),
    ]);
    let list = named(&schema, "lists");
    assert_eq!(
        (list.name.as_str(), list.source.as_str(), list.fields.iter().filter(|it| it.is_scalar()).count()),
        ("List", "prisma", 3)
    );
    assert!(list.security.as_ref().is_some_and(|it| it.enabled));
    assert_eq!(owners(&schema, "List"), ["userId"]);
    assert!(!list.owners[0].by_name && list.owners[0].principal == Some(Name::new("profiles")));
    assert_eq!(owners(&schema, "items"), ["lists.userId"]);
    assert_eq!(owners(&schema, "logs"), ["user_id"]);
    let schema = Schema::build(vec![read_sql(), supabase_types::read(&[Source { file: FileId(3), text: types }])]);
    assert!(named(&schema, "lists").field(Name::new("extra")).is_some() && named(&schema, "lists").source == "sql");
}

#[test]
fn columns_that_no_reference_explains() {
    let schema = from_sql(
        "create table boards (id text primary key, owner_id text not null, name text);
        create table cards (id text primary key, board_id text not null, author text, title text);
        create table docs (id text primary key, org_id text);",
    );
    let cards = &named(&schema, "cards").owners;
    assert_eq!(owners(&schema, "cards"), ["board.owner_id"]);
    assert!(cards[0].by_name && cards[0].steps[0].key == Some(Name::new("board_id")));
    assert_eq!(owners(&schema, "docs"), ["org_id (tenant)"]);
}

#[test]
fn settings_belong_to_what_holds_them() {
    let schema = from_prisma(
        "model User {\n id Int @id\n team Team? @relation(fields: [teamId], references: [id])\n teamId Int?\n}
        model Team {\n id Int @id\n users User[]\n settingsId Int @unique\n settings TeamSettings @relation(fields: [settingsId], references: [id])\n}
        model TeamSettings {\n id Int @id\n color String\n team Team?\n}
        model Invoice {\n id Int @id\n teamId Int\n team Team @relation(fields: [teamId], references: [id])\n total Int\n}",
    );
    assert_eq!(named(&schema, "Team").role, EntityRole::Tenant);
    assert_eq!(owners(&schema, "Team"), ["users.id", "id (tenant)"]);
    assert_eq!(owners(&schema, "TeamSettings"), ["team.users.id"]);
    assert_eq!(owners(&schema, "Invoice"), ["team.users.id", "teamId (tenant)"]);
    assert_eq!(owners(&schema, "User"), ["id", "teamId (tenant)"]);
    assert_eq!(privilege(&schema, "User", "teamId"), Some(FieldPrivilege::Owner));
    assert_eq!(privilege(&schema, "Invoice", "total"), Some(FieldPrivilege::Money));
}
