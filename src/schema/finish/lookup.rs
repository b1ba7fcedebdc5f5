//! Every name that an entity goes by.

use rustc_hash::FxHashMap;

use crate::base::Name;
use crate::schema::Entity;
use crate::schema::names::{lower_first, plural, singular};

/// Names to indices. A surer spelling wins over a guessed one; of two equally sure ones neither is taken.
pub fn index(entities: &[Entity]) -> FxHashMap<Name, u32> {
    // Of several that have the very same name the first is meant.
    let mut out: FxHashMap<Name, u32> = entities.iter().enumerate().rev().map(|(at, it)| (it.name, at as u32)).collect();
    for spell in [delegate, table, lower, numbers] {
        let mut found: FxHashMap<Name, Option<u32>> = FxHashMap::default();
        for (at, entity) in entities.iter().enumerate() {
            for name in spell(entity) {
                let name = Name::new(&name);
                if !out.contains_key(&name) {
                    let entry = found.entry(name).or_insert(Some(at as u32));
                    if *entry != Some(at as u32) {
                        *entry = None;
                    }
                }
            }
        }
        out.extend(found.into_iter().filter_map(|(name, at)| Some((name, at?))));
    }
    out
}

fn delegate(entity: &Entity) -> Vec<String> {
    vec![lower_first(&entity.name)]
}

fn table(entity: &Entity) -> Vec<String> {
    let table = entity.table.unwrap_or(entity.name);
    match table.split_once('.') {
        Some((_, short)) => vec![table.to_string(), short.to_owned()],
        None => vec![table.to_string(), format!("public.{table}")],
    }
}

fn lower(entity: &Entity) -> Vec<String> {
    let table = entity.table.unwrap_or(entity.name);
    vec![entity.name.to_lowercase(), table.to_lowercase()]
}

fn numbers(entity: &Entity) -> Vec<String> {
    let mut out = Vec::new();
    for name in [entity.name.to_string(), lower_first(&entity.name), entity.name.to_lowercase()] {
        if name.contains('.') {
            continue;
        }
        out.push(singular(&name));
        out.push(plural(&singular(&name)));
    }
    out
}
