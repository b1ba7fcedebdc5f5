//! The validation schema: types, optionality and lengths from the entity's schema and from the fields that the route uses.

use std::fmt::Write;

use super::place::Around;
use super::refusal::refusal;
use super::style::{Style, indentation};
use super::{Applicability, Fix, FixContext, TextEdit};
use crate::base::{Loc, Name, Span};
use crate::ir::{Expr, ExprId, Imported};
use crate::schema::{Field, FieldType};
use crate::values::{Key, Origin, Part, Shape, Value};

/// Validates the part of the request that the function around `at` reads.
pub(super) fn plan(context: &FixContext<'_>, at: Loc) -> Option<Fix> {
    // The function that holds the finding, or the handler where the finding is in what it calls.
    let holds = |around: Around| whole_read(&around).map(|found| (around, found));
    let (around, (expr_span, read)) =
        context.around(at).and_then(holds).or_else(|| context.handler(context.trace.route.handler_loc).and_then(holds))?;
    let style = Style::of(&around.source.text);
    let text = around.text(expr_span).to_owned();
    let fields = used_fields(context, &around, &text);
    if fields.is_empty() {
        return None;
    }
    let leave = refusal(&around, &context.trace.route.framework, style, 400, "Invalid request")?;
    let name = around.free_in_file(&schema_name(context));
    let parsed = around.free_in_function("parsed");
    let file = around.file;
    let mut edits = Vec::new();
    if let Some(import) = import_edit(&around, style) {
        edits.push(TextEdit { file, span: Span::new(import.0, import.0), text: import.1 });
    }
    let head = above_comments(&around.source.text, around.start);
    edits.push(TextEdit { file, span: Span::new(head, head), text: definition(context, &name, &fields, style) });
    let statement = around.absolute(around.statement(expr_span)?);
    let indent = indentation(&around.source.text, statement.start as usize);
    let end = style.end();
    edits.push(TextEdit {
        file,
        span: Span::new(statement.start, statement.start),
        text: format!("const {parsed} = {name}.safeParse({text}){end}\n{indent}if (!{parsed}.success) {leave}\n{indent}"),
    });
    let reads = match read {
        Read::Stream => vec![expr_span],
        Read::Path => around.written_like(&text),
    };
    for span in reads {
        edits.push(TextEdit { file, span: around.absolute(span), text: format!("{parsed}.data") });
    }
    edits.sort_by_key(|it| it.span);
    Some(Fix {
        title: format!("Validate the request with a zod schema ({})", names(&fields)),
        applicability: Applicability::Review,
        edits,
    })
}

enum Read {
    /// `await req.json()`: can be read once.
    Stream,
    /// `req.body`
    Path,
}

/// The expression of the function that reads the whole body of the request, or its whole query where it reads no body.
fn whole_read(around: &Around) -> Option<(Span, Read)> {
    let own = around.item.function(around.function).span;
    let mut found: Option<(u8, Span, Read)> = None;
    for (index, expr) in around.item.exprs.iter().enumerate() {
        let span = around.item.expr_spans[index];
        if !own.contains(span) {
            continue;
        }
        let candidate = match expr {
            Expr::Await(inner) if is_stream_read(around, *inner) => Some((0, span, Read::Stream)),
            Expr::Member { object, name, .. } if is_parameter(around, *object) => match name.as_str() {
                "body" => Some((0, span, Read::Path)),
                "query" => Some((1, span, Read::Path)),
                _ => None,
            },
            _ => None,
        };
        if let Some(candidate) = candidate
            && found.as_ref().is_none_or(|best| (candidate.0, candidate.1) < (best.0, best.1))
        {
            found = Some(candidate);
        }
    }
    found.map(|(_, span, read)| (span, read))
}

/// `req.json()`, `req.formData()`
fn is_stream_read(around: &Around, expr: ExprId) -> bool {
    let Expr::Call { callee, .. } = around.item.expr(expr) else { return false };
    let Expr::Member { object, name, .. } = around.item.expr(*callee) else { return false };
    *name == "json" && is_parameter(around, *object)
}

/// Whether the expression is a parameter of the function.
fn is_parameter(around: &Around, expr: ExprId) -> bool {
    let Expr::Local(local) = around.item.expr(expr) else { return false };
    let declared = around.item.local(*local);
    let own = around.item.function(around.function);
    declared.owner == around.function
        && match &own.body {
            crate::ir::Body::Block(stmts) => stmts.first().is_none_or(|it| around.item.stmt_span(*it).start >= declared.span.end),
            _ => true,
        }
}

/// A field that the route uses of the body, and what the schema knows of it.
struct Used {
    name: Name,
    field: Option<Field>,
}

fn used_fields(context: &FixContext<'_>, around: &Around, text: &str) -> Vec<Used> {
    let mut used: Vec<Used> = Vec::new();
    let mut add = |name: Name, field: Option<Field>| match used.iter_mut().find(|it| it.name == name) {
        Some(known) => known.field = known.field.take().or(field),
        None => used.push(Used { name, field }),
    };
    for access in &context.trace.accesses {
        let entity = access.query.entity.and_then(|name| context.schema.find(name));
        for payload in access.query.payload.iter().filter(|it| it.relation.is_empty()) {
            let Some(object) = payload.value.as_object() else { continue };
            for (column, value) in &object.fields {
                for name in body_keys(value) {
                    add(name, entity.and_then(|it| it.field(*column)).cloned());
                }
            }
        }
        for value in access.query.filter.values() {
            for name in body_keys(value) {
                add(name, entity.and_then(|it| it.field(name)).cloned());
            }
        }
    }
    // Names that are taken out of the body without reaching data.
    for span in around.written_like(text) {
        let after = around.absolute(span).end as usize;
        let rest = around.source.text.get(after..).unwrap_or("");
        if let Some(member) = rest.strip_prefix('.') {
            let name: String = member.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            if !name.is_empty() && !member[name.len()..].starts_with('(') {
                add(Name::new(&name), None);
            }
        }
        let before = &around.source.text[..around.absolute(span).start as usize];
        if let Some(pattern) = before.trim_end().strip_suffix('=').map(str::trim_end).and_then(|it| it.strip_suffix('}'))
            && let Some(open) = pattern.rfind('{')
        {
            for part in pattern[open + 1..].split(',') {
                let key = part.trim().split([':', '=', ' ']).next().unwrap_or("");
                if !key.is_empty() && !key.starts_with("...") {
                    add(Name::new(key), None);
                }
            }
        }
    }
    used
}

/// Keys of the body that a value is.
fn body_keys(value: &Value) -> Vec<Name> {
    value
        .origin
        .leaves()
        .into_iter()
        .filter_map(Origin::key)
        .filter_map(|key| match key {
            Key::Client(Part::Body | Part::Form, path) if path.len() == 1 && path[0] != "*" => Some(path[0]),
            _ => None,
        })
        .chain(match &value.shape {
            Shape::Text { parts, .. } => parts.iter().flat_map(body_keys).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
        .collect()
}

fn names(fields: &[Used]) -> String {
    fields.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The beginning of the comments that stand directly above a statement.
fn above_comments(text: &str, start: u32) -> u32 {
    let mut at = start as usize;
    loop {
        let before = &text[..at];
        let Some(line_end) = before.strip_suffix('\n') else { return at as u32 };
        let line_start = line_end.rfind('\n').map_or(0, |it| it + 1);
        let line = line_end[line_start..].trim();
        if !(line.starts_with("//") || line.starts_with("/*") || line.starts_with('*')) {
            return at as u32;
        }
        at = line_start;
    }
}

/// `CreateTodo`, after what the route does and to what.
fn schema_name(context: &FixContext<'_>) -> String {
    let route = &context.trace.route;
    let verb = match route.methods.first().map(|it| it.as_str()) {
        Some("POST") => "Create",
        Some("PUT" | "PATCH") => "Update",
        Some("DELETE") => "Delete",
        _ => "Request",
    };
    let noun: String = route
        .path
        .split('/')
        .rfind(|part| !part.is_empty() && !part.starts_with([':', '*']))
        .unwrap_or("Body")
        .split(|it: char| !it.is_alphanumeric())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + letters.as_str())
        })
        .collect();
    let noun = noun.strip_suffix('s').filter(|it| !it.ends_with('s')).unwrap_or(&noun);
    format!("{verb}{noun}Body")
}

fn definition(context: &FixContext<'_>, name: &str, fields: &[Used], style: Style) -> String {
    let mut text = format!("const {name} = z.object({{\n");
    let updates = name.starts_with("Update");
    for used in fields {
        let _ = writeln!(text, "{}{}: {},", style.step(), used.name, zod(context, used, updates));
    }
    let _ = write!(text, "}}){}\n\n", style.end());
    text
}

/// The zod type of a field.
fn zod(context: &FixContext<'_>, used: &Used, updates: bool) -> String {
    let words = used.name.to_lowercase();
    let Some(field) = &used.field else {
        return if words.contains("email") { "z.string().email().max(254)".to_owned() } else { by_name(&words) };
    };
    let mut ty = match &field.ty {
        FieldType::String if words.contains("email") => "z.string().email().max(254)".to_owned(),
        FieldType::String => {
            let max = field.max_length.unwrap_or(
                if words.contains("content") || words.contains("body") || words.contains("description") { 10_000 } else { 255 },
            );
            let min = if field.nullable { "" } else { ".min(1)" };
            format!("z.string(){min}.max({max})")
        }
        FieldType::Uuid => "z.string().uuid()".to_owned(),
        FieldType::Int => "z.number().int()".to_owned(),
        FieldType::Float => "z.number()".to_owned(),
        FieldType::Bool => "z.boolean()".to_owned(),
        FieldType::Date => "z.coerce.date()".to_owned(),
        FieldType::Enum(name) => match context.schema.members(*name) {
            Some(members) => {
                format!("z.enum([{}])", members.iter().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", "))
            }
            None => "z.string().max(64)".to_owned(),
        },
        FieldType::Json | FieldType::Bytes | FieldType::Other | FieldType::Relation(_) => "z.unknown()".to_owned(),
    };
    if field.list {
        ty = format!("z.array({ty}).max(100)");
    }
    match (field.nullable, updates || field.default.is_some()) {
        (true, _) => ty + ".nullish()",
        (false, true) => ty + ".optional()",
        (false, false) => ty,
    }
}

fn by_name(words: &str) -> String {
    match words {
        it if it.starts_with("is") || it.starts_with("has") => "z.boolean()".to_owned(),
        "password" => "z.string().min(8).max(128)".to_owned(),
        it if it.ends_with("ids") => "z.array(z.string().max(64)).max(100)".to_owned(),
        _ => "z.string().max(255)".to_owned(),
    }
}

/// The import of zod, and where it goes, if it is missing.
fn import_edit(around: &Around, style: Style) -> Option<(u32, String)> {
    let interface = &around.source.module.interface;
    let has = interface.imports.iter().any(|it| {
        it.local == "z"
            && interface.specifiers.get(it.specifier as usize).is_some_and(|text| text.starts_with("zod"))
            && matches!(it.what, Imported::Named(_) | Imported::Namespace | Imported::Default)
    });
    if has {
        return None;
    }
    let text = &around.source.text;
    let end = style.end();
    let line = if interface.commonjs {
        format!("const {{ z }} = require({}){end}\n", style.string("zod"))
    } else {
        format!("import {{ z }} from {}{end}\n", style.string("zod"))
    };
    // After the last import, however many lines it has, or at the head of the file below its directives.
    let module = &around.source.module;
    let last = module.import_sites().last().map(|site| site.span.end);
    let directive = || {
        let heads = module.items.iter().zip(module.starts.iter()).take_while(|(entry, _)| entry.item.shown.directive.is_some());
        heads.last().map(|(entry, start)| start + entry.item.len)
    };
    let Some(end) = last.or_else(directive) else { return Some((0, line)) };
    let rest = text.get(end as usize..)?;
    Some(match rest.find('\n') {
        Some(newline) => (end + newline as u32 + 1, line),
        None => (text.len() as u32, format!("\n{line}")),
    })
}
