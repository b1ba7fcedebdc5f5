//! What a policy's expression proves about the row and the caller.

use rustc_hash::{FxHashMap, FxHashSet};
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget, Query, SelectItem, SetExpr,
    UnaryOperator, Value,
};

use super::functions::{asks_caller, calls_any};
use super::split::{Kind, Token, tokens};
use super::tables::Table;
use super::types::strip;
use super::{fold, last};
use crate::base::Name;
use crate::schema::names::is_role_field;
use crate::schema::{PolicyCommand, PolicyTest};

/// Answers what expressions prove, with all tables and functions at hand.
pub struct Prover<'a> {
    tables: FxHashMap<Name, &'a Table>,
    asking: &'a FxHashSet<Name>,
    /// Functions whose body is known.
    known: FxHashSet<Name>,
}

/// What a part of an expression proves.
#[derive(Default)]
struct Proof {
    /// True for every row and caller.
    always: bool,
    /// Ties the row to the caller.
    ties: bool,
    /// Lets only special callers through (administrators), or nobody.
    closed: bool,
    /// Looks at the row only (`is_public`).
    row_only: bool,
    columns: Vec<Name>,
}

/// An expression that says something of the caller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Who it is, or what the server put into the token.
    Identity,
    /// Which role it has.
    Role,
    /// What the caller wrote about itself.
    Claimed,
}

/// How many tables a check through the policies of other tables goes.
const MOST_HOPS: usize = 3;

impl<'a> Prover<'a> {
    pub fn new(tables: &'a [Table], asking: &'a FxHashSet<Name>, known: FxHashSet<Name>) -> Self {
        Prover { tables: tables.iter().map(|it| (it.key, it)).collect(), asking, known }
    }

    pub fn test(&self, expr: &Expr, command: PolicyCommand, row: &Table) -> PolicyTest {
        let scope = Scope { prover: self, row, command, hops: 0 };
        let proof = scope.prove(expr);
        PolicyTest { always: proof.always, ties: (proof.ties || proof.closed) && !proof.always, columns: proof.columns }
    }
}

struct Scope<'a, 'p> {
    prover: &'p Prover<'a>,
    row: &'p Table,
    command: PolicyCommand,
    hops: usize,
}

impl Scope<'_, '_> {
    fn prove(&self, expr: &Expr) -> Proof {
        match strip(expr) {
            Expr::Value(value) => match &value.value {
                Value::Boolean(true) => Proof { always: true, ..Proof::default() },
                Value::Boolean(false) => Proof { closed: true, ..Proof::default() },
                _ => Proof::default(),
            },
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => both(self.prove(left), self.prove(right)),
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => self.either(self.prove(left), self.prove(right)),
            Expr::BinaryOp { left, op: BinaryOperator::Eq, right } | Expr::IsNotDistinctFrom(left, right) => {
                self.equal(left, right)
            }
            Expr::AnyOp { left, compare_op: BinaryOperator::Eq, right, .. } => self.equal(left, right),
            Expr::In { expr, target, negated: false, .. } => self.one_of(expr, target),
            Expr::Exists { subquery, negated: false } => self.exists(subquery),
            Expr::Subquery(query) => match sole_projection(query) {
                Some(inner) => self.prove(inner),
                None => self.exists(query),
            },
            Expr::IsTrue(inner) | Expr::IsNotFalse(inner) => self.prove(inner),
            Expr::Function(function) => self.call(function),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => match self.prove(expr) {
                proof if proof.always => Proof { closed: true, ..Proof::default() },
                proof => Proof { row_only: proof.row_only, ..Proof::default() },
            },
            Expr::BinaryOp { left, op: BinaryOperator::AtArrow | BinaryOperator::ArrowAt | BinaryOperator::PGOverlap, right } => {
                // An array column of the row that holds the caller.
                self.equal(left, right)
            }
            Expr::Case { conditions, else_result, .. } => {
                let results = conditions.iter().map(|it| &it.result).chain(else_result.as_deref());
                results.map(|it| self.prove(it)).reduce(|a, b| self.either(a, b)).unwrap_or_default()
            }
            other => Proof { row_only: self.is_row_only(other), ..Proof::default() },
        }
    }

    fn either(&self, a: Proof, b: Proof) -> Proof {
        // Rows that are open to read by their own columns do not untie the others.
        let neutral = |it: &Proof| it.closed || (it.row_only && self.command == PolicyCommand::Select);
        let ties = if a.ties { b.ties || neutral(&b) } else { b.ties && neutral(&a) };
        Proof {
            always: a.always || b.always,
            ties,
            closed: a.closed && b.closed,
            row_only: a.row_only && b.row_only,
            columns: if ties { union(a.columns, b.columns) } else { Vec::new() },
        }
    }

    fn equal(&self, left: &Expr, right: &Expr) -> Proof {
        match (self.caller(left), self.caller(right)) {
            (Some(caller), None) => self.compared(caller, right),
            (None, Some(caller)) => self.compared(caller, left),
            (Some(_), Some(_)) => Proof::default(),
            (None, None) => {
                if let (Expr::Value(a), Expr::Value(b)) = (strip(left), strip(right)) {
                    return Proof { always: a.value == b.value, closed: a.value != b.value, ..Proof::default() };
                }
                let columns = union(self.own_columns(left), self.own_columns(right));
                if !columns.is_empty() && (self.asks(left) || self.asks(right)) {
                    return Proof { ties: true, columns, ..Proof::default() };
                }
                Proof { row_only: !columns.is_empty() && self.is_row_only(left) && self.is_row_only(right), ..Proof::default() }
            }
        }
    }

    /// The caller against something else.
    fn compared(&self, caller: Caller, other: &Expr) -> Proof {
        match caller {
            Caller::Claimed => Proof::default(),
            Caller::Role => {
                // `authenticated` is everybody with an account.
                let open = texts(other).iter().any(|it| ["authenticated", "anon", "user"].contains(&it.as_str()));
                Proof { closed: !open, ..Proof::default() }
            }
            Caller::Identity => {
                let columns = self.own_columns(other);
                if !columns.is_empty() || self.is_subquery(other) {
                    let columns = if columns.is_empty() { self.correlated(&other.to_string()) } else { columns };
                    return Proof { ties: true, columns, ..Proof::default() };
                }
                Proof { closed: !texts(other).is_empty(), ..Proof::default() }
            }
        }
    }

    fn one_of(&self, expr: &Expr, target: &InTarget) -> Proof {
        match target {
            InTarget::List(list) => match self.caller(expr) {
                Some(Caller::Role) => {
                    list.iter().map(|it| self.compared(Caller::Role, it)).reduce(|a, b| self.either(a, b)).unwrap_or_default()
                }
                Some(caller) => {
                    let mut proofs = list.iter().map(|it| self.compared(caller, it));
                    let first = proofs.next().unwrap_or_default();
                    proofs.fold(first, |a, b| Proof {
                        ties: a.ties || b.ties,
                        closed: a.closed && b.closed,
                        columns: union(a.columns, b.columns),
                        ..Proof::default()
                    })
                }
                None => {
                    let mine = list.iter().any(|it| self.caller(it) == Some(Caller::Identity));
                    let columns = self.own_columns(expr);
                    Proof {
                        ties: mine && !columns.is_empty(),
                        row_only: !mine && !columns.is_empty(),
                        columns: if mine { columns } else { Vec::new() },
                        ..Proof::default()
                    }
                }
            },
            InTarget::Subquery(query) => {
                let text = query.to_string();
                if self.caller(expr) == Some(Caller::Identity) {
                    let columns = self.correlated(&text);
                    return match columns.is_empty() {
                        // The caller is in a list that has nothing to do with the row: administrators, or anybody.
                        true => Proof { closed: names_role(&text), ..Proof::default() },
                        false => Proof { ties: true, columns, ..Proof::default() },
                    };
                }
                let columns = self.own_columns(expr);
                let ties = !columns.is_empty() && (self.text_asks(&text) || self.guarded(&text));
                Proof { ties, columns: if ties { columns } else { Vec::new() }, ..Proof::default() }
            }
            InTarget::Table { name, .. } => {
                let columns = self.own_columns(expr);
                let ties = !columns.is_empty() && last(name).is_some_and(|it| self.prover.asking.contains(&it));
                Proof { ties, columns: if ties { columns } else { Vec::new() }, ..Proof::default() }
            }
            InTarget::Unnest(inner) => self.equal(expr, inner),
        }
    }

    fn exists(&self, query: &Query) -> Proof {
        let text = query.to_string();
        let columns = self.correlated(&text);
        let asks = self.text_asks(&text);
        if columns.is_empty() {
            // Nothing of the row is asked: a check of the caller's role, or the slip of comparing an inner column with itself.
            let unknown_row = self.row.entity.fields.is_empty();
            return Proof { closed: asks && names_role(&text), ties: asks && unknown_row, ..Proof::default() };
        }
        let ties = asks || self.guarded(&text);
        Proof { ties, columns: if ties { columns } else { Vec::new() }, ..Proof::default() }
    }

    fn call(&self, function: &Function) -> Proof {
        let Some(name) = last(&function.name) else { return Proof::default() };
        let asks = self.prover.asking.contains(&name) || asks_caller(&function.to_string());
        // A function that no migration shows may well ask; a claim against it would be a guess.
        let unknown = !self.prover.known.contains(&name) && !is_builtin(&name);
        let columns: Vec<Name> = arguments(function).into_iter().flat_map(|it| self.own_columns(it)).collect();
        match asks || unknown {
            true if columns.is_empty() => Proof { closed: true, ..Proof::default() },
            true => Proof { ties: true, columns, ..Proof::default() },
            false => Proof { row_only: !columns.is_empty(), ..Proof::default() },
        }
    }

    /// What the expression says of the caller, if that is what it is.
    fn caller(&self, expr: &Expr) -> Option<Caller> {
        match strip(expr) {
            Expr::Subquery(query) => self.caller(sole_projection(query)?),
            Expr::BinaryOp { left, op, right } if is_path(op) => match self.caller(left)? {
                Caller::Identity => {
                    let key = texts(right).join(" ");
                    Some(match key.as_str() {
                        "user_metadata" | "raw_user_meta_data" => Caller::Claimed,
                        _ if key.contains("user_metadata") => Caller::Claimed,
                        _ if is_role_field(&key) => Caller::Role,
                        _ => Caller::Identity,
                    })
                }
                other => Some(other),
            },
            Expr::Function(function) => {
                let name = function.name.to_string().to_lowercase().replace('"', "");
                match name.as_str() {
                    "auth.uid" | "auth.jwt" | "auth.email" | "auth.user_id" | "auth.session" => Some(Caller::Identity),
                    "auth.role" | "current_user" | "session_user" | "current_role" => Some(Caller::Role),
                    "current_setting" => {
                        Some(if function.to_string().contains("role") { Caller::Role } else { Caller::Identity })
                    }
                    "coalesce" | "nullif" | "lower" | "trim" | "btrim" | "uuid" | "to_jsonb" | "array" => {
                        arguments(function).first().and_then(|it| self.caller(it))
                    }
                    _ => {
                        let short = last(&function.name)?;
                        let asks = arguments(function).is_empty() && self.prover.asking.contains(&short);
                        asks.then(|| if is_role_field(&short) { Caller::Role } else { Caller::Identity })
                    }
                }
            }
            Expr::Array(array) => array.elem.iter().find_map(|it| self.caller(it)),
            _ => None,
        }
    }

    /// Columns of the row that stand in the expression, subqueries left out.
    fn own_columns(&self, expr: &Expr) -> Vec<Name> {
        if self.is_subquery(expr) {
            return Vec::new();
        }
        match strip(expr) {
            Expr::Identifier(name) => vec![fold(name)],
            Expr::CompoundIdentifier(parts) => parts.last().map(fold).into_iter().collect(),
            Expr::BinaryOp { left, right, .. } => union(self.own_columns(left), self.own_columns(right)),
            Expr::CompoundFieldAccess { root, .. } => self.own_columns(root),
            Expr::JsonAccess { value, .. } => self.own_columns(value),
            Expr::Function(function) => arguments(function).into_iter().flat_map(|it| self.own_columns(it)).collect(),
            Expr::Tuple(parts) => parts.iter().flat_map(|it| self.own_columns(it)).collect(),
            Expr::Array(array) => array.elem.iter().flat_map(|it| self.own_columns(it)).collect(),
            _ => Vec::new(),
        }
    }

    fn is_subquery(&self, expr: &Expr) -> bool {
        matches!(strip(expr), Expr::Subquery(_))
    }

    /// Conditions on the row's own columns.
    fn is_row_only(&self, expr: &Expr) -> bool {
        let text = expr.to_string();
        !self.text_asks(&text) && !text.to_lowercase().contains("select ")
    }

    fn asks(&self, expr: &Expr) -> bool {
        self.text_asks(&expr.to_string())
    }

    fn text_asks(&self, text: &str) -> bool {
        asks_caller(text) || calls_any(text, self.prover.asking)
    }

    /// Columns of the row that a subquery speaks of. A bare name that an inner table has belongs to that table.
    fn correlated(&self, text: &str) -> Vec<Name> {
        let tokens = tokens(text);
        let inner = inner_tables(&tokens);
        let row = self.row.key.rsplit('.').next().unwrap_or("");
        let shadowed = inner.iter().any(|(alias, _)| alias == row);
        let mut out: Vec<Name> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let Some(name) = token.identifier().map(|it| Name::new(&it)) else { continue };
            let after = |mark: &str| tokens.get(at + 1).is_some_and(|it| it.is(mark));
            if after(".") || after("(") || (at > 0 && tokens[at - 1].is_word("as")) {
                continue;
            }
            let qualifier = (at >= 2 && tokens[at - 1].is(".")).then(|| tokens[at - 2].identifier()).flatten();
            let of_row = match qualifier {
                Some(qualifier) => qualifier == row && !shadowed,
                None => {
                    self.row.has_column(name)
                        && !inner.iter().any(|(_, table)| self.prover.tables.get(table).is_some_and(|it| it.has_column(name)))
                }
            };
            if of_row && !out.contains(&name) {
                out.push(name);
            }
        }
        out
    }

    /// Whether the subquery reads a table whose own policies show the caller only its rows.
    fn guarded(&self, text: &str) -> bool {
        self.hops < MOST_HOPS
            && inner_tables(&tokens(text)).iter().filter_map(|(_, table)| self.prover.tables.get(table)).any(|table| {
                let mut reads = table
                    .policies
                    .iter()
                    .filter(|it| it.permissive && matches!(it.command, PolicyCommand::All | PolicyCommand::Select))
                    .peekable();
                // Without any policy nobody gets a row.
                table.secured
                    && table.key != self.row.key
                    && reads.peek().is_some()
                    && reads.all(|policy| {
                        let scope = Scope { prover: self.prover, row: table, command: PolicyCommand::All, hops: self.hops + 1 };
                        policy.using.as_ref().is_some_and(|expr| scope.prove(expr).ties)
                    })
            })
    }
}

fn both(a: Proof, b: Proof) -> Proof {
    Proof {
        always: a.always && b.always,
        ties: a.ties || b.ties,
        closed: a.closed || b.closed,
        row_only: a.row_only && b.row_only,
        columns: union(a.columns, b.columns),
    }
}

fn union(mut a: Vec<Name>, b: Vec<Name>) -> Vec<Name> {
    for name in b {
        if !a.contains(&name) {
            a.push(name);
        }
    }
    a
}

/// `select x` without a table: the `x`.
fn sole_projection(query: &Query) -> Option<&Expr> {
    let SetExpr::Select(select) = &*query.body else { return None };
    if !select.from.is_empty() {
        return None;
    }
    match select.projection.as_slice() {
        [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }] => Some(expr),
        _ => None,
    }
}

fn arguments(function: &Function) -> Vec<&Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|it| match it {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) | FunctionArg::Named { arg: FunctionArgExpr::Expr(expr), .. } => {
                Some(expr)
            }
            _ => None,
        })
        .collect()
}

fn is_path(op: &BinaryOperator) -> bool {
    matches!(op, BinaryOperator::Arrow | BinaryOperator::LongArrow | BinaryOperator::HashArrow | BinaryOperator::HashLongArrow)
}

/// The strings in an expression.
fn texts(expr: &Expr) -> Vec<String> {
    let text = expr.to_string();
    tokens(&text).iter().filter(|it| it.kind == Kind::Text).map(|it| it.text.to_lowercase()).collect()
}

/// Whether the text speaks of roles or administrators.
fn names_role(text: &str) -> bool {
    tokens(text).iter().filter_map(Token::identifier).any(|it| is_role_field(&it) || it.contains("admin"))
}

/// Tables that the text reads, each with the name that it goes by there.
fn inner_tables(tokens: &[Token<'_>]) -> Vec<(String, Name)> {
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let lists = token.is_word("from") || token.is_word("join");
        let continues = token.is(",") && {
            // A comma between tables, not between columns: the word before the list is `from`.
            tokens[..at]
                .iter()
                .rev()
                .find(|it| ["from", "select", "where", "on", "by"].iter().any(|word| it.is_word(word)))
                .is_some_and(|it| it.is_word("from"))
        };
        if !lists && !continues {
            continue;
        }
        let Some((table, mut end)) = super::functions::name_at(tokens, at + 1) else { continue };
        if tokens.get(end).is_some_and(|it| it.is_word("as")) {
            end += 1;
        }
        let keywords = [
            "where", "on", "join", "inner", "left", "right", "full", "cross", "group", "order", "limit", "union", "using",
            "natural", "having",
        ];
        let alias = tokens.get(end).filter(|it| !keywords.iter().any(|word| it.is_word(word))).and_then(Token::identifier);
        out.push((alias.unwrap_or_else(|| table.rsplit('.').next().unwrap_or("").to_owned()), table));
    }
    out
}

/// Functions of the database that say nothing of the caller.
fn is_builtin(name: &str) -> bool {
    [
        "now",
        "length",
        "char_length",
        "lower",
        "upper",
        "coalesce",
        "nullif",
        "array_length",
        "cardinality",
        "date_trunc",
        "age",
        "jsonb_exists",
        "starts_with",
        "split_part",
        "foldername",
        "filename",
        "extension",
        "concat",
        "md5",
        "random",
        "abs",
        "greatest",
        "least",
        "jsonb_array_length",
        "array_position",
        "regexp_match",
        "like",
        "trim",
        "btrim",
        "left",
        "right",
        "position",
        "substring",
        "jsonb_typeof",
        "row_number",
        "count",
    ]
    .contains(&name)
}
