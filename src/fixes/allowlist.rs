//! The field allowlist: names the fields of a write instead of taking whatever the client sends.

use super::place::Around;
use super::style::{Style, indentation};
use super::{Applicability, Fix, FixContext, TextEdit, is_shorthand};
use crate::base::{Loc, Name, Span};
use crate::ir::{Expr, Key, Pattern, Prop, Stmt};
use crate::schema::{Entity, FieldType, Sensitivity};
use crate::values::Op;

/// Replaces the whole client object at `at` by named fields of the access's entity.
pub(super) fn plan(context: &FixContext<'_>, access: u32, at: Loc) -> Option<Fix> {
    let access = context.trace.accesses.get(access as usize)?;
    // `document.save()`: what it writes was set elsewhere.
    if at == access.loc {
        return None;
    }
    let entity = context.schema.find(access.query.entity?)?;
    let around = context.around(at)?;
    let source = around.source.clone();
    let style = Style::of(&source.text);
    let creates = matches!(access.query.op, Op::Create);
    let fields = allowed(entity, creates);
    let targets = targets(&around, at);
    let mut edits = Vec::new();
    let mut named: Vec<Name> = Vec::new();
    for (relative, spread) in targets {
        let span = around.absolute(relative);
        let text = around.text(relative);
        let mut taken = if spread { keys_beside(&source.text, span) } else { Vec::new() };
        taken.extend(taken_out(&around, text));
        let fields: Vec<Name> = fields.iter().copied().filter(|it| !taken.iter().any(|key| it == key.as_str())).collect();
        if fields.is_empty() {
            return None;
        }
        let base = if is_path(text) {
            text.to_owned()
        } else {
            // `await req.json()` has no name yet.
            let statement = around.absolute(around.statement(relative)?);
            let indent = indentation(&source.text, statement.start as usize);
            let body = around.free_in_function("body");
            edits.push(TextEdit {
                file: at.file,
                span: Span::new(statement.start, statement.start),
                text: format!("const {body} = {text}{}\n{indent}", style.end()),
            });
            body
        };
        let pairs: Vec<String> = fields.iter().map(|field| format!("{field}: {base}.{field}")).collect();
        let (start, new) =
            if spread { (span.start - 3, pairs.join(", ")) } else { (span.start, format!("{{ {} }}", pairs.join(", "))) };
        let shorthand = !spread && is_shorthand(&source.text, span);
        let new = if shorthand { format!("{text}: {new}") } else { new };
        edits.push(TextEdit { file: at.file, span: Span::new(start, span.end), text: new });
        named.extend(fields);
    }
    if edits.is_empty() {
        return None;
    }
    edits.sort_by_key(|it| it.span);
    named.sort();
    named.dedup();
    let names: Vec<&str> = named.iter().map(|it| it.as_str()).collect();
    Some(Fix { title: format!("Write only {}", names.join(", ")), applicability: Applicability::Review, edits })
}

/// What has to be replaced: the spreads of the payload's object literal, or the whole payload where it is none. The flag says which.
fn targets(around: &Around, at: Loc) -> Vec<(Span, bool)> {
    let literal = around.item.expr_at(at.node).map(|it| around.item.expr(it));
    match literal {
        Some(Expr::Object(props)) => props
            .iter()
            .filter_map(|prop| match prop {
                // Only what is spread whole: `...(condition && { a })` names its fields.
                Prop::Spread(expr)
                    if matches!(around.item.expr(*expr), Expr::Local(_) | Expr::Member { .. } | Expr::Await(_)) =>
                {
                    Some((around.item.expr_span(*expr), true))
                }
                _ => None,
            })
            .collect(),
        _ => vec![(around.span, false)],
    }
}

/// Fields of an entity that a client may set: no relation, nothing privileged or secret; a key of another record only where a new one
/// cannot be without it.
fn allowed(entity: &Entity, creates: bool) -> Vec<Name> {
    entity
        .fields
        .iter()
        .filter(|field| !matches!(field.ty, FieldType::Relation(_)) && !field.name.contains('.'))
        .filter(|field| field.privilege.is_none() && field.sensitivity != Sensitivity::Secret)
        .filter(|field| entity.foreign_key(field.name).is_none() || (creates && !field.nullable && field.default.is_none()))
        .map(|field| field.name)
        .collect()
}

/// Keys that are not in what a pattern leaves over: `title` of `const { title, ...rest } = req.body`.
fn taken_out(around: &Around, rest: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for stmt in &around.item.stmts {
        let Stmt::Let { pattern: Pattern::Object { props, rest: Some(left) }, .. } = stmt else { continue };
        let Pattern::Local(local) = **left else { continue };
        let local = around.item.local(local);
        if local.owner == around.function && local.name == rest {
            keys.extend(props.iter().filter_map(|(key, _)| match key {
                Key::Name(name) => Some(name.to_string()),
                Key::Computed(_) => None,
            }));
        }
    }
    keys
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
fn is_path(text: &str) -> bool {
    text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '$' | '.'))
}
