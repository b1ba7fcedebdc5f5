//! A statement as a query.

use sqlparser::ast::{
    Cte, Expr, JoinConstraint, JoinOperator, LimitClause, Query as SqlQuery, Select, SelectItem, SetExpr, Statement as Sql,
    TableFactor, TableWithJoins,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::condition::equalities;
use super::expression::Bindings;
use super::scope::{Scope, Table};
use super::text::{HOLE_MARK, Placeholders, Rendered, SqlText};
use super::{fold, last_name, projection, table_name};
use crate::base::Name;
use crate::data::target;
use crate::schema::Schema;
use crate::values::{Filter, Op, Projection, Query, Shape, Value};

/// The key in a query's state of a column that says how many records there are, or whether there is one.
pub(in crate::data) const COUNTED: &str = "counted";
/// Subqueries deeper than this are not read.
const DEEPEST: usize = 8;
/// Statements with longer chains of operators than this are not parsed.
const LONGEST_CHAIN: usize = 400;
/// Functions that touch no record, and settings.
const HARMLESS: [&str; 12] = [
    "set_config",
    "current_setting",
    "now",
    "version",
    "current_database",
    "pg_sleep",
    "pg_backend_pid",
    "nextval",
    "lastval",
    "gen_random_uuid",
    "uuid_generate_v4",
    "last_insert_id",
];

/// What a statement does.
#[derive(Clone, Debug)]
pub(in crate::data) enum Statement {
    /// Reads or writes records.
    Query(Box<Query>),
    /// Touches none: a transaction's start, a setting, `select 1`.
    Harmless,
}

/// Reads a statement into `base`, which says the layer and the client.
pub(in crate::data) fn read(
    base: &Query,
    text: &SqlText,
    values: Option<&Value>,
    placeholders: Placeholders,
    schema: &Schema,
) -> Statement {
    let rendered = text.render(placeholders);
    let bindings = Bindings { holes: &rendered.holes, values };
    let reader = Reader { bindings, schema, ctes: &[], depth: 0 };
    let parsed = parse(&rendered.text).or_else(|| parse(&rendered.named));
    let read = parsed.and_then(|statements| {
        let mut all = statements.iter().map(|it| reader.statement(base, it));
        let first = all.next()?;
        // In `begin; update …; commit` the middle counts.
        if matches!(first, Some(Statement::Harmless)) {
            all.find(|it| !matches!(it, Some(Statement::Harmless))).unwrap_or(first)
        } else {
            first
        }
    });
    match read {
        Some(Statement::Query(mut query)) => {
            // A table that is itself a hole is unknown.
            query.entity = query.entity.filter(|name| !name.starts_with(HOLE_MARK));
            let mut optional = rendered.optional;
            if rendered.counted || !optional.is_empty() {
                // Which value belongs to which condition cannot be told where placeholders are counted; one that only some ways bind
                // belongs to a condition that only some ways have.
                let bound = values.and_then(target::elements).into_iter().flatten();
                let perhaps = |it: &&Value| rendered.counted || it.alternatives().iter().any(|way| way.shape == Shape::Nullish);
                optional.extend(bound.filter(perhaps).cloned());
            }
            if !optional.is_empty() {
                // A condition that may be left out limits nothing for certain.
                let maybe = Filter::Or(vec![Filter::Opaque(optional), Filter::All]);
                query.filter = query.filter.and(maybe);
            }
            Statement::Query(query)
        }
        Some(Statement::Harmless) => Statement::Harmless,
        None => Statement::Query(Box::new(guessed(base, &rendered, text, values))),
    }
}

fn parse(text: &str) -> Option<Vec<Sql>> {
    if longest_chain(text) > LONGEST_CHAIN {
        return None;
    }
    Parser::parse_sql(&PostgreSqlDialect {}, text).ok()
}

/// An upper bound of how deep a statement's expressions nest to the left: every `and` and every operator is one level, and neither the
/// parser's limit nor its tree's destructor counts them.
fn longest_chain(text: &str) -> usize {
    let words = text.split(|at: char| !at.is_alphanumeric() && at != '_');
    let chaining = ["and", "or", "union", "intersect", "except", "is", "like", "between", "collate", "at", "not"];
    let keywords = words.filter(|word| chaining.iter().any(|it| word.eq_ignore_ascii_case(it))).count();
    let sign = |at: char| "+-*/%^|&<>=!~#@:[".contains(at);
    let mut before = ' ';
    let signs = text.chars().filter(|at| sign(*at) && !sign(std::mem::replace(&mut before, *at))).count();
    keywords + signs
}

/// What can be told of a text that cannot be parsed: the first table that it names.
fn guessed(base: &Query, rendered: &Rendered, text: &SqlText, values: Option<&Value>) -> Query {
    let mut words = rendered.named.split(|at: char| at.is_whitespace() || "(),;".contains(at)).filter(|word| !word.is_empty());
    let mut entity = None;
    while let Some(word) = words.next() {
        if ["from", "into", "update", "join"].contains(&word.to_lowercase().as_str()) {
            let table = words.next().unwrap_or("").trim_start_matches("public.");
            let quoted = table.starts_with('"');
            let table = table.trim_matches('"');
            let named = !table.is_empty() && !table.starts_with(HOLE_MARK) && !table.eq_ignore_ascii_case("select");
            if named {
                entity = Some(Name::new(&if quoted { table.to_owned() } else { table.to_lowercase() }));
                break;
            }
        }
    }
    let mut all = text.values();
    all.extend(values.cloned());
    let projection = Projection { opaque: true, ..Projection::default() };
    Query { op: Op::Call, entity, filter: Filter::Opaque(all), projection, ..base.clone() }
}

/// Reads statements with the values that they bind.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) bindings: Bindings<'a>,
    pub(super) schema: &'a Schema,
    ctes: &'a [Cte],
    depth: usize,
}

/// How the tables of a `FROM` are joined.
pub(super) struct Joins<'q> {
    /// Conditions of inner joins.
    pub required: Vec<&'q Expr>,
    /// Conditions of left joins, with the table that may be absent.
    optional: Vec<(usize, &'q Expr)>,
    /// Tables joined by columns of the same name.
    natural: Vec<(usize, usize)>,
}

/// What a `SELECT` reads.
pub(super) struct Selected {
    /// The table that it is about.
    pub entity: Name,
    /// Which of its rows.
    pub filter: Filter,
    projection: Projection,
    limit: Option<Value>,
    /// The columns, where nothing but aggregates comes out.
    counts: Vec<Name>,
}

impl<'a> Reader<'a> {
    /// The same reader one subquery further in.
    pub(super) fn deeper(self) -> Option<Reader<'a>> {
        (self.depth < DEEPEST).then_some(Reader { depth: self.depth + 1, ..self })
    }

    fn statement(self, base: &Query, statement: &Sql) -> Option<Statement> {
        let query = match statement {
            Sql::Query(query) => return self.query(base, query),
            Sql::Insert(insert) => self.insert(base, insert)?,
            Sql::Update(update) => self.update(base, update)?,
            Sql::Delete(delete) => self.delete(base, delete)?,
            Sql::Truncate(truncate) => {
                let entity = truncate.table_names.first().map(|it| table_name(&it.name));
                Query { op: Op::Delete, entity, ..base.clone() }
            }
            Sql::Call(function) => self.call(base, last_name(&function.name)?, function),
            _ => return Some(Statement::Harmless),
        };
        Some(Statement::Query(Box::new(query)))
    }

    fn query(self, base: &Query, query: &SqlQuery) -> Option<Statement> {
        let ctes = query.with.as_ref().map_or(&[][..], |with| with.cte_tables.as_slice());
        let inside = Reader { ctes, ..self };
        // `with changed as (update …) select …`: the write counts.
        let write = ctes.iter().find_map(|cte| match &*cte.query.body {
            SetExpr::Insert(write) | SetExpr::Update(write) | SetExpr::Delete(write) => Some(write),
            _ => None,
        });
        if let Some(write) = write {
            return inside.statement(base, write);
        }
        match &*query.body {
            SetExpr::Insert(write) | SetExpr::Update(write) | SetExpr::Delete(write) => return inside.statement(base, write),
            SetExpr::Select(select) if select.from.is_empty() => return Some(inside.without_table(base, select)),
            _ => {}
        }
        let Selected { entity, filter, projection, limit, counts } = self.selected(query)?;
        let op = if counts.is_empty() { Op::Read } else { Op::Count };
        let mut read = Query { op, entity: Some(entity), filter, projection, limit, ..base.clone() };
        read.state.extend(counts.into_iter().map(|column| (Name::new(COUNTED), Value::str(&column))));
        Some(Statement::Query(Box::new(read)))
    }

    /// `select f($1)`, `select exists (…)`
    fn without_table(self, base: &Query, select: &Select) -> Statement {
        for item in &select.projection {
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = item else { continue };
            if let Expr::Exists { subquery, .. } | Expr::Subquery(subquery) = expr
                && let Some(read) = self.selected(subquery)
            {
                let column = projection::column(item);
                let mut asked = Query { op: Op::Count, entity: Some(read.entity), filter: read.filter, ..base.clone() };
                if matches!(expr, Expr::Subquery(_)) {
                    (asked.op, asked.projection) = (Op::Read, read.projection);
                } else if !matches!(expr, Expr::Exists { negated: true, .. }) {
                    asked.state.push((Name::new(COUNTED), Value::str(&column)));
                }
                return Statement::Query(Box::new(asked));
            }
        }
        let function = select.projection.iter().find_map(|item| match item {
            SelectItem::UnnamedExpr(Expr::Function(function))
            | SelectItem::ExprWithAlias { expr: Expr::Function(function), .. } => {
                last_name(&function.name).filter(|name| !HARMLESS.contains(&name.as_str())).map(|name| (name, function))
            }
            _ => None,
        });
        match function {
            Some((name, function)) => Statement::Query(Box::new(self.call(base, name, function))),
            None => Statement::Harmless,
        }
    }

    fn call(self, base: &Query, name: Name, function: &impl std::fmt::Display) -> Query {
        let mut query = Query { op: Op::Call, filter: Filter::Opaque(self.bindings.all_in(function)), ..base.clone() };
        query.state.push((Name::new("procedure"), Value::str(&name)));
        query
    }

    pub(super) fn selected(self, query: &SqlQuery) -> Option<Selected> {
        let ctes = match &query.with {
            Some(with) => with.cte_tables.as_slice(),
            None => self.ctes,
        };
        let inside = Reader { ctes, ..self.deeper()? };
        let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
        let mut read = inside.set(&query.body, recursive)?;
        let limit = match &query.limit_clause {
            Some(LimitClause::LimitOffset { limit, .. }) => limit.as_ref(),
            Some(LimitClause::OffsetCommaLimit { limit, .. }) => Some(limit),
            None => query.fetch.as_ref().and_then(|fetch| fetch.quantity.as_ref()),
        };
        if let Some(value) = limit.and_then(|expr| self.bindings.value(expr)) {
            read.limit = Some(value);
        }
        Some(read)
    }

    fn set(self, body: &SetExpr, recursive: bool) -> Option<Selected> {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.selected(query),
            SetExpr::SetOperation { left, right, .. } => {
                let read = self.set(left, recursive)?;
                // A recursive query goes on from the rows of its first part.
                if recursive {
                    return Some(read);
                }
                let Some(other) = self.set(right, recursive).filter(|other| other.entity == read.entity) else {
                    return Some(Selected { filter: Filter::Opaque(self.bindings.all_in(body)), ..read });
                };
                Some(Selected { filter: Filter::Or(vec![read.filter, other.filter]), ..read })
            }
            _ => None,
        }
    }

    fn select(self, select: &Select) -> Option<Selected> {
        let mut scope = Scope::new(self.schema, None);
        let joins = self.tables(&select.from, &mut scope)?;
        scope.main = subject(&select.projection, &scope);
        let filter = self.filter(&mut scope, &joins, select.selection.as_ref());
        let grouped = !matches!(&select.group_by, sqlparser::ast::GroupByExpr::Expressions(list, _) if list.is_empty());
        Some(Selected {
            entity: scope.tables.get(scope.main)?.name,
            filter,
            projection: self.projection(&select.projection, &scope),
            limit: None,
            counts: if grouped { Vec::new() } else { projection::only_counts(&select.projection) },
        })
    }

    /// Puts the tables of a `FROM` into a scope; `None` where something else than a table stands there.
    pub(super) fn tables<'q>(self, from: &'q [TableWithJoins], scope: &mut Scope<'_>) -> Option<Joins<'q>> {
        let mut joins = Joins { required: Vec::new(), optional: Vec::new(), natural: Vec::new() };
        for group in from {
            self.joined(group, scope, &mut joins)?;
        }
        (!scope.tables.is_empty()).then_some(joins)
    }

    pub(super) fn joined<'q>(self, group: &'q TableWithJoins, scope: &mut Scope<'_>, joins: &mut Joins<'q>) -> Option<()> {
        self.table(&group.relation, false, scope, joins)?;
        for join in &group.joins {
            let (constraint, optional) = match &join.join_operator {
                JoinOperator::Join(it) | JoinOperator::Inner(it) | JoinOperator::StraightJoin(it) | JoinOperator::Semi(it) => {
                    (it, false)
                }
                JoinOperator::Left(it) | JoinOperator::LeftOuter(it) | JoinOperator::FullOuter(it) => (it, true),
                JoinOperator::Right(it) | JoinOperator::RightOuter(it) | JoinOperator::CrossJoin(it) => (it, false),
                _ => return None,
            };
            let index = scope.tables.len();
            self.table(&join.relation, optional, scope, joins)?;
            match constraint {
                JoinConstraint::On(expr) if optional => joins.optional.push((index, expr)),
                JoinConstraint::On(expr) => joins.required.push(expr),
                JoinConstraint::Using(_) | JoinConstraint::UsingAlias(..) | JoinConstraint::Natural => {
                    joins.natural.push((index.saturating_sub(1), index));
                }
                JoinConstraint::None => {}
            }
        }
        Some(())
    }

    fn table<'q>(self, factor: &'q TableFactor, optional: bool, scope: &mut Scope<'_>, joins: &mut Joins<'q>) -> Option<()> {
        let (alias, subquery, name) = match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let named = table_name(name);
                let cte = self.ctes.iter().find(|cte| fold(&cte.alias.name) == named);
                (alias.as_ref().map(|it| fold(&it.name)).or_else(|| last_name(name)), cte.map(|cte| &*cte.query), named)
            }
            TableFactor::Derived { subquery, alias, .. } => {
                (alias.as_ref().map(|it| fold(&it.name)), Some(&**subquery), Name::new(""))
            }
            TableFactor::NestedJoin { table_with_joins, .. } => return self.joined(table_with_joins, scope, joins),
            _ => return None,
        };
        let alias = alias.unwrap_or(name);
        let table = match subquery {
            Some(query) => {
                let read = self.deeper()?.selected(query)?;
                Table { alias, name: read.entity, optional, filter: read.filter, projection: read.projection, parent: None }
            }
            None => Table { alias, name, optional, filter: Filter::All, projection: Projection::whole(), parent: None },
        };
        scope.tables.push(table);
        Some(())
    }

    /// The condition on the scope's main table.
    pub(super) fn filter(self, scope: &mut Scope<'_>, joins: &Joins<'_>, selection: Option<&Expr>) -> Filter {
        let optional = joins.optional.iter().map(|(_, expr)| *expr);
        let mut pairs = joins.natural.clone();
        for expr in joins.required.iter().copied().chain(optional).chain(selection) {
            let equal = equalities(expr, scope).into_iter().filter(|(one, other)| one.level == 0 && other.level == 0);
            pairs.extend(equal.map(|(one, other)| (one.table, other.table)));
        }
        scope.link(&pairs);
        let main = scope.main;
        for (index, expr) in &joins.optional {
            scope.main = *index;
            let asked = self.condition(expr, scope);
            scope.tables[*index].filter = std::mem::take(&mut scope.tables[*index].filter).and(asked);
        }
        scope.main = main;
        let mut filter = Filter::All;
        for (index, table) in scope.tables.iter().enumerate() {
            if !table.optional && table.filter != Filter::All {
                filter = filter.and(scope.lift(index, table.filter.clone()));
            }
        }
        for expr in joins.required.iter().copied().chain(selection) {
            filter = filter.and(self.condition(expr, scope));
        }
        scope.merge(filter)
    }
}

/// The table that a `SELECT` is about: the one that all of its columns come from, else the first.
fn subject(items: &[SelectItem], scope: &Scope<'_>) -> usize {
    let mut found = None;
    for item in items {
        let table = match item {
            SelectItem::QualifiedWildcard(sqlparser::ast::SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                last_name(name).and_then(|alias| scope.tables.iter().position(|table| table.alias == alias))
            }
            SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => match scope.column(expr) {
                Some(column) => Some(column.table),
                // A computed column belongs to no table.
                None => continue,
            },
            _ => None,
        };
        match (table, found) {
            (None, _) => return 0,
            (Some(table), None) => found = Some(table),
            (Some(table), Some(earlier)) if table != earlier => return 0,
            _ => {}
        }
    }
    found.filter(|index| scope.tables.get(*index).is_some_and(|table| !table.optional)).unwrap_or(0)
}
