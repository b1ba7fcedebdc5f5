use super::{dumped, module};

#[test]
fn ecmascript_modules() {
    let text = "'use server';
import a, { b as c, type D, default as e } from './x';
import * as n from 'y';
import type { T } from './x';
import 'side';
import r = require('req');
export const f = 1, { g, h: [i] } = j;
export default async function k() {}
export class L {}
export enum M { A }
export type U = string;
export { b as o, type D };
export { default as p, q } from './z';
export * from './x';
export * as s from './w';
export type { V } from './v';
export type * from './t';
";
    insta::assert_snapshot!(dumped(text), @r#"
    directive "use server"
    import a = Default of "./x"
    import c = Named("b") of "./x"
    import type D = Named("D") of "./x"
    import e = Default of "./x"
    import n = Namespace of "y"
    import type T = Named("T") of "./x"
    import r = Namespace of "req"
    export f = f
    export g = g
    export i = i
    export default = k
    export L = L
    export M = M
    export o = b
    export p = default of "./z"
    export q = q of "./z"
    export s = * of "./w"
    export * of "./x"
    item [] assigns []
      "use server"
    item [] assigns []
    item [] assigns []
    item [] assigns []
    item [] assigns []
    item [] assigns []
    item [f g i] assigns []
      let f = 1
      let {g: g, h: [i]} = j
    item [k] assigns []
      let k = async fn k() {}
    item [L] assigns []
      let L = class L {
      }
    item [M] assigns []
      enum M { A = - }
    item [] assigns []
      type U = string
    item [] assigns []
    item [] assigns []
    item [] assigns []
    item [] assigns []
    item [] assigns []
    item [] assigns []
    "#);
    let module = module(text);
    assert_eq!(
        module.interface.specifiers.iter().map(|it| &**it).collect::<Vec<_>>(),
        ["./x", "y", "side", "req", "./z", "./w", "./v", "./t"]
    );
    assert!(!module.interface.commonjs);
    let sites = module.import_sites();
    assert_eq!(sites.iter().map(|it| it.specifier).collect::<Vec<_>>(), [0, 1, 0, 2, 3]);
    assert_eq!(&text[sites[1].span.start as usize..sites[1].span.end as usize], "import * as n from 'y';");
}

#[test]
fn commonjs_modules() {
    let text = "const express = require('express'), app = express();
const { a, b: c } = require(`./x`);
const { d: { e } } = require('./deep');
exports.one = async (req) => { f(); exports.two(req); };
module.exports.two = exports.three = function () {};
exports.four = a;
if (x) require('./late');
const lazy = () => import('./lazy');
";
    insta::assert_snapshot!(dumped(text), @r#"
    import express = Namespace of "express"
    import a = Named("a") of "./x"
    import c = Named("b") of "./x"
    export one = exports.one
    export two = exports.two
    export three = exports.three
    export four = a
    item [app] assigns []
      let app = express()
    item [] assigns []
    item [e] assigns []
      let {d: {e: e}} = import("./deep")
    item [exports.one] assigns []
      let exports.one = async arrow fn one(%req.0) {
        f()
        exports.two(%req.0)
      }
    item [exports.two exports.three] assigns []
      let exports.two = fn two() {}
      let exports.three = exports.two
    item [exports.four] assigns []
      let exports.four = a
    item [] assigns []
      if x
        import("./late")
    item [lazy] assigns []
      let lazy = arrow fn lazy() => import("./lazy")
    "#);
    let interface = module(text).interface;
    assert!(interface.commonjs);
    assert_eq!(interface.specifiers.iter().map(|it| &**it).collect::<Vec<_>>(), ["express", "./x", "./deep", "./late", "./lazy"]);
}

#[test]
fn the_default_of_a_module() {
    insta::assert_snapshot!(dumped("module.exports = { a, b: wrap(b), c() {}, ...require('./d') };"), @r#"
    export default = *default*
    export a = a
    export b = exports.b
    export c = exports.c
    export * of "./d"
    item [*default* exports.a exports.b exports.c] assigns []
      let *default* = {a: a, b: wrap(b), c: fn c() {}, ...import("./d")}
      let exports.a = *default*.a
      let exports.b = *default*.b
      let exports.c = *default*.c
    "#);
    for text in ["export default router;", "export = router;", "module.exports = router;", "exports = module.exports = router;"] {
        let dump = dumped(text);
        assert!(dump.contains("export default = *default*\n") && dump.contains("let *default* = router\n"), "{text}: {dump}");
    }
    assert!(dumped("export default (req) => 1;").contains("let *default* = arrow fn (%req.0) => 1"));
    assert!(dumped("export default class {}").contains("let *default* = class"));
}

#[test]
fn a_directive_counts_only_at_the_head() {
    assert_eq!(module("'use strict'; 'use client'; f(); 'use server';").interface.directives.len(), 2);
    let module = module("async function f() { 'use server'; g(); }");
    assert_eq!(&*module.items[0].item.functions[1].directives[0], "use server");
}
