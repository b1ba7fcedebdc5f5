use super::{dumped, module, module_tsx, table};
use crate::ir::lower::dump;
use crate::ir::{Expr, Lit, Stmt};

#[test]
fn expressions() {
    table(&[
        ("a?.b.c?.[0]?.(x);", "a?.b.c?[0]?(x)"),
        ("(a as B)!.c satisfies D;", "a.c"),
        ("a && b || c; a ?? b;", "((a And b) Or c) | (a Nullish b)"),
        ("a++; --b.c;", "(a Arith= 1) | (b.c Arith= 1)"),
        ("a += 1; b ??= c; d **= 2;", "(a Add= 1) | (b Logical(Nullish)= c) | (d Arith= 2)"),
        ("typeof a === 'x' ? -1 : void 0;", "((Typeof(a) Eq \"x\") ? Minus(1) : Void(0))"),
        ("new Foo<T>(...a, b); new Bar;", "new Foo<T>(...a, b) | new Bar()"),
        ("[a, , ...b];", "[a, ...b]"),
        ("import.meta.env; super.x; this.#y;", "import.meta.env | super.x | this.#y"),
        ("f(a, b), g();", "seq[f(a, b), g()]"),
        ("#x in y;", "(\"#x\" In y)"),
        (
            "x = { a, 'b c': 1, [d]: 2, get e() { return 1 }, set e(v) {}, f() {}, ...h, 3: 4, ['i']: 5 };",
            "(x Set= {a: a, b c: 1, [d]: 2, get e: fn e() { | return 1 | }, f: fn f() {}, ...h, 3: 4, i: 5})",
        ),
        ("[p, , q = 2, ...s] = t; ({ u, v: w.z = 1 } = y);", "([p, , q = 2, ...s] Set= t) | ({u: u, v: w.z = 1} Set= y)"),
        ("1_000; 0xff; 10n; /a\\/b/gi; null; true;", "1000 | 0xff | bigint | /a\\/b/gi | null | bool(true)"),
    ]);
}

#[test]
fn texts_are_unescaped() {
    let item = &module(
        r#"f('a\n\'\x41\u{1F600}\ud83d\ude00\
b', `c\`${d}\u0065
`)"#,
    )
    .items[0]
        .item;
    let texts: Vec<&str> = (item.exprs.iter())
        .flat_map(|it| match it {
            Expr::Lit(Lit::Str(text)) => vec![&**text],
            Expr::Template { quasis, .. } => quasis.iter().map(|it| &**it).collect(),
            _ => vec![],
        })
        .collect();
    assert_eq!(texts, ["a\n'A😀😀b", "c`", "e\n"]);
}

#[test]
fn typed_tags_in_every_form_that_the_grammar_makes_of_them() {
    table(&[
        ("const a = await tx.$queryRaw<T[]>`x ${y}`.then(f);", "let a = await(tx.$queryRaw<[]<T>>`x ${y}`.then(f))"),
        ("sql<{ id: string }>`a`;", "sql<{id: string}>`a`"),
        ("const r = await sql<User>`a ${b}`.execute(db);", "let r = await(sql<User>`a ${b}`.execute(db))"),
        (
            "f({ n: sql<number>`count(*)`, s: sql<string | null>`x` });",
            "f({n: sql<number>`count(*)`, s: sql<|<string, null>>`x`})",
        ),
        ("x = sql<Array<{ a: number; b: string }>>`y`;", "(x Set= sql<Array<{a: number, b: string}>>`y`)"),
        ("x = await tx.$queryRaw<Array<X>>`y`;", "(x Set= await(tx.$queryRaw<Array<X>>`y`))"),
        (
            "a && sql<A[]>`x`; 'a' + sql<A>`x`; if (!sql<A[]>`x`);",
            "(a And sql<[]<A>>`x`) | (\"a\" Add sql<A>`x`) | if Not(sql<[]<A>>`x`) | empty",
        ),
        (
            "const g = () => sql<A>`x`.y; const h = c ? sql<A[]>`x` : sql<B[]>`y`;",
            "let g = arrow fn g() => sql<A>`x`.y | let h = (c ? sql<[]<A>>`x` : sql<[]<B>>`y`)",
        ),
        (
            "async function f() { return sql<A[]>`x`.then((a) => a) ?? 1 }",
            "let f = async fn f() { | return (sql<[]<A>>`x`.then(arrow fn (%a.0) => %a.0) Nullish 1) | }",
        ),
        ("async () => (await sql<A[]>`x`).rows;", "async arrow fn () => await(sql<[]<A>>`x`).rows"),
        ("sql<A>`x` === y; a < b;", "(sql<A>`x` Eq y) | (a Compare b)"),
    ]);
    for text in
        ["const a = await tx.$queryRaw<T[]>`x`;", "const f = () => { return sql<A[]>`x` }", "f(sql<'a'>`b`, sql<A & B>`c`)"]
    {
        assert!(module(text).items.iter().all(|it| !it.item.broken), "{text}");
    }
}

#[test]
fn what_stands_before_a_call_with_type_arguments_holds_for_the_whole_chain() {
    table(&[
        ("const a = await f<T>(x).y;", "let a = await(f<T>(x).y)"),
        ("await a.b<T>(c).d<U>(e);", "await(a.b<T>(c).d<U>(e))"),
        ("!f<T>(x); a + f<T>(x);", "Not(f<T>(x)) | (a Add f<T>(x))"),
        ("!await f<T>(await g<U>(x));", "Not(await(f<T>(await(g<U>(x)))))"),
        ("(await f<T>(x)).y;", "await(f<T>(x)).y"),
    ]);
    let module = module("!await f<T>(x).y;");
    let item = &module.items[0].item;
    let spans: Vec<_> = item
        .exprs
        .iter()
        .zip(&item.expr_spans)
        .map(|(expr, span)| (std::mem::discriminant(expr), span.start, span.end))
        .collect();
    // f, x, the call, the member, the await, the not.
    assert_eq!(spans.iter().map(|it| (it.1, it.2)).collect::<Vec<_>>(), [(7, 8), (12, 13), (7, 14), (7, 16), (1, 16), (0, 16)]);
}

#[test]
fn statements() {
    table(&[
        ("let a = 1, { b, c: [d] } = e;", "let a = 1 | let {b: b, c: [d]} = e"),
        ("using x = f(); await using y = g();", "let x = f() | let y = await(g())"),
        ("for (let i = 0; i < n; i++) f(i);", "for (%i.0 Compare n); (%i.0 Arith= 1) | let %i.0 = 0 | f(%i.0)"),
        ("for await (const [k, v] of m) { k; }", "for [%k.0, %v.1] of m | block | %k.0"),
        ("for (x in o);", "for x in o | empty"),
        ("do { a() } while (b); l: while (c) { continue l }", "do while b | block | a() | l: | while c | block | continue l"),
        ("switch (a) { case 1: let x = 2; break; default: x; }", "switch a | case 1 | let %x.0 = 2 | break | case - | %x.0"),
        (
            "try { a() } catch ({ e }) { e } finally { b() }",
            "try | block | a() | catch {e: %e.0} | block | %e.0 | finally | block | b()",
        ),
        ("if (a) b(); else if (c) d();", "if a | b() | else | if c | d()"),
        ("enum E { A = 'a', B = 1 << 2, 'C c' }", "enum E { A = \"a\", B = -, C c = - }"),
        ("namespace N { export const x = 1; f(x) }", "block | let %x.0 = 1 | f(%x.0)"),
        ("declare const x: string; type T = X; interface I {} function f(): void;", "empty | type T = X | type I = | empty"),
        ("import a = B.c;", "let a = B.c"),
    ]);
}

#[test]
fn names_mean_what_the_language_says() {
    table(&[
        (
            "function f(a, { b = a }, ...c) { var d; return g(a, b, c, d, e); function g() {} }",
            "let f = fn f(%a.0, {b: %b.1 = %a.0}, ...%c.2) { | let %d.3 | return %g.4(%a.0, %b.1, %c.2, %d.3, e) | let %g.4 = fn g() {} | }",
        ),
        (
            "function f() { if (x) { var a = 1; let b = 2; } return [a, b]; }",
            "let f = fn f() { | if x | block | let %a.0 = 1 | let %b.1 = 2 | return [%a.0, b] | }",
        ),
        ("const a = 1; { const a = 2; a; } a;", "let a = 1 | block | let %a.0 = 2 | %a.0 | a"),
        ("if (x) { var a = 1 }", "if x | block | let a = 1"),
        ("const f = function g() { return g; };", "let f = fn g() { | return %g.0 | }"),
        (
            "function f() { class A { m() { return A } } }",
            "let f = fn f() { | let %A.0 = class A { | m fn m() uses [A] { | return %A.0 | } | } | }",
        ),
    ]);
    let text = "let a; function f() { a = 1; b = 2; c.d = 3; let e; e = 4 }";
    let items = module(text).items;
    assert_eq!(items[1].item.assigns.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(items[0].item.binds.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn a_function_captures_what_it_and_its_inner_functions_use() {
    insta::assert_snapshot!(dumped("function make(db, limit) { const n = 1; return () => { const m = n; return async () => { m; db = 1; } } }"), @"
    item [make] assigns []
      let make = fn make(%db.0, %limit.1) {
        let %n.2 = 1
        return arrow fn () uses [n db] {
          let %m.3 = %n.2
          return async arrow fn () uses [m db] {
            %m.3
            (%db.0 Set= 1)
          }
        }
      }
    ");
}

#[test]
fn classes() {
    let text = "@Controller('a') export class A extends B<T> {
        static #n = 1; @Inject() readonly repo!: Repo<X>; declare y?: string;
        constructor(private readonly s: S, @P() public t, u) { super(); }
        @Get(':id') @Use(G) async one(@Param('id') id: string, @Body() dto: Dto): Promise<X | null> { return this.s.one(id); }
        get x() { return 1 } set x(v) {} static async *gen() {} abstract z(): void; over(a: string): void; over(a) {}
        static { init(); } handler = async () => { this.x; }; ['k']() {} [Symbol.iterator]() {}
    }";
    insta::assert_snapshot!(dumped(text), @r#"
    export A = A
    item [A] assigns []
      let A = @Controller("a") class A extends B {
        static #n field = 1
        @Inject() repo: Repo<X> field = -
        y: string field = -
        constructor constructor fn constructor(field %s.0:S, @P() field %t.1, %u.2) {
          super()
        }
        @Get(":id") @Use(G) one async fn one(@Param("id") %id.3:string, @Body() %dto.4:Dto): Promise<|<X, null>> {
          return this.s.one(%id.3:string)
        }
        x get fn x() {
          return 1
        }
        x set fn x(%v.5) {}
        static gen async generator fn gen() {}
        z fn z(): void none
        over fn over(%a.6) {}
        static static block fn () {
          init()
        }
        handler field = async arrow fn handler() {
          this.x
        }
        ['k'] fn ['k']() {}
        [Symbol.iterator] fn [Symbol.iterator]() {}
      }
    "#);
}

#[test]
fn types() {
    table(&[
        ("type A = Promise<Array<Prisma.User>> | null | undefined;", "type A = |<Promise<Array<Prisma.User>>, null, undefined>"),
        (
            "export interface B extends C<D>, E { a: string; b?: number[]; c(): void; 'd e': readonly F[] }",
            "type B = &<C<D>, E, {a: string, b?: []<number>, c: , d e: []<F>}>",
        ),
        ("export type G = z.infer<typeof schema.x> & { a: 'x' };", "type G = &<z.infer<typeof<schema.x>>, {a: }>"),
    ]);
    let module = module("const GET: Handler<X> = () => {}; function f(a: A, b?: B): asserts a is C { let d: D = e; }");
    let names = |index: usize| {
        module.items[index].item.locals.iter().map(|it| it.ty.as_ref().map(|ty| ty.name.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(names(1), [Some("A"), Some("B"), Some("D")]);
    assert_eq!(module.items[0].item.bind_types[0].1.name, *"Handler");
}

#[test]
fn jsx() {
    let text = "const e = <Foo.Bar a=\"x\" b={c} d {...f}>text {g} <p onClick={h}>A & B</p>{/* no */}{...i}</Foo.Bar>; const n = <><div/></>;";
    let module = module_tsx(text);
    insta::assert_snapshot!(dump(&module), @r#"
    item [e] assigns []
      let e = <Foo.Bar a="x" b=c d=bool(true) =f =g =<- onClick=h> =i>
    item [n] assigns []
      let n = <- =<->>
    "#);
}

#[test]
fn only_the_innermost_statement_with_an_error_is_opaque() {
    let text = "app.get('/x', async (req, res) => {
        const id = req.params.id;
        const row = await db.find({ id, });
        const x = ;
        if (row.) { res.json(row); }
        res.json(x);
    });
    app.post('/y', (req) => { a(); });";
    let module = module(text);
    insta::assert_snapshot!(dump(&module), @r#"
    item [] assigns [] broken
      app.get("/x", broken async arrow fn (%req.0, %res.1) {
        let %id.2 = %req.0.params.id
        let %row.3 = await(db.find({id: %id.2}))
        opaque [%x.4]
        if opaque[%row.3]
          block
            %res.1.json(%row.3)
        %res.1.json(%x.4)
      })
    item [] assigns []
      app.post("/y", arrow fn (%req.0) {
        a()
      })
    "#);
}

#[test]
fn an_unfinished_class_keeps_its_members() {
    let module = module("class A { one() { return 1 } two() { return this. } three( { } }");
    let item = &module.items[0].item;
    assert!(item.broken);
    assert!(item.classes.first().is_some_and(|class| class.members.iter().any(|it| it.name == *"one")), "{}", dump(&module));
    assert!(!item.functions.iter().any(|it| it.name.is_some_and(|name| name == *"one") && it.broken));
}

#[test]
fn spans_are_relative_to_the_item() {
    let module = module("// a\nconst a = 1;\n\nfoo(bar);\n");
    assert_eq!((&*module.starts, module.items[1].item.len), (&[5, 19][..], 9));
    let item = &module.items[1].item;
    let Some(Stmt::Expr(call)) = item.stmts.first() else { panic!("a call") };
    assert_eq!((item.expr_span(*call).start, item.expr_span(*call).end), (0, 8));
    assert_eq!(module.start_of(module.items[1].id), Some(19));
}
