//! The same table from several sources, once.

use rustc_hash::FxHashMap;

use crate::base::Name;
use crate::schema::{Draft, Entity, FieldDefault, FieldType, Procedure, prisma, sql, supabase_types};

/// All drafts as one.
#[derive(Default)]
pub struct Merged {
    pub entities: Vec<Entity>,
    pub enums: Vec<(Name, Vec<Name>)>,
    pub procedures: Vec<Procedure>,
    /// References that only the database knows, by entity: the field's name in the code and the table that it names.
    pub references: FxHashMap<Name, Vec<(Name, Name)>>,
}

/// Code that names things wins over the database, the database over types made from it.
fn rank(source: &str) -> u8 {
    match source {
        sql::SOURCE => 1,
        supabase_types::SOURCE => 2,
        _ => 0,
    }
}

pub fn merge(drafts: Vec<Draft>) -> Merged {
    let mut out = Merged::default();
    let mut all = Vec::new();
    for draft in drafts {
        all.extend(draft.entities);
        for (name, members) in draft.enums {
            if !out.enums.iter().any(|(it, _)| *it == name) {
                out.enums.push((name, members));
            }
        }
        out.procedures.extend(draft.procedures);
    }
    all.sort_by_key(|it| rank(&it.source));
    let joins = all.iter().any(|it| it.source == prisma::SOURCE);
    let mut by_table: FxHashMap<Name, usize> = FxHashMap::default();
    for entity in all {
        // The join tables of implicit relations are no models.
        if joins && rank(&entity.source) > 0 && entity.name.starts_with('_') {
            continue;
        }
        let table = table(&entity);
        match by_table.get(&table).copied() {
            Some(at) => {
                let references = join(&mut out.entities[at], entity);
                out.references.entry(out.entities[at].name).or_default().extend(references);
            }
            // Policies on a table that nothing describes say nothing of whose it is.
            None if entity.fields.is_empty() => {}
            None => {
                by_table.insert(table, out.entities.len());
                out.entities.push(entity);
            }
        }
    }
    out
}

/// The table, without the default schema.
fn table(entity: &Entity) -> Name {
    let table = entity.table.unwrap_or(entity.name);
    table.strip_prefix("public.").map_or(table, Name::new)
}

/// Adds what the weaker source knows more; gives its references that the stronger one does not have.
fn join(strong: &mut Entity, weak: Entity) -> Vec<(Name, Name)> {
    let mut references = Vec::new();
    let same_names = rank(&strong.source) > 0 || strong.source == weak.source;
    strong.security = strong.security.take().or(weak.security);
    for field in weak.fields {
        let known = strong.fields.iter_mut().find(|it| it.column.unwrap_or(it.name) == field.name || it.name == field.name);
        match (known, &field.ty) {
            (Some(known), _) if known.is_scalar() => {
                known.max_length = known.max_length.or(field.max_length);
                if field.default == Some(FieldDefault::Caller) || known.default.is_none() {
                    known.default = field.default.or(known.default.take());
                }
            }
            (Some(_), _) => {}
            (None, FieldType::Relation(relation)) => {
                let column = relation.fields.first().copied().filter(|_| relation.fields.len() == 1);
                let ours = column.and_then(|it| strong.field(it)).map(|it| it.name);
                let has =
                    strong.fields.iter().filter_map(|it| it.relation()).any(|it| ours.is_some_and(|ours| it.fields == [ours]));
                match ours {
                    Some(ours) if !has && same_names => {
                        references.push((ours, relation.to));
                        strong.fields.push(field);
                    }
                    Some(ours) if !has => references.push((ours, relation.to)),
                    _ => {}
                }
            }
            (None, _) if same_names => strong.fields.push(field),
            (None, _) => {}
        }
    }
    if same_names || strong.uniques.is_empty() {
        for unique in weak.uniques {
            strong.add_unique(unique.fields, unique.name, unique.primary);
        }
    }
    references
}
