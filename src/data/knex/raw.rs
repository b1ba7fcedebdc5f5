//! Texts with bindings: `raw('… ? …', [value])`, `whereRaw`, `ref('t.c')`.

use super::{ID, base};
use crate::data::assemble::{named, pending, quoted, text};
use crate::data::sql::{Piece, Placeholders, SqlText, Statement, fragment, read};
use crate::data::target;
use crate::schema::Schema;
use crate::values::{Call, Lib, Op, Outcome, Shape, Value};

/// `raw(text, bindings)`: a part of a statement, or a statement of its own once it is awaited.
pub(super) fn statement(client: &Lib, call: &Call<'_>, schema: &Schema) -> Outcome {
    let text = SqlText::pieces(pieces(call.args));
    let mut query = base(Some(client), Op::Call);
    query.state.push(("raw".into(), Value::bool(true)));
    let events = text.sinks();
    let mut query = match read(&query, &text, None, Placeholders::Numbered, schema) {
        Statement::Query(query) => *query,
        Statement::Harmless => query,
    };
    query.state.push(("text".into(), text.into_value(ID, call.loc)));
    Outcome { events, ..Outcome::value(pending(query)) }
}

/// `ref('t.c')`
pub(super) fn reference(call: &Call<'_>) -> Option<Value> {
    let name = call.args.first()?.as_str()?;
    Some(SqlText::pieces(vec![text(&named(name))]).into_value(ID, call.loc))
}

/// A text and its bindings: `?` for a value, `??` for a name, `:name` and `:name:` with an object of them.
pub(super) fn pieces(args: &[Value]) -> Vec<Piece> {
    let Some(first) = args.first() else { return Vec::new() };
    if let Some(inner) = fragment(first) {
        return inner;
    }
    let mut to = Binder { bindings: args.get(1), next: 0, out: Vec::new() };
    for piece in SqlText::of(first).into_pieces() {
        match piece {
            Piece::Text(fixed) => to.text(&fixed),
            other => to.out.push(other),
        }
    }
    to.out
}

struct Binder<'a> {
    bindings: Option<&'a Value>,
    next: usize,
    out: Vec<Piece>,
}

impl Binder<'_> {
    fn text(&mut self, fixed: &str) {
        let (mut from, mut quote) = (0, None);
        let mut at = 0;
        while let Some(next) = fixed[at..].chars().next() {
            let rest = &fixed[at + next.len_utf8()..];
            match next {
                '\'' | '"' if quote == Some(next) => quote = None,
                '\'' | '"' if quote.is_none() => quote = Some(next),
                // An escaped question mark is an operator.
                '\\' if rest.starts_with('?') => at += 1,
                '?' if quote.is_none() => {
                    self.out.push(text(&fixed[from..at]));
                    let is_name = rest.starts_with('?');
                    let bound = self.counted();
                    self.bind(bound, is_name);
                    at += usize::from(is_name);
                    from = at + 1;
                }
                ':' if quote.is_none()
                    && !fixed[..at].ends_with(':')
                    && self.bindings.is_some_and(|it| it.as_object().is_some()) =>
                {
                    let end = rest.find(|it: char| !(it.is_alphanumeric() || it == '_')).unwrap_or(rest.len());
                    if end > 0 {
                        self.out.push(text(&fixed[from..at]));
                        let is_name = rest[end..].starts_with(':') && !rest[end..].starts_with("::");
                        let bound = self.bindings.and_then(|it| it.field(&rest[..end])).cloned();
                        self.bind(bound.unwrap_or_else(Value::unknown), is_name);
                        at += end + usize::from(is_name);
                        from = at + 1;
                    }
                }
                _ => {}
            }
            at += fixed[at..].chars().next().map_or(1, char::len_utf8);
        }
        self.out.push(text(fixed.get(from..).unwrap_or("")));
    }

    fn counted(&mut self) -> Value {
        let index = self.next;
        self.next += 1;
        match self.bindings.map(|it| (target::elements(it), &it.shape)) {
            Some((Some(all), Shape::Array(_))) => all.get(index).cloned().unwrap_or_else(Value::unknown),
            Some((Some(all), _)) => all.first().cloned().unwrap_or_else(Value::unknown),
            Some((None, Shape::Unknown)) | None => Value::unknown(),
            // One value may stand without a list.
            Some((None, _)) => self.bindings.cloned().unwrap_or_else(Value::unknown),
        }
    }

    fn bind(&mut self, value: Value, is_name: bool) {
        self.out.push(match value.as_str() {
            Some(name) if is_name => text(&quoted(name)),
            _ => match fragment(&value) {
                Some(inner) => return self.out.extend(inner),
                None => Piece::Bound(value),
            },
        });
    }
}
