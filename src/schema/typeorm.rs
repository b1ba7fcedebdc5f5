//! TypeORM entities: classes with `@Entity()`, their columns and relations by decorators.

use std::sync::Arc;

use super::code::{Code, Named, Reader};
use super::{Draft, Entity, EntityClass, Field, FieldDefault, FieldType, Relation};
use crate::base::{FileId, ItemId, Name, Span};
use crate::ir::{Body, Class, Expr, ExprId, Item, Key, Lit, Member, Module, Pattern, Prop, Stmt, TypeRef};

/// The source name of entities from here.
const SOURCE: &str = "typeorm";

/// The reader.
pub(super) const READER: Reader = Reader { declares, read };

fn declares(module: &Module) -> bool {
    super::code::imports(module, &["typeorm"])
        && module.items.iter().any(|entry| entry.item.classes.iter().any(|class| !class.decorators.is_empty()))
}

fn read(code: &Code<'_>) -> Draft {
    let mut draft = Draft::default();
    let mut keys: Vec<(Name, Name)> = Vec::new();
    for (file, module) in code.importing(&["typeorm"]) {
        for entry in module.items.iter() {
            let place = Place { code, file, item: &entry.item };
            for stmt in &entry.item.stmts {
                match stmt {
                    Stmt::Class { pattern: Pattern::Global(_), class } => place.class(entry.id, class, &mut draft, &mut keys),
                    Stmt::Enum { pattern: Pattern::Global(name), members } => {
                        let texts = members.iter().map(|(member, value)| match value.map(|it| entry.item.expr(it)) {
                            Some(Expr::Lit(Lit::Str(text))) => Name::new(text),
                            _ => *member,
                        });
                        draft.enums.push((*name, texts.collect()));
                    }
                    _ => {}
                }
            }
        }
    }
    // Which column a relation's key names is said by the other class.
    let primary: Vec<(Name, Name)> = draft
        .entities
        .iter()
        .filter_map(|it| it.uniques.iter().find(|unique| unique.primary).map(|unique| (it.name, unique.fields[0])))
        .collect();
    for entity in &mut draft.entities {
        for field in &mut entity.fields {
            if let FieldType::Relation(relation) = &mut field.ty
                && !relation.fields.is_empty()
                && let Some((_, key)) = primary.iter().find(|(name, _)| *name == relation.to)
            {
                relation.references = vec![*key];
            }
        }
    }
    draft
}

/// Where an item is read.
struct Place<'a> {
    code: &'a Code<'a>,
    file: FileId,
    item: &'a Item,
}

/// A decorator of the library.
struct Decorator<'a> {
    name: Name,
    args: Vec<&'a Expr>,
}

impl<'a> Place<'a> {
    fn decorators(&self, ids: &[ExprId]) -> Vec<Decorator<'a>> {
        ids.iter().filter_map(|id| self.decorator(*id)).collect()
    }

    fn decorator(&self, id: ExprId) -> Option<Decorator<'a>> {
        let Expr::Call { callee, args, .. } = self.item.expr(id) else { return None };
        let name = match self.item.expr(*callee) {
            Expr::Global(name) => match (self.code.resolve)(self.file, *name)? {
                Named::Package(package, export) if package == "typeorm" => export,
                _ => return None,
            },
            _ => return None,
        };
        Some(Decorator { name, args: args.iter().map(|arg| self.item.expr(arg.expr)).collect() })
    }

    fn class(&self, id: ItemId, class: &crate::ir::ClassId, draft: &mut Draft, keys: &mut Vec<(Name, Name)>) {
        let class = self.item.class(*class);
        let Some(name) = class.name else { return };
        let decorators = self.decorators(&class.decorators);
        let Some(head) = decorators.iter().find(|it| matches!(it.name.as_str(), "Entity" | "ChildEntity" | "ViewEntity")) else {
            return;
        };
        let mut entity = Entity::new(name, SOURCE);
        let option = |key: &str| head.args.iter().find_map(|it| self.option(it, key)).and_then(text);
        entity.table = head.args.first().and_then(|it| text(it)).or_else(|| option("name"));
        if let (Some(schema), Some(table)) = (option("schema").filter(|it| *it != "public"), entity.table) {
            entity.table = Some(Name::new(&format!("{schema}.{table}")));
        }
        entity.table = entity.table.filter(|it| *it != name);
        let mut about = EntityClass { name, hidden: Vec::new(), eager: Vec::new() };
        self.members(class, &mut entity, &mut about, 0);
        for unique in decorators.iter().filter(|it| it.name == "Unique") {
            let fields: Vec<Name> = unique.args.iter().find_map(|it| self.names(it)).unwrap_or_default();
            entity.add_unique(fields, None, false);
        }
        keys.extend(entity.primary_key().map(|key| (name, key)));
        draft.classes.push((self.file, id, about));
        draft.entities.push(entity);
    }

    /// The members of a class and of those that it extends, the nearest one winning.
    fn members(&self, class: &Class, entity: &mut Entity, about: &mut EntityClass, depth: usize) {
        if let Some(Expr::Global(parent)) = class.extends.map(|it| self.item.expr(it))
            && depth < 6
            && let Some(Named::Item(file, name)) = (self.code.resolve)(self.file, *parent)
            && let Some(item) = self.code.binder(file, name)
            && let Some(above) = item.classes.iter().find(|it| it.name == Some(name))
        {
            Place { code: self.code, file, item }.members(above, entity, about, depth + 1);
        }
        for member in class.members.iter().filter(|it| !it.is_static && !it.decorators.is_empty()) {
            self.member(member, entity, about);
        }
    }

    fn member(&self, member: &Member, entity: &mut Entity, about: &mut EntityClass) {
        let decorators = self.decorators(&member.decorators);
        let find = |names: &[&str]| decorators.iter().find(|it| names.contains(&it.name.as_str()));
        let column = find(&[
            "Column",
            "PrimaryColumn",
            "PrimaryGeneratedColumn",
            "CreateDateColumn",
            "UpdateDateColumn",
            "DeleteDateColumn",
            "VersionColumn",
            "ObjectIdColumn",
            "VirtualColumn",
        ]);
        let mut added: Vec<Field> = Vec::new();
        if let Some(column) = column {
            let mut field = Field::new(member.name, self.column_type(column, member.ty.as_deref()), Span::default());
            let option = |key: &str| column.args.iter().find_map(|it| self.option(it, key));
            field.column = option("name").and_then(text).filter(|it| *it != member.name);
            field.nullable = option("nullable").is_some_and(is_true) || column.name == "DeleteDateColumn";
            field.list = option("array").is_some_and(is_true);
            field.max_length = option("length").and_then(|it| match it {
                Expr::Lit(Lit::Num(text) | Lit::Str(text)) => text.parse().ok(),
                _ => None,
            });
            let generated = column.name != "Column" && column.name != "PrimaryColumn" || find(&["Generated"]).is_some();
            field.default = match option("default") {
                _ if generated => Some(FieldDefault::Generated),
                Some(Expr::Lit(Lit::Str(text) | Lit::Num(text))) => Some(FieldDefault::Constant(text.clone())),
                Some(Expr::Lit(Lit::Bool(value))) => Some(FieldDefault::Constant(Arc::from(value.to_string()))),
                Some(_) => Some(FieldDefault::Generated),
                None => None,
            };
            if column.name.starts_with("Primary") || column.name == "ObjectIdColumn" || option("primary").is_some_and(is_true) {
                entity.add_unique(vec![member.name], None, true);
            } else if option("unique").is_some_and(is_true) || find(&["Unique"]).is_some() {
                entity.add_unique(vec![member.name], None, false);
            }
            if option("select").is_some_and(|it| matches!(it, Expr::Lit(Lit::Bool(false)))) {
                about.hidden.push(member.name);
            }
            added.push(field);
        } else if let Some(relation) = find(&["ManyToOne", "OneToOne", "OneToMany", "ManyToMany"]) {
            let Some(to) = relation.args.first().and_then(|it| self.target(it)) else { return };
            let joined = find(&["JoinColumn"]);
            let holds = relation.name == "ManyToOne" || (relation.name == "OneToOne" && joined.is_some());
            let option = |key: &str| relation.args.iter().find_map(|it| self.option(it, key));
            let written = joined.and_then(|it| it.args.iter().find_map(|arg| self.option(arg, "name"))).and_then(text);
            let key = written.unwrap_or_else(|| Name::new(&format!("{}Id", member.name)));
            // The key may be a property of its own, under any name.
            let own = entity.fields.iter().find(|it| it.name == key || it.column == Some(key)).map(|it| it.name);
            let fields = if holds { vec![own.unwrap_or(key)] } else { Vec::new() };
            let relation_to = Relation { to, fields, references: Vec::new(), label: None };
            let mut field = Field::new(member.name, FieldType::Relation(relation_to), Span::default());
            field.list = relation.name.ends_with("ToMany");
            field.nullable = holds && !option("nullable").is_some_and(|it| matches!(it, Expr::Lit(Lit::Bool(false))));
            if option("eager").is_some_and(is_true) {
                about.eager.push(member.name);
            }
            if holds && own.is_none() {
                let mut column = Field::new(key, FieldType::Other, Span::default());
                column.nullable = field.nullable;
                added.push(column);
            }
            added.push(field);
        }
        for field in added {
            match entity.fields.iter_mut().find(|it| it.name == field.name) {
                // A key that is a property of its own says more than the one that a relation implies.
                Some(known) if field.ty == FieldType::Other => known.nullable |= field.nullable,
                Some(known) => *known = field,
                None => entity.fields.push(field),
            }
        }
    }

    fn column_type(&self, column: &Decorator<'_>, written: Option<&TypeRef>) -> FieldType {
        if column.args.iter().any(|it| matches!(it, Expr::Lit(Lit::Str(text)) if &**text == "uuid")) {
            return FieldType::Uuid;
        }
        let option = |key: &str| column.args.iter().find_map(|it| self.option(it, key));
        if let Some(Expr::Global(name)) = option("enum") {
            return FieldType::Enum(match (self.code.resolve)(self.file, *name) {
                Some(Named::Item(_, name)) => name,
                _ => *name,
            });
        }
        let said = column.args.first().and_then(|it| text(it)).or_else(|| option("type").and_then(text));
        match said.as_ref().map(|it| it.as_str()) {
            Some("uuid") => return FieldType::Uuid,
            Some("varchar" | "text" | "char" | "citext" | "string" | "longtext" | "mediumtext" | "nvarchar") => {
                return FieldType::String;
            }
            Some("int" | "integer" | "bigint" | "smallint" | "tinyint") => return FieldType::Int,
            Some("decimal" | "numeric" | "float" | "double" | "real" | "money" | "double precision") => return FieldType::Float,
            Some("boolean" | "bool") => return FieldType::Bool,
            Some("date" | "timestamp" | "timestamptz" | "datetime" | "time") => return FieldType::Date,
            Some("json" | "jsonb" | "simple-json" | "simple-array") => return FieldType::Json,
            Some("bytea" | "blob" | "longblob" | "binary" | "varbinary") => return FieldType::Bytes,
            _ => {}
        }
        if column.name.ends_with("DateColumn") {
            return FieldType::Date;
        }
        if column.name == "PrimaryGeneratedColumn" || column.name == "VersionColumn" {
            return FieldType::Int;
        }
        match written.map(|it| it.name.as_str()) {
            Some("string") => FieldType::String,
            Some("number") => FieldType::Float,
            Some("boolean") => FieldType::Bool,
            Some("Date") => FieldType::Date,
            Some("Buffer") => FieldType::Bytes,
            _ => FieldType::Other,
        }
    }

    /// The entity that `() => User`, `(type) => User` or `'User'` names.
    fn target(&self, expr: &Expr) -> Option<Name> {
        match expr {
            Expr::Lit(Lit::Str(text)) => Some(Name::new(text)),
            Expr::Function(function) => {
                let value = match &self.item.function(*function).body {
                    Body::Expr(value) => *value,
                    Body::Block(stmts) => stmts.iter().find_map(|it| match self.item.stmt(*it) {
                        Stmt::Return(value) => *value,
                        _ => None,
                    })?,
                    Body::None => return None,
                };
                match self.item.expr(value) {
                    Expr::Global(name) => match (self.code.resolve)(self.file, *name) {
                        Some(Named::Item(_, name)) => Some(name),
                        _ => Some(*name),
                    },
                    Expr::Lit(Lit::Str(text)) => Some(Name::new(text)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A key of an object literal.
    fn option<'e>(&'e self, expr: &'e Expr, key: &str) -> Option<&'e Expr> {
        let Expr::Object(props) = expr else { return None };
        props.iter().find_map(|prop| match prop {
            Prop::Field { key: Key::Name(name), value } if *name == *key => Some(self.item.expr(*value)),
            _ => None,
        })
    }

    fn names(&self, expr: &Expr) -> Option<Vec<Name>> {
        let Expr::Array(parts) = expr else { return None };
        Some(parts.iter().filter_map(|it| text(self.item.expr(it.expr))).collect())
    }
}

fn text(expr: &Expr) -> Option<Name> {
    match expr {
        Expr::Lit(Lit::Str(text)) => Some(Name::new(text)),
        _ => None,
    }
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(Lit::Bool(true)))
}
