//! Grants and revokes: which columns API roles may update, which functions they may call.

use super::split::{Kind, Statement, Token};
use super::{Reader, qualified};
use crate::base::Name;

/// The role whose privileges count: what signed-in callers of the API hold.
const CALLER: &str = "authenticated";

impl Reader {
    pub fn grant(&mut self, statement: &Statement<'_>) {
        let tokens = &statement.tokens;
        let word = |text: &str| tokens.iter().position(|it| it.is_word(text));
        let gives = word("grant").is_some_and(|at| word("revoke").is_none_or(|it| at < it));
        let Some(on) = word("on") else { return };
        let Some(split) = tokens.iter().rposition(|it| it.is_word(if gives { "to" } else { "from" })) else { return };
        if split < on {
            return;
        }
        let roles: Vec<String> = tokens[split + 1..].iter().filter_map(Token::identifier).collect();
        let to_caller = roles.iter().any(|it| it == CALLER || (it == "public" && gives));
        let privileges = &tokens[..on];
        let objects = &tokens[on + 1..split];
        let kind = objects.first();
        if kind.is_some_and(|it| {
            ["function", "functions", "procedure", "routine"].iter().any(|word| it.is_word(word)) || it.is_word("all")
        }) && objects
            .iter()
            .any(|it| ["function", "functions", "procedure", "routine", "routines"].iter().any(|word| it.is_word(word)))
        {
            self.grant_functions(objects, &roles, gives);
            return;
        }
        let skipped = ["sequence", "sequences", "schema", "database", "type", "types"];
        if !to_caller || kind.is_some_and(|it| skipped.iter().any(|word| it.is_word(word))) {
            return;
        }
        let Some(columns) = updates(privileges) else { return };
        if statement.begins(&["alter", "default", "privileges"]) {
            self.closed_by_default = !gives && columns.is_empty();
            return;
        }
        let all = kind.is_some_and(|it| it.is_word("all")) && objects.iter().any(|it| it.is_word("tables"));
        let names = if all { self.tables.iter().map(|it| it.key).collect() } else { object_names(objects) };
        for name in names {
            change(&mut self.table(name).updatable, &columns, gives);
        }
    }

    fn grant_functions(&mut self, objects: &[Token<'_>], roles: &[String], gives: bool) {
        let all = objects.first().is_some_and(|it| it.is_word("all"));
        let names: Vec<Name> = object_names(objects).iter().map(|it| Name::new(it.rsplit('.').next().unwrap_or(""))).collect();
        for function in self.functions.iter_mut().filter(|it| all || names.contains(&it.name)) {
            for role in roles {
                match role.as_str() {
                    "public" => function.open_to_public = gives,
                    "anon" => function.open_to_anon = gives,
                    CALLER => function.open_to_caller = gives,
                    _ => {}
                }
            }
        }
    }
}

/// The columns whose update the privileges speak of: `None` where they do not speak of updates, empty for the whole table.
fn updates(privileges: &[Token<'_>]) -> Option<Vec<Name>> {
    if let Some(at) = privileges.iter().position(|it| it.is_word("update")) {
        if !privileges.get(at + 1).is_some_and(|it| it.is("(")) {
            return Some(Vec::new());
        }
        let columns = privileges[at + 2..].iter().take_while(|it| !it.is(")")).filter_map(Token::identifier);
        return Some(columns.map(|it| Name::new(&it)).collect());
    }
    privileges.iter().any(|it| it.is_word("all")).then(Vec::new)
}

/// A grant of columns beside one of the whole table changes nothing, and so does their revoke: PostgreSQL adds privileges up.
fn change(updatable: &mut Option<Vec<Name>>, columns: &[Name], gives: bool) {
    match (columns.is_empty(), gives) {
        (true, true) => *updatable = None,
        (true, false) => *updatable = Some(Vec::new()),
        (false, _) => {
            if let Some(list) = updatable {
                list.retain(|it| !columns.contains(it));
                list.extend(columns.iter().filter(|_| gives));
            }
        }
    }
}

/// The names in a list of objects; arguments of functions are left out.
fn object_names(objects: &[Token<'_>]) -> Vec<Name> {
    let mut out = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    let mut depth = 0usize;
    let mut flush = |parts: &mut Vec<String>| {
        match parts.as_slice() {
            [name] => out.push(Name::new(name)),
            [.., schema, name] => out.push(qualified(schema, Name::new(name))),
            [] => {}
        }
        parts.clear();
    };
    for (at, token) in objects.iter().enumerate() {
        let keyword = at == 0 && ["table", "function", "procedure", "routine", "only"].iter().any(|it| token.is_word(it));
        match token.text {
            "(" if token.kind == Kind::Mark => depth += 1,
            ")" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
            "," if token.kind == Kind::Mark && depth == 0 => flush(&mut parts),
            _ if depth == 0 && !keyword => parts.extend(token.identifier()),
            _ => {}
        }
    }
    flush(&mut parts);
    out
}
