//! Fixes put together and applied to text.

use crate::base::FileId;
use crate::fixes::{Fix, TextEdit};

/// The edits of as many fixes as fit together, in order of file and place; of two that touch the same bytes the first one wins.
///
/// A fix is taken whole or not at all. The same edit in two fixes (an import that both need) is taken once.
pub struct Patch {
    /// Not overlapping, in order of file and place.
    pub edits: Vec<TextEdit>,
    /// Which of the given fixes are in it, by index.
    pub taken: Vec<usize>,
}

impl Patch {
    /// Puts fixes together.
    pub fn of<'a>(fixes: impl IntoIterator<Item = &'a Fix>) -> Self {
        let mut patch = Patch { edits: Vec::new(), taken: Vec::new() };
        for (index, fix) in fixes.into_iter().enumerate() {
            let fresh: Vec<&TextEdit> = fix.edits.iter().filter(|edit| !patch.edits.contains(edit)).collect();
            if fix.edits.is_empty() || fresh.iter().any(|edit| patch.edits.iter().any(|taken| clash(taken, edit))) {
                continue;
            }
            patch.edits.extend(fresh.into_iter().cloned());
            patch.taken.push(index);
        }
        patch.edits.sort_by_key(|edit| (edit.file, edit.span));
        patch
    }

    /// The files it touches, each with its edits.
    pub fn by_file(&self) -> impl Iterator<Item = (FileId, &[TextEdit])> {
        self.edits.chunk_by(|a, b| a.file == b.file).map(|edits| (edits[0].file, edits))
    }
}

/// Whether two edits cannot both be made. Two insertions at one place clash as well: their order would be a guess.
fn clash(a: &TextEdit, b: &TextEdit) -> bool {
    a.file == b.file
        && if a.span.is_empty() || b.span.is_empty() {
            a.span.start <= b.span.end && b.span.start <= a.span.end
        } else {
            a.span.start < b.span.end && b.span.start < a.span.end
        }
}

/// The text after edits that are in order and do not overlap; `None` if they do not fit this text.
pub fn apply(text: &str, edits: &[TextEdit]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + edits.iter().map(|it| it.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize)?);
        out.push_str(&edit.text);
        at = edit.span.end as usize;
        text.get(edit.span.start as usize..at)?;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Span;
    use crate::fixes::Applicability;

    fn edit(start: u32, end: u32, text: &str) -> TextEdit {
        TextEdit { file: FileId(0), span: Span::new(start, end), text: text.to_owned() }
    }

    fn fix(edits: Vec<TextEdit>) -> Fix {
        Fix { title: String::new(), applicability: Applicability::Safe, edits }
    }

    #[test]
    fn a_shared_import_is_inserted_once_and_a_clashing_fix_is_left_for_later() {
        let import = edit(0, 0, "import z;\n");
        let fixes = [
            fix(vec![import.clone(), edit(4, 5, "X")]),
            fix(vec![import, edit(8, 9, "Y")]),
            fix(vec![edit(1, 2, "lost"), edit(8, 10, "lost")]),
        ];
        let patch = Patch::of(&fixes);
        assert_eq!(patch.taken, [0, 1]);
        assert_eq!(apply("0123456789", &patch.edits).as_deref(), Some("import z;\n0123X567Y9"));
    }

    #[test]
    fn edits_that_do_not_fit_the_text_change_nothing() {
        assert_eq!(apply("ä", &[edit(1, 2, "x")]), None);
        assert_eq!(apply("abc", &[edit(2, 9, "x")]), None);
        assert_eq!(apply("abc", &[edit(2, 3, ""), edit(0, 1, "")]), None);
    }
}
