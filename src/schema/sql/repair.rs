//! Table statements that the parser refuses as a whole, read piece by piece.
//!
//! One clause that the parser does not know (`on delete set null (column)`) would otherwise cost the whole table. Everything but one
//! piece is blanked, character by character, so that places stay right; a piece that still fails is shortened from its end.

use std::ops::Range;

use sqlparser::ast::Statement as Parsed;

use super::parse;
use super::split::{Statement, Token};

/// How many tokens a piece may lose before it is given up.
const MOST_LOST: usize = 16;

/// How many times one statement is parsed in all.
const MOST_TRIES: usize = 600;

/// A statement's tokens: the head up to the opening parenthesis or the table's name, each element, and what closes them.
struct Parts {
    head: Range<usize>,
    elements: Vec<Range<usize>>,
    tail: Range<usize>,
}

/// What can be read of a `create table` or `alter table`; the parts of one table as one statement.
pub fn pieces(statement: &Statement<'_>) -> Option<Parsed> {
    let mut whole: Option<Parsed> = None;
    let parts = parts(statement)?;
    let mut tries = MOST_TRIES;
    for element in &parts.elements {
        let Some(parsed) = shortened(statement, &parts, element, &mut tries) else { continue };
        match (&mut whole, parsed) {
            (Some(Parsed::CreateTable(table)), Parsed::CreateTable(more)) => {
                table.columns.extend(more.columns);
                table.constraints.extend(more.constraints);
            }
            (Some(Parsed::AlterTable(table)), Parsed::AlterTable(more)) => table.operations.extend(more.operations),
            (None, parsed) => whole = Some(parsed),
            _ => {}
        }
    }
    whole
}

fn parts(statement: &Statement<'_>) -> Option<Parts> {
    let tokens = &statement.tokens;
    let creates = statement.begins(&["create", "table"]);
    let first = if creates { tokens.iter().position(|it| it.is("("))? + 1 } else { after_name(tokens)? };
    let mut elements = Vec::new();
    let (mut depth, mut start, mut at) = (0usize, first, first);
    while at < tokens.len() {
        if tokens[at].is("(") || tokens[at].is("[") {
            depth += 1;
        } else if tokens[at].is(")") || tokens[at].is("]") {
            if depth == 0 {
                break;
            }
            depth -= 1;
        } else if tokens[at].is(",") && depth == 0 {
            elements.push(start..at);
            start = at + 1;
        }
        at += 1;
    }
    elements.push(start..at);
    let tail = if creates { at..(at + 1).min(tokens.len()) } else { at..at };
    Some(Parts { head: 0..first, elements, tail })
}

/// The token after the name in `alter table [if exists] [only] name`.
fn after_name(tokens: &[Token<'_>]) -> Option<usize> {
    let mut at = tokens.iter().position(|it| it.is_word("table"))? + 1;
    while tokens.get(at).is_some_and(|it| ["if", "exists", "only"].iter().any(|word| it.is_word(word))) {
        at += 1;
    }
    super::functions::name_at(tokens, at).map(|(_, end)| end)
}

/// The statement with one element, shortened until it parses.
fn shortened(statement: &Statement<'_>, parts: &Parts, element: &Range<usize>, tries: &mut usize) -> Option<Parsed> {
    (0..=MOST_LOST.min(element.len())).find_map(|lost| {
        let kept = element.start..element.end - lost;
        if kept.is_empty() || *tries == 0 {
            return None;
        }
        *tries -= 1;
        parse(&blanked(statement, &[parts.head.clone(), kept, parts.tail.clone()]))
    })
}

/// The text with only these tokens left.
fn blanked(statement: &Statement<'_>, kept: &[Range<usize>]) -> String {
    let end_of = |at: usize| statement.tokens.get(at).map_or(statement.start + statement.text.len(), |it| it.start);
    let bytes: Vec<Range<usize>> =
        kept.iter().filter(|it| !it.is_empty()).map(|it| statement.tokens[it.start].start..end_of(it.end)).collect();
    statement
        .text
        .char_indices()
        .map(|(at, ch)| if ch == '\n' || bytes.iter().any(|it| it.contains(&(statement.start + at))) { ch } else { ' ' })
        .collect()
}
