//! What a `SELECT` list or a `RETURNING` lets out.

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, SelectItem, SelectItemQualifiedWildcardKind,
};

use super::scope::Scope;
use super::statement::Reader;
use super::{fold, last_name};
use crate::base::Name;
use crate::values::{Filter, Include, Projection};

/// Aggregates of which no column comes out.
const COUNTING: [&str; 9] = ["count", "sum", "avg", "exists", "bool_and", "bool_or", "every", "stddev", "row_number"];

impl Reader<'_> {
    /// The columns of the main table, and those of joined tables as related records under the table's name.
    pub(super) fn projection(&self, items: &[SelectItem], scope: &Scope<'_>) -> Projection {
        let mut out = Columns { tables: vec![Projection::default(); scope.tables.len()], subqueries: Vec::new() };
        for item in items {
            match item {
                SelectItem::Wildcard(_) => (0..scope.tables.len()).for_each(|table| out.whole(scope, table)),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => out.whole_of(scope, name),
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(expr), _)
                | SelectItem::UnnamedExpr(expr)
                | SelectItem::ExprWithAliases { expr, .. } => self.collect(expr, None, scope, &mut out),
                SelectItem::ExprWithAlias { expr, alias } => self.collect(expr, Some(fold(alias)), scope, &mut out),
            }
        }
        let mut projection = Projection::default();
        for (index, columns) in out.tables.into_iter().enumerate() {
            let table = &scope.tables[index];
            if index == scope.main {
                projection = Projection { related: std::mem::take(&mut projection.related), ..columns };
            } else if columns != Projection::default() {
                let filter = if table.optional { table.filter.clone() } else { Filter::All };
                projection.related.push(Include { key: table.name, relation: table.name, filter, projection: columns });
            }
        }
        projection.related.extend(out.subqueries);
        projection
    }

    /// The columns in an expression.
    fn collect(&self, expr: &Expr, alias: Option<Name>, scope: &Scope<'_>, out: &mut Columns) {
        if let Expr::Identifier(ident) = expr
            && let Some(table) = scope.tables.iter().position(|table| table.alias == fold(ident))
        {
            return out.whole(scope, table);
        }
        if let Some(column) = scope.column(expr) {
            return if column.level == 0 {
                out.field(column.table, column.name)
            };
        }
        match expr {
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::UnaryOp { expr: inner, .. } => {
                self.collect(inner, alias, scope, out);
            }
            Expr::BinaryOp { left, right, .. } => {
                self.collect(left, alias, scope, out);
                self.collect(right, alias, scope, out);
            }
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|it| &it.result).chain(else_result.as_deref());
                results.for_each(|result| self.collect(result, alias, scope, out));
            }
            Expr::Function(function) if counts(function) => {}
            Expr::Function(Function { args: FunctionArguments::List(list), .. }) => {
                for arg in &list.args {
                    match arg {
                        FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => {
                            match arg {
                                FunctionArgExpr::Expr(expr) => self.collect(expr, alias, scope, out),
                                FunctionArgExpr::QualifiedWildcard(name) => out.whole_of(scope, name),
                                FunctionArgExpr::Wildcard | FunctionArgExpr::WildcardWithOptions(_) => {
                                    out.whole(scope, scope.main)
                                }
                            }
                        }
                    }
                }
            }
            Expr::Subquery(subquery) => {
                if let Some(inner) = self.subselect(subquery, scope)
                    && inner.projection != Projection::default()
                {
                    let key = alias.unwrap_or(inner.table);
                    out.subqueries.push(Include {
                        key,
                        relation: inner.table,
                        filter: inner.filter,
                        projection: inner.projection,
                    });
                }
            }
            _ => {}
        }
    }
}

/// The columns of a list of nothing but aggregates; none where anything else comes out.
pub(super) fn only_counts(items: &[SelectItem]) -> Vec<Name> {
    let counts = |item: &SelectItem| match item {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => counted(expr),
        _ => false,
    };
    if items.iter().all(counts) { items.iter().map(column).collect() } else { Vec::new() }
}

/// The name under which an item comes back.
pub(super) fn column(item: &SelectItem) -> Name {
    fn unnamed(expr: &Expr) -> Name {
        match expr {
            Expr::Cast { expr, .. } | Expr::Nested(expr) => unnamed(expr),
            Expr::Function(function) => last_name(&function.name).unwrap_or_else(|| Name::new("")),
            Expr::Exists { .. } => Name::new("exists"),
            _ => Name::new(""),
        }
    }
    match item {
        SelectItem::ExprWithAlias { alias, .. } => fold(alias),
        SelectItem::UnnamedExpr(expr) => unnamed(expr),
        _ => Name::new(""),
    }
}

fn counted(expr: &Expr) -> bool {
    match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) => counted(expr),
        Expr::Function(function) => counts(function),
        _ => false,
    }
}

fn counts(function: &Function) -> bool {
    last_name(&function.name).is_some_and(|name| COUNTING.contains(&name.as_str()))
}

struct Columns {
    tables: Vec<Projection>,
    subqueries: Vec<Include>,
}

impl Columns {
    fn whole(&mut self, scope: &Scope<'_>, table: usize) {
        let Some(to) = self.tables.get_mut(table) else { return };
        // Of a subquery comes what it selects.
        let from = &scope.tables[table].projection;
        to.whole |= from.whole;
        to.opaque |= from.opaque;
        to.fields.extend(from.fields.iter().copied());
        self.subqueries.extend(from.related.iter().cloned());
    }

    fn whole_of(&mut self, scope: &Scope<'_>, name: &ObjectName) {
        if let Some(table) = last_name(name).and_then(|alias| scope.tables.iter().position(|table| table.alias == alias)) {
            self.whole(scope, table);
        }
    }

    fn field(&mut self, table: usize, name: Name) {
        if let Some(to) = self.tables.get_mut(table)
            && !to.fields.contains(&name)
        {
            to.fields.push(name);
        }
    }
}
