//! Findings as a person reads them: the source with the steps of the trace, as rustc shows its errors.

use std::fmt;
use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};

use crate::base::{FileId, Span};
use crate::check::{Counts, Place, Report};
use crate::findings::{Confidence, Severity};
use crate::fixes::Applicability;

use super::lines::{Excerpt, Sources};
use super::paths::shown;

/// Lines shown around what is marked.
const MARGIN: u32 = 1;

/// One finding, ending in a line break; paths relative to `from`.
pub fn finding(report: &Report, sources: &mut Sources<'_>, from: &Path, colour: bool) -> String {
    let level = match report.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
        Severity::Hint => Level::NOTE.with_name("hint"),
    };
    let shown_files = files(report);
    let excerpts: Vec<(Option<Excerpt>, String)> = shown_files
        .iter()
        .map(|(file, path, marks)| {
            let spans: Vec<Span> = marks.iter().map(|mark| mark.span).collect();
            (sources.excerpt(*file, &spans, MARGIN), shown(path, from))
        })
        .collect();
    let mut group = level.primary_title(&report.message).id(report.rule).elements(snippets(&shown_files, &excerpts));
    if let Some(route) = &report.route {
        group = group.element(note("route", &format!("{} {}", route.method, route.path)));
    }
    if report.confidence == Confidence::NotProven {
        group = group.element(note("note", &unproven(report)));
    }
    for (title, applicability) in &report.fixes {
        let text = match applicability {
            Applicability::Safe => title.clone(),
            Applicability::Review => format!("{title} (look at it before you take it)"),
            Applicability::Sketch => format!("{title} (a start, to be finished by hand)"),
        };
        group = group.element(note("fix", &text));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let groups: [Group<'_>; 1] = [group];
    renderer.decor_style(DecorStyle::Ascii).render(&groups) + "\n"
}

fn note<'a>(name: &'static str, text: &str) -> annotate_snippets::Message<'a> {
    Level::NOTE.with_name(name).message(normalize_untrusted_str(text))
}

fn unproven(report: &Report) -> String {
    let names: Vec<String> = report.unproven.iter().map(|it| format!("`{}`", it.what)).collect();
    if names.is_empty() {
        "not proven: something on the way could not be read".to_owned()
    } else {
        format!("not proven: {} could not be read and might be the check", names.join(", "))
    }
}

/// Something marked in a file.
struct Mark {
    span: Span,
    label: Option<String>,
    primary: bool,
}

/// The files of a finding with what is marked in each: its own first, then those of its steps in order.
fn files(report: &Report) -> Vec<(FileId, &Path, Vec<Mark>)> {
    let place = &report.place;
    let mut files = vec![(place.file, &*place.path, vec![Mark { span: place.span, label: None, primary: true }])];
    for (index, (place, message)) in report.related.iter().enumerate() {
        let label = if report.related.len() == 1 { message.clone() } else { format!("{}. {message}", index + 1) };
        mark(&mut files, place, label);
    }
    files
}

fn mark<'a>(files: &mut Vec<(FileId, &'a Path, Vec<Mark>)>, place: &'a Place, label: String) {
    let found = match files.iter_mut().position(|(file, _, _)| *file == place.file) {
        Some(found) => found,
        None => {
            files.push((place.file, &*place.path, Vec::new()));
            files.len() - 1
        }
    };
    let marks = &mut files[found].2;
    // Two steps at one place stand on one line, in order.
    match marks.iter_mut().find(|mark| mark.span == place.span) {
        Some(Mark { label: Some(known), .. }) => *known = format!("{known}; {label}"),
        Some(known) => known.label = Some(label),
        None => marks.push(Mark { span: place.span, label: Some(label), primary: false }),
    }
}

fn snippets<'a>(
    files: &'a [(FileId, &Path, Vec<Mark>)],
    excerpts: &'a [(Option<Excerpt>, String)],
) -> Vec<Snippet<'a, Annotation<'a>>> {
    let with_source = files.iter().zip(excerpts).filter_map(|((_, _, marks), (excerpt, path))| {
        let excerpt = excerpt.as_ref()?;
        let annotations = marks.iter().map(|mark| annotation(mark, excerpt));
        Some(Snippet::source(&excerpt.text).line_start(excerpt.first_line).path(path).annotations(annotations))
    });
    with_source.collect()
}

fn annotation<'a>(mark: &'a Mark, excerpt: &Excerpt) -> Annotation<'a> {
    let text = &excerpt.text;
    let inside = |byte: u32| {
        let byte = (byte.saturating_sub(excerpt.start) as usize).min(text.len());
        (0..=byte).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
    };
    let (start, mut end) = (inside(mark.span.start), inside(mark.span.end));
    // A step that spans a whole function is marked by its first line: the frame around it would hide the rest.
    if !mark.primary
        && let Some(line) = text.get(start..end).and_then(|it| it.find(['\n', '\r']))
    {
        end = start + line;
    }
    let kind = if mark.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    kind.span(start..end.max(start)).label(mark.label.as_deref())
}

/// The last line of a report.
pub struct Summary<'a> {
    /// What was printed.
    pub reports: &'a [Report],
    /// What was read.
    pub counts: Counts,
    /// Whether findings that are not proven are among `reports`.
    pub unproven_shown: bool,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let of = |severity: Severity| self.reports.iter().filter(|it| it.severity == severity).count();
        let kinds =
            [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "info"), (Severity::Hint, "hint")];
        let parts: Vec<String> = kinds.into_iter().filter(|(it, _)| of(*it) > 0).map(|(it, name)| named(of(it), name)).collect();
        f.write_str(&match self.reports.len() {
            0 => "no findings".to_owned(),
            count => format!("{} ({})", named(count, "finding"), parts.join(", ")),
        })?;
        write!(f, " in {}, {} read", named(self.counts.routes, "route"), named(self.counts.files, "file"))?;
        match (self.counts.not_proven, self.unproven_shown) {
            (0, _) => Ok(()),
            (count, true) => write!(f, "; {count} of them not proven"),
            (count, false) => write!(f, "; {count} more not proven (--show-unproven lists them)"),
        }
    }
}
