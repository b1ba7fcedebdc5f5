use super::*;
use crate::base::Name;

fn one(text: &str) -> Draft {
    read(&[Source { file: FileId(7), text }])
}

fn entity<'a>(draft: &'a Draft, name: &str) -> &'a Entity {
    draft.entities.iter().find(|it| it.name == name).unwrap()
}

fn names(list: &[&str]) -> Vec<Name> {
    list.iter().map(|it| Name::new(it)).collect()
}

#[test]
fn fields_types_defaults_and_lengths() {
    let text = r#"
/// A task. model Fake { id Int }
model Task {
  id        Int      @id @default(autoincrement())
  ref       String   @unique @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  title     String   @db.VarChar(255) // the title
  state     State    @default(OPEN)
  tags      String[] @default([])
  price     Decimal?
  meta      Json
  geo       Unsupported("point")?
  dueAt     DateTime? @map("due_at")
  touchedAt DateTime @updatedAt
  legacy    String?  @ignore
  @@unique([ref, title(length: 10, sort: Desc)], name: "by_ref", map: "idx")
  @@map("tasks")
}
enum State { OPEN DONE @map("done") }
"#;
    let draft = one(text);
    let task = entity(&draft, "Task");
    let fields: Vec<_> = task.fields.iter().map(|it| (it.name.as_str(), it.ty.clone(), it.nullable, it.list)).collect();
    assert_eq!(
        fields,
        [
            ("id", FieldType::Int, false, false),
            ("ref", FieldType::Uuid, false, false),
            ("title", FieldType::String, false, false),
            ("state", FieldType::Enum(Name::new("State")), false, false),
            ("tags", FieldType::String, false, true),
            ("price", FieldType::Float, true, false),
            ("meta", FieldType::Json, false, false),
            ("geo", FieldType::Other, true, false),
            ("dueAt", FieldType::Date, true, false),
            ("touchedAt", FieldType::Date, false, false),
        ]
    );
    let field = |name: &str| task.field(Name::new(name)).unwrap();
    assert_eq!(field("title").max_length, Some(255));
    assert!(field("id").is_generated() && field("ref").is_generated() && field("touchedAt").is_generated());
    assert_eq!(field("state").default, Some(FieldDefault::Constant("OPEN".into())));
    assert_eq!(field("due_at").name, "dueAt");
    assert_eq!(task.table, Some(Name::new("tasks")));
    assert_eq!(task.primary_key(), Some(Name::new("id")));
    assert!(task.uniques.iter().any(|it| it.fields == names(&["ref", "title"]) && it.name == Some(Name::new("by_ref"))));
    assert_eq!(draft.enums, [(Name::new("State"), names(&["OPEN", "DONE"]))]);
    let (file, span) = task.declared.unwrap();
    assert_eq!((file, &text[span.start as usize..span.end as usize]), (FileId(7), "Task"));
    let span = field("title").span;
    assert_eq!(&text[span.start as usize..span.end as usize], "title");
}

#[test]
fn relations_across_files() {
    let (a, b) = (
        "model User {\n id String @id\n made Task[] @relation(\"made\")\n doing Task[] @relation(name: \"doing\")\n boss User? @relation(\"boss\", fields: [bossId], references: [id])\n bossId String?\n reports User[] @relation(\"boss\")\n labels Label[]\n}",
        "model Task {\n id String\n n Int\n makerId String\n maker User @relation(\"made\", fields: [makerId], references: [id], onDelete: Cascade)\n doer User? @relation(\n  \"doing\",\n  fields: [doerId],\n  references: [id]\n )\n doerId String?\n @@id([id, n])\n}\nmodel Label {\n id Int @id\n users User[]\n}",
    );
    let draft = read(&[Source { file: FileId(1), text: a }, Source { file: FileId(2), text: b }]);
    let task = entity(&draft, "Task");
    let (_, doer) = task.relation(Name::new("doer")).unwrap();
    assert_eq!((doer.to.as_str(), &doer.fields, &doer.references), ("User", &names(&["doerId"]), &names(&["id"])));
    assert_eq!(doer.label, Some(Name::new("doing")));
    assert!(task.uniques.iter().any(|it| it.primary && it.fields == names(&["id", "n"])));
    let user = entity(&draft, "User");
    assert_eq!(user.relation(Name::new("doing")).unwrap().1.label, Some(Name::new("doing")));
    let (labels, relation) = user.relation(Name::new("labels")).unwrap();
    assert!(labels.list && relation.fields.is_empty() && relation.to == "Label");
}

#[test]
fn other_schemas_views_and_hidden_models() {
    let draft = one(
        "model Account {\n id Int @id\n old Old?\n @@schema(\"auth\")\n @@map(\"accounts\")\n}\nview Stat {\n id Int @unique\n}\nmodel Old {\n id Int @id\n @@ignore\n}\ntype Address {\n street String\n}\nmodel P {\n id Int @id\n home Address\n}",
    );
    let seen: Vec<_> = draft.entities.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(seen, ["Account", "Stat", "P"]);
    assert_eq!(entity(&draft, "Account").table, Some(Name::new("auth.accounts")));
    assert!(entity(&draft, "Account").field(Name::new("old")).is_none());
    assert_eq!(entity(&draft, "P").field(Name::new("home")).unwrap().ty, FieldType::Json);
}

#[test]
fn broken_text_costs_only_what_is_broken() {
    let draft = one(
        "model A {\n id Int @id\n b B @relation(fields: [bId, references: [id]\n bId Int\n name \n title String @db.VarChar(\n size Int\n\nmodel B {\n id Int @id\n note String\n}\nmodel {\n}\nenum\nmodel C { id Int",
    );
    let a = entity(&draft, "A");
    let seen: Vec<_> = a.fields.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(seen[..3], ["id", "b", "bId"]);
    assert_eq!(entity(&draft, "B").fields.len(), 2);
    for end in 0..200 {
        let text: String = "model A {\n é String @default(\"ü\\\"x\") @@map(\"\n}\n".chars().take(end).collect();
        one(&text);
    }
}
