//! `textDocument/hover`: what a finding means and what led to it.

use std::path::Path;

use crate::check::{Report, Snapshot};
use crate::report;
use crate::server::convert::Places;
use crate::server::lsp::*;
use crate::server::view::View;

/// The findings at a position.
pub fn answer(params: &HoverParams, path: &Path, snapshot: &Snapshot, view: &View) -> Option<Hover> {
    let mut places = Places::new(view, snapshot);
    let mut reports = snapshot.findings_in(path);
    reports.retain(|it| view.settings.shows(it));
    let file = reports.first()?.place.file;
    let byte = places.byte(file, params.text_document_position_params.position)?;
    reports.retain(|it| it.place.span.start <= byte && byte <= it.place.span.end);
    let first = reports.first()?;
    let range = places.range(file, first.place.span);
    let texts: Vec<String> =
        reports.iter().map(|it| if view.flags.markdown { markdown(it, &mut places) } else { plain(it, &mut places) }).collect();
    let contents = HoverContents::Markup(MarkupContent {
        kind: if view.flags.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText },
        value: texts.join(if view.flags.markdown { "\n\n---\n\n" } else { "\n\n" }),
    });
    Some(Hover { contents, range })
}

fn markdown(finding: &Report, places: &mut Places<'_>) -> String {
    let route = finding.route.as_ref().map_or(String::new(), |it| format!(" · {}", code(&format!("{} {}", it.method, it.path))));
    let mut text = format!("**{}**{route}\n\n{}\n", finding.rule, finding.message);
    for (index, (place, message)) in finding.related.iter().enumerate() {
        let (Some(uri), Some(line)) = (places.uri(place.file), places.line(place.file, place.span.start)) else { continue };
        let name = place.path.file_name().unwrap_or_default().to_string_lossy();
        text.push_str(&format!("\n{}. {message} – [{}:{line}]({}#L{line})", index + 1, escaped(&name), uri.as_str()));
    }
    if let Some(page) = report::page(finding.rule) {
        text.push_str(&format!("\n\n{}", report::short(page)));
    }
    if let Some(url) = report::page_url(finding.rule) {
        text.push_str(&format!("\n\n[The rule's page]({url})"));
    }
    text
}

fn plain(finding: &Report, places: &mut Places<'_>) -> String {
    let mut text = format!("{}: {}", finding.rule, finding.message);
    for (index, (place, message)) in finding.related.iter().enumerate() {
        let line = places.line(place.file, place.span.start).unwrap_or(1);
        let name = place.path.file_name().unwrap_or_default().to_string_lossy();
        text.push_str(&format!("\n{}. {message} ({name}:{line})", index + 1));
    }
    text
}

/// Text of the project as code: whatever stands in it stays text.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

fn escaped(text: &str) -> String {
    text.chars()
        .flat_map(|it| if matches!(it, '[' | ']' | '(' | ')' | '\\' | '`' | '*' | '_') { vec!['\\', it] } else { vec![it] })
        .collect()
}
