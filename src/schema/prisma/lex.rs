//! Tokens of Prisma schema text.

use crate::base::Span;

/// A token with its absolute bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text; of a string, what stands between the quotes.
    pub text: &'a str,
    /// Absolute bytes, quotes included.
    pub span: Span,
}

/// Kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    /// A quoted text.
    Text,
    /// A number.
    Number,
    /// One character of punctuation; `@@` is one token.
    Mark,
    /// The end of a line.
    Line,
}

impl Token<'_> {
    /// Whether it is that punctuation.
    pub fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// Whether it is that word.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

/// All tokens of the text; comments are dropped, an unfinished string ends with its line.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            b'\n' => {
                at += 1;
                Kind::Line
            }
            it if it.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = bytes[at..].iter().position(|it| *it == b'\n').map_or(bytes.len(), |it| at + it);
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text.get(at + 2..).and_then(|rest| rest.find("*/")).map_or(bytes.len(), |it| at + it + 4);
                continue;
            }
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' && bytes[at] != b'\n' {
                    at += if bytes[at] == b'\\' && bytes.get(at + 1).is_some_and(|it| *it != b'\n') { 2 } else { 1 };
                }
                let inner = text.get(start + 1..at.min(bytes.len())).unwrap_or("");
                at = if bytes.get(at) == Some(&b'"') { at + 1 } else { at.min(bytes.len()) };
                out.push(Token { kind: Kind::Text, text: inner, span: span(start, at) });
                continue;
            }
            it if it.is_ascii_digit() => {
                while bytes.get(at).is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'.') {
                    at += 1;
                }
                Kind::Number
            }
            it if it.is_ascii_alphabetic() || it == b'_' || it >= 0x80 => {
                while bytes.get(at).is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_' || *it >= 0x80) {
                    at += 1;
                }
                Kind::Word
            }
            b'@' if bytes.get(at + 1) == Some(&b'@') => {
                at += 2;
                Kind::Mark
            }
            _ => {
                at += 1;
                Kind::Mark
            }
        };
        if let Some(text) = text.get(start..at) {
            out.push(Token { kind, text, span: span(start, at) });
        }
    }
    out
}

fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}
