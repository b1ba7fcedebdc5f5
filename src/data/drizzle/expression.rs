//! Operators and `sql` as pieces of a statement's text.

use super::{ID, tables};
use crate::base::Name;
use crate::data::assemble::{all_of, any_of, bracketed, quoted, text};
use crate::data::sql::{Piece, SqlText, fragment};
use crate::data::{sink, target};
use crate::schema::Schema;
use crate::values::{Call, Lib, Origin, Outcome, Shape, Sink, Value};

/// An operator or a helper that the package exports.
pub(super) fn exported(call: &Call<'_>, path: &[&str], _schema: &Schema) -> Option<Outcome> {
    let (first, second) = (call.args.first(), call.args.get(1));
    let one = || first.map(operand).unwrap_or_default();
    let pieces = match path {
        ["sql"] if target::is_tag(call) => template(call),
        ["sql", "raw"] => match first.map(|it| (&it.shape, it)) {
            Some((Shape::Str(raw), _)) => vec![Piece::Text(raw.clone())],
            Some((_, value)) => SqlText::of(value).into_pieces(),
            None => return None,
        },
        ["sql", "identifier"] => {
            let name = first?;
            let events = sink::in_text(Sink::Identifier, name).into_iter().collect();
            let pieces = name.as_str().map_or_else(|| vec![Piece::Bound(name.clone())], |it| vec![text(&quoted(it))]);
            return Some(Outcome { events, ..made(pieces, call) });
        }
        ["sql", "join"] => joined(first?, second),
        ["sql", "param" | "placeholder"] => vec![Piece::Bound(first?.clone())],
        ["sql", "empty"] => Vec::new(),
        ["and"] => return Some(Outcome { value: Some(logic(all_of(call.args), call)), ..Outcome::default() }),
        ["or"] => return Some(Outcome { value: Some(logic(any_of(call.args), call)), ..Outcome::default() }),
        ["not"] => {
            let mut all = vec![text("NOT ")];
            all.extend(bracketed(all_of(call.args)?));
            all
        }
        ["exists"] => prefixed("EXISTS ", bracketed(fragment(first?)?)),
        ["notExists"] => prefixed("NOT EXISTS ", bracketed(fragment(first?)?)),
        ["isNull"] => suffixed(one(), " IS NULL"),
        ["isNotNull"] => suffixed(one(), " IS NOT NULL"),
        ["inArray" | "notInArray"] => {
            let negated = path == ["notInArray"];
            let list = second?;
            let (sign, list) = match fragment(list) {
                Some(inner) => (if negated { " NOT IN " } else { " IN " }, inner),
                None => (" = ANY ", vec![Piece::Bound(list.clone())]),
            };
            let mut all = one();
            all.push(text(sign));
            all.extend(bracketed(list));
            if negated && sign == " = ANY " { prefixed("NOT ", bracketed(all)) } else { all }
        }
        ["between" | "notBetween"] => {
            let mut all = one();
            all.push(text(if path == ["between"] { " BETWEEN " } else { " NOT BETWEEN " }));
            all.extend(operand(second?));
            all.push(text(" AND "));
            all.extend(operand(call.args.get(2)?));
            all
        }
        ["asc" | "desc"] => one(),
        [function @ ("count" | "countDistinct" | "sum" | "sumDistinct" | "avg" | "avgDistinct" | "max" | "min")] => {
            let name = function.trim_end_matches("Distinct");
            let of = first.map_or_else(|| vec![text("*")], operand);
            prefixed(name, bracketed(of))
        }
        [operator] => {
            let sign = sign(operator)?;
            let mut all = one();
            all.push(text(sign));
            all.extend(operand(second?));
            all
        }
        _ => return None,
    };
    Some(made(pieces, call))
}

fn sign(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "eq" => " = ",
        "ne" => " <> ",
        "gt" => " > ",
        "gte" => " >= ",
        "lt" => " < ",
        "lte" => " <= ",
        "like" => " LIKE ",
        "ilike" => " ILIKE ",
        "notLike" => " NOT LIKE ",
        "notIlike" => " NOT ILIKE ",
        "arrayContains" => " @> ",
        "arrayContained" => " <@ ",
        "arrayOverlaps" => " && ",
        _ => return None,
    })
}

fn prefixed(before: &str, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut all = vec![text(before)];
    all.extend(pieces);
    all
}

fn suffixed(mut pieces: Vec<Piece>, after: &str) -> Vec<Piece> {
    pieces.push(text(after));
    pieces
}

/// A value in an expression: a column, a table, a part of a statement, or something that is bound.
pub(super) fn operand(value: &Value) -> Vec<Piece> {
    if let Some((table, name)) = tables::column_of(value) {
        return vec![text(&format!("{}.{}", quoted(table), quoted(name)))];
    }
    if let Some(table) = tables::table_of(value) {
        return vec![text(&quoted(table))];
    }
    match (&value.shape, fragment(value)) {
        (Shape::Query(_), Some(inner)) => bracketed(inner),
        (_, Some(inner)) => inner,
        _ => vec![Piece::Bound(value.clone())],
    }
}

fn template(call: &Call<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, quasi) in call.quasis.unwrap_or(&[]).iter().enumerate() {
        pieces.push(Piece::Text(quasi.clone()));
        let Some(value) = call.args.get(index) else { continue };
        let fragments = value.alternatives().iter().filter(|it| fragment(it).is_some()).count();
        if fragments > 0 && value.alternatives().len() > 1 {
            pieces.push(Piece::Maybe(value.alternatives().iter().flat_map(operand).collect()));
        } else {
            pieces.extend(operand(value));
        }
    }
    pieces
}

/// `sql.join(parts, between)`
fn joined(parts: &Value, between: Option<&Value>) -> Vec<Piece> {
    match &parts.shape {
        Shape::Array(parts) => {
            let mut all = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    all.extend(between.map(operand).unwrap_or_default());
                }
                all.extend(operand(part));
            }
            all
        }
        Shape::List(each) => operand(each),
        _ => vec![Piece::Bound(parts.clone())],
    }
}

fn logic(pieces: Option<Vec<Piece>>, call: &Call<'_>) -> Value {
    pieces.map_or_else(Value::nullish, |pieces| SqlText::pieces(pieces).into_value(ID, call.loc))
}

fn made(pieces: Vec<Piece>, call: &Call<'_>) -> Outcome {
    Outcome::value(SqlText::pieces(pieces).into_value(ID, call.loc))
}

/// ``sql`…`.as('name')``
pub(super) fn named(lib: &Lib, call: &Call<'_>) -> Value {
    let mut named = Lib { path: std::sync::Arc::from([]), ..lib.clone() };
    named.data.extend(call.args.first().map(|name| (Name::new("alias"), name.clone())));
    tables::value(named)
}

/// What the values in a part of a statement come from.
pub(super) fn origin(value: &Value) -> Origin {
    let values = fragment(value).map(|pieces| SqlText::pieces(pieces).values()).unwrap_or_default();
    Origin::derived(values.into_iter().map(|it| it.origin.clone()))
}
