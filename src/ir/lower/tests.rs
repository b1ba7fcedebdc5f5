mod code;
mod incremental;
mod modules;
mod robust;

use crate::ir::Module;
use crate::ir::lower::{dump, lower};
use crate::syntax::{Language, parse};

fn module(text: &str) -> Module {
    lower(&parse(text, Language::Ts).expect("in time"), text)
}

fn module_tsx(text: &str) -> Module {
    lower(&parse(text, Language::Tsx).expect("in time"), text)
}

/// The dump of a text, in one line each statement.
fn dumped(text: &str) -> String {
    dump(&module(text))
}

/// Asserts what each text is lowered to, in both grammars.
fn table(rows: &[(&str, &str)]) {
    for (text, expected) in rows {
        let lines = |dump: String| {
            let lines: Vec<String> = dump.lines().filter(|it| !it.starts_with("item")).map(|it| it.trim().to_owned()).collect();
            lines.join(" | ")
        };
        assert_eq!(lines(dump(&module(text))), *expected, "{text}");
        assert_eq!(lines(dump(&module_tsx(text))), *expected, "{text} (with JSX)");
    }
}
