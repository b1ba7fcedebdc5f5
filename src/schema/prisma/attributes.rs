//! Attributes of a field or a block.

use super::lex::{Kind, Token};
use crate::base::Name;

/// `@name(args)` or `@@name(args)`.
pub struct Attribute<'t, 'a> {
    /// The name, before a dot.
    pub name: &'a str,
    /// The native type after the dot (`VarChar` of `@db.VarChar`).
    pub native: Option<&'a str>,
    /// What stands between the parentheses.
    pub args: &'t [Token<'a>],
}

/// All attributes in a piece of a line.
pub fn attributes<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<Attribute<'t, 'a>> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if !(tokens[at].is("@") || tokens[at].is("@@")) {
            at += 1;
            continue;
        }
        at += 1;
        let Some(name) = tokens.get(at).filter(|it| it.kind == Kind::Word) else { continue };
        at += 1;
        let mut native = None;
        if tokens.get(at).is_some_and(|it| it.is("."))
            && let Some(word) = tokens.get(at + 1).filter(|it| it.kind == Kind::Word)
        {
            native = Some(word.text);
            at += 2;
        }
        let start = at;
        let mut args: &[Token<'a>] = &[];
        if tokens.get(at).is_some_and(|it| it.is("(")) {
            let mut depth = 0usize;
            while let Some(token) = tokens.get(at) {
                depth = if token.is("(") {
                    depth + 1
                } else if token.is(")") {
                    depth.saturating_sub(1)
                } else {
                    depth
                };
                if depth == 0 {
                    break;
                }
                at += 1;
            }
            args = tokens.get(start + 1..at).unwrap_or(&[]);
            at += 1;
        }
        out.push(Attribute { name: name.text, native, args });
    }
    out
}

impl<'a> Attribute<'_, 'a> {
    /// The tokens of the argument of that name.
    fn named(&self, key: &str) -> Option<&[Token<'a>]> {
        let mut depth = 0usize;
        for (at, token) in self.args.iter().enumerate() {
            match token.text {
                "(" | "[" if token.kind == Kind::Mark => depth += 1,
                ")" | "]" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
                _ if depth == 0 && token.is_word(key) && self.args.get(at + 1).is_some_and(|it| it.is(":")) => {
                    return Some(&self.args[at + 2..]);
                }
                _ => {}
            }
        }
        None
    }

    /// The text of the argument of that name.
    pub fn text(&self, key: &str) -> Option<Name> {
        self.named(key)?.first().filter(|it| it.kind == Kind::Text).map(|it| Name::new(it.text))
    }

    /// The text that stands first, without a name.
    pub fn first_text(&self) -> Option<Name> {
        self.args.first().filter(|it| it.kind == Kind::Text).map(|it| Name::new(it.text))
    }

    /// The names in the list of that argument, or in the list that stands first.
    pub fn names(&self, key: &str) -> Vec<Name> {
        let list = self.named(key).unwrap_or(self.args);
        if !list.first().is_some_and(|it| it.is("[")) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let (mut depth, mut fresh) = (0usize, true);
        for token in &list[1..] {
            match token.text {
                "(" | "[" if token.kind == Kind::Mark => depth += 1,
                ")" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
                "]" if token.kind == Kind::Mark => {
                    if depth == 0 {
                        break;
                    }
                    depth -= 1;
                }
                "," if token.kind == Kind::Mark && depth == 0 => fresh = true,
                text if token.kind == Kind::Word && depth == 0 && std::mem::take(&mut fresh) => out.push(Name::new(text)),
                _ => {}
            }
        }
        out
    }
}
