//! Selectors: what `where`, a criterion, `relations` and `select` mean.

use super::target;
use crate::base::{Loc, Name};
use crate::schema::{Entity, EntityClass, FieldType, Schema};
use crate::values::{Filter, Include, Object, Projection, Quantifier, Shape, Test, Value};

/// Reads selectors.
pub(super) struct Reader<'a> {
    pub schema: &'a Schema,
}

impl<'a> Reader<'a> {
    /// `where`: an object, or several of which one must hold.
    pub fn filter(&self, value: &Value, entity: Option<&Entity>) -> Filter {
        if let Some(parts) = target::elements(value) {
            return Filter::Or(parts.iter().map(|it| self.filter(it, entity)).collect());
        }
        match &value.shape {
            Shape::Object(object) => self.object(object, entity),
            Shape::Nullish => Filter::All,
            Shape::OneOf(values) => {
                let mut ways: Vec<Filter> = Vec::new();
                for value in values.iter() {
                    let way = self.filter(value, entity);
                    if !ways.contains(&way) {
                        ways.push(way);
                    }
                }
                if ways.len() == 1 { ways.remove(0) } else { Filter::Or(ways) }
            }
            _ => Filter::Opaque(vec![value.clone()]),
        }
    }

    /// A criterion: a key, several keys, or a selector.
    pub fn criteria(&self, value: &Value, entity: Option<&Entity>, loc: Option<Loc>) -> Filter {
        let key = entity.and_then(Entity::primary_key).unwrap_or_else(|| Name::new("id"));
        match &value.shape {
            Shape::Object(_) => self.filter(value, entity),
            Shape::Array(_) | Shape::List(_) => Filter::Field { field: key, test: Test::In, value: value.clone(), loc },
            _ => Filter::equal(key, value.clone(), loc),
        }
    }

    fn object(&self, object: &Object, entity: Option<&Entity>) -> Filter {
        let mut filter = Filter::All;
        for spread in &object.spreads {
            filter = filter.and(self.filter(spread, entity));
        }
        for (name, value) in &object.fields {
            filter = filter.and(self.condition(*name, value, object.loc_of(name), entity));
        }
        if object.computed { filter.and(Filter::Opaque(Vec::new())) } else { filter }
    }

    fn condition(&self, name: Name, value: &Value, loc: Option<Loc>, entity: Option<&Entity>) -> Filter {
        let field = |test: Test, value: &Value| Filter::Field { field: name, test, value: value.clone(), loc };
        match &value.shape {
            Shape::Lib(lib) if lib.owner == *super::ID && lib.kind == "operator" => {
                let arg = lib.get("0").cloned().unwrap_or_else(Value::nullish);
                match lib.get("name").and_then(Value::as_str).unwrap_or("") {
                    "Equal" => field(Test::Equal, &arg),
                    "In" | "Any" => field(Test::In, &arg),
                    "Not" => match self.condition(name, &arg, loc, entity) {
                        Filter::Field { field, test: Test::Equal, value, loc } => {
                            Filter::Field { field, test: Test::NotEqual, value, loc }
                        }
                        other => Filter::Not(Box::new(other)),
                    },
                    "IsNull" => Filter::Field { field: name, test: Test::Other, value: Value::str("null"), loc },
                    "And" => {
                        let all = (0..).map_while(|index| lib.get(&index.to_string()));
                        all.fold(Filter::All, |filter, it| filter.and(self.condition(name, it, loc, entity)))
                    }
                    _ => field(Test::Other, &arg),
                }
            }
            Shape::Object(inner) => {
                let relation = entity.and_then(|it| it.relation(name));
                let column = entity.and_then(|it| it.field(name)).is_some_and(|it| !matches!(it.ty, FieldType::Relation(_)));
                if column {
                    return field(Test::Other, value);
                }
                let to = relation.and_then(|(_, relation)| self.schema.find(relation.to));
                let filter = Box::new(self.object(inner, to));
                Filter::Related { relation: name, quantifier: Quantifier::Some, filter }
            }
            Shape::OneOf(values) if values.iter().any(|it| matches!(it.shape, Shape::Object(_) | Shape::Lib(_))) => {
                let mut ways: Vec<Filter> = Vec::new();
                for value in values.iter() {
                    // What is absent asks for nothing.
                    let way = if value.shape == Shape::Nullish { Filter::All } else { self.condition(name, value, loc, entity) };
                    if !ways.contains(&way) {
                        ways.push(way);
                    }
                }
                if ways.len() == 1 { ways.remove(0) } else { Filter::Or(ways) }
            }
            _ => field(Test::Equal, value),
        }
    }
}

/// What comes back of a read with these options.
pub(super) fn projection(
    options: Option<&Object>,
    about: Option<&EntityClass>,
    entity: Option<&Entity>,
    schema: &Schema,
) -> Projection {
    let mut projection = whole(about);
    let get = |key: &str| options.and_then(|it| it.get(key)).filter(|it| it.shape != Shape::Nullish);
    for name in about.iter().flat_map(|it| &it.eager) {
        include(&mut projection, &[*name], entity, schema);
    }
    if let Some(relations) = get("relations") {
        for path in paths(relations, &[]) {
            include(&mut projection, &path, entity, schema);
        }
    }
    if let Some(select) = get("select") {
        selected(&mut projection, select);
    }
    projection.opaque |= options.is_some_and(|it| !it.spreads.is_empty() && it.get("select").is_none());
    projection
}

/// All columns that are not hidden.
pub(super) fn whole(about: Option<&EntityClass>) -> Projection {
    Projection { omit: about.map(|it| it.hidden.clone()).unwrap_or_default(), ..Projection::whole() }
}

/// The paths that `relations` names: `['user', 'user.profile']`, `{ user: { profile: true } }`.
fn paths(value: &Value, above: &[Name]) -> Vec<Vec<Name>> {
    let mut found = Vec::new();
    match &value.shape {
        Shape::Array(all) => {
            for text in all.iter().filter_map(Value::as_str) {
                found.push(text.split('.').map(Name::new).collect());
            }
        }
        Shape::Object(object) => {
            for (name, inner) in &object.fields {
                if inner.truth.known == Some(false) {
                    continue;
                }
                let path: Vec<Name> = above.iter().copied().chain([*name]).collect();
                found.push(path.clone());
                found.extend(paths(inner, &path));
            }
        }
        _ => {}
    }
    found
}

/// Puts the relation at `path` into what comes back.
pub(super) fn include(projection: &mut Projection, path: &[Name], entity: Option<&Entity>, schema: &Schema) {
    let Some((first, rest)) = path.split_first() else { return };
    let to = entity.and_then(|it| it.relation(*first)).and_then(|(_, relation)| schema.find(relation.to));
    if !projection.related.iter().any(|it| it.key == *first) {
        let about = to.and_then(|to| schema.classes.values().find(|it| it.name == to.name));
        let include = Include { key: *first, relation: *first, filter: Filter::All, projection: whole(about) };
        projection.related.push(include);
    }
    if let Some(known) = projection.related.iter_mut().find(|it| it.key == *first) {
        include(&mut known.projection, rest, to, schema);
    }
}

/// `select: { id: true, user: { name: true } }`, `select: ['id', 'name']`
fn selected(projection: &mut Projection, select: &Value) {
    let take = |projection: &mut Projection, names: Vec<Name>| {
        (projection.whole, projection.fields) = (false, names);
        projection.omit.clear();
    };
    match &select.shape {
        Shape::Array(all) => take(projection, all.iter().filter_map(|it| it.as_str().map(Name::new)).collect()),
        Shape::Object(object) => {
            let mut names = Vec::new();
            for (name, value) in &object.fields {
                match projection.related.iter_mut().find(|it| it.key == *name) {
                    Some(include) if value.as_object().is_some() => selected(&mut include.projection, value),
                    Some(_) => {}
                    None if value.truth.known != Some(false) => names.push(*name),
                    None => {}
                }
            }
            // A selection of relations alone leaves the record's own columns out, too.
            take(projection, names);
            projection.opaque |= !object.is_closed();
        }
        _ => projection.opaque = true,
    }
}
