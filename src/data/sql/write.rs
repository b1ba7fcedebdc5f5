//! Statements that write: what is written, and where.

use std::sync::Arc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, Expr, FromTable, Insert, OnConflictAction, OnInsert, SelectItem,
    SetExpr, TableObject, Update, UpdateTableFromKind,
};

use super::expression::computed;
use super::scope::{Scope, Table};
use super::statement::Reader;
use super::text::WHOLE;
use super::{fold, last_name, table_name};
use crate::base::Name;
use crate::values::{Filter, Object, Op, Payload, Projection, Quantifier, Query, Shape, Value};

impl<'a> Reader<'a> {
    pub(super) fn insert(self, base: &Query, insert: &Insert) -> Option<Query> {
        let TableObject::TableName(name) = &insert.table else { return None };
        let columns: Vec<Name> = insert.columns.iter().filter_map(last_name).collect();
        let written = match insert.source.as_deref().map(|source| (&*source.body, source)) {
            Some((SetExpr::Values(values), _)) => {
                let rows: Vec<Value> = values.rows.iter().map(|row| self.row(&columns, &row.content)).collect();
                if let [row] = rows.as_slice() { row.clone() } else { Value::of(Shape::Array(rows.into())) }
            }
            Some((SetExpr::Select(select), _)) => {
                let items: Vec<Expr> = select.projection.iter().filter_map(expression_of).cloned().collect();
                self.row(&columns, &items)
            }
            Some((_, source)) => computed(&self.bindings.all_in(source)),
            None => self.assigned(&insert.assignments),
        };
        let mut query = Query { op: Op::Create, entity: Some(table_name(name)), ..base.clone() };
        if let Some(source) = insert.source.as_deref()
            && matches!(&*source.body, SetExpr::Select(select) if !select.from.is_empty())
            && let Some(read) = self.selected(source)
        {
            // What is copied must have been found.
            query.filter = Filter::Related { relation: read.entity, quantifier: Quantifier::Some, filter: Box::new(read.filter) };
        }
        query.payload.push(Payload { value: written.clone(), loc: None, relation: Vec::new() });
        let mut scope = self.one(table_name(name));
        if let Some(alias) = &insert.table_alias {
            scope.tables[0].alias = fold(&alias.alias);
        }
        match &insert.on {
            Some(OnInsert::OnConflict(conflict)) => {
                if let OnConflictAction::DoUpdate(update) = &conflict.action {
                    query.op = Op::Upsert;
                    if let Some(ConflictTarget::Columns { columns, .. }) = &conflict.conflict_target {
                        for column in columns.iter().map(fold) {
                            if let Some(value) = written.field(&column) {
                                query.filter = query.filter.and(Filter::equal(column, value.clone(), None));
                            }
                        }
                    }
                    if let Some(selection) = &update.selection {
                        query.filter = query.filter.and(self.condition(selection, &scope));
                    }
                    query.payload.push(Payload {
                        value: self.excluded(&update.assignments, &written),
                        loc: None,
                        relation: Vec::new(),
                    });
                }
            }
            Some(OnInsert::DuplicateKeyUpdate(assignments)) => {
                query.op = Op::Upsert;
                query.payload.push(Payload { value: self.excluded(assignments, &written), loc: None, relation: Vec::new() });
            }
            _ => {}
        }
        query.projection = self.projection(insert.returning.as_deref().unwrap_or(&[]), &scope);
        Some(query)
    }

    pub(super) fn update(self, base: &Query, update: &Update) -> Option<Query> {
        let mut scope = Scope::new(self.schema, None);
        let mut joins = self.tables(std::slice::from_ref(&update.table), &mut scope)?;
        if let Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) = &update.from {
            for group in from {
                self.joined(group, &mut scope, &mut joins)?;
            }
        }
        let filter = self.filter(&mut scope, &joins, update.selection.as_ref());
        let payload = vec![Payload { value: self.assigned(&update.assignments), loc: None, relation: Vec::new() }];
        let projection = self.projection(update.returning.as_deref().unwrap_or(&[]), &scope);
        let limit = update.limit.as_ref().and_then(|limit| self.bindings.value(limit));
        Some(Query { op: Op::Update, entity: Some(scope.tables[0].name), filter, payload, projection, limit, ..base.clone() })
    }

    pub(super) fn delete(self, base: &Query, delete: &Delete) -> Option<Query> {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let mut scope = Scope::new(self.schema, None);
        let mut joins = self.tables(from, &mut scope)?;
        for group in delete.using.iter().flatten() {
            self.joined(group, &mut scope, &mut joins)?;
        }
        let filter = self.filter(&mut scope, &joins, delete.selection.as_ref());
        let projection = self.projection(delete.returning.as_deref().unwrap_or(&[]), &scope);
        let limit = delete.limit.as_ref().and_then(|limit| self.bindings.value(limit));
        Some(Query { op: Op::Delete, entity: Some(scope.tables[0].name), filter, projection, limit, ..base.clone() })
    }

    fn one(self, name: Name) -> Scope<'a> {
        let mut scope = Scope::new(self.schema, None);
        let alias = Name::new(name.rsplit('.').next().unwrap_or(""));
        scope.tables.push(Table {
            alias,
            name,
            optional: false,
            filter: Filter::All,
            projection: Projection::whole(),
            parent: None,
        });
        scope
    }

    /// The value of an expression that is written; of one with columns in it, what the values in it make.
    fn written(self, expr: &Expr) -> Value {
        self.bindings.value(expr).unwrap_or_else(|| computed(&self.bindings.all_in(expr)))
    }

    fn row(self, columns: &[Name], values: &[Expr]) -> Value {
        let pairs = columns.iter().copied().zip(values.iter().map(|expr| self.written(expr)));
        whole_or_fields(pairs.collect())
    }

    fn assigned(self, assignments: &[Assignment]) -> Value {
        let mut fields = Vec::new();
        for Assignment { target, value } in assignments {
            match (target, value) {
                (AssignmentTarget::ColumnName(name), _) => fields.extend(last_name(name).map(|name| (name, self.written(value)))),
                (AssignmentTarget::Tuple(names), Expr::Tuple(values)) => {
                    let pairs = names.iter().zip(values);
                    fields.extend(pairs.filter_map(|(name, value)| Some((last_name(name)?, self.written(value)))));
                }
                (AssignmentTarget::Tuple(names), _) => {
                    fields.extend(names.iter().filter_map(last_name).map(|name| (name, self.written(value))));
                }
            }
        }
        whole_or_fields(fields)
    }

    /// Assignments of an upsert: `excluded.title` is the title that was to be inserted.
    fn excluded(self, assignments: &[Assignment], inserted: &Value) -> Value {
        let mut object = Object::default();
        for Assignment { target, value } in assignments {
            let AssignmentTarget::ColumnName(name) = target else { continue };
            let Some(name) = last_name(name) else { continue };
            let value = match value {
                Expr::CompoundIdentifier(path) if path.first().is_some_and(|it| fold(it) == "excluded") => {
                    path.last().and_then(|it| inserted.field(&fold(it))).cloned().unwrap_or_else(Value::unknown)
                }
                other => self.written(other),
            };
            object.set(name, value, None);
        }
        Value::of(Shape::Object(Arc::new(object)))
    }
}

/// An object of columns, or the value that is written as it is with all its keys.
fn whole_or_fields(fields: Vec<(Name, Value)>) -> Value {
    let mut object = Object::default();
    for (name, value) in fields {
        if name == WHOLE {
            object.spreads.push(value);
        } else {
            object.set(name, value, None);
        }
    }
    match (object.fields.as_slice(), object.spreads.as_slice()) {
        ([], [whole]) => whole.clone(),
        _ => Value::of(Shape::Object(Arc::new(object))),
    }
}

fn expression_of(item: &SelectItem) -> Option<&Expr> {
    match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => Some(expr),
        _ => None,
    }
}
