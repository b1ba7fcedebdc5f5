//! Functions and triggers. Read from tokens, since the parser knows neither their bodies nor all of their options.

use rustc_hash::FxHashSet;

use super::split::{Kind, Statement, Token, tokens};
use super::{Place, Reader, qualified};
use crate::base::{FileId, Name, Span};
use crate::schema::Procedure;

/// A function while migrations run.
pub struct Function {
    /// Without schema.
    pub name: Name,
    /// Its schema, where it is not the default one.
    schema: Option<Name>,
    definer: bool,
    trigger: bool,
    body: String,
    pub open_to_public: bool,
    pub open_to_anon: bool,
    pub open_to_caller: bool,
    declared: (FileId, Span),
}

impl Reader {
    pub fn create_function(&mut self, statement: &Statement<'_>, place: Place) {
        let tokens = &statement.tokens;
        let Some(at) = tokens.iter().position(|it| it.is_word("function") || it.is_word("procedure")) else { return };
        let Some((full, _)) = name_at(tokens, at + 1) else { return };
        let (schema, name) = match full.rsplit_once('.') {
            Some((schema, name)) => (Some(Name::new(schema)), Name::new(name)),
            None => (None, full),
        };
        let pair = |first: &str, second: &str| tokens.windows(2).any(|it| it[0].is_word(first) && it[1].is_word(second));
        let body_at = tokens.iter().position(|it| it.kind == Kind::Body).or_else(|| {
            // `as 'text'`
            tokens.windows(2).position(|it| it[0].is_word("as") && it[1].kind == Kind::Text).map(|at| at + 1)
        });
        let body = match body_at {
            Some(at) => tokens[at].text.to_owned(),
            None => tokens
                .iter()
                .position(|it| it.is_word("atomic") || it.is_word("return"))
                .and_then(|at| statement.text.get(tokens[at].start - statement.start..))
                .unwrap_or("")
                .to_owned(),
        };
        let kept = self.functions.iter().position(|it| it.name == name && it.schema == schema);
        let mut function = Function {
            name,
            schema,
            definer: pair("security", "definer"),
            trigger: pair("returns", "trigger") || pair("returns", "event_trigger"),
            body,
            open_to_public: true,
            open_to_anon: true,
            open_to_caller: true,
            declared: (place.file, place.span(statement.start, statement.start + statement.text.len())),
        };
        match kept {
            // Replacing a function keeps its privileges.
            Some(at) => {
                let old = &self.functions[at];
                (function.open_to_public, function.open_to_anon, function.open_to_caller) =
                    (old.open_to_public, old.open_to_anon, old.open_to_caller);
                self.functions[at] = function;
            }
            None => self.functions.push(function),
        }
    }

    pub fn drop_function(&mut self, statement: &Statement<'_>) {
        let start = statement.tokens.iter().position(|it| it.is_word("function")).map_or(0, |it| it + 1);
        let start = if statement.tokens.get(start).is_some_and(|it| it.is_word("if")) { start + 2 } else { start };
        if let Some((name, _)) = name_at(&statement.tokens, start) {
            let name = Name::new(name.rsplit('.').next().unwrap_or(""));
            self.functions.retain(|it| it.name != name);
        }
    }

    /// A trigger before updates whose function compares or puts back columns keeps them from changing.
    pub fn create_trigger(&mut self, statement: &Statement<'_>) {
        let tokens = &statement.tokens;
        let word = |text: &str| tokens.iter().position(|it| it.is_word(text));
        let (Some(before), Some(update)) = (word("before"), word("update")) else { return };
        let Some(on) = tokens.iter().skip(update).position(|it| it.is_word("on")).map(|it| it + update) else { return };
        let call = word("execute").map(|it| it + 2);
        let (Some((table, _)), Some((function, _))) = (name_at(tokens, on + 1), call.and_then(|it| name_at(tokens, it))) else {
            return;
        };
        let short = function.rsplit('.').next().unwrap_or("");
        let Some(body) = self.functions.iter().rev().find(|it| it.name == short).map(|it| it.body.clone()) else { return };
        if before < update {
            let frozen = frozen_columns(&body);
            self.table(table).frozen.extend(frozen);
        }
    }

    /// Names of functions that ask who calls, also through other functions.
    pub fn asking(&self) -> FxHashSet<Name> {
        let mut asking: FxHashSet<Name> = self.functions.iter().filter(|it| asks_caller(&it.body)).map(|it| it.name).collect();
        loop {
            let more: Vec<Name> = self
                .functions
                .iter()
                .filter(|it| !asking.contains(&it.name) && calls_any(&it.body, &asking))
                .map(|it| it.name)
                .collect();
            if more.is_empty() {
                return asking;
            }
            asking.extend(more);
        }
    }

    pub fn procedures(&self, asking: &FxHashSet<Name>) -> Vec<Procedure> {
        self.functions
            .iter()
            .map(|it| Procedure {
                name: it.name,
                definer: it.definer,
                asks_caller: asking.contains(&it.name),
                callable: !it.trigger && it.schema.is_none() && (it.open_to_public || it.open_to_anon || it.open_to_caller),
                declared: Some(it.declared),
            })
            .collect()
    }
}

/// The dotted name at that token, without the default schema, and the token after it.
pub fn name_at(tokens: &[Token<'_>], at: usize) -> Option<(Name, usize)> {
    let mut parts = vec![tokens.get(at)?.identifier()?];
    let mut end = at + 1;
    while tokens.get(end).is_some_and(|it| it.is(".")) {
        parts.push(tokens.get(end + 1)?.identifier()?);
        end += 2;
    }
    let name = Name::new(parts.last()?);
    let name = match parts.len() {
        1 => name,
        many => qualified(&parts[many - 2], name),
    };
    Some((name, end))
}

/// Whether the text asks for the caller's identity.
pub fn asks_caller(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["auth.uid()", "auth.jwt()", "auth.email()", "auth.user_id()", "auth.session()", "current_setting("]
        .iter()
        .any(|it| lower.contains(it))
}

/// Whether the text calls one of these functions.
pub fn calls_any(text: &str, names: &FxHashSet<Name>) -> bool {
    let tokens = tokens(text);
    tokens.windows(2).any(|two| two[1].is("(") && two[0].identifier().is_some_and(|it| names.contains(&Name::new(&it))))
}

/// Columns that a trigger's body compares between old and new and refuses, or puts back.
fn frozen_columns(body: &str) -> Vec<Name> {
    let tokens = tokens(body);
    let refuses = tokens.iter().any(|it| it.is_word("raise"));
    let columns = |row: &str| -> Vec<(usize, Name)> {
        (0..tokens.len().saturating_sub(2))
            .filter(|at| tokens[*at].is_word(row) && tokens[at + 1].is("."))
            .filter_map(|at| Some((at, Name::new(&tokens[at + 2].identifier()?))))
            .collect()
    };
    let (new, old) = (columns("new"), columns("old"));
    let mut out = Vec::new();
    for (at, column) in new {
        let near = old.iter().find(|(it, name)| *name == column && it.abs_diff(at) < 12);
        let put_back =
            near.and_then(|(it, _)| tokens.get(at + 3..*it)).is_some_and(|it| it.iter().all(|it| it.is(":") || it.is("=")));
        if (put_back || (refuses && near.is_some())) && !out.contains(&column) {
            out.push(column);
        }
    }
    out
}
