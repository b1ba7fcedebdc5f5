//! Sensitivity and privileges of fields.

use rustc_hash::FxHashSet;

use crate::base::Name;
use crate::schema::names::{is_principal_entity, privilege, sensitivity, singular, words};
use crate::schema::{Entity, EntityRole, FieldPrivilege, FieldType, Schema};

pub fn assign(schema: &mut Schema) {
    let roles: Vec<(Name, EntityRole)> = schema.entities.iter().map(|it| (it.name, it.role)).collect();
    let role_of = |name: Name| roles.iter().find(|(it, _)| *it == name).map(|(_, role)| *role);
    let owning: Vec<FxHashSet<Name>> = schema.entities.iter().map(|it| owning(schema, it)).collect();
    let issued = schema.entities.iter().any(|it| is_invoice(&it.name) && bills_client(it));
    for (entity, owning) in schema.entities.iter_mut().zip(owning) {
        let primary = entity.primary_key();
        let party = if extends_principal(entity, role_of) { EntityRole::Principal } else { entity.role };
        for field in &mut entity.fields {
            field.sensitivity = sensitivity(&entity.name, &field.name, &field.ty);
            let names_owner = match &field.ty {
                FieldType::Relation(relation) => {
                    owning.contains(&field.name)
                        || (!relation.fields.is_empty() && relation.fields.iter().all(|it| owning.contains(it)))
                        || (relation.fields.is_empty() && role_of(relation.to) == Some(EntityRole::Membership))
                }
                _ => owning.contains(&field.name),
            };
            let made = field.is_generated() && matches!(field.ty, FieldType::Date | FieldType::Int);
            field.privilege = if primary == Some(field.name) {
                Some(FieldPrivilege::Identity)
            } else if names_owner {
                Some(FieldPrivilege::Owner)
            } else {
                privilege(&entity.name, party, &field.name, &field.ty)
                    .filter(|it| {
                        !(issued && is_invoice(&entity.name) && matches!(it, FieldPrivilege::Money | FieldPrivilege::Status))
                    })
                    .or(made.then_some(FieldPrivilege::Identity))
            };
        }
    }
}

/// Whether the record is the one a principal keeps of itself (`Profile` with a unique `userId`): its role and credits are the principal's.
fn extends_principal(entity: &Entity, role_of: impl Fn(Name) -> Option<EntityRole>) -> bool {
    is_principal_entity(&entity.name)
        && entity
            .fields
            .iter()
            .filter_map(|it| it.relation())
            .any(|it| role_of(it.to) == Some(EntityRole::Principal) && it.fields.len() == 1 && entity.is_unique(it.fields[0]))
}

fn is_invoice(name: &str) -> bool {
    words(&singular(name)).iter().any(|it| ["invoice", "estimate", "quote"].contains(&it.as_str()))
}

/// Whether the record is sent to a client of its owner: then its amounts and states are the owner's own words.
fn bills_client(entity: &Entity) -> bool {
    let client =
        |name: Name| ["client", "customer", "contact", "patient", "buyer"].contains(&words(&singular(&name)).join(" ").as_str());
    entity.fields.iter().filter_map(|it| it.relation()).any(|it| !it.fields.is_empty() && client(it.to))
}

/// Columns and relations that say whose the record is: its own owner columns and tenant keys, else the first step of its best path.
fn owning(schema: &Schema, entity: &Entity) -> FxHashSet<Name> {
    if entity.role == EntityRole::Principal {
        // Its own id is its identity; what remains is the tenant that it belongs to.
        return entity.owners.iter().filter(|it| it.steps.is_empty() && schema.ends_at_tenant(it)).map(|it| it.column).collect();
    }
    let mut out: FxHashSet<Name> = entity.owner_column_names().into_iter().collect();
    let direct = entity.owners.iter().any(|it| it.steps.is_empty() && !schema.ends_at_tenant(it));
    let to_user = |it: &&crate::schema::OwnerPath| !schema.ends_at_tenant(it);
    let shortest = entity.owners.iter().filter(to_user).map(|it| it.steps.len()).min();
    for path in entity.owners.iter().filter(to_user) {
        let Some(first) = path.steps.first() else { continue };
        if entity.role == EntityRole::Membership || (!direct && Some(path.steps.len()) == shortest) {
            out.extend(first.key);
            out.insert(first.relation);
        }
    }
    out
}
