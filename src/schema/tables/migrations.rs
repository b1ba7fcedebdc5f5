//! Migrations of Knex (`knex.schema.createTable('t', t => { t.string('email') })`) and Kysely
//! (`db.schema.createTable('t').addColumn('email', 'text', c => c.notNull())`): their `up` functions, in the order of their files.

use super::{Chain, Column, Step, default, listed, listed_type, quoted, read_as, text, texts};
use crate::base::Name;
use crate::ir::{Body, Expr, ExprId, FnId, Item, Module, Pattern, export_binding};
use crate::schema::Draft;
use crate::schema::code::{Code, Reader};

/// The source name of entities from here.
const SOURCE: &str = "migrations";

/// The reader.
pub(in crate::schema) const READER: Reader = Reader { declares, read };

fn declares(module: &Module) -> bool {
    module.interface.exports.iter().any(|(name, _)| *name == "up")
}

fn read(code: &Code<'_>) -> Draft {
    let mut statements = String::new();
    for (_, module) in code.files.iter().filter(|(_, module)| declares(module)) {
        let names = [Name::new("up"), export_binding(Name::new("up"))];
        let ups = module.items.iter().filter(|entry| names.iter().any(|it| entry.item.binds.contains(it)));
        for entry in ups {
            migration(&entry.item, &mut statements);
        }
    }
    read_as(&statements, SOURCE)
}

/// The longest chains of calls in an item (or in one of its functions), in the order of the text.
fn chains(item: &Item, within: Option<FnId>) -> Vec<Chain<'_>> {
    let area = within.map(|it| item.function(it).span);
    let mut all: Vec<(u32, u32, ExprId)> = Vec::new();
    for (index, expr) in item.exprs.iter().enumerate() {
        let span = item.expr_spans[index];
        if matches!(expr, Expr::Call { .. }) && area.is_none_or(|it| it.contains(span)) {
            all.push((span.start, u32::MAX - span.end, ExprId(index as u32)));
        }
    }
    all.sort();
    // A shorter chain that starts at the same place is a part of the longer one.
    all.dedup_by_key(|it| it.0);
    all.into_iter().filter_map(|(.., expr)| Chain::of(item, expr)).collect()
}

fn migration(item: &Item, into: &mut String) {
    for chain in chains(item, None) {
        let on_schema = match item.expr(chain.base) {
            Expr::Member { name, .. } => *name == "schema",
            // `schema.createTable` after it was taken out, or passed in.
            _ => true,
        };
        if !on_schema {
            continue;
        }
        for (index, step) in chain.steps.iter().enumerate() {
            let named = |nth: usize| step.args.get(nth).and_then(|it| text(item, it.expr));
            let Some(table) = named(0) else { continue };
            let makes = matches!(step.name.as_str(), "createTable" | "createTableIfNotExists");
            match step.name.as_str() {
                "createTable" | "createTableIfNotExists" | "alterTable" | "table" => {
                    let function = step.args.iter().find_map(|it| match item.expr(it.expr) {
                        Expr::Function(function) => Some(*function),
                        _ => None,
                    });
                    match function {
                        Some(function) => knex_table(item, &table, function, makes, into),
                        None => kysely_table(item, &table, &chain.steps[index + 1..], makes, into),
                    }
                }
                "dropTable" | "dropTableIfExists" => into.push_str(&format!("DROP TABLE {};\n", quoted(&table))),
                "renameTable" => {
                    if let Some(to) = named(1) {
                        into.push_str(&format!("ALTER TABLE {} RENAME TO {};\n", quoted(&table), quoted(&to)));
                    }
                }
                _ => {}
            }
        }
    }
}

/// Writes `create table`, or one `alter table` for each part.
fn write(table: &str, parts: &[String], makes: bool, into: &mut String) {
    let table = quoted(table);
    if makes {
        into.push_str(&format!("CREATE TABLE {table} ({});\n", parts.join(", ")));
    } else {
        parts.iter().for_each(|part| into.push_str(&format!("ALTER TABLE {table} ADD {part};\n")));
    }
}

fn knex_table(item: &Item, table: &str, function: FnId, makes: bool, into: &mut String) {
    let mut parts = Vec::new();
    let param = item.function(function).params.first().map(|it| &it.pattern);
    for chain in chains(item, Some(function)) {
        let on_table = match (item.expr(chain.base), param) {
            (Expr::Local(local), Some(Pattern::Local(param))) => local == param,
            (Expr::This, _) => true,
            _ => false,
        };
        if on_table {
            knex_part(item, table, &chain, &mut parts, into);
        }
    }
    write(table, &parts, makes, into);
}

/// One statement of a table's function: columns, or a constraint.
fn knex_part(item: &Item, table: &str, chain: &Chain<'_>, parts: &mut Vec<String>, into: &mut String) {
    let Some(first) = chain.steps.first() else { return };
    let arg = |nth: usize| first.args.get(nth).map(|it| it.expr);
    let named = |nth: usize| arg(nth).and_then(|it| text(item, it));
    match first.name.as_str() {
        "timestamps" => {
            for name in ["created_at", "updated_at"] {
                let default = Some("now()".to_owned());
                parts.push(Column { name: name.into(), ty: "timestamptz".into(), default, ..Column::default() }.sql());
            }
        }
        "primary" | "unique" => {
            let columns = arg(0).map(|it| texts(item, it)).unwrap_or_default();
            if !columns.is_empty() {
                let word = if first.name == "primary" { "PRIMARY KEY" } else { "UNIQUE" };
                parts.push(format!("{word} ({})", listed(&columns)));
            }
        }
        "foreign" => {
            let columns = arg(0).map(|it| texts(item, it)).unwrap_or_default();
            if let (false, Some((to, column))) = (columns.is_empty(), reference(item, chain)) {
                let column = column.map(|it| format!("({})", quoted(&it))).unwrap_or_default();
                parts.push(format!("FOREIGN KEY ({}) REFERENCES {}{column}", listed(&columns), quoted(&to)));
            }
        }
        "dropColumn" | "dropColumns" => {
            for name in first.args.iter().flat_map(|it| texts(item, it.expr)) {
                into.push_str(&format!("ALTER TABLE {} DROP COLUMN {};\n", quoted(table), quoted(&name)));
            }
        }
        "renameColumn" => {
            if let (Some(from), Some(to)) = (named(0), named(1)) {
                let (table, from, to) = (quoted(table), quoted(&from), quoted(&to));
                into.push_str(&format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to};\n"));
            }
        }
        // A column that changes keeps its name and references.
        _ if chain.has("alter") => {}
        kind => {
            let Some(ty) = knex_type(item, table, kind, first, into) else { return };
            let name = named(0).unwrap_or_else(|| "id".to_owned());
            let counts = kind.to_lowercase().contains("increments");
            parts.push(
                Column {
                    name,
                    ty,
                    required: counts || chain.has("notNullable") || chain.has("notNull"),
                    primary: counts || chain.has("primary"),
                    unique: chain.has("unique"),
                    default: chain.step("defaultTo").map(|it| default(item, it.args.first().map(|it| it.expr))),
                    references: reference(item, chain),
                }
                .sql(),
            );
        }
    }
}

/// `.references('users.id')`, `.references('id').inTable('users')`
fn reference(item: &Item, chain: &Chain<'_>) -> Option<(String, Option<String>)> {
    let column = chain.step("references").and_then(|it| texts(item, it.args.first()?.expr).into_iter().next())?;
    match chain.step("inTable").and_then(|it| text(item, it.args.first()?.expr)) {
        Some(table) => Some((table, Some(column))),
        None => column.rsplit_once('.').map(|(table, column)| (table.to_owned(), Some(column.to_owned()))),
    }
}

/// A column's type in SQL's words; `None` for what is no column (indexes, options).
fn knex_type(item: &Item, table: &str, kind: &str, first: &Step<'_>, into: &mut String) -> Option<String> {
    Some(match kind {
        "increments" => "serial".into(),
        "bigIncrements" => "bigserial".into(),
        "uuid" => "uuid".into(),
        "string" => {
            let length = first.args.get(1).and_then(|it| match item.expr(it.expr) {
                Expr::Lit(crate::ir::Lit::Num(text)) => Some(text.to_string()),
                _ => None,
            });
            format!("varchar({})", length.as_deref().unwrap_or("255"))
        }
        "text" | "mediumtext" | "longtext" => "text".into(),
        "integer" | "bigInteger" | "bigint" | "tinyint" | "smallint" | "mediumint" => "integer".into(),
        "float" | "double" | "decimal" => "numeric".into(),
        "boolean" => "boolean".into(),
        "date" | "datetime" | "time" | "timestamp" => "timestamptz".into(),
        "json" | "jsonb" => "jsonb".into(),
        "binary" => "bytea".into(),
        "enum" | "enu" => {
            let column = first.args.first().and_then(|it| text(item, it.expr))?;
            let members = first.args.get(1).map(|it| texts(item, it.expr)).unwrap_or_default();
            if members.is_empty() { "text".into() } else { listed_type(&format!("{table}_{column}"), &members, into) }
        }
        "specificType" => {
            let ty = first.args.get(1).and_then(|it| text(item, it.expr)).unwrap_or_default();
            let plain = ty.chars().all(|it| it.is_alphanumeric() || " []()_".contains(it)) && !ty.is_empty();
            if plain { ty } else { "text".into() }
        }
        _ => return None,
    })
}

fn kysely_table(item: &Item, table: &str, steps: &[Step<'_>], makes: bool, into: &mut String) {
    let mut parts = Vec::new();
    for step in steps {
        let arg = |nth: usize| step.args.get(nth).map(|it| it.expr);
        let named = |nth: usize| arg(nth).and_then(|it| text(item, it));
        match step.name.as_str() {
            "addColumn" => {
                let Some(name) = named(0) else { continue };
                let plain = |it: &String| it.chars().all(|it| it.is_alphanumeric() || " []()_,".contains(it)) && !it.is_empty();
                let ty = named(1).filter(plain).unwrap_or_else(|| "text".to_owned());
                let built = arg(2).and_then(|it| built(item, it));
                let has = |name: &str| built.as_ref().is_some_and(|it| it.has(name));
                let to = built.as_ref().and_then(|it| it.step("references")).and_then(|it| text(item, it.args.first()?.expr));
                let references = to.and_then(|it| {
                    let (table, column) = it.rsplit_once('.')?;
                    Some((table.to_owned(), Some(column.to_owned())))
                });
                let default = built
                    .as_ref()
                    .and_then(|it| it.step("defaultTo"))
                    .map(|it| default(item, it.args.first().map(|it| it.expr)))
                    .or_else(|| has("generatedAlwaysAsIdentity").then(|| "computed()".to_owned()));
                let (required, primary, unique) = (has("notNull"), has("primaryKey"), has("unique"));
                parts.push(Column { name, ty, required, primary, unique, default, references }.sql());
            }
            "addPrimaryKeyConstraint" | "addUniqueConstraint" => {
                let columns = arg(1).map(|it| texts(item, it)).unwrap_or_default();
                if !columns.is_empty() {
                    let word = if step.name == "addPrimaryKeyConstraint" { "PRIMARY KEY" } else { "UNIQUE" };
                    parts.push(format!("{word} ({})", listed(&columns)));
                }
            }
            "addForeignKeyConstraint" => {
                let list = |nth: usize| arg(nth).map(|it| texts(item, it)).unwrap_or_default();
                if let (columns, Some(to), references) = (list(1), named(2), list(3))
                    && !columns.is_empty()
                    && !references.is_empty()
                {
                    let (columns, references) = (listed(&columns), listed(&references));
                    parts.push(format!("FOREIGN KEY ({columns}) REFERENCES {} ({references})", quoted(&to)));
                }
            }
            "dropColumn" => {
                if let Some(name) = named(0) {
                    into.push_str(&format!("ALTER TABLE {} DROP COLUMN {};\n", quoted(table), quoted(&name)));
                }
            }
            _ => {}
        }
    }
    write(table, &parts, makes, into);
}

/// `c => c.notNull().unique()`
fn built(item: &Item, expr: ExprId) -> Option<Chain<'_>> {
    let Expr::Function(function) = item.expr(expr) else { return None };
    match item.function(*function).body {
        Body::Expr(value) => Chain::of(item, value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::code::testing::read_one;
    use super::*;

    fn described(draft: &Draft) -> Vec<String> {
        draft
            .entities
            .iter()
            .map(|it| {
                let fields = it.fields.iter().map(|field| match field.relation() {
                    Some(relation) => format!("{} -> {}", relation.fields[0], relation.to),
                    None => format!("{}{}: {:?}", field.name, if field.nullable { "?" } else { "" }, field.ty),
                });
                format!("{}({})", it.name, fields.collect::<Vec<_>>().join(", "))
            })
            .collect()
    }

    #[test]
    fn tables_of_knex() {
        let draft = read_one(
            READER,
            "exports.up = async function (knex) {
  await knex.schema.createTable('users', (t) => {
    t.increments();
    t.string('email', 80).notNullable().unique();
    t.enu('role', ['user', 'admin']).notNullable().defaultTo('user');
  });
  await knex.schema.createTable('notes', function (table) {
    table.uuid('id').primary();
    table.integer('user_id').references('id').inTable('users');
    table.text('secret');
  });
  await knex.schema.alterTable('notes', (t) => t.dropColumn('secret'));
};
exports.down = (knex) => knex.schema.dropTable('users');",
        );
        assert_eq!(
            described(&draft),
            ["users(id: Int, email: String, role: Enum(\"users_role\"))", "notes(id: Uuid, user_id?: Int, user_id -> users)",]
        );
        assert_eq!(draft.entities[0].fields[1].max_length, Some(80));
    }

    #[test]
    fn tables_of_kysely() {
        let draft = read_one(
            READER,
            "export async function up(db) {
  await db.schema
    .createTable('notes')
    .addColumn('id', 'uuid', (c) => c.primaryKey())
    .addColumn('owner_id', 'uuid', (c) => c.notNull().references('users.id'))
    .execute();
}",
        );
        assert_eq!(described(&draft), ["notes(id: Uuid, owner_id: Uuid, owner_id -> users)"]);
    }
}
