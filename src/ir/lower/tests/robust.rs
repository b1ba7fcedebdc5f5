use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::{module, module_tsx};
use crate::ir::lower::{dump, lower};
use crate::syntax::{Language, parse};

#[test]
fn depth_costs_neither_the_stack_nor_much_time() {
    let many = 10_000;
    let texts = [
        format!("x = {}1{};", "(".repeat(many), ")".repeat(many)),
        format!("x = {}1{};", "[".repeat(many), "]".repeat(many)),
        format!("x = {}1{};", "{a:".repeat(many), "}".repeat(many)),
        format!("x = a{};", "+a".repeat(2 * many)),
        format!("x = a{};", ".b()".repeat(many)),
        format!("x = {}a;", "b = ".repeat(many)),
        format!("x = {}a;", "!".repeat(many)),
        format!("x = {}a;", "a ? b : ".repeat(many)),
        format!("x = {}a;", "() => ".repeat(many)),
        format!("{} {{}}", "if (a) b(); else ".repeat(many)),
        format!("{}{}", "{".repeat(many), "}".repeat(many)),
        format!("{}{}", "function f() {".repeat(many), "}".repeat(many)),
        format!("type T = {}X{};", "A<".repeat(many), ">".repeat(many)),
        format!("type T = {}X;", "A | ".repeat(many)),
        format!("let {}a{} = x;", "[".repeat(many), "]".repeat(many)),
        format!("x = {}", "(".repeat(many)),
        format!("x = {}", "f(() => { ".repeat(many)),
        format!("x = {}1{};", "`${".repeat(many), "}`".repeat(many)),
        format!("class A {{ {} }}", "m() { return class { ".repeat(many)),
        format!("x = await a{};", "<T>(b)".repeat(many)),
    ];
    for text in &texts {
        let start = Instant::now();
        let module = module(text);
        assert!(!module.items.is_empty());
        // Generous, for slow machines and unoptimised builds; what it must catch takes minutes.
        assert!(start.elapsed() < Duration::from_secs(6), "{} took {:?}", &text[..40], start.elapsed());
    }
    let elements = format!("x = {}{};", "<a>".repeat(many), "</a>".repeat(many));
    assert!(!module_tsx(&elements).items.is_empty());
}

#[test]
fn a_long_chain_keeps_its_operands() {
    let text = format!("x = {};", (0..1000).map(|it| format!("f({it})")).collect::<Vec<_>>().join(" + "));
    let dump = dump(&module(&text));
    assert!(dump.contains("f(999)") && dump.contains("f(0)") && dump.contains("f(500)"));
}

/// Pieces of code that meet in ways that no person would write.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b.c",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "<",
        ">",
        "`",
        "${",
        "'",
        "\"",
        ";",
        ",",
        ":",
        "?",
        "?.",
        "=>",
        "=",
        "+",
        "!",
        "...",
        "await ",
        "async ",
        "function f",
        "function* ",
        "class A ",
        "const x",
        "let y",
        "var z",
        "if ",
        "else ",
        "for ",
        "of ",
        "in ",
        "return ",
        "import ",
        "export ",
        "default ",
        "from 'm'",
        "type T",
        "interface I",
        "enum E",
        "namespace N",
        "declare ",
        "@D() ",
        "switch ",
        "case 1:",
        "try ",
        "catch ",
        "new ",
        "typeof ",
        "as T",
        "sql<T[]>`x`",
        "sql<T>`y`",
        "f<T>(x)",
        "require('m')",
        "module.exports",
        "exports.a",
        "<p>",
        "</p>",
        "<q/>",
        "&",
        "#p",
        "1n",
        "/re/g",
        "// c\n",
        "/* d */",
        "\n",
        " ",
        "é",
        "😀",
        "\\u0061",
        "\\",
        "this",
        "super",
        "yield ",
        "using ",
        "static ",
        "get ",
        "*",
        "'use server'",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Everything of a module, so that an index out of an arena would be noticed.
fn read(text: &str) {
    // A text that parsing gives up on is never lowered.
    for module in [Language::Ts, Language::Tsx].iter().filter_map(|it| Some(lower(&parse(text, *it)?, text))) {
        dump(&module);
        for (entry, start) in module.items.iter().zip(module.starts.iter()) {
            let item = &entry.item;
            assert!(start + item.len <= module.len);
            for span in item.expr_spans.iter().chain(&item.stmt_spans) {
                assert!(span.start <= span.end && span.end <= item.len, "{span:?} of {}", item.len);
                assert!(
                    text.is_char_boundary((start + span.start) as usize) && text.is_char_boundary((start + span.end) as usize)
                );
            }
            assert_eq!((item.exprs.len(), item.stmts.len()), (item.expr_spans.len(), item.stmt_spans.len()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_text_is_lowered(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn any_bytes_are_lowered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_code_is_lowered(text in pieces()) {
        read(&text);
    }
}
