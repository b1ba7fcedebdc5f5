//! An answer of refusal, as the file's framework writes it.

use super::place::Around;
use super::style::Style;

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
            let imported = around.source.module.interface.imports.iter().any(|it| it.local == "NextResponse" && !it.type_only);
            let class = if imported { "NextResponse" } else { "Response" };
            Some(format!("return {class}.json({error}, {{ status: {status} }}){end}"))
        }
        _ => None,
    }
}
