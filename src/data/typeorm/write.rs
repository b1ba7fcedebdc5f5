//! Writes of whole entities: `save` inserts or updates by the key that is in the object.

use super::fields_of;
use crate::base::{Loc, Name};
use crate::schema::Entity;
use crate::values::{Filter, Op, Origin, Payload, Query, RowPath, Shape, Truth, Value};

/// Puts what a method does with an entity, or with several, into the query.
pub(super) fn entity(query: &mut Query, method: &str, value: &Value, entity: Option<&Entity>, loc: Option<Loc>) {
    let several = super::target::elements(value);
    query.single = several.is_none();
    let each = several.and_then(<[Value]>::first).unwrap_or(value);
    let key = key_of(each, entity);
    query.op = match method {
        "insert" => Op::Create,
        "upsert" => Op::Upsert,
        "remove" | "softRemove" => Op::Delete,
        "recover" => Op::Update,
        _ if is_record(each) => Op::Update,
        // An object that cannot hold the key is new.
        _ if key.is_none() => Op::Create,
        _ => Op::Upsert,
    };
    if !matches!(query.op, Op::Create)
        && let Some((field, key)) = key
    {
        query.filter = Filter::equal(field, key, loc);
        query.filter_loc = loc;
    }
    if !matches!(query.op, Op::Delete) {
        query.payload.push(Payload { value: value.clone(), loc, relation: Vec::new() });
    }
    query.projection = crate::values::Projection::whole();
}

fn is_record(value: &Value) -> bool {
    match &value.shape {
        Shape::Row(_) => true,
        Shape::OneOf(all) => all.iter().any(is_record),
        Shape::Object(object) => object.spreads.iter().any(is_record),
        _ => false,
    }
}

/// The key in an object: its field, and the value there; `None` where there can be none.
pub(super) fn key_of(value: &Value, entity: Option<&Entity>) -> Option<(Name, Value)> {
    let field = entity.and_then(Entity::primary_key).unwrap_or_else(|| Name::new("id"));
    let found = match &value.shape {
        Shape::Object(_) => {
            let object = fields_of(value)?;
            object
                .get(&field)
                .cloned()
                .or_else(|| object.spreads.iter().rev().find_map(|it| key_of(it, entity)).map(|it| it.1))?
        }
        Shape::Row(row) => {
            let path = row.at.path.iter().copied().chain([field]).collect();
            let origin = Origin::Row(RowPath { access: row.at.access, path });
            Value::new(Shape::Unknown, origin, Truth::default())
        }
        Shape::OneOf(all) => all.iter().find_map(|it| key_of(it, entity))?.1,
        Shape::Unknown => match &value.origin {
            Origin::Client(client) => {
                let path: Vec<Name> = client.path.iter().copied().chain([field]).collect();
                Value::client(client.part, &path)
            }
            _ => return None,
        },
        _ => return None,
    };
    Some((field, found))
}
