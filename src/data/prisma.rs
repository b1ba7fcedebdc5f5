//! Prisma Client: `prisma.model.operation({ where, data, select, … })`.

mod client;
mod extension;
mod filter;
mod payload;
mod projection;
mod raw;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::{DataLayer, Undefined, record, target};
use crate::base::Name;
use crate::schema::{Entity, Schema};
use crate::values::{
    AccessId, Call, DbClient, EventKind, Filter, Lib, Object, Op, Outcome, Privilege, Projection, Quantifier, Query, ResultForm,
    Shape, Value,
};

/// The layer.
pub(super) struct Prisma;

/// The layer's id.
const ID: &str = "prisma";

/// What an operation of a model does.
struct Operation {
    op: Op,
    /// It takes or makes one record.
    single: bool,
    /// It throws where it finds nothing.
    throws: bool,
    /// Its selector must name a unique key.
    unique: bool,
    /// Records come back.
    returns: bool,
}

fn operation(method: &str) -> Option<Operation> {
    let (op, single, throws, unique, returns) = match method {
        "findUnique" => (Op::Read, true, false, true, true),
        "findUniqueOrThrow" => (Op::Read, true, true, true, true),
        "findFirst" => (Op::Read, true, false, false, true),
        "findFirstOrThrow" => (Op::Read, true, true, false, true),
        "findMany" => (Op::Read, false, false, false, true),
        "count" | "aggregate" | "groupBy" => (Op::Count, false, false, false, false),
        "create" => (Op::Create, true, false, false, true),
        "createMany" => (Op::Create, false, false, false, false),
        "createManyAndReturn" => (Op::Create, false, false, false, true),
        "update" => (Op::Update, true, true, true, true),
        "updateMany" => (Op::Update, false, false, false, false),
        "updateManyAndReturn" => (Op::Update, false, false, false, true),
        "upsert" => (Op::Upsert, true, false, true, true),
        "delete" => (Op::Delete, true, true, true, true),
        "deleteMany" => (Op::Delete, false, false, false, false),
        "findRaw" | "aggregateRaw" => (Op::Call, false, false, false, false),
        _ => return None,
    };
    Some(Operation { op, single, throws, unique, returns })
}

impl DataLayer for Prisma {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return client::exported(call, import, &path);
        }
        if let Some((query, method)) = target::query(call, ID) {
            return related(query, method, call, schema);
        }
        let (lib, path) = target::thing(call, ID)?;
        match (lib.kind.as_str(), path.as_slice()) {
            ("client", [method]) => client::method(call, lib, *method, schema),
            ("client", [model, method]) => match operation(method) {
                Some(operation) => {
                    let mut outcome = run(&operation, lib, *model, *method, call, schema);
                    if extension::may_rewrite(lib, *model) {
                        // What it makes of the query is not read: the check may be there.
                        outcome.events.push(EventKind::Unknown { what: Name::new("$extends"), from: None, of_records: true });
                    }
                    Some(outcome)
                }
                None => extension::method(lib, *model, *method, call),
            },
            // `Prisma.validator<…>()(value)`
            ("same", []) => Some(Outcome::value(call.args.first()?.clone())),
            _ => None,
        }
    }

    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> {
        None
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let method = query.state.iter().find(|(key, _)| *key == "method").and_then(|(_, value)| value.as_str()).unwrap_or("");
        match method {
            "aggregate" => record::computed(access, Shape::Unknown),
            "groupBy" => Value::of(Shape::List(record::computed(access, Shape::Unknown))),
            "count" | "$executeRaw" | "$executeRawUnsafe" => record::count(access),
            "createMany" | "updateMany" | "deleteMany" => record::object([("count", record::count(access))]),
            // Where an update, a deletion or an `…OrThrow` comes back at all, the record is there.
            _ if query.single && (query.throws_on_missing || query.op.writes()) => record::row(access),
            _ if query.single => record::maybe_row(access),
            "$queryRaw" | "$queryRawUnsafe" => record::of_statement(query, access),
            _ => record::rows(access),
        }
    }

    fn undefined(&self, query: &Query) -> Undefined {
        let method = query.state.iter().find(|(key, _)| *key == "method").and_then(|(_, value)| value.as_str());
        match method {
            // Raw statements bind it.
            Some(method) if method.starts_with('$') => Undefined::Null,
            // The only key of a unique selector must be there.
            Some(method) if operation(method).is_some_and(|it| it.unique) && query.filter.conjuncts().len() == 1 => {
                Undefined::Refuses
            }
            _ => Undefined::Drops,
        }
    }
}

/// The entity that a delegate (`prisma.userProfile`) or a relation leads to.
fn entity(schema: &Schema, name: Name) -> Option<&Entity> {
    schema.find(name).or_else(|| {
        let mut letters = name.chars();
        let first = letters.next()?.to_uppercase();
        schema.find(Name::new(&first.chain(letters).collect::<String>()))
    })
}

/// The entity at the other end of a relation.
fn across<'a>(schema: &'a Schema, from: Option<&Entity>, relation: Name) -> Option<&'a Entity> {
    from.and_then(|entity| entity.relation(relation)).and_then(|(_, relation)| schema.find(relation.to))
}

/// A query on the client, of what the client remembers.
fn base(lib: &Lib, model: Option<Name>, op: Op) -> Query {
    let privilege = if lib.get("privilege").is_some() { Privilege::User } else { Privilege::Plain };
    Query::new(Name::new(ID), DbClient { privilege, made: lib.made }, model, op)
}

fn run(operation: &Operation, lib: &Lib, model: Name, method: Name, call: &Call<'_>, schema: &Schema) -> Outcome {
    let entity = entity(schema, model);
    let mut query = base(lib, Some(model), operation.op);
    query.single = operation.single;
    query.throws_on_missing = operation.throws;
    query.result = if operation.returns { ResultForm::Plain } else { ResultForm::Count };
    query.state.push((Name::new("method"), Value::str(&method)));
    let mut read = filter::Reader::new(schema, operation.unique);
    let none = Object::default();
    let args = match call.args.first().map(|args| (&args.shape, args)) {
        None | Some((Shape::Nullish, _)) => &none,
        Some((Shape::Object(args), _)) => args,
        // All of it comes from elsewhere: the selector, the data, the projection.
        Some((_, args)) => {
            query.filter = read.filter(args, entity);
            query.filter_loc = call.arg_locs.first().copied();
            if query.op.writes() {
                query.payload.push(crate::values::Payload { value: args.clone(), loc: query.filter_loc, relation: Vec::new() });
            }
            query.projection = Projection { opaque: true, ..Projection::default() };
            return finish(query, read);
        }
    };
    let elsewhere: Vec<Value> = args.spreads.clone();
    match args.get("where") {
        Some(selector) => query.filter = read.filter(selector, entity),
        None if elsewhere.is_empty() => {}
        None => query.filter = elsewhere.iter().fold(Filter::All, |filter, it| filter.and(read.filter(it, entity))),
    }
    query.filter_loc = args.loc_of("where");
    for key in ["filter", "pipeline"] {
        if let Some(raw) = args.get(key) {
            query.filter = read.filter(raw, None);
        }
    }
    payload::read(&mut query, args, entity, schema);
    if operation.returns {
        query.projection = projection::read(args, lib, Some(model), entity, schema);
        query.projection_loc = ["select", "include", "omit"].iter().find_map(|key| args.loc_of(key));
    }
    query.limit = args.get("take").or_else(|| args.get("limit")).filter(|it| it.shape != Shape::Nullish).cloned();
    finish(query, read)
}

fn finish(query: Query, read: filter::Reader<'_>) -> Outcome {
    Outcome { value: Some(Value::of(Shape::Query(Arc::new(query)))), events: read.events, ..Outcome::default() }
}

/// `prisma.list.findUnique(…).todos(…)`: the related records of the one that was selected.
fn related(query: &Query, relation: Name, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    if ["then", "catch", "finally"].contains(&relation.as_str()) || !query.single {
        return None;
    }
    let from = query.entity.and_then(|name| entity(schema, name));
    let to = across(schema, from, relation);
    let back = to.and_then(|to| {
        to.fields.iter().find(|field| match &field.ty {
            crate::schema::FieldType::Relation(it) => from.is_some_and(|from| from.name == it.to),
            _ => false,
        })
    });
    let mut read = filter::Reader::new(schema, false);
    let args = call.args.first().and_then(Value::as_object).cloned().unwrap_or_default();
    let parent = Filter::Related {
        relation: back.map(|field| field.name).or(query.entity)?,
        quantifier: Quantifier::Some,
        filter: Box::new(query.filter.clone()),
    };
    let filter = parent.and(args.get("where").map_or(Filter::All, |selector| read.filter(selector, to)));
    let list = from.and_then(|from| from.relation(relation)).is_none_or(|(field, _)| field.list);
    let nobody = Lib {
        owner: Name::new(ID),
        kind: Name::new("client"),
        path: Arc::from([]),
        data: Vec::new(),
        made: query.client.made,
        cell: None,
    };
    let related = Query {
        entity: to.map(|to| to.name).or(Some(relation)),
        filter,
        filter_loc: args.loc_of("where"),
        projection: projection::read(&args, &nobody, None, to, schema),
        projection_loc: ["select", "include", "omit"].iter().find_map(|key| args.loc_of(key)),
        limit: args.get("take").cloned(),
        single: !list,
        throws_on_missing: false,
        ..query.clone()
    };
    Some(finish(related, read))
}
