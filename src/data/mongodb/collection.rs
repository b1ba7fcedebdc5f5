//! The functions of a collection, and cursors.

use super::{ID, language, pending};
use crate::base::{Loc, Name};
use crate::values::{Call, DbClient, Filter, Op, Outcome, Payload, Privilege, Projection, Query, ResultForm, Runs, Shape, Value};

/// Whether a method of that name is the driver's on whatever a `.collection(name)` gave.
pub(super) fn is_plain(method: Name) -> bool {
    matches!(
        method.as_str(),
        "find"
            | "findOne"
            | "insertOne"
            | "insertMany"
            | "updateOne"
            | "updateMany"
            | "replaceOne"
            | "deleteOne"
            | "deleteMany"
            | "findOneAndUpdate"
            | "findOneAndReplace"
            | "findOneAndDelete"
            | "countDocuments"
            | "aggregate"
            | "distinct"
            | "bulkWrite"
    )
}

/// `collection.method(…)`
pub(super) fn method(entity: Option<Name>, made: Option<Loc>, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let op = match method.as_str() {
        "find" | "findOne" | "aggregate" => Op::Read,
        "countDocuments" | "count" | "estimatedDocumentCount" | "distinct" => Op::Count,
        "insertOne" | "insertMany" | "insert" => Op::Create,
        "updateOne" | "updateMany" | "replaceOne" | "update" | "findOneAndUpdate" | "findOneAndReplace" | "findAndModify"
        | "bulkWrite" | "save" => Op::Update,
        "deleteOne" | "deleteMany" | "findOneAndDelete" | "remove" | "findAndRemove" => Op::Delete,
        "createIndex"
        | "createIndexes"
        | "ensureIndex"
        | "drop"
        | "dropIndex"
        | "indexes"
        | "watch"
        | "initializeOrderedBulkOp" => {
            return Some(Outcome::value(Value::of(Shape::Promise(Value::unknown()))));
        }
        _ => return None,
    };
    let mut query = Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made }, entity, op);
    query.state.push((Name::new("method"), Value::str(&method)));
    let hands = call.args.last().filter(|it| it.is_callable()).cloned();
    let arg = |index: usize| call.args.get(index).filter(|it| !it.is_callable());
    let loc = |index: usize| call.arg_locs.get(index).copied();
    let payload = |value: Value, loc: Option<Loc>| Payload { value, loc, relation: Vec::new() };
    let mut read = language::Reader::new(false);
    query.single = method.starts_with("findOne") || matches!(method.as_str(), "findAndModify" | "findAndRemove");
    match method.as_str() {
        "aggregate" => aggregate(&mut query, arg(0), loc(0), &mut read),
        "bulkWrite" => {
            let bulk = language::bulk(arg(0), &mut read);
            (query.filter, query.filter_loc) = (bulk.filter, loc(0));
            query.payload = bulk.payload;
            query.result = ResultForm::Count;
        }
        _ if op == Op::Create || method == "save" => {
            query.payload.push(payload(arg(0)?.clone(), loc(0)));
            query.single = method == "insertOne";
            query.result = ResultForm::Count;
            if method == "save" {
                query.op = Op::Upsert;
            }
        }
        _ => {
            let selector = usize::from(method == "distinct");
            query.filter_loc = loc(selector);
            query.filter = arg(selector).map_or(Filter::All, |it| read.filter(it));
        }
    }
    let options = match (op, method.as_str()) {
        (Op::Update, "findAndModify") => {
            query.payload.extend(arg(2).map(|it| payload(language::written(it), loc(2))));
            arg(3)
        }
        (Op::Update, "bulkWrite" | "save") => None,
        (Op::Update, _) => {
            query.payload.extend(arg(1).map(|it| payload(language::written(it), loc(1))));
            arg(2)
        }
        (_, "distinct" | "aggregate") => None,
        _ => arg(1),
    };
    let reads = matches!(op, Op::Read) || query.single && op != Op::Create;
    if reads && method != "aggregate" {
        query.projection = Projection::whole();
    }
    if let Some(options) = options {
        let mut named = false;
        for key in ["projection", "fields"] {
            if let Some(fields) = options.field(key) {
                language::project(&mut query.projection, fields);
                query.projection_loc = options.as_object().and_then(|it| it.loc_of(key));
                named = true;
            }
        }
        if let Some(limit) = options.field("limit") {
            query.limit = Some(limit.clone());
        }
        // Up to version 2 the projection stands there itself.
        let is_sign = |value: &Value| matches!(value.shape, Shape::Num(_) | Shape::Bool(_));
        let plain = |it: &crate::values::Object| {
            !it.fields.is_empty() && it.fields.iter().all(|(name, value)| is_sign(value) && !is_option(name))
        };
        if reads && op == Op::Read && !named && options.as_object().is_some_and(plain) {
            language::project(&mut query.projection, options);
            query.projection_loc = loc(1);
        }
        if op == Op::Update && options.field("upsert").is_some_and(|it| matches!(it.shape, Shape::Bool(true))) {
            query.op = Op::Upsert;
        }
    }
    if op != Op::Read && !query.single {
        query.result = ResultForm::Count;
    }
    // A cursor waits to be asked; everything else is sent at once.
    let runs = if matches!(method.as_str(), "find" | "aggregate") && hands.is_none() { Runs::Later } else { Runs::Promised };
    Some(Outcome { value: Some(pending(query)), events: read.events, runs, hands, ..Outcome::default() })
}

fn is_option(name: &str) -> bool {
    matches!(name, "limit" | "skip" | "sort" | "session" | "upsert" | "batchSize" | "maxTimeMS" | "hint" | "timeout" | "tailable")
}

fn aggregate(query: &mut Query, stages: Option<&Value>, loc: Option<Loc>, read: &mut language::Reader) {
    let Some(stages) = stages else { return };
    let pipeline = language::pipeline(stages, read);
    query.filter = pipeline.filter;
    query.filter_loc = loc;
    query.projection = pipeline.projection;
    query.limit = pipeline.limit;
    if pipeline.groups {
        query.op = Op::Count;
        query.projection = Projection::default();
        query.state = vec![(Name::new("method"), Value::str("groups"))];
    }
}

/// A method of a cursor.
pub(super) fn cursor(query: &Query, method: Name, call: &Call<'_>) -> Option<Outcome> {
    let mut query = query.clone();
    let first = call.args.first();
    let hands = call.args.last().filter(|it| it.is_callable()).cloned();
    let mut read = language::Reader::new(false);
    match method.as_str() {
        "project" => {
            language::project(&mut query.projection, first?);
            query.projection_loc = call.arg_locs.first().copied();
        }
        "limit" => query.limit = first.cloned(),
        "filter" | "match" => {
            let more = read.filter(first?);
            query.filter = std::mem::take(&mut query.filter).and(more);
        }
        "next" | "tryNext" => query.single = true,
        "toArray" | "stream" => {}
        "count" | "hasNext" | "explain" => {
            query.op = Op::Count;
            query.projection = Projection::default();
            query.state = vec![(Name::new("method"), Value::str("countDocuments"))];
        }
        "sort" | "skip" | "batchSize" | "maxTimeMS" | "hint" | "collation" | "allowDiskUse" | "addCursorFlag" | "comment"
        | "clone" | "rewind" | "withReadConcern" => {}
        "close" => return Some(Outcome::value(Value::of(Shape::Promise(Value::unknown())))),
        _ => return None,
    }
    let runs = if hands.is_some() { Runs::Promised } else { Runs::Later };
    Some(Outcome { value: Some(pending(query)), events: read.events, runs, hands, ..Outcome::default() })
}
