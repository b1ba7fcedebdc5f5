use std::path::Path;

use super::*;
use crate::text::{Buffer, Change, Encoding, Position};

fn broken(text: &str) -> bool {
    parse(text, Language::Tsx).unwrap().broken()
}

#[test]
fn only_plain_typescript_has_its_own_grammar() {
    for (path, language) in [
        ("a.ts", Language::Ts),
        ("a.mts", Language::Ts),
        ("a.d.cts", Language::Ts),
        ("a.tsx", Language::Tsx),
        ("a.cjs", Language::Tsx),
    ] {
        assert_eq!(Language::of(Path::new(path)), language, "{path}");
    }
    assert!(!parse("const a = <T>b;", Language::Ts).unwrap().broken());
    assert!(Language::reads(Path::new("a.mjs")) && !Language::reads(Path::new("a.json")));
}

#[test]
fn a_gap_of_the_grammar_is_not_an_error_of_the_author() {
    for text in [
        "const a = await tx.$queryRaw<T[]>`x ${y}`;",
        "async function f() { return sql<A[]>`x`.then((a) => a) ?? 1 }",
        "export type * from './x'",
        "export type * as ns from './x'",
        "const e = <p>Apps & Ext</p>;",
        "const e = <a href=\"?a=1&b=2\">x</a>;",
        "class A<in out T> { m() {} }",
        "type B = import('x').B['c'];",
        "const m: Foo<import('x').B['c']> = 1;",
    ] {
        assert!(!broken(text), "{text}");
    }
}

#[test]
fn an_error_of_the_author_is_one() {
    for text in [
        "const a = ;",
        "foo(",
        "function f() { a.",
        "<p>{</p>",
        "if (a { b() }",
        "export from 'x'",
        "x = sql<A[]>`x`; const a = ;",
    ] {
        assert!(broken(text), "{text}");
    }
}

#[test]
fn a_tree_is_updated_only_between_texts_without_errors() {
    let mut buffer = Buffer::new("const a = sql<A[]>`x`;\nf(1);\n", 1, Encoding::Utf16);
    let mut tree = parse(&buffer.text(), Language::Ts).unwrap();
    let mut step = |from: u32, to: u32, text: &str| {
        let range = Some((Position::new(1, from), Position::new(1, to)));
        let edits = buffer.apply(&[Change { range, text: text.to_owned() }], 2);
        tree = reparse(&tree, &edits, &buffer.text()).unwrap();
        (tree.fresh(), tree.broken())
    };
    assert_eq!(step(2, 3, "22"), (false, false));
    assert_eq!(step(4, 5, ""), (true, true));
    assert_eq!(step(4, 4, ")"), (true, false));
    assert_eq!(step(0, 1, "gg"), (false, false));
}
