//! `data`, `create` and `update`: what is written, also on related records.

use std::sync::Arc;

use super::across;
use crate::base::{Loc, Name};
use crate::data::target;
use crate::schema::{Entity, FieldType, Schema};
use crate::values::{Object, Op, Origin, Payload, Query, Shape, Value};

/// What can be done with related records.
const VERBS: [&str; 11] = [
    "create",
    "createMany",
    "connect",
    "connectOrCreate",
    "update",
    "updateMany",
    "upsert",
    "delete",
    "deleteMany",
    "disconnect",
    "set",
];

/// Puts what the arguments write into the query.
pub(super) fn read(query: &mut Query, args: &Object, entity: Option<&Entity>, schema: &Schema) {
    let keys: &[&str] = match query.op {
        Op::Upsert => &["create", "update"],
        Op::Create | Op::Update => &["data"],
        _ => &[],
    };
    for key in keys {
        match args.get(key) {
            Some(value) => {
                query.payload.push(Payload { value: value.clone(), loc: args.loc_of(key), relation: Vec::new() });
                let mut nested = Nested { query, schema };
                nested.fields(value, entity, &[]);
            }
            None => {
                for spread in &args.spreads {
                    query.payload.push(Payload { value: spread.clone(), loc: None, relation: Vec::new() });
                }
            }
        }
    }
}

struct Nested<'a> {
    query: &'a mut Query,
    schema: &'a Schema,
}

impl Nested<'_> {
    /// The relations among the fields of an object, or of each of several.
    fn fields(&mut self, value: &Value, entity: Option<&Entity>, path: &[Name]) {
        for value in value.alternatives() {
            if let Some(each) = target::elements(value) {
                each.iter().for_each(|it| self.fields(it, entity, path));
            }
            let Some(object) = value.as_object() else { continue };
            for (name, value) in &object.fields {
                for value in value.alternatives() {
                    if let Some(verbs) = value.as_object().filter(|verbs| is_relation(*name, verbs, entity)) {
                        let to = across(self.schema, entity, *name);
                        let path: Vec<Name> = path.iter().copied().chain([*name]).collect();
                        self.verbs(verbs, to, &path);
                    }
                }
            }
            object.spreads.iter().filter(|it| it.as_object().is_some()).for_each(|it| self.fields(it, entity, path));
        }
    }

    fn verbs(&mut self, verbs: &Object, to: Option<&Entity>, path: &[Name]) {
        for (verb, value) in &verbs.fields {
            let loc = verbs.loc_of(verb);
            match verb.as_str() {
                "create" => self.written(value, loc, to, path),
                "connect" | "set" => self.named(value, loc, path),
                "createMany" | "updateMany" => self.part(value, "data", loc, to, path),
                "connectOrCreate" => self.each(value, &mut |nested, one| {
                    if let Some(key) = one.field("where") {
                        nested.named(key, one.as_object().and_then(|it| it.loc_of("where")).or(loc), path);
                    }
                    nested.part(one, "create", loc, to, path);
                }),
                "update" => self.each(value, &mut |nested, one| match one.field("data") {
                    Some(_) => nested.part(one, "data", loc, to, path),
                    None => nested.written(one, loc, to, path),
                }),
                "upsert" => self.each(value, &mut |nested, one| {
                    nested.part(one, "create", loc, to, path);
                    nested.part(one, "update", loc, to, path);
                }),
                // What is let go or deleted belongs to the record that is written.
                _ => {}
            }
        }
    }

    fn each(&mut self, value: &Value, read: &mut dyn FnMut(&mut Self, &Value)) {
        match target::elements(value) {
            Some(each) => each.iter().for_each(|it| read(self, it)),
            None => read(self, value),
        }
    }

    /// One key of a nested write; of a value that is not an object, the value.
    fn part(&mut self, value: &Value, key: &str, loc: Option<Loc>, to: Option<&Entity>, path: &[Name]) {
        match value.as_object() {
            Some(object) => {
                if let Some(part) = object.get(key) {
                    self.written(part, object.loc_of(key).or(loc), to, path);
                }
            }
            None => self.written(value, loc, to, path),
        }
    }

    fn written(&mut self, value: &Value, loc: Option<Loc>, to: Option<&Entity>, path: &[Name]) {
        self.query.payload.push(Payload { value: value.clone(), loc, relation: path.to_vec() });
        self.fields(value, to, path);
    }

    /// A record that is there already and is only named.
    fn named(&mut self, value: &Value, loc: Option<Loc>, path: &[Name]) {
        let index: Arc<str> = self.query.payload.len().to_string().into();
        let index = Value::with_origin(Shape::Num(index), Origin::Literal);
        self.query.state.push((Name::new(Query::REFERENCE), index));
        self.query.payload.push(Payload { value: value.clone(), loc, relation: path.to_vec() });
    }
}

fn is_relation(name: Name, verbs: &Object, entity: Option<&Entity>) -> bool {
    match entity.and_then(|entity| entity.fields.iter().find(|field| field.name == name)) {
        Some(field) => matches!(field.ty, FieldType::Relation(_)),
        // `set` alone also replaces a list of scalars.
        None => {
            let known = verbs.names().all(|verb| VERBS.contains(&verb.as_str()));
            known && verbs.names().any(|verb| verb != "set")
        }
    }
}
