//! The field allowlist: names the fields of a write instead of taking whatever the client sends.

use super::style::{Style, indentation};
use super::{Applicability, Fix, FixContext, TextEdit};
use crate::base::{Loc, Name, Span};
use crate::schema::{Entity, FieldType, Sensitivity};

/// Replaces the whole client object at `at` by named fields of the access's entity.
pub(super) fn plan(context: &FixContext<'_>, access: u32, at: Loc) -> Option<Fix> {
    let access = context.trace.accesses.get(access as usize)?;
    let entity = context.schema.find(access.query.entity?)?;
    let (source, span) = context.absolute(at)?;
    let text = source.text.get(span.start as usize..span.end as usize)?;
    let style = Style::of(&source.text);
    let spread = source.text[..span.start as usize].ends_with("...");
    let taken = if spread { keys_beside(&source.text, span) } else { Vec::new() };
    let fields: Vec<Name> = allowed(entity).into_iter().filter(|it| !taken.iter().any(|key| it == key.as_str())).collect();
    if fields.is_empty() {
        return None;
    }
    let mut edits = Vec::new();
    let base = if is_path(text) {
        text.to_owned()
    } else {
        // `await req.json()` has no name yet.
        let around = context.around(at)?;
        let statement = around.absolute(around.statement(at.span)?);
        let indent = indentation(&source.text, statement.start as usize);
        edits.push(TextEdit {
            file: at.file,
            span: Span::new(statement.start, statement.start),
            text: format!("const body = {text}{}\n{indent}", style.end()),
        });
        "body".to_owned()
    };
    let pairs: Vec<String> = fields.iter().map(|field| format!("{field}: {base}.{field}")).collect();
    let (start, new) =
        if spread { (span.start - 3, pairs.join(", ")) } else { (span.start, format!("{{ {} }}", pairs.join(", "))) };
    let shorthand = !spread && context.is_shorthand(at);
    let new = if shorthand { format!("{text}: {new}") } else { new };
    edits.push(TextEdit { file: at.file, span: Span::new(start, span.end), text: new });
    let names: Vec<&str> = fields.iter().map(|it| it.as_str()).collect();
    Some(Fix { title: format!("Write only {}", names.join(", ")), applicability: Applicability::Review, edits })
}

/// Fields of an entity that a client may set: no relation, no key of another record, nothing privileged or secret.
pub(super) fn allowed(entity: &Entity) -> Vec<Name> {
    entity
        .fields
        .iter()
        .filter(|field| !matches!(field.ty, FieldType::Relation(_)))
        .filter(|field| field.privilege.is_none() && field.sensitivity != Sensitivity::Secret)
        .filter(|field| entity.foreign_key(field.name).is_none())
        .map(|field| field.name)
        .collect()
}

/// Keys that stand beside a spread in its object.
fn keys_beside(text: &str, span: Span) -> Vec<String> {
    let before = &text[..span.start as usize];
    let Some(open) = before.rfind('{') else { return Vec::new() };
    let after = &text[span.end as usize..];
    let close = after.find('}').unwrap_or(0);
    let mut keys = Vec::new();
    for part in before[open + 1..].split(',').chain(after[..close].split(',')) {
        let key = part.trim().split(':').next().unwrap_or("").trim();
        if !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || it == '_') {
            keys.push(key.to_owned());
        }
    }
    keys
}

/// Whether an expression is a plain name or a path of names.
pub(super) fn is_path(text: &str) -> bool {
    text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '$' | '.'))
}
