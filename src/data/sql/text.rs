//! The text of a statement, with its holes.

use std::sync::Arc;

use crate::base::{Loc, Name};
use crate::values::{EventKind, Lib, Origin, Shape, Sink, Value};

use super::super::{sink, target};

/// Holes are numbered from here, above any placeholder that a person writes.
pub(super) const FIRST_HOLE: usize = 1000;
/// An identifier that stands for hole `n` of the text itself: `hole_1003_`.
pub(super) const HOLE_MARK: &str = "hole_";
/// The column that stands for all keys of an object that is written as it is.
pub(super) const WHOLE: &str = "every_key_of_";

/// A part of a statement.
#[derive(Clone, Debug)]
pub(in crate::data) enum Piece {
    /// Fixed text.
    Text(Arc<str>),
    /// A value that the driver binds.
    Bound(Value),
    /// A value that becomes part of the text.
    Raw(Value),
    /// An object's keys as columns, with bound values: `SET ?`, `${sql(body)}`.
    Columns(Value),
    /// Pieces that may be left out.
    Maybe(Vec<Piece>),
}

/// How a driver names the values that it binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data) enum Placeholders {
    /// `$1`, or names.
    Numbered,
    /// `?`, or names.
    Question,
}

/// A statement's text.
#[derive(Clone, Debug, Default)]
pub(in crate::data) struct SqlText {
    pieces: Vec<Piece>,
}

/// Text with every hole numbered.
pub(super) struct Rendered {
    /// The text.
    pub text: String,
    /// The same with identifiers in place of the holes that are part of the text: for holes where a name must stand.
    pub named: String,
    /// The values of the holes, from [`FIRST_HOLE`].
    pub holes: Vec<Value>,
    /// Values of conditions that may be left out.
    pub optional: Vec<Value>,
    /// The numbers of its placeholders are counted: which value each stands for cannot be told.
    pub counted: bool,
}

impl SqlText {
    /// Of a tagged template: values are bound unless they are fragments.
    pub fn template(quasis: &[Arc<str>], values: &[Value]) -> Self {
        let mut pieces = Vec::new();
        for (index, quasi) in quasis.iter().enumerate() {
            pieces.push(Piece::Text(quasi.clone()));
            if let Some(value) = values.get(index) {
                pieces.extend(bound(value));
            }
        }
        SqlText { pieces }
    }

    /// Of a text that the code puts together itself.
    pub fn of(value: &Value) -> Self {
        SqlText { pieces: raw(value) }
    }

    /// Of pieces.
    pub fn pieces(pieces: Vec<Piece>) -> Self {
        SqlText { pieces }
    }

    /// Its pieces.
    pub fn into_pieces(self) -> Vec<Piece> {
        self.pieces
    }

    /// As a value that can be put into another statement.
    pub fn into_value(self, owner: &str, made: Loc) -> Value {
        self.into_thing(owner, Some(made))
    }

    /// As a value that a builder remembers.
    pub fn into_part(self, owner: &str) -> Value {
        self.into_thing(owner, None)
    }

    fn into_thing(self, owner: &str, made: Option<Loc>) -> Value {
        let name = |text: &str| Name::new(text);
        let data = self.pieces.into_iter().map(|piece| match piece {
            Piece::Text(text) => (name("text"), Value::str(&text)),
            Piece::Bound(value) => (name("bound"), value),
            Piece::Raw(value) => (name("raw"), value),
            Piece::Columns(value) => (name("columns"), value),
            Piece::Maybe(pieces) => (name("maybe"), SqlText { pieces }.into_thing(owner, made)),
        });
        let lib = Lib { owner: name(owner), kind: name("sql"), path: Arc::from([]), data: data.collect(), made, cell: None };
        Value::of(Shape::Lib(Arc::new(lib)))
    }

    /// What the client's hand in the text itself is worth telling.
    pub fn sinks(&self) -> Vec<EventKind> {
        let mut found = Vec::new();
        collect_raw(&self.pieces, &mut found);
        found
    }

    /// Every value in it.
    pub fn values(&self) -> Vec<Value> {
        let mut values = Vec::new();
        collect_values(&self.pieces, &mut values);
        values
    }

    /// The text with numbered holes.
    pub(super) fn render(&self, placeholders: Placeholders) -> Rendered {
        let mut to = Renderer {
            placeholders,
            question: 0,
            out: Rendered { text: String::new(), named: String::new(), holes: vec![], optional: vec![], counted: false },
        };
        to.pieces(&self.pieces);
        to.out
    }
}

/// The pieces of a fragment: what a layer's `sql` helper made, or a nested tagged statement.
pub(in crate::data) fn fragment(value: &Value) -> Option<Vec<Piece>> {
    match &value.shape {
        Shape::Lib(lib) if lib.kind == "sql" => Some(lib.data.iter().filter_map(|(kind, value)| piece(kind, value)).collect()),
        Shape::Query(query) => query.state.iter().find(|(key, _)| *key == "text").and_then(|(_, text)| fragment(text)),
        Shape::Import(import) if target::last(&import.path) == "empty" => Some(Vec::new()),
        _ => None,
    }
}

fn piece(kind: &str, value: &Value) -> Option<Piece> {
    Some(match kind {
        "text" => Piece::Text(value.as_str()?.into()),
        "bound" => Piece::Bound(value.clone()),
        "raw" => Piece::Raw(value.clone()),
        "columns" => Piece::Columns(value.clone()),
        "maybe" => Piece::Maybe(fragment(value)?),
        _ => return None,
    })
}

/// A template's value.
fn bound(value: &Value) -> Vec<Piece> {
    if let Some(pieces) = fragment(value) {
        return pieces;
    }
    if let Shape::OneOf(values) = &value.shape {
        let fragments: Vec<Vec<Piece>> = values.iter().filter_map(fragment).collect();
        if !fragments.is_empty() {
            return vec![Piece::Maybe(fragments.concat())];
        }
    }
    vec![Piece::Bound(value.clone())]
}

/// A value that is text.
fn raw(value: &Value) -> Vec<Piece> {
    match &value.shape {
        Shape::Str(text) | Shape::Num(text) => vec![Piece::Text(text.clone())],
        Shape::Text { quasis, parts } => {
            let mut pieces = Vec::new();
            for (index, quasi) in quasis.iter().enumerate() {
                pieces.push(Piece::Text(quasi.clone()));
                if let Some(part) = parts.get(index) {
                    pieces.extend(raw(part));
                }
            }
            pieces
        }
        Shape::OneOf(values) if values.iter().all(|it| matches!(it.shape, Shape::Nullish) || it.as_str() == Some("")) => {
            Vec::new()
        }
        // One of several fixed texts (`ASC` or `DESC`): the first stands for all.
        Shape::OneOf(values) if values.iter().all(|it| it.as_str().is_some_and(|text| !text.contains(' '))) => {
            raw(values.last().unwrap_or(value))
        }
        Shape::OneOf(values) if values.iter().any(|it| it.as_str() == Some("")) => {
            vec![Piece::Maybe(values.iter().flat_map(raw).collect())]
        }
        _ => fragment(value).unwrap_or_else(|| vec![Piece::Raw(value.clone())]),
    }
}

fn collect_raw(pieces: &[Piece], into: &mut Vec<EventKind>) {
    for piece in pieces {
        match piece {
            Piece::Raw(value) => into.extend(sink::in_text(Sink::Sql, value)),
            // Keys of an object that the client sends become column names, but quoted ones.
            Piece::Text(_) | Piece::Bound(_) | Piece::Columns(_) => {}
            Piece::Maybe(inner) => collect_raw(inner, into),
        }
    }
}

fn collect_values(pieces: &[Piece], into: &mut Vec<Value>) {
    for piece in pieces {
        match piece {
            Piece::Text(_) => {}
            Piece::Bound(value) | Piece::Raw(value) | Piece::Columns(value) => into.push(value.clone()),
            Piece::Maybe(inner) => collect_values(inner, into),
        }
    }
}

struct Renderer {
    placeholders: Placeholders,
    question: usize,
    out: Rendered,
}

impl Renderer {
    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Text(text) => self.text(text),
                Piece::Bound(value) => {
                    let hole = self.hole(value);
                    self.both(&format!("${hole}"));
                }
                Piece::Raw(value) => self.raw(value),
                Piece::Columns(value) => self.columns(value),
                Piece::Maybe(inner) => collect_values(inner, &mut self.out.optional),
            }
        }
    }

    fn both(&mut self, text: &str) {
        self.out.text.push_str(text);
        self.out.named.push_str(text);
    }

    fn hole(&mut self, value: &Value) -> usize {
        self.out.holes.push(value.clone());
        FIRST_HOLE + self.out.holes.len() - 1
    }

    fn raw(&mut self, value: &Value) {
        let hole = self.hole(value);
        // `$${index}`: a placeholder whose number is counted.
        let counted = self.out.text.ends_with('$');
        let quoted = self.out.text.matches('\'').count() % 2 == 1;
        let name = format!("{HOLE_MARK}{hole}_");
        match (counted, quoted) {
            (true, _) => {
                self.out.counted = true;
                self.both(&hole.to_string());
            }
            (false, true) => self.both(&name),
            // `SET ${assignments}`: whatever columns its text names.
            (false, false) if self.out.text.trim_end().to_lowercase().ends_with(" set") => {
                self.out.holes[hole - FIRST_HOLE] = written_whole(value);
                self.both(&format!("\"{WHOLE}\" = ${hole}"));
            }
            (false, false) => {
                self.out.text.push_str(&format!("${hole}"));
                self.out.named.push_str(&name);
            }
        }
    }

    fn columns(&mut self, value: &Value) {
        let mut columns: Vec<(String, String)> = Vec::new();
        let object = target::elements(value).map_or(value, |rows| rows.first().unwrap_or(value));
        match object.as_object() {
            Some(fields) if fields.is_closed() => {
                for (name, value) in &fields.fields {
                    columns.push((name.to_string(), format!("${}", self.hole(value))));
                }
            }
            _ => {
                let hole = self.hole(object);
                columns.push((WHOLE.to_owned(), format!("${hole}")));
            }
        }
        let assigned = self.out.text.trim_end().to_lowercase().ends_with("set");
        let text = if assigned {
            columns.iter().map(|(name, hole)| format!("\"{name}\" = {hole}")).collect::<Vec<_>>().join(", ")
        } else {
            let (names, holes): (Vec<_>, Vec<_>) = columns.into_iter().map(|(name, hole)| (format!("\"{name}\""), hole)).unzip();
            format!("({}) VALUES ({})", names.join(", "), holes.join(", "))
        };
        self.both(&text);
    }

    /// Fixed text; question marks outside of quotes become numbers where the driver counts them.
    fn text(&mut self, text: &str) {
        if self.placeholders == Placeholders::Numbered {
            return self.both(text);
        }
        let mut quote = open_quote(&self.out.text);
        let mut chars = text.chars().peekable();
        let mut written = String::new();
        while let Some(at) = chars.next() {
            match at {
                '\'' | '"' | '`' if quote == Some(at) => quote = None,
                '\'' | '"' | '`' if quote.is_none() => quote = Some(at),
                '?' if quote.is_none() => {
                    self.question += 1;
                    if chars.next_if_eq(&'?').is_some() {
                        // `??` binds a name.
                        written.push_str(&format!("{HOLE_MARK}name_{}", self.question));
                        continue;
                    }
                    let digits: String = std::iter::from_fn(|| chars.next_if(char::is_ascii_digit)).collect();
                    written.push('$');
                    written.push_str(if digits.is_empty() { self.question.to_string() } else { digits }.as_str());
                    continue;
                }
                _ => {}
            }
            // PostgreSQL's dialect knows neither SQLite's `@name` nor back quotes.
            if at == '@' && quote.is_none() && chars.peek().is_some_and(|next| next.is_ascii_alphabetic() || *next == '_') {
                written.push(':');
                continue;
            }
            written.push(if at == '`' { '"' } else { at });
        }
        self.both(&written);
    }
}

/// What a text of assignments writes: where its columns are the keys of an object of the client's, that whole object.
fn written_whole(text: &Value) -> Value {
    let whole = text.origin.clients().find(|it| it.path.is_empty());
    whole.map_or_else(|| text.clone(), |it| Value::with_origin(Shape::Unknown, Origin::Client(it.clone())))
}

/// The quote that is open at the end of a text.
fn open_quote(text: &str) -> Option<char> {
    let mut open = None;
    for at in text.chars().filter(|it| matches!(it, '\'' | '"')) {
        match open {
            None => open = Some(at),
            Some(quote) if quote == at => open = None,
            Some(_) => {}
        }
    }
    open
}
