//! The column text of `select`.

use crate::base::Name;
use crate::schema::{Entity, Schema};
use crate::values::{Filter, Include, Projection, Shape, Value};

/// What a column text lets out.
#[derive(Default)]
pub(super) struct Columns {
    /// The projection.
    pub projection: Projection,
    /// Related tables without whose rows a record does not come back (`list!inner`), as paths of keys with dots.
    pub inner: Vec<String>,
}

/// Reads the argument of `select`; of several texts, what any of them lets out.
pub(super) fn read(value: Option<&Value>, entity: Option<&Entity>, schema: &Schema) -> Columns {
    let mut columns = Columns::default();
    let Some(value) = value.filter(|it| it.shape != Shape::Nullish) else {
        columns.projection.whole = true;
        return columns;
    };
    let mut inner: Option<Vec<String>> = None;
    for value in value.alternatives() {
        match &value.shape {
            Shape::Nullish => columns.projection.whole = true,
            Shape::Str(text) => {
                let mut reader = Reader { schema, inner: Vec::new() };
                reader.level(text, entity, "", &mut columns.projection);
                let required = reader.inner;
                // What only one of the texts asks for is not asked for certain.
                inner = Some(match inner {
                    Some(earlier) => earlier.into_iter().filter(|it| required.contains(it)).collect(),
                    None => required,
                });
            }
            _ => columns.projection.opaque = true,
        }
    }
    columns.inner = if columns.projection.opaque { Vec::new() } else { inner.unwrap_or_default() };
    columns
}

/// Reads one text.
struct Reader<'a> {
    schema: &'a Schema,
    inner: Vec<String>,
}

impl Reader<'_> {
    fn level(&mut self, text: &str, entity: Option<&Entity>, path: &str, into: &mut Projection) {
        for item in parts(text, ',') {
            let item = item.trim();
            let item = item.strip_prefix("...").unwrap_or(item).trim();
            match item {
                "" => {}
                "*" => into.whole = true,
                _ => match item.find('(') {
                    Some(open) => {
                        // The item ends with the bracket that closes the embedded columns.
                        let below = item[open + 1..].strip_suffix(')').unwrap_or(&item[open + 1..]);
                        self.embedded(&item[..open], below, entity, path, into);
                    }
                    None => field(item, into),
                },
            }
        }
    }

    fn embedded(&mut self, head: &str, body: &str, entity: Option<&Entity>, path: &str, into: &mut Projection) {
        let (alias, name) = aliased(head);
        if body.trim().is_empty() {
            // `count()`, `amount.sum()`: no record comes out, but the least and the greatest are values of one.
            if let Some((column, "max" | "min")) = name.rsplit_once('.') {
                field(column, into);
            }
            return;
        }
        let mut hints = name.split('!').map(str::trim);
        let relation = Name::new(hints.next().unwrap_or(""));
        let required = hints.any(|hint| hint == "inner");
        let key = alias.map_or(relation, Name::new);
        // A column that holds the key names the relation as well.
        let named = entity.and_then(|entity| entity.relation(relation).or_else(|| entity.foreign_key(relation)));
        let to = named.and_then(|(_, it)| self.schema.find(it.to)).or_else(|| self.schema.find(relation));
        let relation = named.map_or(relation, |(field, _)| field.name);
        let below = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        if required {
            self.inner.push(below.clone());
        }
        let mut projection = Projection::default();
        self.level(body, to, &below, &mut projection);
        into.related.push(Include { key, relation, filter: Filter::All, projection });
    }
}

fn field(item: &str, into: &mut Projection) {
    let (_, column) = aliased(item);
    let column = column.split("->").next().unwrap_or(column).trim();
    let name = Name::new(column);
    if !column.is_empty() && !into.fields.contains(&name) {
        into.fields.push(name);
    }
}

/// `alias:name::cast` as alias and name.
fn aliased(item: &str) -> (Option<&str>, &str) {
    let item = item.split("::").next().unwrap_or(item).trim();
    match item.split_once(':') {
        Some((alias, name)) => (Some(alias.trim()), name.trim()),
        None => (None, item),
    }
}

/// The parts of a text between separators that stand in no bracket and no quotes.
pub(super) fn parts(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut start) = (0_usize, false, 0);
    let mut parts = Vec::new();
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            '(' | '{' if !quoted => depth += 1,
            ')' | '}' if !quoted => depth = depth.saturating_sub(1),
            _ if letter == separator && depth == 0 && !quoted => {
                parts.push(&text[start..at]);
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
