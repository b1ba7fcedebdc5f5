//! Tables that code declares by calls: Drizzle's tables, migrations of Knex and Kysely.
//!
//! What a chain of calls says is said again in SQL, which the reader of migrations knows how to relate.

mod drizzle;
mod migrations;

pub(super) use drizzle::READER as DRIZZLE;
pub(super) use migrations::READER as MIGRATIONS;

use super::{Draft, Source, sql};
use crate::base::{FileId, Name, Span};
use crate::ir::{Arg, Expr, ExprId, Item, Lit};

/// One call of a chain: the name that is called, and its arguments.
struct Step<'a> {
    name: Name,
    args: &'a [Arg],
}

/// A chain of calls, first to last: `t.string('email').unique()` is `string`, `unique` on `t`.
struct Chain<'a> {
    /// What the first method is called on; the called function itself where the chain begins with a plain call.
    base: ExprId,
    steps: Vec<Step<'a>>,
}

impl<'a> Chain<'a> {
    /// Of an expression that is a call.
    fn of(item: &'a Item, expr: ExprId) -> Option<Self> {
        let mut steps = Vec::new();
        let mut at = expr;
        let base = loop {
            let Expr::Call { callee, args, .. } = item.expr(at) else { break at };
            match item.expr(*callee) {
                Expr::Member { object, name, .. } => {
                    steps.push(Step { name: *name, args });
                    at = *object;
                }
                Expr::Global(name) => {
                    steps.push(Step { name: *name, args });
                    break *callee;
                }
                _ => return None,
            }
        };
        steps.reverse();
        (!steps.is_empty()).then_some(Chain { base, steps })
    }

    fn has(&self, name: &str) -> bool {
        self.steps.iter().any(|it| it.name == name)
    }

    fn step(&self, name: &str) -> Option<&Step<'a>> {
        self.steps.iter().find(|it| it.name == name)
    }
}

/// A column on its way into a statement.
#[derive(Default)]
struct Column {
    name: String,
    /// In SQL's words.
    ty: String,
    required: bool,
    primary: bool,
    unique: bool,
    /// In SQL's words.
    default: Option<String>,
    /// The table and, where it is named, the column.
    references: Option<(String, Option<String>)>,
}

impl Column {
    fn sql(&self) -> String {
        let mut text = format!("{} {}", quoted(&self.name), self.ty);
        for (flag, words) in
            [(self.required, " NOT NULL"), (self.primary, " PRIMARY KEY"), (self.unique && !self.primary, " UNIQUE")]
        {
            if flag {
                text.push_str(words);
            }
        }
        if let Some(default) = &self.default {
            text.push_str(&format!(" DEFAULT {default}"));
        }
        if let Some((table, column)) = &self.references {
            text.push_str(&format!(" REFERENCES {}", quoted(table)));
            if let Some(column) = column {
                text.push_str(&format!("({})", quoted(column)));
            }
        }
        text
    }
}

/// A name in quotes; a schema's part apart.
fn quoted(name: &str) -> String {
    name.split('.').map(|part| format!("\"{}\"", part.replace('"', ""))).collect::<Vec<_>>().join(".")
}

fn listed(names: &[String]) -> String {
    names.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ")
}

/// `create type … as enum`, and the type's name.
fn listed_type(name: &str, members: &[String], into: &mut String) -> String {
    let members: Vec<String> = members.iter().map(|it| format!("'{}'", it.replace('\'', "''"))).collect();
    into.push_str(&format!("CREATE TYPE {} AS ENUM ({});\n", quoted(name), members.join(", ")));
    quoted(name)
}

/// The text of a string literal.
fn text(item: &Item, expr: ExprId) -> Option<String> {
    match item.expr(expr) {
        Expr::Lit(Lit::Str(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// The texts of an array of string literals, or of one.
fn texts(item: &Item, expr: ExprId) -> Vec<String> {
    match item.expr(expr) {
        Expr::Array(all) => all.iter().filter_map(|it| text(item, it.expr)).collect(),
        _ => text(item, expr).into_iter().collect(),
    }
}

/// A default: a literal, or something that the database computes.
fn default(item: &Item, expr: Option<ExprId>) -> String {
    match expr.map(|it| item.expr(it)) {
        Some(Expr::Lit(Lit::Str(text))) => format!("'{}'", text.replace('\'', "''")),
        Some(Expr::Lit(Lit::Num(text))) => text.to_string(),
        Some(Expr::Lit(Lit::Bool(value))) => value.to_string(),
        Some(Expr::Lit(Lit::Null | Lit::Undefined)) => "NULL".to_owned(),
        _ => "computed()".to_owned(),
    }
}

/// What the statements declare, as entities of code: without places, and without the rules of a database that PostgREST shows.
fn read_as(statements: &str, source: &str) -> Draft {
    let mut draft = sql::read(&[Source { file: FileId(0), text: statements }]);
    for entity in &mut draft.entities {
        entity.source = Name::new(source);
        entity.declared = None;
        entity.security = None;
        entity.fields.iter_mut().for_each(|it| it.span = Span::default());
    }
    draft
}
