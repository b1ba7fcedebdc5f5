//! Expressions: the expression builder `eb`, and the `sql` tag.

use std::sync::Arc;

use super::{ID, builder};
use crate::base::Name;
use crate::data::assemble::{all_of, any_of, bracketed, named, opaque, quoted, text};
use crate::data::sql::{Piece, SqlText, fragment};
use crate::data::{sink, target};
use crate::schema::Schema;
use crate::values::{Call, EventKind, Lib, Outcome, Shape, Sink, Value};

/// The expression builder that callbacks get.
pub(super) fn builder(client: Option<&Value>) -> Value {
    let data = client.map(|it| (Name::new("client"), it.clone())).into_iter().collect();
    let (owner, kind) = (Name::new(ID), Name::new("expressions"));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: None, cell: None })))
}

/// A method of the expression builder, or the builder as a function.
pub(super) fn method(lib: &Lib, path: &[&str], call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let (first, second) = (call.args.first(), call.args.get(1));
    let pieces = match path {
        [] | ["eb"] | ["cmpr" | "bxp"] => condition(call.args)?,
        ["and"] => logic(first?, &all_of)?,
        ["or"] => logic(first?, &any_of)?,
        ["not"] => [vec![text("NOT ")], bracketed(operand(first?))].concat(),
        ["exists"] => [vec![text("EXISTS ")], bracketed(operand(first?))].concat(),
        ["ref"] => column(first?),
        ["val" | "cast"] => operand(first?),
        ["lit"] => return Some(Outcome { events: told(first?), ..part(literal(first?)) }),
        ["between"] => {
            [column(first?), vec![text(" BETWEEN ")], operand(second?), vec![text(" AND ")], operand(call.args.get(2)?)].concat()
        }
        ["parens"] => bracketed(condition(call.args).or_else(|| fragment(first?))?),
        ["fn", "countAll"] => vec![text("count(*)")],
        ["fn", function] if function.chars().all(|it| it.is_ascii_alphanumeric()) => {
            [vec![text(function)], bracketed(first.map_or_else(|| vec![text("*")], column))].concat()
        }
        ["fn"] => [vec![text("computed")], bracketed(second.map_or_else(Vec::new, operand))].concat(),
        ["selectFrom"] => return builder::start(lib.get("client").and_then(Value::as_lib), "selectFrom", call, schema),
        _ => return None,
    };
    Some(part(pieces))
}

fn part(pieces: Vec<Piece>) -> Outcome {
    Outcome::value(SqlText::pieces(pieces).into_part(ID))
}

/// `and([…])`, `and({ column: value })`; a key whose value is undefined is left out.
fn logic(of: &Value, join: &dyn Fn(&[Value]) -> Option<Vec<Piece>>) -> Option<Vec<Piece>> {
    if let Some(object) = of.as_object() {
        let each = object.fields.iter().map(|(key, value)| {
            let pieces = [vec![text(&named(key)), text(" = ")], operand(value)].concat();
            let condition = SqlText::pieces(pieces).into_part(ID);
            let absent = value.alternatives().iter().any(|it| it.shape == Shape::Nullish);
            if absent { condition.join(&Value::nullish()) } else { condition }
        });
        return join(&each.collect::<Vec<_>>());
    }
    match target::elements(of) {
        Some(all) => join(all).or_else(|| Some(vec![text("true")])),
        None => Some(opaque(of)),
    }
}

/// `(column, operator, value)`, or one expression.
pub(super) fn condition(args: &[Value]) -> Option<Vec<Piece>> {
    match args {
        [only] => Some(fragment(only).unwrap_or_else(|| opaque(only))),
        [name, operator, value] => {
            let sign = operator.as_str().map(str::to_ascii_lowercase);
            let Some(sign) = sign.filter(|it| it.chars().all(|it| it.is_ascii_alphabetic() || " =<>!@&~?|-#*".contains(it)))
            else {
                return Some(opaque(&Value::of(Shape::Array(args.into()))));
            };
            let column = column(name);
            if matches!(sign.as_str(), "in" | "not in") {
                let list = match fragment(value) {
                    Some(inner) => [vec![text(" IN ")], bracketed(inner)].concat(),
                    None => vec![text(" = ANY "), text("("), Piece::Bound(value.clone()), text(")")],
                };
                let all = [column, list].concat();
                return Some(if sign == "in" { all } else { [vec![text("NOT ")], bracketed(all)].concat() });
            }
            if value.shape == Shape::Nullish {
                let sign = if matches!(sign.as_str(), "is not" | "!=" | "<>") { " IS NOT NULL" } else { " IS NULL" };
                return Some([column, vec![text(sign)]].concat());
            }
            let sign = if sign == "!=" { "<>".to_owned() } else { sign.to_uppercase() };
            Some([column, vec![text(&format!(" {sign} "))], operand(value)].concat())
        }
        _ => None,
    }
}

/// A column, by name or as an expression.
pub(super) fn column(value: &Value) -> Vec<Piece> {
    match value.as_str() {
        Some(name) => vec![text(&named(name))],
        None => fragment(value).map_or_else(|| opaque(value), |it| if value.is_pending() { bracketed(it) } else { it }),
    }
}

/// A value: bound, or an expression.
pub(super) fn operand(value: &Value) -> Vec<Piece> {
    match fragment(value) {
        Some(inner) if value.is_pending() => bracketed(inner),
        Some(inner) => inner,
        None => vec![Piece::Bound(value.clone())],
    }
}

/// An expression under a name.
pub(super) fn aliased(of: &Value, name: &str) -> Value {
    SqlText::pieces([operand(of), vec![text(&format!(" AS {}", quoted(name)))]].concat()).into_part(ID)
}

/// ``sql`…` ``, `sql.ref`, `sql.raw` and the like.
pub(super) fn sql(path: &[&str], call: &Call<'_>) -> Option<Outcome> {
    let first = call.args.first();
    Some(match path {
        [] if target::is_tag(call) => {
            let mut pieces = Vec::new();
            for (index, quasi) in call.quasis.unwrap_or(&[]).iter().enumerate() {
                pieces.push(Piece::Text(quasi.clone()));
                pieces.extend(call.args.get(index).map(operand).unwrap_or_default());
            }
            part(pieces)
        }
        ["ref" | "id" | "table"] => {
            let events = sink::in_text(Sink::Identifier, first?).into_iter().collect();
            Outcome { events, ..part(column(first?)) }
        }
        ["val" | "value"] => part(operand(first?)),
        ["raw"] => {
            let text = SqlText::of(first?);
            Outcome { events: text.sinks(), ..part(text.into_pieces()) }
        }
        ["lit" | "literal"] => Outcome { events: told(first?), ..part(literal(first?)) },
        ["join"] => {
            let mut all = Vec::new();
            for value in target::elements(first?).into_iter().flatten() {
                if !all.is_empty() {
                    all.push(text(", "));
                }
                all.extend(operand(value));
            }
            part(if all.is_empty() { vec![Piece::Bound(first?.clone())] } else { all })
        }
        _ => return None,
    })
}

fn literal(value: &Value) -> Vec<Piece> {
    match &value.shape {
        Shape::Num(number) => vec![Piece::Text(number.clone())],
        Shape::Bool(value) => vec![text(if *value { "true" } else { "false" })],
        Shape::Nullish => vec![text("NULL")],
        _ => vec![Piece::Bound(value.clone())],
    }
}

fn told(value: &Value) -> Vec<EventKind> {
    sink::in_text(Sink::Sql, value).into_iter().collect()
}
