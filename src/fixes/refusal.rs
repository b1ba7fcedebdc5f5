//! An answer of refusal, as the file and its framework write it.

use super::place::Around;
use super::style::Style;
use crate::ir::{Arg, Expr, ExprId, Item, Lit, Stmt};

/// A statement that answers with a status and a short error, and leaves. `None` where the code around has no way to answer.
pub(super) fn refusal(around: &Around, framework: &str, style: Style, status: u16, message: &str) -> Option<String> {
    let error = format!("{{ error: {} }}", style.string(message));
    let end = style.end();
    match framework {
        "express" => {
            let response = around.parameter(1)?;
            Some(format!("return {response}.status({status}).json({error}){end}"))
        }
        "next" => {
            if let Some(answer) = as_before(around, style, status, message) {
                return Some(answer + end);
            }
            let imported = around.source.module.interface.imports.iter().any(|it| it.local == "NextResponse" && !it.type_only);
            let class = if imported { "NextResponse" } else { "Response" };
            Some(format!("return {class}.json({error}, {{ status: {status} }}){end}"))
        }
        _ => None,
    }
}

/// The file's own way to refuse: `return fail("…", 400)`, `throw new ApiError(404, "…")`; first that of the code around.
fn as_before(around: &Around, style: Style, status: u16, message: &str) -> Option<String> {
    let module = &around.source.module;
    let items = std::iter::once(&around.item).chain(module.items.iter().map(|it| &it.item));
    for item in items {
        for stmt in &item.stmts {
            let (head, callee, args) = match stmt {
                Stmt::Return(Some(expr)) => match item.expr(*expr) {
                    Expr::Call { callee, args, .. } => ("return ", *callee, args),
                    _ => continue,
                },
                Stmt::Throw(expr) => match item.expr(*expr) {
                    Expr::New { callee, args, .. } => ("throw new ", *callee, args),
                    _ => continue,
                },
                _ => continue,
            };
            let Expr::Global(name) = item.expr(callee) else { continue };
            if !module.interface.imports.iter().any(|it| it.local == *name && !it.type_only) {
                continue;
            }
            let text = style.string(message);
            match status_first(item, args) {
                Some(true) => return Some(format!("{head}{name}({status}, {text})")),
                Some(false) => return Some(format!("{head}{name}({text}, {status})")),
                None => {}
            }
        }
    }
    None
}

/// Whether a status between 400 and 499 comes first of two arguments and a text second, or the other way round.
fn status_first(item: &Item, args: &[Arg]) -> Option<bool> {
    let [one, two] = args else { return None };
    let is_status = |it: ExprId| matches!(item.expr(it), Expr::Lit(Lit::Num(text)) if text.len() == 3 && text.starts_with('4'));
    let is_text = |it: ExprId| matches!(item.expr(it), Expr::Lit(Lit::Str(_)));
    match () {
        () if is_status(one.expr) && is_text(two.expr) => Some(true),
        () if is_text(one.expr) && is_status(two.expr) => Some(false),
        () => None,
    }
}
