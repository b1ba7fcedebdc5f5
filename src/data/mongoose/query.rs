//! The builder: `Model.find(…).where("a").equals(b).select("c").populate("d").lean()`.

use super::{hidden, language, pending, whole};
use crate::base::{Loc, Name};
use crate::data::target;
use crate::schema::{Entity, Hidden, Schema};
use crate::values::{Call, Filter, Include, Op, Outcome, Projection, Query, Shape, Test, Value};

/// A method of a query that has not run.
pub(super) fn go_on(query: &Query, method: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let mut query = query.clone();
    let entity = query.entity.and_then(|name| schema.find(name));
    let first = call.args.first();
    let loc = call.arg_locs.first().copied();
    let mut read = language::Reader::new(false);
    match method.as_str() {
        "select" | "projection" => {
            if let Some(fields) = first {
                language::project(&mut query.projection, fields);
                query.projection_loc = loc;
            }
        }
        "lean" => {
            if first.is_none_or(|it| !matches!(it.shape, Shape::Bool(false))) {
                // Plain objects: what the schema does on the way to JSON is not done.
                let shown = hidden(entity, Hidden::FromJson);
                query.projection.omit.retain(|it| !shown.contains(it));
            }
        }
        "populate" => populate(&mut query.projection, call.args, entity, schema),
        "limit" => query.limit = first.cloned(),
        "orFail" => query.throws_on_missing = true,
        "find" | "findOne" | "and" | "merge" | "setQuery" => {
            query.single |= method == "findOne";
            if let Some(filter) = first {
                let parts = target::elements(filter).unwrap_or(std::slice::from_ref(filter));
                for part in parts {
                    let condition = read.filter(part);
                    query.filter = std::mem::take(&mut query.filter).and(condition);
                }
                query.filter_loc = query.filter_loc.or(loc);
            }
        }
        "or" => {
            let parts = first.and_then(target::elements).unwrap_or_default();
            let ways = parts.iter().map(|it| read.filter(it)).collect();
            query.filter = std::mem::take(&mut query.filter).and(Filter::Or(ways));
        }
        "where" => match (first, call.args.get(1)) {
            (Some(path), value) if path.as_str().is_some() => {
                let path = Name::new(path.as_str()?);
                match value {
                    Some(value) => add(&mut query, read.field(path, value, call.arg_locs.get(1).copied())),
                    None => at(&mut query, path),
                }
            }
            (Some(filter), _) => add(&mut query, read.filter(filter)),
            (None, _) => {}
        },
        "equals" | "ne" | "in" | "nin" | "gt" | "gte" | "lt" | "lte" | "regex" | "all" | "exists" | "size" | "elemMatch" => {
            compare(&mut query, &method, first?, loc, &mut read);
        }
        "countDocuments" | "count" => {
            query.op = Op::Count;
            query.single = false;
            query.projection = Projection::default();
            query.state = vec![(Name::new("method"), Value::str("countDocuments"))];
        }
        "setOptions" => first.into_iter().for_each(|it| options(&mut query, it, entity, schema)),
        "exec" | "sort" | "skip" | "session" | "hint" | "batchSize" | "collation" | "comment" | "maxTimeMS" | "read" | "set"
        | "setUpdate" | "allowDiskUse" | "cursor" | "clone" | "slice" | "transform" | "readConcern" | "writeConcern"
        | "tailable" | "cache" => {}
        _ => return None,
    }
    Some(Outcome { value: Some(pending(query)), events: read.events, ..Outcome::default() })
}

/// The options that a model's functions take last.
pub(super) fn options(query: &mut Query, options: &Value, entity: Option<&Entity>, schema: &Schema) {
    for key in ["projection", "select", "fields"] {
        options.field(key).into_iter().for_each(|it| language::project(&mut query.projection, it));
    }
    if options.field("lean").is_some_and(|it| matches!(it.shape, Shape::Bool(true))) {
        let shown = hidden(entity, Hidden::FromJson);
        query.projection.omit.retain(|it| !shown.contains(it));
    }
    if let Some(paths) = options.field("populate") {
        populate(&mut query.projection, std::slice::from_ref(paths), entity, schema);
    }
    if let Some(limit) = options.field("limit") {
        query.limit = Some(limit.clone());
    }
}

fn add(query: &mut Query, filter: Filter) {
    query.filter = std::mem::take(&mut query.filter).and(filter);
}

/// The path that the next comparison is on.
fn at(query: &mut Query, path: Name) {
    query.state.retain(|(key, _)| *key != "path");
    query.state.push((Name::new("path"), Value::str(&path)));
}

fn compare(query: &mut Query, method: &str, value: &Value, loc: Option<Loc>, read: &mut language::Reader) {
    let path = query.state.iter().find(|(key, _)| *key == "path").and_then(|(_, path)| path.as_str()).map(Name::new);
    let Some(field) = path else { return };
    let test = |test| Filter::Field { field, test, value: value.clone(), loc };
    let filter = match method {
        "equals" => read.field(field, value, loc),
        "in" => test(Test::In),
        "ne" => test(Test::NotEqual),
        "nin" => Filter::Not(Box::new(test(Test::In))),
        _ => test(Test::Other),
    };
    add(query, filter);
}

/// `populate("author", "name")`, `populate({ path, select, match, populate })`, lists of both.
pub(super) fn populate(projection: &mut Projection, args: &[Value], entity: Option<&Entity>, schema: &Schema) {
    let Some(first) = args.first() else { return };
    match &first.shape {
        Shape::Str(paths) => {
            for path in paths.split_whitespace() {
                include(projection, Name::new(path), args.get(1), None, None, entity, schema);
            }
        }
        Shape::Array(all) => all.iter().for_each(|it| populate(projection, std::slice::from_ref(it), entity, schema)),
        Shape::Object(object) => {
            if let Some(path) = object.get("path").and_then(Value::as_str) {
                let nested = object.get("populate");
                include(projection, Name::new(path), object.get("select"), object.get("match"), nested, entity, schema);
            }
        }
        Shape::OneOf(all) => {
            for it in all.iter().filter(|it| it.shape != Shape::Nullish) {
                populate(projection, std::slice::from_ref(it), entity, schema);
            }
        }
        _ => projection.opaque = true,
    }
}

fn include(
    projection: &mut Projection,
    path: Name,
    select: Option<&Value>,
    condition: Option<&Value>,
    nested: Option<&Value>,
    entity: Option<&Entity>,
    schema: &Schema,
) {
    let to = entity.and_then(|it| it.relation(path)).and_then(|(_, relation)| schema.find(relation.to));
    let mut theirs = whole(to);
    if let Some(select) = select {
        language::project(&mut theirs, select);
    }
    if let Some(nested) = nested {
        populate(&mut theirs, std::slice::from_ref(nested), to, schema);
    }
    let filter = condition.map_or(Filter::All, |it| language::Reader::new(false).filter(it));
    projection.related.retain(|it| it.key != path);
    projection.related.push(Include { key: path, relation: path, filter, projection: theirs });
}
