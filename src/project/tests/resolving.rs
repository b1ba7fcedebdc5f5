use super::App;

#[test]
fn relative_imports_find_sources_by_every_ending() {
    let mut app = App::new(&[
        (
            "src/app.ts",
            "import express from 'express'\nimport a from './a.js'\nimport b from './b'\nimport c from './c'\nimport d from '..'\n\
             import e from './gone'\nimport f from './a.css'\nimport g from './data.json'\nimport h from './types'\nimport i from './x.service'\n\
             import j from 'node:crypto'\nimport k from 'fs'\nimport l from './a?raw'",
        ),
        ("src/a.ts", ""),
        ("src/b.tsx", ""),
        ("src/c/index.js", ""),
        ("index.ts", ""),
        ("src/data.json", "{}"),
        ("src/types.d.ts", ""),
        ("src/x.service.ts", ""),
    ]);
    app.load();
    assert_eq!(
        app.targets("src/app.ts"),
        [
            "package:express",
            "src/a.ts",
            "src/b.tsx",
            "src/c/index.js",
            "index.ts",
            "unresolved",
            "package:./a.css",
            "package:./data.json",
            "package:./types",
            "src/x.service.ts",
            "package:crypto",
            "package:fs",
            "src/a.ts",
        ]
    );
}

#[test]
fn tsconfig_paths_lead_to_files() {
    let mut app = App::new(&[
        (
            "tsconfig.json",
            "{ // aliases\n \"compilerOptions\": { \"paths\": { \"@/*\": [\"./src/*\"], \"db\": [\"./src/lib/db.ts\"], }, }, }",
        ),
        (
            "src/app/api/a/route.ts",
            "import { db } from '@/lib/db'\nimport d from 'db'\nimport x from '@/lib/gone'\nimport z from 'zod'",
        ),
        ("src/lib/db.ts", ""),
    ]);
    app.load();
    assert_eq!(app.targets("src/app/api/a/route.ts"), ["src/lib/db.ts", "src/lib/db.ts", "unresolved", "package:zod"]);
}

#[test]
fn a_base_that_is_not_installed_loses_no_import() {
    let mut app = App::new(&[
        (
            "tsconfig.json",
            "{ \"extends\": \"@tsconfig/node20/tsconfig.json\", \"compilerOptions\": { \"paths\": { \"~lib/*\": [\"./server/lib/*\"] } }, \"include\": [\"other\"] }",
        ),
        ("server/main.ts", "import express from 'express'\nimport { db } from '~lib/db'\nimport a from './a'"),
        ("server/lib/db.ts", ""),
        ("server/a.ts", ""),
    ]);
    app.load();
    assert_eq!(app.targets("server/main.ts"), ["package:express", "server/lib/db.ts", "server/a.ts"]);
}

#[test]
fn a_base_in_a_workspace_and_one_in_a_javascript_project_count() {
    let mut app = App::new(&[
        ("package.json", "{ \"workspaces\": [\"apps/*\", \"tooling/*\"] }"),
        ("tooling/ts/package.json", "{ \"name\": \"@acme/ts\" }"),
        ("tooling/ts/base.json", "{ \"compilerOptions\": { \"strict\": true } }"),
        ("apps/api/package.json", "{ \"name\": \"api\" }"),
        ("apps/api/tsconfig.json", "{ \"extends\": \"@acme/ts/base.json\", \"compilerOptions\": { \"baseUrl\": \"./src\" } }"),
        ("apps/api/src/app.ts", "import express from 'express'\nimport { db } from 'lib/db'"),
        ("apps/api/src/lib/db.ts", ""),
        ("apps/web/jsconfig.json", "{ \"compilerOptions\": { \"paths\": { \"%/*\": [\"./*\"] } } }"),
        ("apps/web/pages/api/a.js", "import db from '%/lib/db'"),
        ("apps/web/lib/db.js", ""),
    ]);
    app.load();
    assert_eq!(app.targets("apps/api/src/app.ts"), ["package:express", "apps/api/src/lib/db.ts"]);
    assert_eq!(app.targets("apps/web/pages/api/a.js"), ["apps/web/lib/db.js"]);
}

const MONOREPO: [(&str, &str); 9] = [
    ("pnpm-workspace.yaml", "packages:\n  - 'apps/*'\n  - 'packages/*'\n"),
    (
        "apps/api/package.json",
        "{ \"name\": \"api\", \"dependencies\": { \"@acme/db\": \"workspace:*\", \"@acme/auth\": \"workspace:*\", \"hono\": \"^4\" } }",
    ),
    (
        "apps/api/src/app.ts",
        "import { Hono } from 'hono'\nimport { db } from '@acme/db'\nimport { users } from '@acme/db/schema'\nimport a from '@acme/auth'\n\
         import b from '@acme/auth/server'\nimport c from '@acme/gone'",
    ),
    (
        "packages/db/package.json",
        "{ \"name\": \"@acme/db\", \"exports\": { \".\": { \"types\": \"./dist/index.d.ts\", \"default\": \"./dist/index.js\" }, \"./*\": \"./dist/*.js\" } }",
    ),
    ("packages/db/src/index.ts", "export * from './client'"),
    ("packages/db/src/client.ts", ""),
    ("packages/db/src/schema/index.ts", ""),
    ("packages/auth/package.json", "{ \"name\": \"@acme/auth\", \"main\": \"lib/main.js\" }"),
    ("packages/auth/src/main.ts", ""),
];

#[test]
fn packages_of_a_workspace_lead_to_their_source_without_node_modules() {
    let mut app = App::new(&MONOREPO);
    app.memory.write("/w/packages/auth/server.ts", "");
    app.load();
    assert_eq!(
        app.targets("apps/api/src/app.ts"),
        [
            "package:hono",
            "packages/db/src/index.ts",
            "packages/db/src/schema/index.ts",
            "packages/auth/src/main.ts",
            "packages/auth/server.ts",
            "package:@acme/gone",
        ]
    );
    assert_eq!(app.targets("packages/db/src/index.ts"), ["packages/db/src/client.ts"], "a barrel is followed");
}

#[test]
fn a_package_alone_finds_its_neighbours() {
    let mut app = App::rooted("/w/apps/api", &MONOREPO);
    let loaded = app.load();
    let read: Vec<_> = loaded.files.iter().map(|it| it.relative.to_str().unwrap()).collect();
    assert!(read.contains(&"../../packages/db/src/client.ts"), "{read:?}");
}

#[test]
fn build_output_that_is_there_does_not_hide_the_source() {
    let mut app = App::new(&MONOREPO);
    app.memory.write("/w/packages/db/dist/index.js", "");
    app.memory.write("/w/packages/db/tsconfig.json", "{}");
    app.load();
    assert_eq!(app.targets("apps/api/src/app.ts")[1], "packages/db/src/index.ts");
}

#[test]
fn conventions_stand_in_where_nothing_is_configured() {
    let mut app = App::new(&[
        ("package.json", "{ \"imports\": { \"#auth\": \"./src/auth.ts\" } }"),
        ("src/routes/notes/+server.ts", "import { db } from '$lib/server/db'\nimport { env } from '$env/static/private'"),
        ("src/lib/server/db.ts", ""),
        (
            "app/routes/notes.ts",
            "import { db } from '~/db.server'\nimport a from '@/auth'\nimport b from '#auth'\nimport c from '#gone'\nimport d from '~/gone'",
        ),
        ("app/db.server.ts", ""),
        ("src/auth.ts", "import { U } from 'src/lib/server/db'\nimport chalk from 'chalk/x'"),
    ]);
    app.load();
    assert_eq!(app.targets("src/routes/notes/+server.ts"), ["src/lib/server/db.ts", "package:$env/static/private"]);
    assert_eq!(
        app.targets("app/routes/notes.ts"),
        ["app/db.server.ts", "src/auth.ts", "src/auth.ts", "unresolved", "unresolved"]
    );
    assert_eq!(app.targets("src/auth.ts"), ["src/lib/server/db.ts", "package:chalk/x"]);
}

#[test]
fn import_maps_of_deno_lead_to_packages_and_files() {
    let mut app = App::new(&[
        (
            "supabase/functions/deno.json",
            "{ \"imports\": { \"supabase\": \"https://esm.sh/@supabase/supabase-js@2.45.4\", \"hono\": \"npm:hono@4\", \"@shared/\": \"./_shared/\", \"@std/\": \"jsr:@std/\" } }",
        ),
        (
            "supabase/functions/pay/index.ts",
            "import { createClient } from 'supabase'\nimport { cors } from 'hono/cors'\nimport { x } from '@shared/x.ts'\nimport { y } from '@std/http'",
        ),
        ("supabase/functions/_shared/x.ts", ""),
    ]);
    app.load();
    assert_eq!(
        app.targets("supabase/functions/pay/index.ts"),
        ["package:@supabase/supabase-js", "package:hono/cors", "supabase/functions/_shared/x.ts", "package:@std/http",]
    );
}

#[test]
fn a_generated_client_that_is_not_there_stands_for_its_package() {
    let mut app = App::new(&[
        ("prisma/schema.prisma", "generator client {\n  provider = \"prisma-client\"\n  output = \"../src/generated/prisma\"\n}"),
        (
            "src/app.ts",
            "import express from 'express'\nimport { PrismaClient } from './generated/prisma/client'\nimport { P } from '@/generated/prisma'",
        ),
    ]);
    app.load();
    assert_eq!(app.targets("src/app.ts"), ["package:express", "package:@prisma/client", "package:@prisma/client"]);
}

#[test]
fn types_that_a_framework_generates_are_not_missing() {
    let mut app = App::new(&[
        ("src/routes/a/+server.ts", "import type { RequestHandler } from './$types'"),
        ("app/routes/a.tsx", "import type { Route } from './+types/a'"),
    ]);
    app.load();
    assert_eq!(app.targets("src/routes/a/+server.ts"), ["package:./$types"]);
    assert_eq!(app.targets("app/routes/a.tsx"), ["package:./+types/a"]);
}
