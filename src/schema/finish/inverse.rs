//! Relations as both sides name them.

use crate::base::Name;
use crate::schema::{Field, FieldType, Relation, Schema};

/// Gives every relation the other entity's own name, whatever spelling its source used, and the key it names where it did not say.
pub fn resolve(schema: &mut Schema) {
    let names: Vec<(Name, Option<Name>)> = schema.entities.iter().map(|it| (it.name, it.primary_key())).collect();
    for entity in &mut schema.entities {
        for field in &mut entity.fields {
            let FieldType::Relation(relation) = &mut field.ty else { continue };
            let Some((name, key)) = schema.by_name.get(&relation.to).and_then(|at| names.get(*at as usize)) else { continue };
            relation.to = *name;
            if relation.references.is_empty() && relation.fields.len() == 1 {
                relation.references.extend(*key);
            }
        }
    }
}

/// Adds the side without a key where a source names only the other one, as PostgREST embeds it: by the table that holds the key,
/// or `table!key` where several do.
pub fn add(schema: &mut Schema) {
    let mut missing: Vec<(u32, Field, Name)> = Vec::new();
    for entity in &schema.entities {
        for field in &entity.fields {
            let Some(relation) = field.relation().filter(|it| !it.fields.is_empty()) else { continue };
            let Some(target) = schema.by_name.get(&relation.to) else { continue };
            if schema.entities[*target as usize].name != relation.to || schema.inverse(entity, field).is_some() {
                continue;
            }
            let back = Relation { to: entity.name, fields: Vec::new(), references: Vec::new(), label: relation.label };
            let short = entity.name.rsplit('.').next().unwrap_or("");
            let mut added = Field::new(Name::new(short), FieldType::Relation(back), field.span);
            added.list = !entity.uniques.iter().any(|it| it.fields == relation.fields);
            added.nullable = !added.list;
            missing.push((*target, added, relation.label.unwrap_or_else(|| relation.fields[0])));
        }
    }
    let all: Vec<(u32, Name)> = missing.iter().map(|(target, field, _)| (*target, field.name)).collect();
    for (target, mut field, key) in missing {
        let entity = &mut schema.entities[target as usize];
        let alone = all.iter().filter(|it| **it == (target, field.name)).count() == 1;
        if !alone || entity.fields.iter().any(|it| it.name == field.name) {
            field.name = Name::new(&format!("{}!{key}", field.name));
        }
        entity.fields.push(field);
    }
}
