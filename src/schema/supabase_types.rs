//! `database.types.ts` as `supabase gen types` writes it. Read by its braces: the form is generated and does not vary.

use std::ops::Range;

use super::sql::AUTH_USERS;
use super::{Draft, Entity, Field, FieldDefault, FieldType, Relation, Source};
use crate::base::{FileId, Name, Span};

/// The source name of entities from here.
pub const SOURCE: &str = "supabase-types";

/// Reads the tables, enums and relationships of every schema in the file.
pub fn read(files: &[Source<'_>]) -> Draft {
    let mut draft = Draft::default();
    for source in files {
        let reader = Reader { text: source.text, file: source.file };
        reader.database(&mut draft);
    }
    add_auth_users(&mut draft);
    draft
}

/// References to a table `users` that the file does not have mean the platform's own users, whose schema it leaves out.
fn add_auth_users(draft: &mut Draft) {
    let users = Name::new("users");
    if draft.entities.iter().any(|it| it.name == users) {
        return;
    }
    let auth = Name::new(AUTH_USERS);
    let mut meant = false;
    for field in draft.entities.iter_mut().flat_map(|it| &mut it.fields) {
        if let FieldType::Relation(relation) = &mut field.ty
            && relation.to == users
        {
            relation.to = auth;
            meant = true;
        }
    }
    if meant {
        let mut entity = Entity::new(auth, SOURCE);
        entity.fields.push(Field::new(Name::new("id"), FieldType::Uuid, Span::default()));
        entity.add_unique(vec![Name::new("id")], None, true);
        draft.entities.push(entity);
    }
}

struct Reader<'a> {
    text: &'a str,
    file: FileId,
}

/// A member of an object type: its name, the bytes of the name and of its type.
struct Member<'a> {
    name: &'a str,
    span: Span,
    optional: bool,
    ty: Range<usize>,
}

impl<'a> Reader<'a> {
    fn database(&self, draft: &mut Draft) {
        let Some(start) = ["type Database =", "interface Database", "type Database="].iter().find_map(|it| self.text.find(it))
        else {
            return;
        };
        let Some(open) = self.text[start..].find('{').map(|it| start + it) else { return };
        for schema in self.members(open..self.text.len()) {
            let parts = self.members(schema.ty.clone());
            if let Some(enums) = find(&parts, "Enums") {
                for it in self.members(enums.ty.clone()) {
                    draft.enums.push((self.qualified(schema.name, it.name), self.literals(&it.ty)));
                }
            }
            for kind in ["Tables", "Views"] {
                let Some(tables) = find(&parts, kind) else { continue };
                draft.entities.extend(self.members(tables.ty.clone()).iter().filter_map(|it| self.table(schema.name, it)));
            }
        }
    }

    fn qualified(&self, schema: &str, name: &str) -> Name {
        if schema == "public" { Name::new(name) } else { Name::new(&format!("{schema}.{name}")) }
    }

    fn table(&self, schema: &str, member: &Member<'a>) -> Option<Entity> {
        let parts = self.members(member.ty.clone());
        let row = self.members(find(&parts, "Row")?.ty.clone());
        let insert = find(&parts, "Insert").map(|it| self.members(it.ty.clone())).unwrap_or_default();
        let mut entity = Entity::new(self.qualified(schema, member.name), SOURCE);
        entity.declared = Some((self.file, member.span));
        for column in &row {
            let text = self.text.get(column.ty.clone()).unwrap_or("").trim();
            let mut field = Field::new(Name::new(column.name), FieldType::Other, column.span);
            field.nullable = text.split('|').any(|it| it.trim() == "null");
            let text = text.split('|').map(str::trim).filter(|it| *it != "null").collect::<Vec<_>>().join(" | ");
            let (text, list) = text.strip_suffix("[]").map_or((text.as_str(), false), |it| (it, true));
            (field.ty, field.list) = (self.column_type(text), list);
            // Optional in an insert and never null: the database fills it.
            if !field.nullable && insert.iter().any(|it| it.name == column.name && it.optional) {
                field.default = Some(FieldDefault::Generated);
            }
            entity.fields.push(field);
        }
        if let Some(relationships) = find(&parts, "Relationships") {
            for block in self.objects(relationships.ty.clone()) {
                self.relation(schema, &block, &mut entity);
            }
        }
        if row.iter().any(|it| it.name == "id") {
            // The file does not say primary keys; a column of that name is one by convention.
            entity.add_unique(vec![Name::new("id")], None, true);
        }
        Some(entity)
    }

    fn column_type(&self, text: &str) -> FieldType {
        match text {
            "string" => FieldType::String,
            "number" => FieldType::Float,
            "boolean" => FieldType::Bool,
            "Json" => FieldType::Json,
            _ if text.contains("[\"Enums\"]") => {
                let quoted: Vec<&str> = text.split('"').skip(1).step_by(2).collect();
                match quoted.as_slice() {
                    [schema, .., name] => FieldType::Enum(self.qualified(schema, name)),
                    _ => FieldType::Other,
                }
            }
            _ => FieldType::Other,
        }
    }

    fn relation(&self, schema: &str, block: &Range<usize>, entity: &mut Entity) {
        let parts = self.members(block.clone());
        let texts = |key: &str| find(&parts, key).map(|it| self.literals(&it.ty)).unwrap_or_default();
        let Some(to) = texts("referencedRelation").first().map(|it| self.qualified(schema, it)) else { return };
        let (fields, references) = (texts("columns"), texts("referencedColumns"));
        let label = texts("foreignKeyName").first().copied();
        // Views that show a table repeat its relationships under the same key.
        if fields.is_empty() || entity.fields.iter().filter_map(Field::relation).any(|it| it.fields == fields) {
            return;
        }
        if find(&parts, "isOneToOne").is_some_and(|it| self.text.get(it.ty.clone()).is_some_and(|it| it.trim() == "true")) {
            entity.add_unique(fields.clone(), None, false);
        }
        let short = to.rsplit('.').next().unwrap_or("");
        let taken = entity.fields.iter().any(|it| it.name == short);
        let name = if taken { format!("{short}!{}", label.map_or("", Name::as_str)) } else { short.to_owned() };
        let span = entity.field(fields[0]).map_or(Span::default(), |it| it.span);
        entity.fields.push(Field::new(Name::new(&name), FieldType::Relation(Relation { to, fields, references, label }), span));
    }

    /// The string literals in a range.
    fn literals(&self, range: &Range<usize>) -> Vec<Name> {
        self.text.get(range.clone()).unwrap_or("").split('"').skip(1).step_by(2).map(Name::new).collect()
    }

    /// The objects of a tuple type.
    fn objects(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let Some(open) = self.text.get(at..range.end).and_then(|it| it.find('{')).map(|it| at + it) else { break };
            let close = self.close(open, range.end);
            out.push(open..close);
            at = close;
        }
        out
    }

    /// The members of the object type that starts at the first brace of the range; none where there is no brace first.
    fn members(&self, range: Range<usize>) -> Vec<Member<'a>> {
        let Some(text) = self.text.get(range.clone()) else { return Vec::new() };
        let Some(open) = text.find(|it: char| !it.is_whitespace()).filter(|it| text[*it..].starts_with('{')) else {
            return Vec::new();
        };
        let end = self.close(range.start + open, range.end);
        let bytes = self.text.as_bytes();
        let mut out = Vec::new();
        let mut at = range.start + open + 1;
        while at + 1 < end {
            match bytes[at] {
                b'/' if bytes.get(at + 1) == Some(&b'/') => at = self.text[at..end].find('\n').map_or(end, |it| at + it),
                b'/' if bytes.get(at + 1) == Some(&b'*') => at = self.text[at..end].find("*/").map_or(end, |it| at + it + 2),
                b'"' | b'_' | b'$' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                    let Some((member, next)) = self.member(at, end) else { break };
                    out.push(member);
                    at = next;
                }
                // `[_ in never]: never` and index signatures.
                b'[' => at = self.value_end(at, end),
                _ => at += 1,
            }
        }
        out
    }

    fn member(&self, start: usize, end: usize) -> Option<(Member<'a>, usize)> {
        let rest = self.text.get(start..end)?;
        let (name, length) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let length = quoted.find('"')?;
                (&quoted[..length], length + 2)
            }
            None => {
                let length = rest.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '$')).unwrap_or(rest.len());
                (&rest[..length], length)
            }
        };
        let after = &rest[length..];
        let colon = after.find(':')?;
        let optional = after[..colon].contains('?');
        let from = start + length + colon + 1;
        let to = self.value_end(from, end);
        let span = Span::new(start as u32, (start + length) as u32);
        // Always goes on, whatever stands there.
        Some((Member { name, span, optional, ty: from..to }, to.max(start + length + 1)))
    }

    /// Where the type that starts at `from` ends: at a semicolon, a comma or a line's end outside of brackets.
    fn value_end(&self, from: usize, end: usize) -> usize {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth, mut seen) = (from, 0usize, false);
        while at < end {
            match bytes[at] {
                b'"' => {
                    at = self.text.get(at + 1..end).and_then(|it| it.find('"')).map_or(end, |it| at + it + 1);
                    seen = true;
                }
                b'{' | b'[' | b'(' | b'<' => (depth, seen) = (depth + 1, true),
                b'}' | b']' | b')' | b'>' => {
                    if depth == 0 {
                        return at;
                    }
                    depth -= 1;
                }
                b';' | b',' if depth == 0 => return at,
                b'\n' if depth == 0 && seen && !self.goes_on(at, end) => return at,
                it if !it.is_ascii_whitespace() => seen = true,
                _ => {}
            }
            at += 1;
        }
        end
    }

    /// Whether a union goes on in the next line.
    fn goes_on(&self, at: usize, end: usize) -> bool {
        self.text.get(at..end).is_some_and(|it| it.trim_start().starts_with(['|', '&']))
    }

    /// The byte after the brace that closes the one at `open`.
    fn close(&self, open: usize, end: usize) -> usize {
        let mut depth = 0usize;
        let mut quoted = false;
        for (at, byte) in self.text.as_bytes()[open..end].iter().enumerate() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' => quoted = false,
                b'{' if !quoted => depth += 1,
                b'}' if !quoted => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return open + at + 1;
                    }
                }
                _ => {}
            }
        }
        end
    }
}

fn find<'m, 'a>(members: &'m [Member<'a>], name: &str) -> Option<&'m Member<'a>> {
    members.iter().find(|it| it.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  // Allows to automatically instantiate createClient with right options
  __InternalSupabase: {
    PostgrestVersion: "12.2.3 (519615d)"
  }
  public: {
    Tables: {
      books: {
        Row: {
          id: number
          owner_id: string
          shelf_id: string | null
          genre: Database["public"]["Enums"]["genre"]
          meta: Json | null
          tags: string[]
        }
        Insert: {
          id?: number
          owner_id: string
          shelf_id?: string | null
          genre: Database["public"]["Enums"]["genre"]
          meta?: Json | null
          tags?: string[]
        }
        Update: { id?: number }
        Relationships: [
          {
            foreignKeyName: "books_shelf_id_fkey"
            columns: ["shelf_id"]
            isOneToOne: false
            referencedRelation: "shelves"
            referencedColumns: ["id"]
          },
        ]
      }
      shelves: { Row: { id: string; name: string }; Insert: { id?: string; name: string }; Update: {}; Relationships: [] }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      count_books: { Args: { owner: string }; Returns: number }
    }
    Enums: {
      genre: "novel" | "poetry"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}
"#;

    #[test]
    fn tables_columns_and_relationships() {
        let draft = read(&[Source { file: FileId(3), text: TEXT }]);
        assert_eq!(draft.entities.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["books", "shelves"]);
        assert_eq!(draft.enums, [(Name::new("genre"), vec![Name::new("novel"), Name::new("poetry")])]);
        let books = &draft.entities[0];
        let field = |name: &str| books.field(Name::new(name)).unwrap();
        assert!(field("id").is_generated() && !field("id").nullable);
        assert!(field("shelf_id").nullable && field("shelf_id").default.is_none());
        assert_eq!(field("genre").ty, FieldType::Enum(Name::new("genre")));
        assert_eq!((&field("meta").ty, field("tags").list), (&FieldType::Json, true));
        let (_, shelf) = books.relation(Name::new("shelves")).unwrap();
        assert_eq!((shelf.to.as_str(), shelf.fields[0].as_str(), shelf.references[0].as_str()), ("shelves", "shelf_id", "id"));
        let span = field("owner_id").span;
        assert_eq!(&TEXT[span.start as usize..span.end as usize], "owner_id");
    }

    #[test]
    fn users_of_the_platform_own_what_refers_to_them() {
        let text = TEXT
            .replace("referencedRelation: \"shelves\"", "referencedRelation: \"users\"")
            .replace("\"shelf_id\"]", "\"owner_id\"]");
        let schema = crate::schema::Schema::build(vec![read(&[Source { file: FileId(3), text: &text }])]);
        let path = &schema.find(Name::new("books")).unwrap().owners[0];
        assert_eq!((path.display(), path.principal), ("owner_id".to_owned(), Some(Name::new(AUTH_USERS))));
    }

    #[test]
    fn cut_anywhere_it_does_not_fail() {
        for end in (0..TEXT.len()).filter(|it| TEXT.is_char_boundary(*it)) {
            read(&[Source { file: FileId(0), text: &TEXT[..end] }]);
        }
        read(&[Source { file: FileId(0), text: "type Database = { public: { Tables: { \"é\": { Row: { \"ü\": é\n" }]);
    }
}
