//! Projections: `"name -secret +hidden"`, `{ name: 1 }`, `["name"]`.

use crate::base::Name;
use crate::values::{Projection, Shape, Value};

/// Applies a projection to what would come back without it. Names that it takes back from `omit` are those with a `+`.
pub(crate) fn project(projection: &mut Projection, value: &Value) {
    let Some(paths) = paths(value) else {
        if value.shape != Shape::Nullish {
            projection.opaque = true;
        }
        return;
    };
    let only: Vec<Name> = paths.iter().filter(|(sign, _)| *sign == Sign::Only).map(|(_, name)| *name).collect();
    if !only.is_empty() && (projection.whole || projection.fields.is_empty()) {
        projection.whole = false;
        projection.fields = only.into_iter().filter(|name| !projection.omit.contains(name)).collect();
    } else {
        projection.fields.extend(only);
    }
    for (sign, name) in paths {
        match sign {
            Sign::Without if projection.whole => projection.omit.push(name),
            Sign::Too => projection.omit.retain(|it| *it != name),
            _ => {}
        }
    }
}

/// Leaves fields out of whatever comes back.
pub(crate) fn leave_out(projection: &mut Projection, names: impl IntoIterator<Item = Name>) {
    for name in names {
        if !projection.omit.contains(&name) {
            projection.omit.push(name);
        }
    }
}

/// What a projection says of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// It, and what else is named.
    Only,
    /// All but it.
    Without,
    /// It too, although it is hidden.
    Too,
}

/// The paths of a projection; `None` if it cannot be read.
pub(crate) fn paths(value: &Value) -> Option<Vec<(Sign, Name)>> {
    match &value.shape {
        Shape::Str(text) => Some(text.split_whitespace().map(signed).collect()),
        Shape::Array(parts) => parts.iter().map(|part| part.as_str().map(signed)).collect(),
        Shape::Object(object) if object.is_closed() => Some(
            object
                .fields
                .iter()
                .map(|(name, value)| match &value.shape {
                    Shape::Num(number) if &**number == "0" => (Sign::Without, *name),
                    Shape::Bool(false) => (Sign::Without, *name),
                    _ => (signed(name).0, signed(name).1),
                })
                // The key comes along unless it is refused; it says nothing of the other fields.
                .filter(|(sign, name)| !(*sign == Sign::Without && *name == "_id"))
                .collect(),
        ),
        _ => None,
    }
}

fn signed(path: &str) -> (Sign, Name) {
    match path.strip_prefix('-') {
        Some(name) => (Sign::Without, Name::new(name)),
        None => match path.strip_prefix('+') {
            Some(name) => (Sign::Too, Name::new(name)),
            None => (Sign::Only, Name::new(path)),
        },
    }
}
