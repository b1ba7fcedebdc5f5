//! Tokens and statements of SQL text.
//!
//! The parser gives up on a whole text at the first statement that it does not know, so statements are cut out first, by the rules
//! of PostgreSQL's lexer: quotes, dollar quotes, nested comments, psql lines, COPY data.

/// A token with the byte it starts at, relative to the text it was cut from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// Its text, without quotes.
    pub text: &'a str,
    /// First byte, quotes included.
    pub start: usize,
    /// First byte of `text`.
    pub inner: usize,
}

/// Kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bare word or number.
    Word,
    /// A quoted identifier.
    Name,
    /// A string.
    Text,
    /// A dollar-quoted text.
    Body,
    /// One character of punctuation.
    Mark,
}

impl Token<'_> {
    /// Whether it is that keyword, in any case.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether it is that punctuation.
    pub fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// The identifier that it is: folded to lower case unless quoted.
    pub fn identifier(&self) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.text.to_lowercase()),
            Kind::Name => Some(self.text.to_owned()),
            _ => None,
        }
    }
}

/// A statement without its semicolon and without comments before it.
#[derive(Clone, Debug)]
pub struct Statement<'a> {
    /// Its text.
    pub text: &'a str,
    /// Where it starts, in bytes of the text it was cut from.
    pub start: usize,
    /// Its tokens, relative to the same text as `start`.
    pub tokens: Vec<Token<'a>>,
}

impl Statement<'_> {
    /// Whether it begins with these words, `or replace` and the like left out.
    pub fn begins(&self, words: &[&str]) -> bool {
        let skipped = ["or", "replace", "temp", "temporary", "unlogged", "unique", "concurrently", "materialized", "recursive"];
        let mut tokens = self.tokens.iter().filter(|it| !skipped.iter().any(|word| it.is_word(word)));
        words.iter().all(|word| tokens.next().is_some_and(|it| it.is_word(word)))
    }
}

/// All tokens; a quote that never ends is taken as punctuation, so that it costs one statement only.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let mut out: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    // Once an opening mark is known to lack its end, looking again from every later one would take quadratic time.
    let mut open_ended = [false; 256];
    while at < bytes.len() {
        let byte = bytes[at];
        let start = at;
        let mut push = |kind, inner: usize, end: usize| {
            if let Some(piece) = text.get(inner..end) {
                out.push(Token { kind, text: piece, start, inner });
            }
        };
        match byte {
            it if it.is_ascii_whitespace() => at += 1,
            b'-' if bytes.get(at + 1) == Some(&b'-') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = comment_end(bytes, at),
            b'\'' | b'"' | b'`' => {
                let escapes = byte == b'\''
                    && start > 0
                    && matches!(bytes[start - 1], b'e' | b'E')
                    && !is_word_byte(bytes, start.wrapping_sub(2));
                match (!open_ended[byte as usize]).then(|| quote_end(bytes, at, byte, escapes)).flatten() {
                    Some(end) => {
                        push(if byte == b'\'' { Kind::Text } else { Kind::Name }, at + 1, end);
                        at = end + 1;
                    }
                    None => {
                        open_ended[byte as usize] = true;
                        push(Kind::Mark, at, at + 1);
                        at += 1;
                    }
                }
            }
            b'$' => match (!is_word_byte(bytes, start.wrapping_sub(1))).then(|| dollar_tag(text, at)).flatten() {
                Some(tag) if !open_ended[b'$' as usize] => {
                    let inner = at + tag.len();
                    match text.get(inner..).and_then(|rest| rest.find(tag)) {
                        Some(length) => {
                            push(Kind::Body, inner, inner + length);
                            at = inner + length + tag.len();
                        }
                        None => {
                            open_ended[b'$' as usize] = true;
                            push(Kind::Mark, at, at + 1);
                            at += 1;
                        }
                    }
                }
                _ => {
                    push(Kind::Mark, at, at + 1);
                    at += 1;
                }
            },
            it if it.is_ascii_alphanumeric() || it == b'_' || it >= 0x80 => {
                while is_word_byte(bytes, at) || (bytes.get(at) == Some(&b'$') && at > start) {
                    at += 1;
                }
                push(Kind::Word, start, at);
            }
            _ => {
                push(Kind::Mark, at, at + 1);
                at += 1;
            }
        }
    }
    out
}

fn is_word_byte(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|it| it.is_ascii_alphanumeric() || *it == b'_' || *it >= 0x80)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|it| *it == b'\n').map_or(bytes.len(), |it| at + it + 1)
}

fn comment_end(bytes: &[u8], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0usize);
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The place of the closing quote.
fn quote_end(bytes: &[u8], start: usize, quote: u8, escapes: bool) -> Option<usize> {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if escapes => at += 2,
            it if it == quote => {
                if bytes.get(at + 1) != Some(&quote) {
                    return Some(at);
                }
                at += 2;
            }
            _ => at += 1,
        }
    }
    None
}

/// `$$` or `$tag$` at that byte.
fn dollar_tag(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..)?;
    let end = rest[1..].find('$')? + 1;
    let tag = &rest[1..end];
    let named = tag.chars().all(|it| it.is_alphanumeric() || it == '_') && !tag.starts_with(|it: char| it.is_ascii_digit());
    (end < 64 && named).then(|| &rest[..=end])
}

/// The statements of a migration, in order. What a migration tool would run backwards is left out.
pub fn statements(text: &str) -> Vec<Statement<'_>> {
    let backwards = backwards(text);
    let mut out = Vec::new();
    let mut tokens: Vec<Token<'_>> = Vec::new();
    // Bodies in plain SQL (`begin atomic … end`, triggers of SQLite) hold semicolons.
    let mut nested = 0usize;
    let mut skip_to = 0;
    for token in self::tokens(text) {
        if token.start < skip_to || backwards.iter().any(|(from, to)| (*from..*to).contains(&token.start)) {
            continue;
        }
        if tokens.is_empty() && token.is("\\") {
            skip_to = line_end(text.as_bytes(), token.start);
            continue;
        }
        if !(token.is(";") && nested == 0) {
            nested = nesting(&tokens, &token, nested);
            tokens.push(token);
            continue;
        }
        let data = tokens.first().is_some_and(|it| it.is_word("copy")) && tokens.iter().any(|it| it.is_word("stdin"));
        finish(text, &mut tokens, token.start, &mut out);
        if data {
            let from = token.start + 1;
            skip_to = text.get(from..).and_then(|rest| rest.find("\n\\.")).map_or(from, |it| from + it + 3);
        }
    }
    let end = text.len();
    finish(text, &mut tokens, end, &mut out);
    out
}

fn finish<'a>(text: &'a str, tokens: &mut Vec<Token<'a>>, end: usize, out: &mut Vec<Statement<'a>>) {
    if let Some(start) = tokens.first().map(|it| it.start)
        && let Some(text) = text.get(start..end)
    {
        out.push(Statement { text: text.trim_end(), start, tokens: std::mem::take(tokens) });
    }
    tokens.clear();
}

fn nesting(before: &[Token<'_>], token: &Token<'_>, nested: usize) -> usize {
    if nested > 0 {
        let opens = token.is_word("case") || token.is_word("begin");
        return if token.is_word("end") { nested - 1 } else { nested + usize::from(opens) };
    }
    let creates =
        |what: &str| before.iter().take(6).any(|it| it.is_word(what)) && before.first().is_some_and(|it| it.is_word("create"));
    let atomic = token.is_word("atomic") && before.last().is_some_and(|it| it.is_word("begin"));
    usize::from((atomic && (creates("function") || creates("procedure"))) || (token.is_word("begin") && creates("trigger")))
}

/// Ranges that undo a migration (`-- migrate:down`, `-- +goose Down`).
fn backwards(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let mark = line.trim();
        if let Some(mark) = mark.strip_prefix("--") {
            let mark = mark.trim().to_ascii_lowercase();
            let mark = mark.trim_start_matches(['+', '-']).trim();
            if ["migrate:down", "goose down", "migrate down", "down migration"].iter().any(|it| mark.starts_with(it)) {
                from = from.or(Some(at));
            } else if ["migrate:up", "goose up", "migrate up", "up migration"].iter().any(|it| mark.starts_with(it)) {
                out.extend(from.take().map(|from| (from, at)));
            }
        }
        at += line.len();
    }
    out.extend(from.map(|from| (from, text.len())));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(sql: &str) -> Vec<&str> {
        statements(sql).into_iter().map(|it| it.text).collect()
    }

    #[test]
    fn semicolons_in_quotes_bodies_and_comments_do_not_split() {
        assert_eq!(
            texts("select ';'; select 'it''s; ok' -- ;\n; /* ; /* ; */ ; */ select \"a;b\";"),
            ["select ';'", "select 'it''s; ok' -- ;", "select \"a;b\""]
        );
        assert_eq!(
            texts("create function f() returns int as $fn$ select 1; $$;$$ $fn$ language sql; select 2"),
            ["create function f() returns int as $fn$ select 1; $$;$$ $fn$ language sql", "select 2"]
        );
        assert_eq!(texts("select E'\\';'; select 1;"), ["select E'\\';'", "select 1"]);
        assert_eq!(
            texts("create function f() returns int begin atomic select 1; select case when true then 1 end; end; select 3;"),
            ["create function f() returns int begin atomic select 1; select case when true then 1 end; end", "select 3"]
        );
        assert_eq!(
            texts("create trigger t after insert on a begin update b set x = 1; end; select 4"),
            ["create trigger t after insert on a begin update b set x = 1; end", "select 4"]
        );
    }

    #[test]
    fn psql_lines_copied_data_and_way_back_are_left_out() {
        assert_eq!(
            texts("\\restrict x;y\n\\connect db\nselect 1;\ncopy t (a) from stdin;\n1;2\n\\.\nselect 2;"),
            ["select 1", "copy t (a) from stdin", "select 2"]
        );
        assert_eq!(
            texts("-- migrate:up\ncreate table a (id int);\n-- migrate:down\ndrop table a;\n"),
            ["create table a (id int)"]
        );
        assert_eq!(texts("-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;\n"), ["select 1"]);
    }

    #[test]
    fn an_unfinished_quote_costs_one_statement() {
        assert_eq!(texts("select 'oops; select 2;\nselect 3"), ["select 'oops", "select 2", "select 3"]);
        assert_eq!(texts("select $$oops; select 2"), ["select $$oops", "select 2"]);
    }
}
