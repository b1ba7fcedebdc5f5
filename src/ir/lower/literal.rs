//! Literals: what their text means.

use std::borrow::Cow;
use std::sync::Arc;

use tree_sitter::Node;

use super::context::Lower;
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{ExprId, Key, Lit};

impl<'t> Lower<'t> {
    /// The text that a string node means.
    pub(super) fn string(&self, node: Node<'_>) -> Cow<'t, str> {
        let text = self.text(node);
        let quote = text.chars().next().filter(|it| matches!(it, '"' | '\''));
        let inner = quote.map_or(text, |quote| {
            let inner = &text[1..];
            inner.strip_suffix(quote).unwrap_or(inner)
        });
        unescape(inner)
    }

    /// A string node as a name.
    pub(super) fn string_name(&self, node: Node<'_>) -> Name {
        Name::new(&self.string(node))
    }

    pub(super) fn number(&self, node: Node<'_>) -> Lit {
        let text = self.text(node);
        if text.ends_with('n') && !text.starts_with("0x") && !text.starts_with("0X")
            || text.starts_with('0') && text.ends_with('n')
        {
            return Lit::BigInt;
        }
        Lit::Num(if text.contains('_') { text.replace('_', "").into() } else { text.into() })
    }

    /// The cooked texts and the expressions of a template.
    pub(super) fn template(&mut self, node: Node<'t>) -> (Vec<Arc<str>>, Vec<ExprId>) {
        let (mut quasis, mut exprs) = (Vec::new(), Vec::new());
        let mut start = node.start_byte() + 1;
        for kid in self.kids(node) {
            if kid.kind != Kind::Substitution {
                continue;
            }
            quasis.push(self.cooked(start, kid.node.start_byte()));
            start = kid.node.end_byte();
            let inner = self.kids(kid.node).into_iter().find(|it| it.kind.is_expression());
            exprs.push(match inner {
                Some(inner) => self.expr(inner.node),
                None => self.opaque(kid.node),
            });
        }
        let end = if self.text(node).ends_with('`') { node.end_byte() - 1 } else { node.end_byte() };
        quasis.push(self.cooked(start, end));
        (quasis, exprs)
    }

    fn cooked(&self, start: usize, end: usize) -> Arc<str> {
        let text = self.text.get(start..end.max(start)).unwrap_or("");
        if text.contains('\r') { unescape(&text.replace("\r\n", "\n").replace('\r', "\n")).into() } else { unescape(text).into() }
    }

    /// The name of a property, member or enum member.
    pub(super) fn key(&mut self, node: Node<'t>) -> Key {
        match self.kind(node) {
            Kind::String => Key::Name(self.string_name(node)),
            Kind::Computed => {
                let Some(inner) = self.kids(node).into_iter().find(|it| it.kind.is_expression()) else {
                    return Key::Name(self.name(node));
                };
                match inner.kind {
                    Kind::String => Key::Name(self.string_name(inner.node)),
                    _ => Key::Computed(self.expr(inner.node)),
                }
            }
            _ => Key::Name(self.name(node)),
        }
    }

    /// The name of a class or enum member; a computed one as it is written.
    pub(super) fn member_name(&self, node: Node<'_>) -> Name {
        if self.kind(node) == Kind::String { self.string_name(node) } else { self.name(node) }
    }
}

/// Text with its escapes replaced. A lone surrogate becomes U+FFFD.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('\\') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = text[first..].chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match rest.next() {
            None => out.push('\\'),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('v') => out.push('\u{b}'),
            Some('0') if !rest.as_str().starts_with(|it: char| it.is_ascii_digit()) => out.push('\0'),
            Some('x') => match hex(rest.as_str(), 2) {
                Some((code, after)) => {
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                    rest = after.chars();
                }
                None => out.push('x'),
            },
            Some('u') => match unicode(rest.as_str()) {
                Some((decoded, after)) => {
                    out.push(decoded);
                    rest = after.chars();
                }
                None => out.push('u'),
            },
            // A line that goes on.
            Some('\n' | '\u{2028}' | '\u{2029}') => {}
            Some('\r') => rest = rest.as_str().strip_prefix('\n').unwrap_or(rest.as_str()).chars(),
            Some(other) => out.push(other),
        }
    }
    Cow::Owned(out)
}

fn hex(text: &str, digits: usize) -> Option<(u32, &str)> {
    let code = text.get(..digits).filter(|it| it.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    Some((u32::from_str_radix(code, 16).ok()?, &text[digits..]))
}

fn unicode(text: &str) -> Option<(char, &str)> {
    if let Some(inner) = text.strip_prefix('{') {
        let (code, after) = inner.split_once('}')?;
        let code = u32::from_str_radix(code, 16).ok()?;
        return Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), after));
    }
    let (first, after) = hex(text, 4)?;
    if (0xd800..0xdc00).contains(&first)
        && let Some((second, after)) = after.strip_prefix("\\u").and_then(|it| hex(it, 4))
        && (0xdc00..0xe000).contains(&second)
    {
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return Some((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), after));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), after))
}
