use proptest::prelude::*;

use super::*;
use crate::base::LineCol;

const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

fn change(range: Option<((u32, u32), (u32, u32))>, text: &str) -> Change {
    let range = range.map(|(from, to)| (Position::new(from.0, from.1), Position::new(to.0, to.1)));
    Change { range, text: text.to_owned() }
}

#[test]
fn edits_apply_in_order_each_to_the_text_before_it() {
    let mut buffer = Buffer::new("one\ntwo\n", 1, Encoding::Utf16);
    let first = buffer.text();
    let edits = buffer.apply(&[change(Some(((0, 0), (0, 3))), "1\n1"), change(Some(((2, 0), (2, 3))), "2")], 2);
    assert_eq!(&*buffer.text(), "1\n1\n2\n");
    assert_eq!((&*first, buffer.version()), ("one\ntwo\n", 2));
    assert_eq!((edits[1].start, edits[1].old_end, edits[1].new_end), (4, 7, 5));
    assert_eq!(edits[1].start_point, Point { row: 2, column: 0 });
}

#[test]
fn a_whole_text_replaces_everything() {
    let mut buffer = Buffer::new("a\nb", 1, Encoding::Utf16);
    let edits = buffer.apply(&[change(None, "é\n\n")], 2);
    assert_eq!(&*buffer.text(), "é\n\n");
    assert_eq!((edits[0].start, edits[0].old_end, edits[0].new_end), (0, 3, 4));
    assert_eq!((edits[0].old_end_point, edits[0].new_end_point), (Point { row: 1, column: 1 }, Point { row: 2, column: 0 }));
}

#[test]
fn wrong_positions_are_clamped() {
    let mut buffer = Buffer::new("ab\r\ncd", 1, Encoding::Utf16);
    assert_eq!(buffer.byte(Position::new(0, 99)), 2);
    assert_eq!(buffer.byte(Position::new(9, 0)), 6);
    buffer.apply(&[change(Some(((7, 7), (1, u32::MAX))), "!"), change(Some(((0, 1), (0, 0))), "")], 2);
    assert_eq!(&*buffer.text(), "b\r\ncd!");
}

#[test]
fn inside_a_surrogate_pair_is_before_it() {
    let buffer = Buffer::new("a😀b", 1, Encoding::Utf16);
    assert_eq!(buffer.byte(Position::new(0, 2)), 1);
    assert_eq!(buffer.byte(Position::new(0, 3)), 5);
    assert_eq!(buffer.position(5), Position::new(0, 3));
    let index = LineIndex::new("a😀b");
    assert_eq!(index.byte("a😀b", Position::new(0, 2), Encoding::Utf16), 1);
}

#[test]
fn only_lf_crlf_and_cr_end_a_line_and_only_lf_a_row() {
    let text = "a\u{2028}b\u{c}c\r\nd\re\n😀f";
    let buffer = Buffer::new(text, 1, Encoding::Utf32);
    let index = LineIndex::new(text);
    let byte = text.find('f').unwrap();
    assert_eq!(index.lines(), 4);
    assert_eq!(index.line_col(text, byte), LineCol { line: 4, column: 2 });
    assert_eq!(buffer.line_col(byte), LineCol { line: 4, column: 2 });
    assert_eq!(buffer.point(byte), Point { row: 2, column: 4 });
}

fn texts() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec!["a", "bc", " ", "\n", "\r", "\r\n", "é", "😀", "\u{2028}", "\u{85}", "\u{c}", "漢"]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Whether the whole text, where from, where to, and the new text.
type Replacement = (bool, (u32, u32), (u32, u32), String);

fn changes() -> impl Strategy<Value = Vec<Replacement>> {
    prop::collection::vec((prop::bool::weighted(0.05), (0..8u32, 0..12u32), (0..8u32, 0..12u32), texts()), 0..6)
}

proptest! {
    #[test]
    fn a_rope_with_edits_is_a_string_with_edits(text in texts(), changes in changes(), encoding in prop::sample::select(&ENCODINGS[..])) {
        let mut buffer = Buffer::new(&text, 1, encoding);
        let mut string = text.clone();
        let mut all = Vec::new();
        for (whole, from, to, new) in changes {
            let index = LineIndex::new(&string);
            let (a, b) = (index.byte(&string, Position::new(from.0, from.1), encoding), index.byte(&string, Position::new(to.0, to.1), encoding));
            let range = if whole { 0..string.len() } else { a.min(b)..a.max(b) };
            let before = string.clone();
            string.replace_range(range.clone(), &new);
            let edits = buffer.apply(&[change((!whole).then_some((from, to)), &new)], 2);
            let origin = Point::default();
            prop_assert_eq!(edits[0], Edit {
                start: range.start, old_end: range.end, new_end: range.start + new.len(),
                start_point: origin.after(&before[..range.start]), old_end_point: origin.after(&before[..range.end]),
                new_end_point: origin.after(&string[..range.start + new.len()]),
            });
            all.extend(edits);
            prop_assert_eq!(&*buffer.text(), &*string);
        }
        // Outside the composed regions the old and the new text are the same.
        let (mut old, mut new) = (0, 0);
        for it in compose(&all) {
            prop_assert_eq!(&text[old..it.old_start], &string[new..it.new_start]);
            (old, new) = (it.old_end, it.new_end);
        }
        prop_assert_eq!(&text[old..], &string[new..]);
    }

    #[test]
    fn bytes_and_positions_round_trip(text in texts(), encoding in prop::sample::select(&ENCODINGS[..])) {
        let (buffer, index) = (Buffer::new(&text, 1, encoding), LineIndex::new(&text));
        for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
            let position = index.position(&text, byte, encoding);
            prop_assert_eq!(buffer.position(byte), position);
            prop_assert_eq!(buffer.line_col(byte), index.line_col(&text, byte));
            // Only a byte between CR and LF is not a place of its own.
            let inside_terminator = text[..byte].ends_with('\r') && text[byte..].starts_with('\n');
            let back = if inside_terminator { byte - 1 } else { byte };
            prop_assert_eq!(index.byte(&text, position, encoding), back);
            prop_assert_eq!(buffer.byte(position), back);
        }
    }

    #[test]
    fn any_position_is_within_the_text(text in texts(), line in any::<u32>(), character in any::<u32>(), encoding in prop::sample::select(&ENCODINGS[..])) {
        let buffer = Buffer::new(&text, 1, encoding);
        for position in [Position::new(line, character), Position::new(line % 8, character % 16)] {
            let byte = buffer.byte(position);
            prop_assert!(text.is_char_boundary(byte));
            prop_assert_eq!(byte, LineIndex::new(&text).byte(&text, position, encoding));
        }
    }
}
