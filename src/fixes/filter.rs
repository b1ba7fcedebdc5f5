//! The ownership filter: ties an access to the caller in its own query.

use super::place::Around;
use super::refusal::refusal;
use super::style::{Style, indentation};
use super::{Applicability, Fix, FixContext, TextEdit};
use crate::base::Name;
use crate::base::Span;
use crate::ir::{Expr, ExprId};
use crate::schema::OwnerPath;
use crate::values::{Access, Filter, Op, ResultForm};

/// Ties the access to the caller.
///
/// `column`: the owner's, as other routes name it, where no schema does.
pub(super) fn plan(context: &FixContext<'_>, access: u32, column: Option<Name>) -> Option<Fix> {
    let access = context.trace.accesses.get(access as usize)?;
    let identity = access.identity.as_deref()?;
    let entity = context.schema.find(access.query.entity?);
    if matches!(access.query.op, Op::Create | Op::Call) {
        return None;
    }
    let named = column.map(|column| OwnerPath { steps: Vec::new(), column, principal: None, by_name: true });
    let owners = entity.map_or(named.as_slice(), |it| it.owners.as_slice());
    let owner = owners.first()?;
    let chain = || in_chain(context, access, owner, identity);
    let by_key = || by_key(context, access, owner, identity);
    by_key()
        .or_else(|| in_query(context, access, owner, identity))
        .or_else(chain)
        .or_else(|| after_fetch(context, access, owners, identity))
}

fn in_query(context: &FixContext<'_>, access: &Access, owner: &OwnerPath, identity: &str) -> Option<Fix> {
    let (span, text) = context.text_at(access.query.filter_loc?)?;
    let (source, _) = context.absolute(access.query.filter_loc?)?;
    let style = Style::of(&source.text);
    let edit = if text.starts_with('{') && text.ends_with('}') {
        object_filter(&text, span, owner, identity)?
    } else if text.ends_with(')') && owner.steps.is_empty() {
        // A builder: one more condition after the last one.
        let column = style.string(&owner.column);
        let condition = match access.query.layer.as_str() {
            "firestore" if text.starts_with("where(") => return None,
            "firestore" => format!(".where({column}, {}, {identity})", style.string("==")),
            "mongoose" => return None,
            _ => format!(".eq({column}, {identity})"),
        };
        TextEdit {
            file: access.loc.file,
            span: Span::new(span.end, span.end),
            text: format!("{}{condition}", line_break(&source.text, span)),
        }
    } else {
        return None;
    };
    let file = access.query.filter_loc?.file;
    Some(Fix {
        title: format!("Filter by the owner: {}", described(owner, identity)),
        // A request for one's own data finds it as before; one for another's finds nothing. Through relations, whom a record is
        // shared with might find less.
        applicability: if owner.steps.is_empty() && !owner.by_name { Applicability::Safe } else { Applicability::Review },
        edits: vec![TextEdit { file, ..edit }],
    })
}

/// `findById(id)` takes nothing but a key: `findOne({ _id: id, user: me })` says the same and more.
fn by_key(context: &FixContext<'_>, access: &Access, owner: &OwnerPath, identity: &str) -> Option<Fix> {
    const BY_KEY: &[(&str, &str)] =
        &[("findById", "findOne"), ("findByIdAndUpdate", "findOneAndUpdate"), ("findByIdAndDelete", "findOneAndDelete")];
    if access.query.layer != "mongoose" || !owner.steps.is_empty() {
        return None;
    }
    let (key, text) = context.text_at(access.query.filter_loc?)?;
    let (source, _) = context.absolute(access.query.filter_loc?)?;
    let before = source.text.get(..key.start as usize)?.trim_end().strip_suffix('(')?;
    let (old, new) = BY_KEY.iter().find(|(old, _)| before.ends_with(&format!(".{old}")))?;
    let name = Span::new((before.len() - old.len()) as u32, before.len() as u32);
    let file = access.query.filter_loc?.file;
    let condition = condition(owner, identity);
    Some(Fix {
        title: format!("Filter by the owner: {}", described(owner, identity)),
        applicability: Applicability::Safe,
        edits: vec![
            TextEdit { file, span: name, text: (*new).to_owned() },
            TextEdit { file, span: key, text: format!("{{ _id: {text}, {condition} }}") },
        ],
    })
}

/// One more condition in a chain of calls: after the last condition, or after the call that says what is done.
fn in_chain(context: &FixContext<'_>, access: &Access, owner: &OwnerPath, identity: &str) -> Option<Fix> {
    // A condition on another table would need it embedded with `!inner`.
    if access.query.layer != "supabase" || !owner.steps.is_empty() || matches!(access.query.op, Op::Upsert) {
        return None;
    }
    let around = context.around(access.loc)?;
    let conjuncts = access.query.filter.conjuncts();
    let on_owner = |it: &&Filter| matches!(it, Filter::Field { field, .. } if *field == owner.column);
    if conjuncts.iter().any(on_owner) {
        return None;
    }
    // The calls of the chain, with the name of each method; the last call first.
    let item = &around.item;
    let index = item
        .expr_spans
        .iter()
        .enumerate()
        .filter(|(index, span)| matches!(item.exprs[*index], Expr::Call { .. }) && around.span.contains(**span));
    let (index, _) = index.max_by_key(|(_, span)| span.len())?;
    let mut calls = Vec::new();
    let mut at = ExprId(index as u32);
    while let Expr::Call { callee, .. } = item.expr(at) {
        let Expr::Member { object, name, .. } = item.expr(*callee) else { break };
        calls.push((*name, item.expr_span(at).end, item.expr_span(*object).end));
        at = *object;
    }
    // A chain that begins elsewhere has its conditions elsewhere.
    let from = calls.iter().position(|(name, ..)| *name == "from")?;
    let chain = &calls[..from];
    let last = chain.iter().find(|(name, ..)| is_condition(name)).or_else(|| chain.last())?;
    let style = Style::of(&around.source.text);
    let between = around.source.text.get((last.2 + around.start) as usize..(last.1 + around.start) as usize)?;
    let gap = &between[..between.find('.')?];
    // Only white space may be repeated.
    let gap = if gap.trim().is_empty() { gap } else { "" };
    let end = last.1 + around.start;
    let text = format!("{gap}.eq({}, {identity})", style.string(&owner.column));
    Some(Fix {
        title: format!("Filter by the owner: {}", described(owner, identity)),
        applicability: Applicability::Safe,
        edits: vec![TextEdit { file: access.loc.file, span: Span::new(end, end), text }],
    })
}

/// Whether a method of a chain is a condition.
fn is_condition(name: &str) -> bool {
    matches!(
        name,
        "eq" | "neq" | "gt" | "gte" | "lt" | "lte" | "like" | "ilike" | "is" | "in" | "match" | "filter" | "not" | "or"
    )
}

/// Adds the condition to an object of conditions.
fn object_filter(text: &str, span: Span, owner: &OwnerPath, identity: &str) -> Option<TextEdit> {
    let condition = condition(owner, identity);
    let inner = text[1..text.len() - 1].trim_end();
    let file = crate::base::FileId(0);
    if let Some(at) = own_key(text, owner) {
        // The condition is there, with the client's value.
        return Some(TextEdit { file, span: Span::new(span.start + at.start, span.start + at.end), text: condition });
    }
    let multi_line = text.contains('\n');
    let (at, new) = if inner.trim().is_empty() {
        (1, format!(" {condition} "))
    } else if multi_line {
        let indent = text.lines().nth(1).map_or("", |line| &line[..line.len() - line.trim_start().len()]);
        let comma = if inner.ends_with(',') { "" } else { "," };
        (1 + inner.len(), format!("{comma}\n{indent}{condition},"))
    } else {
        let comma = if inner.ends_with(',') { "" } else { "," };
        (1 + inner.len(), format!("{comma} {condition}"))
    };
    let at = span.start + at as u32;
    let end = if inner.trim().is_empty() { span.end - 1 } else { at };
    Some(TextEdit { file, span: Span::new(at, end), text: new })
}

/// Where the owner's own column is already a key of the object: `userId` or `userId: …`.
fn own_key(text: &str, owner: &OwnerPath) -> Option<Span> {
    if !owner.steps.is_empty() {
        return None;
    }
    let column = owner.column.as_str();
    let mut from = 1;
    while let Some(found) = text[from..].find(column) {
        let start = from + found;
        let end = start + column.len();
        let before = text[..start].trim_end();
        let after = text[end..].trim_start();
        if before.ends_with(['{', ',']) && after.starts_with([',', '}']) {
            return Some(Span::new(start as u32, end as u32));
        }
        if before.ends_with(['{', ',']) && after.starts_with(':') {
            let value = end + text[end..].find(':')? + 1;
            let stop = value + text[value..].find([',', '}', '\n'])?;
            return Some(Span::new(start as u32, (value + text[value..stop].trim_end().len()) as u32));
        }
        from = end;
    }
    None
}

/// The condition as an object's field, through relations where the owner is some steps away.
fn condition(owner: &OwnerPath, identity: &str) -> String {
    let column = owner.column.as_str();
    let mut inner = if column == identity { column.to_owned() } else { format!("{column}: {identity}") };
    for step in owner.steps.iter().rev() {
        inner = if step.many {
            format!("{}: {{ some: {{ {inner} }} }}", step.relation)
        } else {
            format!("{}: {{ {inner} }}", step.relation)
        };
    }
    inner
}

fn described(owner: &OwnerPath, identity: &str) -> String {
    let mut path: Vec<&str> = owner.steps.iter().map(|step| step.relation.as_str()).collect();
    path.push(owner.column.as_str());
    format!("{} = {identity}", path.join("."))
}

/// The white space before another call of a chain that is written over several lines.
fn line_break(text: &str, span: Span) -> String {
    let before = &text[..span.start as usize];
    let call = &text[span.start as usize..span.end as usize];
    let line = before.rfind('\n').map_or("", |at| &before[at + 1..]);
    if line.trim().is_empty() && call.trim_start().starts_with('.') {
        return format!("\n{}", indentation(text, span.start as usize));
    }
    match call.rfind("\n") {
        Some(at) => {
            let last = &call[at + 1..];
            format!("\n{}", &last[..last.len() - last.trim_start().len()])
        }
        None => String::new(),
    }
}

/// A check of the fetched record, where the query cannot carry the condition.
fn after_fetch(context: &FixContext<'_>, access: &Access, owners: &[OwnerPath], identity: &str) -> Option<Fix> {
    let owner = owners.iter().find(|it| it.steps.is_empty())?;
    if access.query.op != Op::Read || !access.query.single || !access.query.projection.has(owner.column) {
        return None;
    }
    let around = context.around(access.loc)?;
    let style = Style::of(&around.source.text);
    let statement = around.statement(around.span)?;
    let (name, whole) = bound_name(&around, statement)?;
    // What the layer hands over is not always the record itself.
    let name = match access.query.result {
        ResultForm::Snapshot if access.query.layer == "firestore" => format!("{name}.data()"),
        ResultForm::Snapshot => format!("{name}.val()"),
        ResultForm::Item if whole => format!("{name}.Item"),
        _ => name,
    };
    let leave = refusal(&around, &context.trace.route.framework, style, 404, "Not found")?;
    let absolute = around.absolute(statement);
    let indent = indentation(&around.source.text, absolute.start as usize);
    let text = format!("\n{indent}if ({name}?.{} !== {identity}) {leave}", owner.column);
    Some(Fix {
        title: format!("Answer 404 unless {name}.{} is {identity}", owner.column),
        applicability: Applicability::Safe,
        edits: vec![TextEdit { file: access.loc.file, span: Span::new(absolute.end, absolute.end), text }],
    })
}

/// The variable that a declaration binds: `const todo = …`, `const { data: todo } = …`.
/// With it, whether it is the whole result.
fn bound_name(around: &Around, statement: Span) -> Option<(String, bool)> {
    let text = around.text(statement);
    let rest = text.strip_prefix("const ").or_else(|| text.strip_prefix("let "))?;
    let pattern = rest.split('=').next()?.trim();
    if pattern.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '$') {
        return Some((pattern.to_owned(), true));
    }
    let inner = pattern.strip_prefix('{')?.trim_end().strip_suffix('}')?;
    inner.split(',').find_map(|part| {
        let part = part.trim();
        match part.split_once(':') {
            Some((key, name)) if matches!(key.trim(), "data" | "Item") => Some((name.trim().to_owned(), false)),
            None if matches!(part, "data" | "Item") => Some((part.to_owned(), false)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Name;
    use crate::schema::OwnerStep;

    fn own() -> OwnerPath {
        OwnerPath { steps: Vec::new(), column: Name::new("userId"), principal: None, by_name: false }
    }

    fn applied(text: &str, owner: &OwnerPath) -> String {
        let edit = object_filter(text, Span::new(0, text.len() as u32), owner, "req.userId").expect("an edit");
        format!("{}{}{}", &text[..edit.span.start as usize], edit.text, &text[edit.span.end as usize..])
    }

    #[test]
    fn the_condition_joins_those_that_are_there() {
        assert_eq!(applied("{ id: req.params.id }", &own()), "{ id: req.params.id, userId: req.userId }");
        assert_eq!(applied("{}", &own()), "{ userId: req.userId }");
        assert_eq!(applied("{ id, }", &own()), "{ id, userId: req.userId }");
        assert_eq!(applied("{\n    id,\n  }", &own()), "{\n    id,\n    userId: req.userId,\n  }");
    }

    #[test]
    fn a_condition_on_the_owner_gets_the_identity() {
        assert_eq!(applied("{ id, userId }", &own()), "{ id, userId: req.userId }");
        assert_eq!(applied("{ userId: req.body.userId, id }", &own()), "{ userId: req.userId, id }");
    }

    #[test]
    fn an_owner_some_steps_away_is_reached_through_relations() {
        let step = |relation: &str, many| OwnerStep {
            relation: Name::new(relation),
            to: Name::new("x"),
            many,
            key: None,
            references: None,
        };
        let owner = OwnerPath { steps: vec![step("project", false), step("members", true)], ..own() };
        assert_eq!(applied("{ id }", &owner), "{ id, project: { members: { some: { userId: req.userId } } } }");
    }
}
