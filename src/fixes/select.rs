//! The projection: names the fields that come back.

use super::{Applicability, Fix, FixContext, TextEdit};
use crate::base::Span;
use crate::schema::{Entity, FieldType, Sensitivity};

/// Names the fields of the access that may be shown.
pub(super) fn plan(context: &FixContext<'_>, access: u32) -> Option<Fix> {
    let access = context.trace.accesses.get(access as usize)?;
    let entity = context.schema.find(access.query.entity?)?;
    let names = shown(entity);
    if names.is_empty() {
        return None;
    }
    if let Some(loc) = access.query.projection_loc {
        // A text of columns: `"*"`.
        let (span, text) = context.text_at(loc)?;
        let quote = text.chars().next().filter(|it| matches!(it, '"' | '\'' | '`'))?;
        if text.trim_matches(quote) != "*" {
            return None;
        }
        return Some(fix(&names, TextEdit { file: loc.file, span, text: format!("{quote}{}{quote}", names.join(", ")) }));
    }
    if !access.query.projection.related.is_empty() {
        return None;
    }
    let (source, span) = context.absolute(access.loc)?;
    let call = source.text.get(span.start as usize..span.end as usize)?;
    let select = format!("select: {{ {} }}", names.iter().map(|it| format!("{it}: true")).collect::<Vec<_>>().join(", "));
    let (at, text) = if call.ends_with("()") {
        (span.end - 1, format!("{{ {select} }}"))
    } else {
        let inner = call.strip_suffix("})")?.trim_end();
        let comma = if inner.ends_with(',') || inner.ends_with('{') { "" } else { "," };
        let line = if call.contains('\n') {
            let indent = call.lines().nth(1).map_or("", |line| &line[..line.len() - line.trim_start().len()]);
            format!("{comma}\n{indent}{select},")
        } else {
            format!("{comma} {select}")
        };
        (span.start + inner.len() as u32, line)
    };
    Some(fix(&names, TextEdit { file: access.loc.file, span: Span::new(at, at), text }))
}

fn fix(names: &[&str], edit: TextEdit) -> Fix {
    Fix { title: format!("Answer only with {}", names.join(", ")), applicability: Applicability::Review, edits: vec![edit] }
}

/// Fields that may be shown to others.
fn shown(entity: &Entity) -> Vec<&'static str> {
    entity
        .fields
        .iter()
        .filter(|field| !matches!(field.ty, FieldType::Relation(_)) && field.sensitivity == Sensitivity::None)
        .map(|field| field.name.as_str())
        .collect()
}
