//! The tables that a statement names, and how they hang together.

use sqlparser::ast::{Expr, Ident};

use super::fold;
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{Filter, Projection, Quantifier};

/// A table under the name that the statement gives it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// What columns are written with: the alias, or the table's own last name.
    pub alias: Name,
    /// The table.
    pub name: Name,
    /// Its rows may be absent: the right side of a left join.
    pub optional: bool,
    /// Conditions that come with it: of a subquery in its place, or, if it is optional, of its join.
    pub filter: Filter,
    /// What a subquery in its place lets through; the whole for a table.
    pub projection: Projection,
    /// The table that it was joined to, by equal columns; nearer to the first.
    pub parent: Option<usize>,
}

/// The tables of a statement, around those of the statements it stands in.
pub(super) struct Scope<'a> {
    /// In order of writing.
    pub tables: Vec<Table>,
    /// The table that the statement is about.
    pub main: usize,
    /// The statement around.
    pub outer: Option<&'a Scope<'a>>,
    /// For columns without a table.
    pub schema: &'a Schema,
}

/// A column, as a statement names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// The table, by index.
    pub table: usize,
    /// The column.
    pub name: Name,
    /// How many statements further out the table is.
    pub level: usize,
}

impl<'a> Scope<'a> {
    /// A scope of no tables.
    pub fn new(schema: &'a Schema, outer: Option<&'a Scope<'a>>) -> Self {
        Scope { tables: Vec::new(), main: 0, outer, schema }
    }

    /// The column that an expression is, casts and spelling aside.
    pub fn column(&self, expr: &Expr) -> Option<Column> {
        match expr {
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } => self.column(inner),
            Expr::Trim { expr: inner, .. } => self.column(inner),
            Expr::Function(function) if super::expression::is_plain(function) => {
                self.column(super::expression::single_argument(function)?)
            }
            Expr::Identifier(ident) => self.unqualified(ident),
            Expr::CompoundIdentifier(path) => match path.as_slice() {
                [.., table, column] => self.qualified(fold(table), fold(column)),
                _ => None,
            },
            _ => None,
        }
    }

    fn unqualified(&self, ident: &Ident) -> Option<Column> {
        // A mark of a hole is a value.
        if ident.value.starts_with(super::text::HOLE_MARK) || self.tables.is_empty() {
            return None;
        }
        let name = fold(ident);
        let knows = |table: &Table| self.schema.find(table.name).is_some_and(|entity| entity.field(name).is_some());
        let main = self.tables.get(self.main).is_some_and(knows);
        let table = if main { self.main } else { self.tables.iter().position(knows).unwrap_or(self.main) };
        Some(Column { table, name, level: 0 })
    }

    fn qualified(&self, alias: Name, name: Name) -> Option<Column> {
        if let Some(table) = self.tables.iter().position(|table| table.alias == alias) {
            return Some(Column { table, name, level: 0 });
        }
        let found = self.outer?.qualified(alias, name)?;
        Some(Column { level: found.level + 1, ..found })
    }

    /// The condition of the left join that a column's table came with, where it has one.
    pub fn optional(&self, column: Column) -> Option<(usize, Filter)> {
        let table = self.tables.get(column.table).filter(|table| column.level == 0 && table.optional)?;
        (table.filter != Filter::All).then(|| (column.table, table.filter.clone()))
    }

    /// Joins tables to the main one along `equalities`, nearest first.
    pub fn link(&mut self, equalities: &[(usize, usize)]) {
        let mut reached = vec![self.main];
        let mut next = 0;
        while let Some(&from) = reached.get(next) {
            next += 1;
            for &(one, other) in equalities {
                for (near, far) in [(one, other), (other, one)] {
                    if near == from && !reached.contains(&far) {
                        reached.push(far);
                        if let Some(table) = self.tables.get_mut(far) {
                            table.parent = Some(from);
                        }
                    }
                }
            }
        }
    }

    /// A condition on a table's rows as one on the main table's; one on a table that nothing ties to it says nothing of it.
    pub fn lift(&self, table: usize, filter: Filter) -> Filter {
        let (mut at, mut filter) = (table, filter);
        for _ in 0..self.tables.len() {
            if at == self.main {
                return filter;
            }
            let Some(parent) = self.tables.get(at).and_then(|table| table.parent) else { break };
            filter = Filter::Related { relation: self.tables[at].name, quantifier: Quantifier::Some, filter: Box::new(filter) };
            at = parent;
        }
        Filter::Opaque(filter.values().into_iter().cloned().collect())
    }

    /// Conditions on the same joined row as one: only where no table stands there twice.
    pub fn merge(&self, filter: Filter) -> Filter {
        let twice = |table: &Table| self.tables.iter().filter(|it| it.name == table.name).count() > 1;
        if self.tables.iter().any(twice) { filter } else { merged(filter) }
    }
}

fn merged(filter: Filter) -> Filter {
    let Filter::And(parts) = filter else { return filter };
    let mut out: Vec<Filter> = Vec::new();
    for part in parts {
        let Filter::Related { relation, quantifier: Quantifier::Some, filter } = part else {
            out.push(part);
            continue;
        };
        let same = out.iter_mut().find_map(|it| match it {
            Filter::Related { relation: earlier, quantifier: Quantifier::Some, filter } if *earlier == relation => Some(filter),
            _ => None,
        });
        match same {
            Some(earlier) => **earlier = std::mem::take(&mut **earlier).and(*filter),
            None => out.push(Filter::Related { relation, quantifier: Quantifier::Some, filter }),
        }
    }
    for part in &mut out {
        if let Filter::Related { filter, .. } = part {
            **filter = merged(std::mem::take(&mut **filter));
        }
    }
    if out.len() == 1 { out.remove(0) } else { Filter::And(out) }
}
