//! Raw SQL and raw MongoDB commands.

use std::sync::Arc;

use super::base;
use crate::base::Name;
use crate::data::sink;
use crate::data::sql::{Placeholders, SqlText, Statement, read};
use crate::schema::Schema;
use crate::values::{Call, Filter, Lib, Op, Outcome, Projection, Query, ResultForm, Shape, Value};

/// `$queryRaw` and its kin.
pub(super) fn run(call: &Call<'_>, lib: &Lib, method: Name, schema: &Schema) -> Outcome {
    let mut query = base(lib, None, Op::Call);
    if method.starts_with("$execute") {
        query.result = ResultForm::Count;
    }
    query.state.push((Name::new("method"), Value::str(&method)));
    let first = call.args.first();
    if ["$queryRawTyped", "$runCommandRaw"].contains(&method.as_str()) {
        // A prepared query's file is elsewhere; a command is whatever its object says.
        let events = first.filter(|_| method == "$runCommandRaw").and_then(sink::operators).into_iter().collect();
        query.filter = Filter::Opaque(call.args.to_vec());
        query.projection = Projection { opaque: true, ..Projection::default() };
        return Outcome { value: Some(pending(query)), events, ..Outcome::default() };
    }
    let (text, values) = match call.quasis {
        Some(quasis) => (SqlText::template(quasis, call.args), None),
        None => {
            let values = call.args.get(1..).filter(|rest| !rest.is_empty()).map(|rest| Value::of(Shape::Array(rest.into())));
            (SqlText::of(first.unwrap_or(&Value::nullish())), values)
        }
    };
    let placeholders = if numbered(first) { Placeholders::Numbered } else { Placeholders::Question };
    query.filter_loc = Some(call.arg_locs.first().copied().filter(|_| call.quasis.is_none()).unwrap_or(call.loc));
    let events = text.sinks();
    let value = match read(&query, &text, values.as_ref(), placeholders, schema) {
        Statement::Query(query) => Some(pending(*query)),
        Statement::Harmless => None,
    };
    Outcome { value, events, ..Outcome::default() }
}

fn pending(query: Query) -> Value {
    Value::of(Shape::Query(Arc::new(query)))
}

/// Whether a text that is sent as it is counts its placeholders (PostgreSQL) or marks them (MySQL, SQLite).
fn numbered(text: Option<&Value>) -> bool {
    let has = |it: &str| it.contains("$1") || !it.contains('?');
    match text.map(|text| &text.shape) {
        Some(Shape::Str(text)) => has(text),
        Some(Shape::Text { quasis, .. }) => quasis.iter().any(|it| it.contains("$1")) || quasis.iter().all(|it| has(it)),
        _ => true,
    }
}
