//! Comments and statements in raw text: a lexer that knows just enough to tell code from strings, templates, regular expressions and
//! comments, so that it works on text that does not parse.

use crate::base::Span;

/// A text in which everything that is no code is blotted out: comments are blanks, literals are `x`. As long as the text, byte by byte.
pub(super) struct Code {
    /// The blotted text.
    pub bytes: Vec<u8>,
    /// Comments in order, with their marks.
    pub comments: Vec<Span>,
}

/// Reads a text.
pub(super) fn code(text: &str) -> Code {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut comments = Vec::new();
    // For each template that is open around the code: how many braces are open in its `${…}`.
    let mut templates: Vec<usize> = Vec::new();
    let mut before = b';';
    let mut word_start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'/')) => {
                let end = line_end(bytes, at);
                comments.push(Span::new(at as u32, end as u32));
                blot(&mut out[at..end], b' ');
                at = end;
                continue;
            }
            (b'/', Some(b'*')) => {
                let end = find(bytes, at + 2, b"*/").map_or(bytes.len(), |it| it + 2);
                comments.push(Span::new(at as u32, end as u32));
                blot(&mut out[at..end], b' ');
                at = end;
                continue;
            }
            (quote @ (b'"' | b'\''), _) => string_end(bytes, at, quote),
            (b'`', _) => {
                let (end, opens) = template_end(bytes, at + 1);
                if opens {
                    templates.push(0);
                }
                end
            }
            (b'}', _) if templates.last() == Some(&0) => {
                let (end, opens) = template_end(bytes, at + 1);
                if !opens {
                    templates.pop();
                }
                end
            }
            (b'/', _) if starts_regex(before, &bytes[word_start..at]) => regex_end(bytes, at),
            (letter, _) => {
                match (letter, templates.last_mut()) {
                    (b'{', Some(open)) => *open += 1,
                    (b'}', Some(open)) => *open -= 1,
                    _ => {}
                }
                if !letter.is_ascii_whitespace() {
                    if !is_word(letter) || !is_word(before) || at == 0 || bytes[at - 1].is_ascii_whitespace() {
                        word_start = at;
                    }
                    before = letter;
                }
                at += 1;
                continue;
            }
        };
        blot(&mut out[at..end], b'x');
        before = b'x';
        word_start = end;
        at = end;
    }
    Code { bytes: out, comments }
}

impl Code {
    /// The statement, property or argument that begins at or after `from`: from its first byte to behind its last.
    pub fn statement(&self, from: usize) -> Option<Span> {
        let bytes = &self.bytes;
        let start = (from..bytes.len()).find(|at| !bytes[*at].is_ascii_whitespace())?;
        let mut depth = 0usize;
        let mut at = start;
        while at < bytes.len() {
            match bytes[at] {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' if depth == 0 => break,
                b')' | b']' | b'}' => depth -= 1,
                b';' if depth == 0 => return Some(Span::new(start as u32, at as u32 + 1)),
                b'\n' if depth == 0 && self.ends_here(start, at) => break,
                _ => {}
            }
            at += 1;
        }
        Some(Span::new(start as u32, at as u32))
    }

    /// Whether a statement ends at the end of a line: neither what stands before asks for more nor what comes after goes on with it.
    fn ends_here(&self, start: usize, newline: usize) -> bool {
        let last = self.bytes[start..newline].iter().rev().find(|it| !it.is_ascii_whitespace());
        let next = self.bytes[newline..].iter().find(|it| !it.is_ascii_whitespace());
        let asks = last.is_some_and(|it| b"=+-*/%&|^<>?:.(![{~".contains(it));
        let goes_on = next.is_some_and(|it| b".?:=+-*/%&|^<>),]}{".contains(it));
        // A decorator belongs to what follows it.
        let decorator = self.bytes.get(start) == Some(&b'@');
        !asks && (!goes_on || next.is_some_and(|it| b")]},".contains(it))) && !decorator
    }

    /// Whether there is code on the line before `at`.
    pub fn has_code_before(&self, at: usize) -> bool {
        let start = self.line_start(at);
        self.bytes[start..at].iter().any(|it| !it.is_ascii_whitespace())
    }

    /// The first byte of the line of `at`.
    pub fn line_start(&self, at: usize) -> usize {
        self.bytes[..at].iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1)
    }
}

fn blot(bytes: &mut [u8], with: u8) {
    for byte in bytes {
        // Lines stay lines in comments; a literal over several lines is one thing.
        if *byte != b'\n' || with != b' ' {
            *byte = with;
        }
    }
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    bytes.get(from..)?.windows(what.len()).position(|it| it == what).map(|it| it + from)
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|it| *it == b'\n' || *it == b'\r').map_or(bytes.len(), |it| it + from)
}

/// Behind the closing quote, or at the end of the line where there is none (an apostrophe in JSX text).
fn string_end(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' => return at,
            it if it == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// Behind the closing back-quote, or behind the `${` that comes first (then true).
fn template_end(bytes: &[u8], start: usize) -> (usize, bool) {
    let mut at = start;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\\', _) => at += 1,
            (b'`', _) => return (at + 1, false),
            (b'$', Some(b'{')) => return (at + 2, true),
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), false)
}

fn regex_end(bytes: &[u8], start: usize) -> usize {
    let mut class = false;
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => return at + 1,
            // No regular expression after all.
            b'\n' => return start + 1,
            _ => {}
        }
        at += 1;
    }
    start + 1
}

fn starts_regex(before: u8, word: &[u8]) -> bool {
    let end = word.iter().rposition(|it| is_word(*it)).map_or(0, |it| it + 1);
    let asks = [&b"return"[..], b"typeof", b"case", b"in", b"of", b"await", b"void", b"delete", b"yield", b"do", b"else"];
    asks.contains(&&word[..end]) || !(is_word(before) || matches!(before, b')' | b']' | b'}'))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::code;

    proptest! {
        #[test]
        fn any_text_is_read_byte_by_byte(text in "([a-z(){}\\[\\]`'\"/\\\\*$;,\n é]|//|\\$\\{|/\\*){0,60}", from in 0usize..80) {
            let code = code(&text);
            prop_assert_eq!(code.bytes.len(), text.len());
            for comment in &code.comments {
                prop_assert!(text[comment.start as usize..comment.end as usize].starts_with('/'));
            }
            if let Some(span) = code.statement(from.min(text.len())) {
                prop_assert!(span.start <= span.end && span.end as usize <= text.len());
            }
        }
    }
}
