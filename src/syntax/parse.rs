//! Parsing, afresh and after edits.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, ParseOptions, Parser, Tree};

use super::{Language, SyntaxTree, real_error};
use crate::text::{Edit, Point};

/// How long one parse may take before it is given up. A real text takes a tenth of it; one that the grammar's error recovery never
/// comes to an end with (there are short ones) must not hang us.
pub fn budget(bytes: usize) -> Duration {
    Duration::from_millis(500) + Duration::from_micros(2) * u32::try_from(bytes).unwrap_or(u32::MAX)
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

/// Parses a text from nothing; `None` if it took too long.
pub fn parse(text: &str, language: Language) -> Option<SyntaxTree> {
    let tree = run(text, language, None)?;
    Some(SyntaxTree { broken: real_error(tree.root_node(), text), tree, language, fresh: true })
}

/// The tree of `text`, which `edits` made of the text that `old` belongs to; `None` if it took too long: keep the old one.
///
/// The result is that of [`parse`]: the old tree is made use of only if neither it nor the new one holds an error.
pub fn reparse(old: &SyntaxTree, edits: &[Edit], text: &str) -> Option<SyntaxTree> {
    if old.broken {
        return parse(text, old.language);
    }
    let mut tree = old.tree.clone();
    for edit in edits {
        tree.edit(&InputEdit {
            start_byte: edit.start,
            old_end_byte: edit.old_end,
            new_end_byte: edit.new_end,
            start_position: point(edit.start_point),
            old_end_position: point(edit.old_end_point),
            new_end_position: point(edit.new_end_point),
        });
    }
    let tree = run(text, old.language, Some(&tree))?;
    if real_error(tree.root_node(), text) {
        return parse(text, old.language);
    }
    Some(SyntaxTree { tree, language: old.language, broken: false, fresh: false })
}

fn point(point: Point) -> tree_sitter::Point {
    tree_sitter::Point { row: point.row, column: point.column }
}

fn run(text: &str, language: Language, old: Option<&Tree>) -> Option<Tree> {
    PARSER.with_borrow_mut(|parser| {
        parser.set_language(&language.grammar()).ok()?;
        let deadline = Instant::now() + budget(text.len());
        let mut progress = |_: &tree_sitter::ParseState| {
            if Instant::now() < deadline { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let bytes = text.as_bytes();
        let tree = parser.parse_with_options(&mut |byte, _| bytes.get(byte..).unwrap_or_default(), old, Some(options));
        if tree.is_none() {
            // A parser that was stopped would go on with this text at its next call.
            parser.reset();
        }
        tree
    })
}
