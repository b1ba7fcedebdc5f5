//! The functions of a model.

use super::{base, language, pending, query, whole};
use crate::base::Name;
use crate::schema::Schema;
use crate::values::{Call, Filter, Lib, Op, Outcome, Payload, Projection, Query, ResultForm, Runs, Shape, Value};

/// `Model.method(…)`
pub(super) fn method(lib: &Lib, method: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let name = lib.get("entity").and_then(Value::as_str).map(Name::new);
    let entity = name.and_then(|name| schema.find(name));
    let of = |op| base(name, op, &method);
    let arg = |index: usize| call.args.get(index);
    let loc = |index: usize| call.arg_locs.get(index).copied();
    let mut query = match method.as_str() {
        "find" | "findOne" | "findById" | "exists" | "where" | "paginate" => of(Op::Read),
        "countDocuments" | "count" | "estimatedDocumentCount" | "distinct" => of(Op::Count),
        "findOneAndUpdate" | "findByIdAndUpdate" | "findOneAndReplace" | "updateOne" | "updateMany" | "replaceOne" | "update" => {
            of(Op::Update)
        }
        "findOneAndDelete" | "findByIdAndDelete" | "findOneAndRemove" | "findByIdAndRemove" | "deleteOne" | "deleteMany"
        | "remove" => of(Op::Delete),
        "create" | "insertMany" | "insertOne" => return created(of(Op::Create), call, entity),
        "aggregate" => return Some(aggregated(of(Op::Read), call)),
        "bulkWrite" | "bulkSave" => return Some(bulk(of(Op::Update), call)),
        "hydrate" => return Some(Outcome::value(arg(0)?.clone())),
        "init" | "syncIndexes" | "createCollection" | "createIndexes" | "ensureIndexes" | "watch" => {
            return Some(Outcome::value(Value::of(Shape::Promise(Value::unknown()))));
        }
        _ => return None,
    };
    let by_id = method.starts_with("findById");
    query.single = by_id || method.starts_with("findOne") || method == "exists";
    let sanitized = call.args.iter().any(|it| it.field("sanitizeFilter").is_some_and(|it| matches!(it.shape, Shape::Bool(true))));
    let mut read = language::Reader::new(sanitized);
    let selector = if method == "distinct" { 1 } else { 0 };
    query.filter_loc = loc(selector);
    query.filter = match arg(selector) {
        Some(id) if by_id => read.field(Name::new("_id"), id, loc(selector)),
        Some(path) if method == "where" && path.as_str().is_some() => match arg(1) {
            Some(value) => read.field(Name::new(path.as_str().unwrap_or_default()), value, loc(1)),
            None => {
                query.state.push((Name::new("path"), path.clone()));
                Filter::All
            }
        },
        Some(filter) => read.filter(filter),
        None => Filter::All,
    };
    if query.op == Op::Read || query.single {
        query.projection = if method == "exists" { Projection::default() } else { whole(entity) };
    } else {
        query.result = ResultForm::Count;
    }
    let options = match query.op {
        Op::Update => {
            if let Some(update) = arg(1) {
                query.payload.push(Payload { value: language::written(update), loc: loc(1), relation: Vec::new() });
            }
            arg(2)
        }
        Op::Delete => arg(1),
        _ => {
            if query.op == Op::Read && method != "paginate" {
                arg(1).into_iter().for_each(|it| language::project(&mut query.projection, it));
                query.projection_loc = loc(1);
            }
            if method == "paginate" { arg(1) } else { arg(2) }
        }
    };
    if let Some(options) = options {
        query::options(&mut query, options, entity, schema);
    }
    if query.op == Op::Update && options.and_then(|it| it.field("upsert")).is_some_and(|it| matches!(it.shape, Shape::Bool(true)))
    {
        query.op = Op::Upsert;
    }
    Some(Outcome { value: Some(pending(query)), events: read.events, ..Outcome::default() })
}

/// `create` and `insertMany` do not wait to be awaited.
fn created(mut query: Query, call: &Call<'_>, entity: Option<&crate::schema::Entity>) -> Option<Outcome> {
    let documents = call.args.first()?;
    query.single = !matches!(documents.shape, Shape::Array(_) | Shape::List(_) | Shape::Rows(_))
        && !query.state.iter().any(|(_, value)| value.as_str() == Some("insertMany"));
    query.payload.push(Payload { value: documents.clone(), loc: call.arg_locs.first().copied(), relation: Vec::new() });
    query.projection = as_json(entity);
    Some(Outcome { value: Some(pending(query)), runs: Runs::Promised, ..Outcome::default() })
}

/// A fresh document has all that was just set, also what reads leave out.
pub(super) fn as_json(entity: Option<&crate::schema::Entity>) -> Projection {
    let mut projection = Projection::whole();
    language::leave_out(&mut projection, super::hidden(entity, crate::schema::Hidden::FromJson));
    projection
}

fn aggregated(mut query: Query, call: &Call<'_>) -> Outcome {
    let mut read = language::Reader::new(false);
    if let Some(stages) = call.args.first() {
        let pipeline = language::pipeline(stages, &mut read);
        query.filter = pipeline.filter;
        query.filter_loc = call.arg_locs.first().copied();
        query.projection = pipeline.projection;
        query.limit = pipeline.limit;
        if pipeline.groups {
            query.op = Op::Count;
            query.projection = Projection::default();
            query.state = vec![(Name::new("method"), Value::str("groups"))];
        }
    }
    Outcome { value: Some(pending(query)), events: read.events, ..Outcome::default() }
}

/// `bulkWrite([{ updateOne: { filter, update } }, …])`: as one write of all that they write.
fn bulk(mut query: Query, call: &Call<'_>) -> Outcome {
    let mut read = language::Reader::new(false);
    let bulk = language::bulk(call.args.first(), &mut read);
    query.result = ResultForm::Count;
    (query.filter, query.payload) = (bulk.filter, bulk.payload);
    query.filter_loc = call.arg_locs.first().copied();
    Outcome { value: Some(pending(query)), events: read.events, runs: Runs::Promised, ..Outcome::default() }
}
