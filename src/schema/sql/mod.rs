//! SQL migrations: PostgreSQL first, SQLite and MySQL where the statement is theirs.
//!
//! Statements are applied in order to a list of tables, since the last word on a table counts.

mod functions;
mod grants;
mod policies;
mod proof;
mod repair;
mod split;
mod tables;
#[cfg(test)]
mod tests;
mod types;

use rustc_hash::FxHashMap;
use sqlparser::ast::{Ident, ObjectName, ObjectType, Statement as Parsed};
use sqlparser::dialect::{Dialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use self::functions::Function;
use self::split::{Kind, Statement, statements};
use self::tables::Table;
use super::{Draft, Source};
use crate::base::{FileId, Name, Span};

/// The source name of entities from here.
pub const SOURCE: &str = "sql";

/// The table of users that Supabase keeps.
pub const AUTH_USERS: &str = "auth.users";

/// Reads migrations in the order in which they apply. A statement that cannot be read is skipped.
pub fn read(files: &[Source<'_>]) -> Draft {
    let mut reader = Reader::default();
    for source in files {
        let place = Place { file: source.file, offset: 0 };
        for statement in statements(source.text) {
            reader.statement(&statement, place, 0);
        }
    }
    reader.finish()
}

/// Where a piece of text stands: its file, and the bytes before it.
#[derive(Clone, Copy)]
struct Place {
    file: FileId,
    offset: usize,
}

impl Place {
    fn span(self, start: usize, end: usize) -> Span {
        Span::new((self.offset + start) as u32, (self.offset + end) as u32)
    }
}

/// What the statements so far have made.
#[derive(Default)]
struct Reader {
    tables: Vec<Table>,
    enums: Vec<(Name, Vec<Name>)>,
    /// Types that are another type under a name.
    domains: FxHashMap<Name, super::FieldType>,
    functions: Vec<Function>,
    /// Whether API roles hold no privilege by default on tables that come later.
    closed_by_default: bool,
}

/// How deep `do` blocks and executed texts are followed.
const MOST_NESTED: usize = 3;

impl Reader {
    fn statement(&mut self, statement: &Statement<'_>, place: Place, depth: usize) {
        if statement.begins(&["do"]) {
            self.block(statement, place, depth);
        } else if statement.begins(&["create", "function"]) || statement.begins(&["create", "procedure"]) {
            self.create_function(statement, place);
        } else if statement.begins(&["drop", "function"]) {
            self.drop_function(statement);
        } else if statement.begins(&["create", "trigger"]) || statement.begins(&["create", "constraint", "trigger"]) {
            self.create_trigger(statement);
        } else if statement.begins(&["grant"])
            || statement.begins(&["revoke"])
            || statement.begins(&["alter", "default", "privileges"])
        {
            self.grant(statement);
        } else if ["table", "policy", "type", "index", "domain"]
            .iter()
            .any(|what| ["create", "alter", "drop"].iter().any(|verb| statement.begins(&[verb, what])))
        {
            self.parsed(statement, place);
        }
    }

    fn parsed(&mut self, statement: &Statement<'_>, place: Place) {
        if is_overlong(statement) {
            return;
        }
        let of_table = statement.begins(&["create", "table"]) || statement.begins(&["alter", "table"]);
        let Some(parsed) = parse(statement.text).or_else(|| of_table.then(|| repair::pieces(statement)).flatten()) else {
            return;
        };
        let text = Text { text: statement.text, place: Place { offset: place.offset + statement.start, ..place } };
        match parsed {
            Parsed::CreateTable(it) => self.create_table(&it, &text),
            Parsed::AlterTable(it) => self.alter_table(&it, &text),
            Parsed::CreateIndex(it) => self.create_index(&it),
            Parsed::Drop { object_type: ObjectType::Table, names, .. } => {
                for name in names.iter().filter_map(key) {
                    self.tables.retain(|it| it.key != name);
                }
            }
            Parsed::CreateType { name, representation } => self.create_type(&name, representation.as_ref()),
            Parsed::CreateDomain(it) => self.create_domain(&it),
            Parsed::AlterType(it) => self.alter_type(&it),
            Parsed::CreatePolicy(it) => self.create_policy(it, &text),
            Parsed::AlterPolicy(it) => self.alter_policy(it),
            Parsed::DropPolicy(it) => self.drop_policy(&it),
            _ => {}
        }
    }

    /// A `do` block: the statements inside that could stand outside, and the texts that it executes.
    fn block(&mut self, statement: &Statement<'_>, place: Place, depth: usize) {
        let Some(body) = statement.tokens.iter().find(|it| matches!(it.kind, Kind::Body | Kind::Text)) else { return };
        if depth >= MOST_NESTED {
            return;
        }
        let place = Place { offset: place.offset + body.inner, ..place };
        let listed = listed_names(body.text);
        for inner in statements(body.text) {
            for (at, token) in inner.tokens.iter().enumerate() {
                let starts = ["create", "alter", "drop", "grant", "revoke"].iter().any(|it| token.is_word(it));
                if token.is_word("execute") {
                    self.executed(&inner.tokens[at + 1..], &listed, place, depth);
                    break;
                }
                if starts && let Some(text) = body.text.get(token.start..inner.start + inner.text.len()) {
                    let tokens = inner.tokens[at..].to_vec();
                    self.statement(&Statement { text, start: token.start, tokens }, place, depth + 1);
                    break;
                }
            }
        }
    }

    /// `execute 'text'`, and `execute format('… %I …', name)` in a loop over a list of names.
    fn executed(&mut self, tokens: &[split::Token<'_>], listed: &[&str], place: Place, depth: usize) {
        let Some(text) = tokens.iter().find(|it| matches!(it.kind, Kind::Text | Kind::Body)) else { return };
        let formats = tokens.first().is_some_and(|it| it.is_word("format"));
        let place = Place { offset: place.offset + text.inner, ..place };
        let plain = text.text.replace("''", "'");
        let texts: Vec<String> = if !formats {
            vec![plain]
        } else {
            listed
                .iter()
                .map(|name| {
                    plain.replace("%I", name).replace("%1$I", name).replace("%s", name).replace("%L", &format!("'{name}'"))
                })
                .collect()
        };
        for text in &texts {
            for statement in statements(text) {
                // A changed text has no exact places: everything in it stands where the text begins.
                self.statement(&statement, place, depth + 1);
            }
        }
    }
}

/// How many operators an expression may have.
const MOST_OPERATORS: usize = 800;

/// Whether an expression in it is so long that its tree, which is as deep as the chain is long, could exhaust the stack.
fn is_overlong(statement: &Statement<'_>) -> bool {
    let (mut logic, mut run) = (0, 0);
    for token in &statement.tokens {
        logic += usize::from(token.is_word("and") || token.is_word("or") || token.is_word("not"));
        run = if token.is(",") { 0 } else { run + usize::from(token.kind == Kind::Mark && !"(),.;".contains(token.text)) };
        if logic > MOST_OPERATORS || run > MOST_OPERATORS {
            return true;
        }
    }
    false
}

/// The texts in `array['a', 'b']` lists.
fn listed_names(body: &str) -> Vec<&str> {
    let tokens = split::tokens(body);
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_word("array") && tokens.get(at + 1).is_some_and(|it| it.is("[")) {
            out.extend(tokens[at + 2..].iter().take_while(|it| !it.is("]")).filter(|it| it.kind == Kind::Text).map(|it| it.text));
        }
    }
    out
}

/// A statement's text and where it stands.
struct Text<'a> {
    text: &'a str,
    place: Place,
}

impl Text<'_> {
    fn whole(&self) -> (FileId, Span) {
        (self.place.file, self.place.span(0, self.text.len()))
    }

    /// The absolute bytes of an identifier.
    fn span(&self, ident: &Ident) -> Span {
        let at = |line: u64, column: u64| -> Option<usize> {
            let start = match line {
                0 => return None,
                1 => 0,
                line => self.text.match_indices('\n').nth(line as usize - 2)?.0 + 1,
            };
            let chars = self.text.get(start..)?.char_indices().nth(column.saturating_sub(1) as usize);
            Some(chars.map_or(self.text.len(), |(offset, _)| start + offset))
        };
        let (from, to) = (ident.span.start, ident.span.end);
        match (at(from.line, from.column), at(to.line, to.column)) {
            (Some(start), Some(end)) if start <= end => self.place.span(start, end),
            _ => self.place.span(0, 0),
        }
    }
}

fn parse(text: &str) -> Option<Parsed> {
    let dialects: [&dyn Dialect; 3] = [&PostgreSqlDialect {}, &SQLiteDialect {}, &MySqlDialect {}];
    dialects.iter().find_map(|dialect| Parser::parse_sql(*dialect, text).ok()?.into_iter().next())
}

/// An identifier as the database keeps it: unquoted ones in lower case.
fn fold(ident: &Ident) -> Name {
    match ident.quote_style {
        None => Name::new(&ident.value.to_lowercase()),
        Some(_) => Name::new(&ident.value),
    }
}

/// A table's or type's name as entities go by it: without the default schema, with any other.
fn key(name: &ObjectName) -> Option<Name> {
    let parts: Vec<Name> = name.0.iter().filter_map(|part| part.as_ident()).map(fold).collect();
    match parts.as_slice() {
        [] => None,
        [table] => Some(*table),
        [.., schema, table] => Some(qualified(schema, *table)),
    }
}

fn qualified(schema: &str, table: Name) -> Name {
    if ["public", "dbo", "main"].contains(&schema) { table } else { Name::new(&format!("{schema}.{table}")) }
}

/// The last part of a name.
fn last(name: &ObjectName) -> Option<Name> {
    name.0.last().and_then(|part| part.as_ident()).map(fold)
}
