//! A statement as a query.

use std::sync::Arc;

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Cte, Delete, Expr, FromTable, Insert, JoinConstraint, JoinOperator,
    LimitClause, OnConflictAction, OnInsert, Query as SqlQuery, Select, SelectItem, SetExpr, Statement as Sql, TableFactor,
    TableObject, TableWithJoins, Update, UpdateTableFromKind,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::condition::equalities;
use super::expression::{Bindings, computed};
use super::scope::{Scope, Table};
use super::text::{HOLE_MARK, Placeholders, Rendered, SqlText, WHOLE};
use super::{fold, last_name, projection, table_name};
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{Filter, Object, Op, Payload, Projection, Query, Shape, Value};

/// Subqueries deeper than this are not read.
const DEEPEST: usize = 8;
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
            if !rendered.optional.is_empty() {
                // A condition that may be left out limits nothing for certain.
                let maybe = Filter::Or(vec![Filter::Opaque(rendered.optional), Filter::All]);
                query.filter = query.filter.and(maybe);
            }
            Statement::Query(query)
        }
        Some(Statement::Harmless) => Statement::Harmless,
        None => Statement::Query(Box::new(guessed(base, &rendered, text, values))),
    }
}

fn parse(text: &str) -> Option<Vec<Sql>> {
    Parser::parse_sql(&PostgreSqlDialect {}, text).ok()
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
struct Selected {
    entity: Name,
    filter: Filter,
    projection: Projection,
    limit: Option<Value>,
    counts: bool,
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
        let read = self.selected(query)?;
        let op = if read.counts { Op::Count } else { Op::Read };
        let Selected { entity, filter, projection, limit, .. } = read;
        Some(Statement::Query(Box::new(Query { op, entity: Some(entity), filter, projection, limit, ..base.clone() })))
    }

    /// `select f($1)`
    fn without_table(self, base: &Query, select: &Select) -> Statement {
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

    fn selected(self, query: &SqlQuery) -> Option<Selected> {
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
            counts: projection::only_counts(&select.projection) && !grouped,
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

    fn joined<'q>(self, group: &'q TableWithJoins, scope: &mut Scope<'_>, joins: &mut Joins<'q>) -> Option<()> {
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

    fn insert(self, base: &Query, insert: &Insert) -> Option<Query> {
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
            query.filter = Filter::Related {
                relation: read.entity,
                quantifier: crate::values::Quantifier::Some,
                filter: Box::new(read.filter),
            };
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

    fn update(self, base: &Query, update: &Update) -> Option<Query> {
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

    fn delete(self, base: &Query, delete: &Delete) -> Option<Query> {
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
