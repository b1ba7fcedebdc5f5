//! TypeORM 0.3 and 1.x: repositories, the entity manager, active records, query builders.
//!
//! Kinds of its things: `manager` (a data source, connection, manager or query runner), `repository` (data `entity`), `builder`
//! (see [`builder`]), `operator` (data `name`, then its arguments by number).
//!
//! **Invariant:** methods say what runs; which conditions an object of a selector means is said in `filter` alone.

mod builder;
mod filter;
mod write;

use std::sync::Arc;

use super::sql::{Placeholders, SqlText, Statement, read};
use super::{DataLayer, record, target};
use crate::base::Name;
use crate::schema::{EntityClass, Schema};
use crate::values::{
    AccessId, Call, CallForm, Callback, CallbackResult, DbClient, Facts, Filter, Lib, Object, Op, Outcome, Privilege, Projection,
    Query, Shape, Value,
};

/// The layer.
pub(super) struct TypeOrm;

/// The layer's id.
const ID: &str = "typeorm";

impl DataLayer for TypeOrm {
    fn id(&self) -> &'static str {
        ID
    }

    fn call(&self, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
        if let Some((import, path)) = target::export(call) {
            return exported(call, import.package.as_str(), &path);
        }
        // Active record: the class itself is the repository.
        if let (Shape::Class(class), Some(method)) = (&call.callee.shape, call.method)
            && schema.classes.contains_key(&(class.file, class.item))
        {
            return operate(call, Some(call.callee), method, call.args, 0, schema);
        }
        let (lib, path) = target::thing(call, ID)?;
        let path: Vec<Name> = path
            .into_iter()
            .filter(|it| !matches!(it.as_str(), "manager" | "connection" | "dataSource" | "queryRunner" | "entityManager"))
            .collect();
        let [method] = path.as_slice() else { return None };
        match lib.kind.as_str() {
            "manager" => manager(call, lib, *method, schema),
            "repository" => match method.as_str() {
                "extend" => Some(Outcome::value(call.callee.clone())),
                "createQueryBuilder" => Some(Outcome::value(builder::made(lib.get("entity"), call.args.first(), call))),
                "query" => Some(raw(call, schema)),
                "getRepository" | "transaction" => manager(call, lib, *method, schema),
                _ => operate(call, lib.get("entity"), *method, call.args, 0, schema),
            },
            "builder" => builder::method(call, lib, *method, schema),
            _ => None,
        }
    }

    fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        match (lib.kind.as_str(), name.as_str()) {
            ("repository" | "manager", "manager" | "connection" | "dataSource") => Some(thing("manager", Vec::new())),
            _ => None,
        }
    }

    fn result(&self, query: &Query, access: AccessId) -> Value {
        let method = query.state.iter().find(|(key, _)| *key == "method").and_then(|(_, value)| value.as_str()).unwrap_or("");
        match method {
            "findAndCount" | "findAndCountBy" | "getManyAndCount" => {
                Value::of(Shape::Array(Arc::from([record::rows(access), record::count(access)])))
            }
            "count" | "countBy" | "exists" | "exist" | "existsBy" | "sum" | "average" | "minimum" | "maximum" | "getCount"
            | "getExists" => record::count(access),
            "update" | "delete" | "softDelete" | "restore" | "increment" | "decrement" | "insert" | "upsert" | "execute" => {
                record::object([
                    ("affected", record::count(access)),
                    ("raw", record::rows(access)),
                    ("identifiers", record::computed(access, Shape::Unknown)),
                    ("generatedMaps", record::rows(access)),
                ])
            }
            "query" => record::of_statement(query, access),
            _ if query.single && (query.throws_on_missing || query.op.writes()) => record::row(access),
            _ if query.single => record::maybe_row(access),
            _ => record::rows(access),
        }
    }
}

/// A thing of the layer.
fn thing(kind: &str, data: Vec<(Name, Value)>) -> Value {
    let (owner, kind) = (Name::new(ID), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: None, cell: None })))
}

fn repository(entity: Option<&Value>) -> Value {
    thing("repository", entity.map(|it| (Name::new("entity"), it.clone())).into_iter().collect())
}

/// Something that the packages export.
fn exported(call: &Call<'_>, package: &str, path: &[Name]) -> Option<Outcome> {
    if package != "typeorm" && !package.starts_with("typeorm/") && package != "@nestjs/typeorm" {
        return None;
    }
    let first = call.args.first();
    let new = call.form == CallForm::New;
    let made = match target::last(path) {
        "DataSource" | "EntityManager" | "Connection" | "QueryRunner" if new => thing("manager", Vec::new()),
        "Repository" | "TreeRepository" | "MongoRepository" if new => repository(first),
        "InjectRepository" | "getRepository" | "getTreeRepository" | "getCustomRepository" => repository(first),
        "InjectDataSource" | "InjectEntityManager" | "InjectConnection" | "getManager" | "getConnection" => {
            thing("manager", Vec::new())
        }
        "createConnection" | "createConnections" => Value::of(Shape::Promise(thing("manager", Vec::new()))),
        name @ ("In" | "Any" | "Not" | "IsNull" | "Equal" | "Like" | "ILike" | "MoreThan" | "MoreThanOrEqual" | "LessThan"
        | "LessThanOrEqual" | "Between" | "Raw" | "ArrayContains" | "ArrayContainedBy" | "ArrayOverlap" | "And"
        | "Or" | "JsonContains") => {
            let mut data = vec![(Name::new("name"), Value::str(name))];
            data.extend(call.args.iter().enumerate().map(|(index, arg)| (Name::new(&index.to_string()), arg.clone())));
            thing("operator", data)
        }
        "Brackets" | "NotBrackets" if new => thing("brackets", Vec::new()),
        _ => return None,
    };
    Some(Outcome::value(made))
}

/// A method of a manager, data source or query runner.
fn manager(call: &Call<'_>, lib: &Lib, method: Name, schema: &Schema) -> Option<Outcome> {
    Some(match method.as_str() {
        "getRepository" | "getTreeRepository" | "getMongoRepository" => Outcome::value(repository(call.args.first())),
        "withRepository" => Outcome::value(call.args.first()?.clone()),
        "transaction" => {
            let function = call.args.iter().rev().find(|it| it.is_callable())?.clone();
            let args = vec![thing("manager", Vec::new())];
            let callback = Callback { function, args, result: CallbackResult::Value, under: Facts::none(), maybe: false };
            Outcome { callbacks: vec![callback], ..Outcome::default() }
        }
        "createQueryRunner" => Outcome::value(thing("manager", Vec::new())),
        "connect"
        | "startTransaction"
        | "commitTransaction"
        | "rollbackTransaction"
        | "release"
        | "initialize"
        | "destroy"
        | "synchronize"
        | "runMigrations"
        | "close" => Outcome::value(Value::nullish()),
        "query" => raw(call, schema),
        "createQueryBuilder" => Outcome::value(builder::made(call.args.first(), call.args.get(1), call)),
        _ if lib.kind == "manager" => {
            // The entity's class comes first; of `save` and `remove` it may be left out.
            let named = matches!(call.args.first().map(|it| &it.shape), Some(Shape::Class(_) | Shape::Str(_)));
            let skip = usize::from(named);
            return operate(call, call.args.first().filter(|_| named), method, call.args.get(skip..)?, skip, schema);
        }
        _ => return None,
    })
}

/// `query(text, values)`
fn raw(call: &Call<'_>, schema: &Schema) -> Outcome {
    let Some(first) = call.args.first() else { return Outcome::default() };
    let mut base = base(None, Op::Call);
    base.state.push((Name::new("method"), Value::str("query")));
    let text = SqlText::of(first);
    let events = text.sinks();
    let value = match read(&base, &text, call.args.get(1), Placeholders::Numbered, schema) {
        Statement::Query(mut query) => {
            query.filter_loc = call.arg_locs.first().copied();
            Some(Value::of(Shape::Query(Arc::from(query))))
        }
        Statement::Harmless => None,
    };
    Outcome { value, events, ..Outcome::default() }
}

fn base(entity: Option<Name>, op: Op) -> Query {
    Query::new(Name::new(ID), DbClient { privilege: Privilege::Plain, made: None }, entity, op)
}

/// The entity that a value names.
fn entity_of<'s>(value: Option<&Value>, schema: &'s Schema) -> (Option<Name>, Option<&'s EntityClass>) {
    match value.map(|it| &it.shape) {
        Some(Shape::Class(class)) => {
            let class = schema.classes.get(&(class.file, class.item));
            (class.map(|it| it.name), class)
        }
        Some(Shape::Str(text)) => {
            let name = Name::new(text);
            let found = schema.find(name).map_or(name, |it| it.name);
            (Some(found), schema.classes.values().find(|it| it.name == found))
        }
        _ => (None, None),
    }
}

/// What a method of a repository does.
fn operate(
    call: &Call<'_>,
    class: Option<&Value>,
    method: Name,
    args: &[Value],
    skipped: usize,
    schema: &Schema,
) -> Option<Outcome> {
    let (name, about) = entity_of(class, schema);
    let entity = name.and_then(|it| schema.find(it));
    let at = |index: usize| call.arg_locs.get(index + skipped).copied();
    let first = args.first();
    let mut query = base(name, Op::Read);
    query.state.push((Name::new("method"), Value::str(&method)));
    let reader = filter::Reader { schema };
    match method.as_str() {
        "find" | "findOne" | "findOneOrFail" | "findAndCount" | "count" | "exists" | "exist" => {
            // Before 0.3 the key itself could stand there.
            let options = first.and_then(Value::as_object);
            query.projection = filter::projection(options, about, entity, schema);
            match (options, first) {
                (Some(options), _) => {
                    query.filter = options.get("where").map_or(Filter::All, |it| reader.filter(it, entity));
                    query.filter_loc = options.loc_of("where");
                    query.limit = options.get("take").filter(|it| it.shape != Shape::Nullish).cloned();
                    query.projection_loc = ["select", "relations"].iter().find_map(|key| options.loc_of(key));
                    if !options.spreads.is_empty() && options.get("where").is_none() {
                        query.filter = Filter::Opaque(options.spreads.clone());
                    }
                }
                (None, Some(value)) if value.shape != Shape::Nullish => query.filter = reader.criteria(value, entity, at(0)),
                _ => {}
            }
        }
        "findBy" | "findOneBy" | "findOneByOrFail" | "findAndCountBy" | "countBy" | "existsBy" => {
            query.projection = filter::projection(None, about, entity, schema);
            query.filter = first.map_or(Filter::All, |it| reader.filter(it, entity));
            query.filter_loc = at(0);
        }
        "sum" | "average" | "minimum" | "maximum" => {
            query.filter = args.get(1).map_or(Filter::All, |it| reader.filter(it, entity));
            query.filter_loc = at(1);
        }
        "findByIds" | "findOneById" | "preload" => {
            query.projection = filter::projection(None, about, entity, schema);
            let id = match method.as_str() {
                "preload" => write::key_of(first?, entity)?.1,
                _ => first?.clone(),
            };
            query.filter = reader.criteria(&id, entity, at(0));
            query.filter_loc = at(0);
        }
        "create" => return Some(Outcome::value(first.cloned().unwrap_or_else(|| target::object([])))),
        "merge" => return Some(Outcome::value(first?.clone())),
        "getId" | "hasId" | "metadata" | "target" => return Some(Outcome::value(Value::unknown())),
        "save" | "insert" | "upsert" | "remove" | "softRemove" | "recover" => {
            write::entity(&mut query, &method, first?, entity, at(0))
        }
        "update" | "delete" | "softDelete" | "restore" | "increment" | "decrement" => {
            let criteria = first?;
            query.filter = reader.criteria(criteria, entity, at(0));
            query.filter_loc = at(0);
            query.op = if matches!(method.as_str(), "delete" | "softDelete") { Op::Delete } else { Op::Update };
            if let (Some(value), "update") = (args.get(1), method.as_str()) {
                query.payload.push(crate::values::Payload { value: value.clone(), loc: at(1), relation: Vec::new() });
            }
        }
        "clear" | "deleteAll" | "updateAll" => query.op = if method == "updateAll" { Op::Update } else { Op::Delete },
        _ => return None,
    }
    let text = method.as_str();
    if matches!(text, "count" | "exists" | "exist" | "countBy" | "existsBy" | "sum" | "average" | "minimum" | "maximum") {
        query.op = Op::Count;
        query.projection = Projection::default();
    }
    query.single = text.starts_with("findOne") || text == "preload" || (query.single && text != "find");
    query.throws_on_missing = text.ends_with("OrFail");
    Some(Outcome::value(Value::of(Shape::Query(Arc::new(query)))))
}

/// An object's fields, if it is one.
fn fields_of(value: &Value) -> Option<&Object> {
    value.as_object()
}
