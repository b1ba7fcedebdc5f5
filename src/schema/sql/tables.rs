//! Tables as migrations make and change them.

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, ColumnDef, ColumnOption, CreateIndex, CreateTable, DataType,
    EnumMember, Expr, ForeignKeyConstraint, ObjectName, RenameTableNameKind, TableConstraint,
};

use super::policies::RawPolicy;
use super::types::{bounds, default, folded, plain_columns};
use super::{AUTH_USERS, Reader, SOURCE, Text, fold, key};
use crate::base::{Name, Span};
use crate::schema::{Entity, Field, FieldDefault, FieldType, Relation, RowSecurity};

/// A table while migrations run.
pub struct Table {
    /// The name that statements use, without the default schema.
    pub key: Name,
    /// Columns and unique keys; relations are added at the end.
    pub entity: Entity,
    pub foreign_keys: Vec<ForeignKey>,
    /// Names of unique keys and primary keys, to drop them by.
    constraints: Vec<(Name, Vec<Name>)>,
    pub secured: bool,
    pub policies: Vec<RawPolicy>,
    /// Columns that API roles may update; `None` for all.
    pub updatable: Option<Vec<Name>>,
    /// Columns that a trigger keeps from changing.
    pub frozen: Vec<Name>,
}

/// A reference to another table.
pub struct ForeignKey {
    name: Name,
    columns: Vec<Name>,
    to: Name,
    /// Empty for the primary key.
    references: Vec<Name>,
    span: Span,
}

impl Table {
    fn new(key: Name) -> Self {
        let mut entity = Entity::new(key, SOURCE);
        entity.table = None;
        Table {
            key,
            entity,
            foreign_keys: Vec::new(),
            constraints: Vec::new(),
            secured: false,
            policies: Vec::new(),
            updatable: None,
            frozen: Vec::new(),
        }
    }

    /// The name without schema, as constraints are named after it.
    fn short(&self) -> &str {
        self.key.rsplit('.').next().unwrap_or("")
    }

    pub fn has_column(&self, name: Name) -> bool {
        self.entity.fields.iter().any(|it| it.name == name)
    }

    fn field(&mut self, name: Name) -> Option<&mut Field> {
        self.entity.fields.iter_mut().find(|it| it.name == name)
    }

    fn unique(&mut self, columns: Vec<Name>, name: Option<Name>, primary: bool) {
        let end = if primary { "pkey".to_owned() } else { format!("{}_key", join(&columns)) };
        let name = name.unwrap_or_else(|| Name::new(&format!("{}_{end}", self.short())));
        self.constraints.push((name, columns.clone()));
        if primary {
            for column in &columns {
                self.field(*column).into_iter().for_each(|it| it.nullable = false);
            }
        }
        self.entity.add_unique(columns, None, primary);
    }

    fn foreign_key(&mut self, columns: Vec<Name>, constraint: &ForeignKeyConstraint, name: Option<Name>, span: Span) {
        let Some(to) = key(&constraint.foreign_table) else { return };
        let name = name.unwrap_or_else(|| Name::new(&format!("{}_{}_fkey", self.short(), join(&columns))));
        self.foreign_keys.retain(|it| it.columns != columns || it.to != to);
        self.foreign_keys.push(ForeignKey { name, columns, to, references: folded(&constraint.referred_columns), span });
    }

    fn check(&mut self, expr: &Expr) {
        let mut found = Vec::new();
        bounds(expr, &mut found);
        for (column, most) in found {
            if let Some(field) = self.field(column).filter(|it| it.ty == FieldType::String) {
                field.max_length = Some(field.max_length.map_or(most, |it| it.min(most)));
            }
        }
    }

    fn constraint(&mut self, constraint: &TableConstraint, text: &Text<'_>) {
        match constraint {
            TableConstraint::Unique(it) => {
                if let Some(columns) = plain_columns(&it.columns) {
                    self.unique(columns, it.name.as_ref().map(fold), false);
                }
            }
            TableConstraint::PrimaryKey(it) => {
                if let Some(columns) = plain_columns(&it.columns) {
                    self.unique(columns, it.name.as_ref().map(fold), true);
                }
            }
            TableConstraint::ForeignKey(it) => {
                let span = it.columns.first().map_or(text.place.span(0, 0), |first| text.span(first));
                self.foreign_key(folded(&it.columns), it, it.name.as_ref().map(fold), span);
            }
            TableConstraint::Check(it) => self.check(&it.expr),
            _ => {}
        }
    }

    fn drop_constraint(&mut self, name: Name) {
        self.foreign_keys.retain(|it| it.name != name);
        for (_, columns) in self.constraints.extract_if(.., |(it, _)| *it == name) {
            self.entity.uniques.retain(|it| it.fields != columns);
        }
    }

    fn drop_column(&mut self, name: Name) {
        self.entity.fields.retain(|it| it.name != name);
        self.entity.uniques.retain(|it| !it.fields.contains(&name));
        self.foreign_keys.retain(|it| !it.columns.contains(&name));
    }

    fn rename_column(&mut self, from: Name, to: Name) {
        let swap = |it: &mut Name| {
            if *it == from {
                *it = to;
            }
        };
        self.entity.fields.iter_mut().for_each(|it| swap(&mut it.name));
        self.entity.uniques.iter_mut().flat_map(|it| &mut it.fields).for_each(swap);
        self.foreign_keys.iter_mut().flat_map(|it| &mut it.columns).for_each(swap);
        self.constraints.iter_mut().flat_map(|(_, columns)| columns).for_each(swap);
        self.updatable.iter_mut().flatten().for_each(swap);
    }
}

fn join(names: &[Name]) -> String {
    names.iter().map(|it| it.as_str()).collect::<Vec<_>>().join("_")
}

impl Reader {
    /// The table of that name; one that nothing declared stays without columns until another source gives them.
    pub fn table(&mut self, name: Name) -> &mut Table {
        let at = match self.tables.iter().position(|it| it.key == name) {
            Some(at) => at,
            None => {
                let mut table = Table::new(name);
                if self.closed_by_default {
                    table.updatable = Some(Vec::new());
                }
                self.tables.push(table);
                self.tables.len() - 1
            }
        };
        &mut self.tables[at]
    }

    pub fn create_table(&mut self, create: &CreateTable, text: &Text<'_>) {
        let Some(name) = key(&create.name) else { return };
        if create.columns.is_empty() || create.temporary || !self.table(name).entity.fields.is_empty() {
            return;
        }
        for column in &create.columns {
            self.add_column(name, column, text);
        }
        let span = create.name.0.last().and_then(|it| it.as_ident()).map(|it| text.span(it));
        let table = self.table(name);
        table.entity.declared = span.map(|span| (text.place.file, span));
        for constraint in &create.constraints {
            table.constraint(constraint, text);
        }
    }

    fn add_column(&mut self, table: Name, column: &ColumnDef, text: &Text<'_>) {
        let ty = self.column_type(&column.data_type);
        let mut field = Field::new(fold(&column.name), ty.ty, text.span(&column.name));
        field.list = ty.list;
        field.max_length = ty.max_length;
        field.nullable =
            !column.options.iter().any(|it| matches!(it.option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_)));
        field.default = ty.generated.then_some(FieldDefault::Generated);
        if let DataType::Enum(members, _) = &column.data_type {
            let name = Name::new(&format!("{table}.{}", field.name));
            let labels =
                members.iter().map(|(EnumMember::Name(label) | EnumMember::NamedValue(label, _))| Name::new(label)).collect();
            self.enums.push((name, labels));
            field.ty = FieldType::Enum(name);
        }
        for option in &column.options {
            match &option.option {
                ColumnOption::Default(expr) => field.default = Some(default(expr)),
                ColumnOption::Generated { .. } | ColumnOption::Identity(_) => field.default = Some(FieldDefault::Generated),
                ColumnOption::DialectSpecific(tokens)
                    if tokens.iter().any(|it| it.to_string().to_lowercase().starts_with("auto")) =>
                {
                    field.default = Some(FieldDefault::Generated);
                }
                _ => {}
            }
        }
        // SQLite numbers such keys by itself.
        if field.ty == FieldType::Int
            && column.options.iter().any(|it| matches!(it.option, ColumnOption::PrimaryKey(_)))
            && field.default.is_none()
        {
            field.default = Some(FieldDefault::Generated);
        }
        let (name, span) = (field.name, field.span);
        let table = self.table(table);
        table.entity.fields.retain(|it| it.name != name);
        table.entity.fields.push(field);
        for option in &column.options {
            let constraint = option.name.as_ref().map(fold);
            match &option.option {
                ColumnOption::PrimaryKey(_) => table.unique(vec![name], constraint, true),
                ColumnOption::Unique(_) => table.unique(vec![name], constraint, false),
                ColumnOption::ForeignKey(it) => table.foreign_key(vec![name], it, constraint, span),
                ColumnOption::Check(it) => table.check(&it.expr),
                _ => {}
            }
        }
    }

    pub fn alter_table(&mut self, alter: &AlterTable, text: &Text<'_>) {
        let Some(name) = key(&alter.name) else { return };
        for operation in &alter.operations {
            self.alter(name, operation, text);
        }
    }

    fn alter(&mut self, name: Name, operation: &AlterTableOperation, text: &Text<'_>) {
        match operation {
            AlterTableOperation::AddColumn { if_not_exists, column_def, .. } => {
                let there = *if_not_exists && self.table(name).has_column(fold(&column_def.name));
                if !there {
                    self.add_column(name, column_def, text);
                }
            }
            AlterTableOperation::AddConstraint { constraint, .. } => self.table(name).constraint(constraint, text),
            AlterTableOperation::DropConstraint { name: constraint, .. }
            | AlterTableOperation::DropForeignKey { name: constraint, .. } => {
                self.table(name).drop_constraint(fold(constraint));
            }
            AlterTableOperation::DropColumn { column_names, .. } => {
                for column in column_names {
                    self.table(name).drop_column(fold(column));
                }
            }
            AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
                let (from, to) = (fold(old_column_name), fold(new_column_name));
                self.table(name).rename_column(from, to);
                for key in self.tables.iter_mut().flat_map(|it| &mut it.foreign_keys).filter(|it| it.to == name) {
                    key.references.iter_mut().filter(|it| **it == from).for_each(|it| *it = to);
                }
            }
            AlterTableOperation::RenameTable { table_name: RenameTableNameKind::As(to) | RenameTableNameKind::To(to) } => {
                self.rename_table(name, to)
            }
            AlterTableOperation::AlterColumn { column_name, op } => self.alter_column(name, fold(column_name), op),
            AlterTableOperation::EnableRowLevelSecurity => self.table(name).secured = true,
            AlterTableOperation::DisableRowLevelSecurity => self.table(name).secured = false,
            _ => {}
        }
    }

    fn rename_table(&mut self, from: Name, to: &ObjectName) {
        let Some(to) = key(to) else { return };
        // `rename to` never changes the schema.
        let to = match from.rsplit_once('.') {
            Some((schema, _)) if !to.contains('.') => Name::new(&format!("{schema}.{to}")),
            _ => to,
        };
        // SQLite rebuilds a table under another name and puts it in the old one's place.
        if from != to {
            self.tables.retain(|it| it.key != to);
        }
        for table in &mut self.tables {
            if table.key == from {
                (table.key, table.entity.name) = (to, to);
            }
            table.foreign_keys.iter_mut().filter(|it| it.to == from).for_each(|it| it.to = to);
        }
    }

    fn alter_column(&mut self, table: Name, column: Name, op: &AlterColumnOperation) {
        let changed = match op {
            AlterColumnOperation::SetDataType { data_type, .. } => Some(self.column_type(data_type)),
            _ => None,
        };
        let Some(field) = self.table(table).field(column) else { return };
        match op {
            AlterColumnOperation::SetNotNull => field.nullable = false,
            AlterColumnOperation::DropNotNull => field.nullable = true,
            AlterColumnOperation::SetDefault { value } => field.default = Some(default(value)),
            AlterColumnOperation::DropDefault => field.default = None,
            AlterColumnOperation::AddGenerated { .. } => field.default = Some(FieldDefault::Generated),
            _ => {}
        }
        if let Some(ty) = changed {
            (field.ty, field.list, field.max_length) = (ty.ty, ty.list, ty.max_length);
        }
    }

    pub fn create_index(&mut self, index: &CreateIndex) {
        if !index.unique || index.predicate.is_some() {
            return;
        }
        if let (Some(table), Some(columns)) = (key(&index.table_name), plain_columns(&index.columns)) {
            let name = index.name.as_ref().and_then(super::last);
            self.table(table).unique(columns, name, false);
        }
    }

    /// Turns foreign keys into relations, now that all tables are known.
    pub fn relate(&mut self) {
        if !self.tables.iter().any(|it| it.key == AUTH_USERS)
            && self.tables.iter().flat_map(|it| &it.foreign_keys).any(|it| it.to == AUTH_USERS)
        {
            let mut users = Table::new(Name::new(AUTH_USERS));
            let (id, email) = (Name::new("id"), Name::new("email"));
            users.entity.fields =
                vec![Field::new(id, FieldType::Uuid, Span::default()), Field::new(email, FieldType::String, Span::default())];
            users.entity.add_unique(vec![id], None, true);
            self.tables.push(users);
        }
        let primaries: Vec<(Name, Vec<Name>)> = self
            .tables
            .iter()
            .map(|it| (it.key, it.entity.uniques.iter().find(|it| it.primary).map(|it| it.fields.clone()).unwrap_or_default()))
            .collect();
        for table in &mut self.tables {
            let alone = |key: &ForeignKey, all: &[ForeignKey]| all.iter().filter(|it| it.to == key.to).count() == 1;
            let mut fields = Vec::new();
            for key in &table.foreign_keys {
                let to = key.to.rsplit('.').next().unwrap_or("");
                // Several keys to one table are told apart as PostgREST does it.
                let clear = alone(key, &table.foreign_keys) && !table.entity.fields.iter().any(|it| it.name == to);
                let name = if clear { to.to_owned() } else { format!("{to}!{}", key.name) };
                let references = match key.references.is_empty() {
                    true => {
                        primaries.iter().find(|(it, _)| *it == key.to).map(|(_, columns)| columns.clone()).unwrap_or_default()
                    }
                    false => key.references.clone(),
                };
                let relation = Relation { to: key.to, fields: key.columns.clone(), references, label: Some(key.name) };
                let mut field = Field::new(Name::new(&name), FieldType::Relation(relation), key.span);
                field.nullable = table.entity.fields.iter().any(|it| key.columns.contains(&it.name) && it.nullable);
                fields.push(field);
            }
            table.entity.fields.extend(fields);
        }
    }

    /// Row level security without its policies.
    pub fn security(table: &Table) -> RowSecurity {
        let mut updatable = table.updatable.clone();
        if !table.frozen.is_empty() {
            let all = || table.entity.fields.iter().filter(|it| it.is_scalar()).map(|it| it.name).collect();
            let mut left: Vec<Name> = updatable.unwrap_or_else(all);
            left.retain(|it| !table.frozen.contains(it));
            updatable = Some(left);
        }
        RowSecurity { enabled: table.secured, policies: Vec::new(), updatable }
    }
}
