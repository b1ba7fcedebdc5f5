//! Drizzle's tables: `pgTable('notes', { ownerId: text('owner_id').references(() => users.id) })`. Fields go by the names of the code.

use super::{Chain, Column, default, listed, listed_type, quoted, read_as, text, texts};
use crate::base::{FileId, Name, Span};
use crate::ir::{Arg, Body, Expr, ExprId, Item, Key, Lit, Module, Pattern, Prop, Stmt};
use crate::schema::code::{Code, Named, Reader};
use crate::schema::{Draft, Field, FieldType, Relation};

/// The source name of entities from here.
const SOURCE: &str = "drizzle";

/// The reader.
pub(in crate::schema) const READER: Reader = Reader { declares, read };

fn declares(module: &Module) -> bool {
    let of_tables = |it: &str| it.starts_with("drizzle-orm/") && it.ends_with("-core");
    module.interface.specifiers.iter().any(|it| of_tables(it))
}

/// A table's declaration.
struct Table<'a> {
    file: FileId,
    item: &'a Item,
    /// The variable that holds it.
    bound: Name,
    /// In the database, with a schema that is not the default one.
    name: String,
    columns: ExprId,
    extra: Option<ExprId>,
}

fn read(code: &Code<'_>) -> Draft {
    let mut tables: Vec<Table<'_>> = Vec::new();
    for (file, module) in code.files.iter().filter(|(_, module)| declares(module)) {
        for entry in module.items.iter() {
            let item = &*entry.item;
            for stmt in &item.stmts {
                if let Stmt::Let { pattern: Pattern::Global(bound), init: Some(init) } = stmt
                    && let Some((name, args)) = table(code, *file, item, *init)
                    && let Some(columns) = args.get(1)
                {
                    let extra = args.get(2).map(|it| it.expr);
                    tables.push(Table { file: *file, item, bound: *bound, name, columns: columns.expr, extra });
                }
            }
        }
    }
    let mut statements = String::new();
    let mut renamed: Vec<(String, String, String)> = Vec::new();
    for table in &tables {
        let reader = Columns { code, tables: &tables, table };
        reader.write(&mut statements, &mut renamed);
    }
    let mut draft = read_as(&statements, SOURCE);
    for (file, module) in code.files.iter().filter(|(_, module)| relates(module)) {
        for entry in module.items.iter() {
            relations(code, *file, &entry.item, &tables, &mut draft);
        }
    }
    for entity in &mut draft.entities {
        for (_, field, column) in renamed.iter().filter(|(table, ..)| entity.name == table.as_str()) {
            let known = entity.fields.iter_mut().find(|it| it.is_scalar() && it.name == field.as_str());
            known.into_iter().for_each(|it| it.column = Some(Name::new(column)));
        }
    }
    // `db.query` names tables by their variables.
    for entity in &mut draft.entities {
        if let Some(table) = tables.iter().find(|it| entity.name == it.name.as_str() && it.bound != entity.name) {
            (entity.name, entity.table) = (table.bound, Some(entity.name));
        }
    }
    draft
}

fn relates(module: &Module) -> bool {
    module.interface.specifiers.iter().any(|it| &**it == "drizzle-orm")
}

/// `relations(posts, ({ one, many }) => ({ author: one(users, { fields: [posts.authorId], references: [users.id] }), … }))`: the names of
/// relations in the code.
fn relations(code: &Code<'_>, file: FileId, item: &Item, tables: &[Table<'_>], draft: &mut Draft) {
    let table = |expr: ExprId| -> Option<&Table<'_>> {
        let Expr::Global(name) = item.expr(expr) else { return None };
        let Named::Item(file, name) = (code.resolve)(file, *name)? else { return None };
        tables.iter().find(|it| it.file == file && it.bound == name)
    };
    for expr in &item.exprs {
        let Expr::Call { callee, args, .. } = expr else { continue };
        let named = matches!(item.expr(*callee), Expr::Global(name)
            if (code.resolve)(file, *name) == Some(Named::Package("drizzle-orm".into(), "relations".into())));
        let [of, function, ..] = args.as_slice() else { continue };
        let (true, Some(of), Expr::Function(function)) = (named, table(of.expr), item.expr(function.expr)) else { continue };
        let Body::Expr(object) = item.function(*function).body else { continue };
        let Expr::Object(props) = item.expr(object) else { continue };
        for prop in props {
            let Prop::Field { key: Key::Name(key), value } = prop else { continue };
            let Expr::Call { callee, args, .. } = item.expr(*value) else { continue };
            let many = match item.expr(*callee) {
                Expr::Local(local) => item.local(*local).name == "many",
                Expr::Member { name, .. } => *name == "many",
                _ => continue,
            };
            let Some(to) = args.first().and_then(|it| table(it.expr)) else { continue };
            let columns = |key: &str| -> Vec<Name> {
                let list = args.get(1).and_then(|it| field(item, it.expr, key)).map(|it| item.expr(it));
                let Some(Expr::Array(all)) = list else { return Vec::new() };
                let member = |it: &Arg| match item.expr(it.expr) {
                    Expr::Member { name, .. } => Some(*name),
                    _ => None,
                };
                all.iter().filter_map(member).collect()
            };
            let (fields, references) = (columns("fields"), columns("references"));
            // Both sides of a relation go by the key that holds it.
            let back = draft.entities.iter().find(|it| it.name == to.name.as_str());
            let back = back.and_then(|it| it.fields.iter().filter_map(|it| it.relation()).find(|it| it.to == of.name.as_str()));
            let label = back.filter(|_| fields.is_empty()).and_then(|it| it.label);
            let Some(entity) = draft.entities.iter_mut().find(|it| it.name == of.name.as_str()) else { continue };
            let known =
                entity.fields.iter_mut().find(|it| !fields.is_empty() && it.relation().is_some_and(|it| it.fields == fields));
            match known {
                Some(known) => known.name = *key,
                None => {
                    let relation = Relation { to: Name::new(&to.name), fields, references, label };
                    let mut added = Field::new(*key, FieldType::Relation(relation), Span::default());
                    (added.list, added.nullable) = (many, !many);
                    entity.fields.push(added);
                }
            }
        }
    }
}

/// The name and the arguments of a call that makes a table.
fn table<'a>(code: &Code<'_>, file: FileId, item: &'a Item, expr: ExprId) -> Option<(String, &'a [Arg])> {
    let chain = Chain::of(item, expr)?;
    let first = chain.steps.first()?;
    let name = text(item, first.args.first()?.expr)?;
    let (base, steps) = (item.expr(chain.base), &chain.steps);
    match base {
        Expr::Global(called) if steps.first().is_some_and(|it| it.name == *called) => {
            let is_maker = match (code.resolve)(file, *called)? {
                Named::Package(package, export) => package.starts_with("drizzle-orm/") && export.ends_with("Table"),
                // What `pgTableCreator` gave.
                Named::Item(file, name) => {
                    let (maker, init) = initial(code, file, name)?;
                    Chain::of(maker, init)?.steps.first()?.name.ends_with("TableCreator")
                }
            };
            is_maker.then_some((name, first.args))
        }
        // `pgSchema('auth').table('users', …)`
        Expr::Global(of) if first.name == "table" => {
            let Named::Item(file, of) = (code.resolve)(file, *of)? else { return None };
            let (maker, init) = initial(code, file, of)?;
            let made = Chain::of(maker, init)?;
            let schema = made.steps.first().filter(|it| it.name.ends_with("Schema"))?;
            let schema = text(maker, schema.args.first()?.expr)?;
            let name = if ["public", "dbo"].contains(&schema.as_str()) { name } else { format!("{schema}.{name}") };
            Some((name, first.args))
        }
        _ => None,
    }
}

/// What a top-level variable is at first.
fn initial<'a>(code: &Code<'a>, file: FileId, name: Name) -> Option<(&'a Item, ExprId)> {
    let item = code.binder(file, name)?;
    item.stmts.iter().find_map(|stmt| match stmt {
        Stmt::Let { pattern: Pattern::Global(bound), init: Some(init) } if *bound == name => Some((item, *init)),
        _ => None,
    })
}

struct Columns<'a, 'c> {
    code: &'c Code<'a>,
    tables: &'c [Table<'a>],
    table: &'c Table<'a>,
}

impl<'a> Columns<'a, '_> {
    fn write(&self, into: &mut String, renamed: &mut Vec<(String, String, String)>) {
        let item = self.table.item;
        // `(t) => ({ … })` gives the columns, too.
        let object = match item.expr(self.table.columns) {
            Expr::Function(function) => match item.function(*function).body {
                Body::Expr(value) => value,
                _ => return,
            },
            _ => self.table.columns,
        };
        let mut parts: Vec<String> = Vec::new();
        self.fields(item, self.table.file, object, 0, &mut |reader, item, file, name, value| {
            if let Some((column, own)) = reader.column(item, file, name, value, into) {
                if let Some(own) = own.filter(|it| name != it.as_str()) {
                    renamed.push((reader.table.name.clone(), name.to_string(), own));
                }
                parts.push(column.sql());
            }
        });
        if let Some(extra) = self.table.extra {
            self.constraints(extra, &mut parts);
        }
        into.push_str(&format!("CREATE TABLE {} ({});\n", quoted(&self.table.name), parts.join(", ")));
    }

    /// The fields of an object of columns, those of spread objects too.
    fn fields(
        &self,
        item: &'a Item,
        file: FileId,
        object: ExprId,
        depth: usize,
        each: &mut dyn FnMut(&Self, &'a Item, FileId, Name, ExprId),
    ) {
        let Expr::Object(props) = item.expr(object) else { return };
        for prop in props {
            match prop {
                Prop::Field { key: Key::Name(name), value } => each(self, item, file, *name, *value),
                Prop::Spread(of) if depth < 4 => {
                    if let Expr::Global(name) = item.expr(*of)
                        && let Some(Named::Item(file, name)) = (self.code.resolve)(file, *name)
                        && let Some((item, init)) = initial(self.code, file, name)
                    {
                        self.fields(item, file, init, depth + 1, each);
                    }
                }
                _ => {}
            }
        }
    }

    /// A column, and its name in the database where it has one of its own.
    fn column(
        &self,
        item: &'a Item,
        file: FileId,
        name: Name,
        value: ExprId,
        into: &mut String,
    ) -> Option<(Column, Option<String>)> {
        let (item, file, chain) = self.chain(item, file, value, 0)?;
        let first = chain.steps.first()?;
        let arg = |nth: usize| first.args.get(nth).map(|it| it.expr);
        let own = arg(0).and_then(|it| text(item, it));
        let options = if own.is_some() { arg(1) } else { arg(0) };
        let option = |key: &str| options.and_then(|it| field(item, it, key));
        let members = option("enum").map(|it| texts(item, it)).unwrap_or_default();
        let mode = option("mode").and_then(|it| text(item, it)).unwrap_or_default();
        let ty = match (first.name.as_str(), mode.as_str()) {
            _ if !members.is_empty() => listed_type(&format!("{}_{name}", self.table.name), &members, into),
            (_, "boolean") => "boolean".into(),
            (_, "timestamp" | "timestamp_ms") => "timestamptz".into(),
            (_, "json") => "jsonb".into(),
            ("varchar" | "char", _) => match option("length").map(|it| item.expr(it)) {
                Some(Expr::Lit(Lit::Num(length))) => format!("varchar({length})"),
                _ => "varchar".into(),
            },
            ("text" | "citext" | "tinytext" | "mediumtext" | "longtext", _) => "text".into(),
            ("serial" | "bigserial" | "smallserial", _) => "serial".into(),
            ("integer" | "int" | "bigint" | "smallint" | "tinyint" | "mediumint", _) => "integer".into(),
            ("numeric" | "decimal" | "real" | "double" | "doublePrecision" | "float", _) => "numeric".into(),
            ("boolean", _) => "boolean".into(),
            ("uuid", _) => "uuid".into(),
            ("timestamp" | "date" | "time" | "datetime" | "year", _) => "timestamptz".into(),
            ("json" | "jsonb", _) => "jsonb".into(),
            ("blob" | "bytea" | "binary" | "varbinary", _) => "bytea".into(),
            (called, _) => self.listed(file, Name::new(called), into).unwrap_or_else(|| "other".into()),
        };
        let has = |name: &str| chain.has(name);
        let given = chain.step("default").map(|it| default(item, it.args.first().map(|it| it.expr)));
        let computed = ["defaultNow", "defaultRandom", "$defaultFn", "$default", "$onUpdate", "$onUpdateFn", "autoincrement"];
        let generated = computed.iter().any(|it| has(it)) || chain.steps.iter().any(|it| it.name.starts_with("generated"));
        let references = chain.step("references").and_then(|it| self.reference(item, file, it.args.first()?.expr));
        let column = Column {
            name: name.to_string(),
            ty,
            required: has("notNull"),
            primary: has("primaryKey"),
            unique: has("unique"),
            default: given.or_else(|| generated.then(|| "computed()".to_owned())),
            references,
        };
        Some((column, own))
    }

    /// A column's chain of calls; followed where it stands in a variable or function of its own (`createdAt`, `createdAt()`).
    fn chain(&self, item: &'a Item, file: FileId, value: ExprId, depth: usize) -> Option<(&'a Item, FileId, Chain<'a>)> {
        let name = match item.expr(value) {
            Expr::Global(name) => Some(*name),
            Expr::Call { callee, .. } => match item.expr(*callee) {
                Expr::Global(name) => Some(*name),
                _ => None,
            },
            _ => None,
        };
        if let Some(name) = name
            && depth < 4
            && let Some(Named::Item(file, name)) = (self.code.resolve)(file, name)
            && let Some((of, init)) = initial(self.code, file, name)
        {
            let inner = match of.expr(init) {
                Expr::Function(function) => match of.function(*function).body {
                    Body::Expr(value) => Some(value),
                    _ => None,
                },
                // A list of texts that makes columns is no column itself.
                _ if Chain::of(of, init).is_some_and(|it| it.steps[0].name.ends_with("Enum")) => None,
                _ => Some(init),
            };
            if let Some(inner) = inner {
                return self.chain(of, file, inner, depth + 1);
            }
        }
        Some((item, file, Chain::of(item, value)?))
    }

    /// `spaceRole('role')` after `const spaceRole = pgEnum('space_role', […])`
    fn listed(&self, file: FileId, called: Name, into: &mut String) -> Option<String> {
        let Named::Item(file, name) = (self.code.resolve)(file, called)? else { return None };
        let (item, init) = initial(self.code, file, name)?;
        let chain = Chain::of(item, init)?;
        let first = chain.steps.first().filter(|it| it.name.to_lowercase().ends_with("enum"))?;
        let members = texts(item, first.args.get(1)?.expr);
        (!members.is_empty()).then(|| listed_type(&text(item, first.args[0].expr).unwrap_or_default(), &members, into))
    }

    /// `() => users.id`
    fn reference(&self, item: &Item, file: FileId, function: ExprId) -> Option<(String, Option<String>)> {
        let Expr::Function(function) = item.expr(function) else { return None };
        let value = match &item.function(*function).body {
            Body::Expr(value) => *value,
            Body::Block(all) => all.iter().find_map(|it| match item.stmt(*it) {
                Stmt::Return(value) => *value,
                _ => None,
            })?,
            Body::None => return None,
        };
        let Expr::Member { object, name, .. } = item.expr(value) else { return None };
        let Expr::Global(of) = item.expr(*object) else { return None };
        let Named::Item(file, of) = (self.code.resolve)(file, *of)? else { return None };
        let to = self.tables.iter().find(|it| it.file == file && it.bound == of)?;
        Some((to.name.clone(), Some(name.to_string())))
    }

    /// Keys over several columns, in the table's third argument.
    fn constraints(&self, extra: ExprId, parts: &mut Vec<String>) {
        let item = self.table.item;
        let area = item.expr_span(extra);
        for (index, expr) in item.exprs.iter().enumerate() {
            let Expr::Call { callee, args, .. } = expr else { continue };
            if !area.contains(item.expr_spans[index]) {
                continue;
            }
            let word = match item.expr(*callee) {
                Expr::Global(name) if *name == "primaryKey" => "PRIMARY KEY",
                // `unique('name').on(t.a, t.b)`
                Expr::Member { object, name, .. } if *name == "on" => match Chain::of(item, *object) {
                    Some(made) if made.steps[0].name.to_lowercase().contains("unique") => "UNIQUE",
                    _ => continue,
                },
                _ => continue,
            };
            let list: Vec<ExprId> = match args.first().map(|it| item.expr(it.expr)) {
                Some(Expr::Object(_)) => match field(item, args[0].expr, "columns").map(|it| item.expr(it)) {
                    Some(Expr::Array(all)) => all.iter().map(|it| it.expr).collect(),
                    _ => continue,
                },
                _ => args.iter().map(|it| it.expr).collect(),
            };
            let names: Vec<String> = list
                .iter()
                .filter_map(|it| match item.expr(*it) {
                    Expr::Member { name, .. } => Some(name.to_string()),
                    _ => None,
                })
                .collect();
            // A key over an expression is none of columns.
            if !names.is_empty() && names.len() == list.len() {
                parts.push(format!("{word} ({})", listed(&names)));
            }
        }
    }
}

fn field(item: &Item, object: ExprId, key: &str) -> Option<ExprId> {
    let Expr::Object(props) = item.expr(object) else { return None };
    props.iter().find_map(|prop| match prop {
        Prop::Field { key: Key::Name(name), value } if *name == key => Some(*value),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::code::testing::read_one;
    use super::*;
    use crate::schema::FieldType;

    #[test]
    fn tables_with_their_keys_and_references() {
        let draft = read_one(
            READER,
            "import { pgTable, pgEnum, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
const role = pgEnum('space_role', ['owner', 'viewer']);
const createdAt = () => timestamp('created_at').notNull().defaultNow();
export const users = pgTable('users', { id: text('id').primaryKey(), email: text('email').notNull().unique() });
export const members = pgTable('members', {
  spaceId: uuid('space_id').notNull(),
  userId: text('user_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
  role: role('role').notNull().default('viewer'),
  createdAt: createdAt(),
}, (t) => [primaryKey({ columns: [t.spaceId, t.userId] })]);",
        );
        let members = &draft.entities[1];
        assert_eq!(members.name, "members");
        let field = |name: &str| members.fields.iter().find(|it| it.name == name).expect("the field");
        assert_eq!(field("userId").column, Some(Name::new("user_id")));
        assert_eq!(field("role").ty, FieldType::Enum(Name::new("space_role")));
        assert!(field("createdAt").is_generated());
        let relation = members.fields.iter().find_map(|it| it.relation()).expect("a relation");
        assert_eq!((relation.to, &relation.fields), (Name::new("users"), &vec![Name::new("userId")]));
        assert!(members.uniques.iter().any(|it| it.primary && it.fields.len() == 2));
        assert!(draft.entities[0].is_unique(Name::new("email")));
    }
}
