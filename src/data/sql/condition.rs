//! `WHERE`, `ON` and the like as filters.

use sqlparser::ast::{BinaryOperator, Expr, InTarget, Query as SqlQuery, SelectItem, SetExpr, UnaryOperator};

use super::scope::{Column, Scope};
use super::statement::Reader;
use crate::base::Name;
use crate::values::{Filter, Projection, Quantifier, Shape, Test, Value};

impl Reader<'_> {
    /// A condition on the rows of the scope's main table. Equalities between columns are how tables are joined, and say nothing alone.
    pub(super) fn condition(&self, expr: &Expr, scope: &Scope<'_>) -> Filter {
        match expr {
            Expr::Nested(inner) => self.condition(inner, scope),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.condition(left, scope).and(self.condition(right, scope))
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                let mut sides = Vec::new();
                for side in [self.condition(left, scope), self.condition(right, scope)] {
                    match side {
                        Filter::Or(inner) => sides.extend(inner),
                        other => sides.push(other),
                    }
                }
                Filter::Or(sides)
            }
            Expr::UnaryOp { op: UnaryOperator::Not, expr: inner } => negated(self.condition(inner, scope)),
            Expr::BinaryOp { left, op, right } => self.comparison(left, op, right, scope),
            Expr::IsNotDistinctFrom(left, right) => self.comparison(left, &BinaryOperator::Eq, right, scope),
            Expr::In { expr: field, target, negated, .. } => match target {
                InTarget::List(list) => self.in_list(expr, field, list, *negated, scope),
                InTarget::Subquery(subquery) => self.in_subquery(expr, field, subquery, *negated, scope),
                InTarget::Unnest(list) if !negated => self.test(expr, field, Test::In, self.bindings.value(list), scope),
                InTarget::Unnest(_) | InTarget::Table { .. } => self.opaque(expr),
            },
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => self.any_of(expr, left, right, scope),
            Expr::Exists { subquery, negated } => {
                let quantifier = if *negated { Quantifier::None } else { Quantifier::Some };
                self.exists(subquery, quantifier, scope)
            }
            Expr::IsNull(field) => self.test(expr, field, Test::Equal, Some(Value::nullish()), scope),
            Expr::IsNotNull(field) => match scope.column(field).and_then(|column| scope.optional(column)) {
                // The row of a left join is there: what its join asks for holds.
                Some((table, asked)) => scope.lift(table, asked),
                None => self.test(expr, field, Test::NotEqual, Some(Value::nullish()), scope),
            },
            Expr::IsTrue(field) => self.test(expr, field, Test::Equal, Some(Value::bool(true)), scope),
            Expr::IsFalse(field) => self.test(expr, field, Test::Equal, Some(Value::bool(false)), scope),
            Expr::Like { expr: field, pattern, .. } | Expr::ILike { expr: field, pattern, .. } => {
                self.test(expr, field, Test::Other, self.bindings.value(pattern), scope)
            }
            Expr::Between { expr: field, low, high, .. } => {
                let bounds = self.bindings.list(&[(**low).clone(), (**high).clone()]);
                self.test(expr, field, Test::Other, bounds, scope)
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                self.test(expr, expr, Test::Equal, Some(Value::bool(true)), scope)
            }
            Expr::Value(_) => match self.bindings.value(expr) {
                Some(value) if matches!(value.shape, Shape::Bool(true)) => Filter::All,
                value => Filter::Opaque(value.into_iter().collect()),
            },
            _ => self.opaque(expr),
        }
    }

    fn comparison(&self, left: &Expr, op: &BinaryOperator, right: &Expr, scope: &Scope<'_>) -> Filter {
        let whole = || Expr::BinaryOp { left: Box::new(left.clone()), op: op.clone(), right: Box::new(right.clone()) };
        let equal = *op == BinaryOperator::Eq;
        if let (true, Expr::Tuple(lefts), Expr::Tuple(rights)) = (equal, left, right) {
            let pairs = lefts.iter().zip(rights);
            return pairs.fold(Filter::All, |filter, (left, right)| filter.and(self.comparison(left, op, right, scope)));
        }
        match (scope.column(left), scope.column(right)) {
            (Some(one), Some(other)) if equal && (one.table, one.level) != (other.table, other.level) => Filter::All,
            (Some(_), Some(_)) => Filter::Opaque(Vec::new()),
            (None, None) => match (self.bindings.value(left), self.bindings.value(right)) {
                // `1 = 1`
                (Some(one), Some(other)) if equal && one == other => Filter::All,
                _ => self.opaque(&whole()),
            },
            (column, _) => {
                let (field, other) = if column.is_some() { (left, right) } else { (right, left) };
                if let Expr::Subquery(subquery) = other {
                    return if equal { self.in_subquery(&whole(), field, subquery, false, scope) } else { self.opaque(&whole()) };
                }
                let test = match op {
                    BinaryOperator::Eq => Test::Equal,
                    BinaryOperator::NotEq => Test::NotEqual,
                    _ => Test::Other,
                };
                self.test(&whole(), field, test, self.bindings.value(other), scope)
            }
        }
    }

    /// `field = any($1)`, `field = any(select …)`, and `$1 = any(list_column)`, where the list holds the value.
    fn any_of(&self, whole: &Expr, left: &Expr, right: &Expr, scope: &Scope<'_>) -> Filter {
        match right {
            Expr::Subquery(subquery) => self.in_subquery(whole, left, subquery, false, scope),
            Expr::Nested(inner) => self.any_of(whole, left, inner, scope),
            _ if scope.column(right).is_some() => self.test(whole, right, Test::Equal, self.bindings.value(left), scope),
            _ => self.test(whole, left, Test::In, self.bindings.value(right), scope),
        }
    }

    fn in_list(&self, whole: &Expr, field: &Expr, list: &[Expr], not: bool, scope: &Scope<'_>) -> Filter {
        let filter = self.test(whole, field, Test::In, self.bindings.list(list), scope);
        if not { negated(filter) } else { filter }
    }

    /// A comparison of a column with a value.
    fn test(&self, whole: &Expr, field: &Expr, test: Test, value: Option<Value>, scope: &Scope<'_>) -> Filter {
        match (scope.column(field), value) {
            (Some(Column { table, name, level: 0 }), Some(value)) => {
                scope.lift(table, Filter::Field { field: name, test, value, loc: None })
            }
            _ => self.opaque(whole),
        }
    }

    fn opaque(&self, expr: &impl std::fmt::Display) -> Filter {
        Filter::Opaque(self.bindings.all_in(expr))
    }

    /// `field in (select column from other where …)`: a condition on the related rows, or on the same row if it is the same table.
    fn in_subquery(&self, whole: &Expr, field: &Expr, subquery: &SqlQuery, not: bool, scope: &Scope<'_>) -> Filter {
        let (Some(column), Some(inner)) = (scope.column(field), self.subselect(subquery, scope)) else {
            return self.opaque(whole);
        };
        if column.level > 0 {
            return self.opaque(whole);
        }
        let same = scope.tables.get(column.table).is_some_and(|table| table.name == inner.table);
        if same && !not && inner.column == Some(column.name) {
            return scope.lift(column.table, inner.filter);
        }
        let quantifier = if not { Quantifier::None } else { Quantifier::Some };
        scope.lift(column.table, Filter::Related { relation: inner.table, quantifier, filter: Box::new(inner.filter) })
    }

    /// `exists (select … where other.key = this.key and …)`; without such an equality it says nothing of the row.
    fn exists(&self, subquery: &SqlQuery, quantifier: Quantifier, scope: &Scope<'_>) -> Filter {
        match self.subselect(subquery, scope) {
            Some(inner) => match inner.tied_to {
                Some(table) => {
                    let filter = Filter::Related { relation: inner.table, quantifier, filter: Box::new(inner.filter) };
                    scope.lift(table, filter)
                }
                None => self.opaque(subquery),
            },
            None => self.opaque(subquery),
        }
    }

    /// A subquery in a condition or a projection: its table, what it selects, and the table around that it is joined to.
    pub(super) fn subselect(&self, subquery: &SqlQuery, scope: &Scope<'_>) -> Option<Subselect> {
        let inside = self.deeper()?;
        let SetExpr::Select(select) = &*subquery.body else { return None };
        let mut inner = Scope::new(scope.schema, Some(scope));
        let joins = inside.tables(&select.from, &mut inner)?;
        let projected = select.projection.first().and_then(|item| match item {
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => inner.column(expr),
            _ => None,
        });
        let mut outward: Vec<(usize, usize)> = Vec::new();
        for (one, other) in joins.required.iter().copied().chain(&select.selection).flat_map(|expr| equalities(expr, &inner)) {
            match (one.level, other.level) {
                (0, 1) => outward.push((one.table, other.table)),
                (1, 0) => outward.push((other.table, one.table)),
                _ => {}
            }
        }
        inner.main = match (outward.first(), projected) {
            (Some((table, _)), _) => *table,
            (None, Some(column)) if column.level == 0 => column.table,
            _ => 0,
        };
        let filter = inside.filter(&mut inner, &joins, select.selection.as_ref());
        Some(Subselect {
            table: inner.tables.get(inner.main)?.name,
            column: projected.map(|column| column.name),
            filter,
            projection: inside.projection(&select.projection, &inner),
            tied_to: outward.first().map(|(_, outer)| *outer),
        })
    }
}

/// What a subquery selects.
pub(super) struct Subselect {
    /// The table that is joined to the one around, or the first.
    pub table: Name,
    /// The column that it selects.
    pub column: Option<Name>,
    /// On which rows.
    pub filter: Filter,
    /// Everything that it selects.
    pub projection: Projection,
    /// The table around that it is joined to.
    pub tied_to: Option<usize>,
}

fn negated(filter: Filter) -> Filter {
    match filter {
        Filter::Field { field, test: Test::Equal, value, loc } if matches!(value.shape, Shape::Bool(true)) => {
            Filter::Field { field, test: Test::Equal, value: Value::bool(false), loc }
        }
        Filter::Related { relation, quantifier: Quantifier::Some, filter } => {
            Filter::Related { relation, quantifier: Quantifier::None, filter }
        }
        other => Filter::Not(Box::new(other)),
    }
}

/// The equalities between columns of different tables that must all hold.
pub(super) fn equalities(expr: &Expr, scope: &Scope<'_>) -> Vec<(Column, Column)> {
    match expr {
        Expr::Nested(inner) => equalities(inner, scope),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            let mut all = equalities(left, scope);
            all.extend(equalities(right, scope));
            all
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => match (scope.column(left), scope.column(right)) {
            (Some(one), Some(other)) if (one.table, one.level) != (other.table, other.level) => vec![(one, other)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
