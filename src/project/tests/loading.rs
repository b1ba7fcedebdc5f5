use std::sync::Arc;

use super::{App, loader, paths};
use crate::project::{Disk, FileKind, Problem, SchemaKind};

#[test]
fn a_front_end_is_not_parsed() {
    let mut files = vec![
        ("package.json".to_owned(), "{\"dependencies\":{\"express\":\"^4.18.0\"}}".to_owned()),
        ("src/server.ts".to_owned(), "import express from 'express'\nimport { list } from './todos'".to_owned()),
        ("src/todos.ts".to_owned(), "export const list = 1".to_owned()),
    ];
    for index in 0..500 {
        let text = format!("import React from 'react'\nimport {{ B }} from './b{}'\nexport const A = () => <p/>", index + 1);
        files.push((format!("web/components/b{index}.tsx"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let mut app = App::new(&files);
    let loaded = app.load();
    assert_eq!(paths(&loaded), ["src/server.ts", "src/todos.ts"]);
    assert_eq!(app.lowered(), 2);
    assert_eq!(loaded.packages.get(&"express".into()).map(|it| &**it), Some("^4.18.0"));
}

#[test]
fn what_only_a_browser_runs_is_not_followed() {
    let mut app = App::new(&[
        (
            "app/notes/page.tsx",
            "import { List } from '../../ui/list'\nimport { db } from '@/lib/db'\nexport default async function P() {}",
        ),
        ("ui/list.tsx", "'use client'\nimport { Row } from './row'\nimport { save } from '../app/actions'"),
        ("ui/row.tsx", "export const Row = 1"),
        ("app/actions.ts", "'use server'\nexport async function save() {}"),
        ("lib/db.ts", "export const db = 1"),
    ]);
    let loaded = app.load();
    assert_eq!(paths(&loaded), ["app/actions.ts", "app/notes/page.tsx", "lib/db.ts", "ui/list.tsx"]);
    assert_eq!(app.targets("ui/list.tsx"), ["ui/row.tsx", "app/actions.ts"], "targets stay parallel to the specifiers");
}

#[test]
fn tests_and_declarations_are_no_roots() {
    let mut app = App::new(&[
        ("package.json", "{}"),
        ("src/app.ts", "import express from 'express'"),
        ("src/app.test.ts", "import express from 'express'"),
        ("src/__tests__/a.ts", "import express from 'express'"),
        ("tests/a.ts", "import express from 'express'"),
        ("e2e/a.ts", "import express from 'express'"),
        ("src/types.d.ts", "import express from 'express'"),
        ("dist/app.js", "require('express')"),
        ("node_modules/express/index.js", "require('express')"),
    ]);
    assert_eq!(paths(&app.load()), ["src/app.ts"]);
}

#[test]
fn excluded_files_are_read_only_where_they_are_imported() {
    let mut app = App::new(&[
        ("routewarden.toml", "exclude = ['src/legacy', '*.gen.ts']"),
        ("src/app.ts", "import express from 'express'\nimport { auth } from './legacy/auth'"),
        ("src/legacy/auth.ts", "import express from 'express'"),
        ("src/legacy/old.ts", "import express from 'express'"),
        ("src/api.gen.ts", "import express from 'express'"),
    ]);
    let loaded = app.load();
    assert_eq!(paths(&loaded), ["src/app.ts", "src/legacy/auth.ts"]);
    let covered: Vec<bool> = loaded.files.iter().map(|it| loaded.config.covers(&it.relative)).collect();
    assert_eq!(covered, [true, false]);
}

#[test]
fn a_file_that_is_too_large_is_named_and_not_read() {
    let large = format!("import express from 'express'\n{}", "x".repeat(3000));
    let mut app = App::new(&[("src/app.ts", "import express from 'express'\nimport a from './large'"), ("src/large.ts", &large)]);
    app.loader = app.loader.with_most_bytes(2000);
    let loaded = app.load();
    assert_eq!(paths(&loaded), ["src/app.ts"]);
    assert_eq!(loaded.notes.len(), 1, "{:?}", loaded.notes);
    assert!(loaded.notes[0].path.ends_with("src/large.ts"));
    assert_eq!(loaded.notes[0].problem, Problem::TooLarge { bytes: 3030, most: 2000 });
    let change = app.write("src/large.ts", "export default 1");
    assert_eq!(change.files.len(), 1, "once it is small, it is read");
    assert!(app.loader.loaded().notes.is_empty());
}

#[test]
fn schemas_come_in_the_order_in_which_they_apply() {
    let mut app = App::new(&[
        ("prisma/schema.prisma", "model A {}"),
        ("supabase/migrations/10_b.sql", "create table b();"),
        ("supabase/migrations/9_a.sql", "create table a();"),
        ("supabase/seed.sql", "insert into a values (1);"),
        ("supabase/config.toml", "[functions.pay]\nverify_jwt = false"),
        (
            "src/types/supa.ts",
            "export type Database = { public: { Tables: { a: { Row: { id: string }, Insert: { id: string } } } } }",
        ),
    ]);
    let loaded = app.load();
    let schemas: Vec<_> = loaded.schemas.iter().map(|it| (it.relative.to_str().unwrap(), it.kind)).collect();
    assert_eq!(
        schemas,
        [
            ("prisma/schema.prisma", FileKind::Schema(SchemaKind::Prisma)),
            ("supabase/migrations/9_a.sql", FileKind::Schema(SchemaKind::Sql)),
            ("supabase/migrations/10_b.sql", FileKind::Schema(SchemaKind::Sql)),
            ("src/types/supa.ts", FileKind::Schema(SchemaKind::SupabaseTypes)),
        ]
    );
    assert_eq!(loaded.settings.len(), 1);
    assert_eq!(&*loaded.schemas[0].text, "model A {}");
}

#[test]
fn a_broken_manifest_is_named() {
    let mut app = App::new(&[("package.json", "{ \"name\": "), ("src/app.ts", "import express from 'express'")]);
    let loaded = app.load();
    assert_eq!(paths(&loaded), ["src/app.ts"]);
    assert!(matches!(loaded.notes[0].problem, Problem::Malformed(_)), "{:?}", loaded.notes);
}

#[cfg(unix)]
mod on_disk {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn loops_of_links_end_and_a_file_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("src/routes")).unwrap();
        fs::write(root.join("src/app.ts"), "import express from 'express'\nimport r from './linked'").unwrap();
        fs::write(root.join("src/routes/a.ts"), "import express from 'express'").unwrap();
        symlink(root.join("src"), root.join("src/routes/up")).unwrap();
        symlink(root.join("nowhere.ts"), root.join("src/broken.ts")).unwrap();
        symlink(root.join("src/routes/a.ts"), root.join("src/linked.ts")).unwrap();
        symlink(root.join("src/self.ts"), root.join("src/self.ts")).unwrap();
        let mut loader = loader(Arc::new(Disk), root.to_path_buf());
        let loaded = loader.load();
        assert_eq!(paths(&loaded), ["src/app.ts", "src/routes/a.ts"]);
        assert_eq!(loaded.notes, []);
    }

    #[test]
    fn ignore_files_count_without_a_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for name in ["a", "b", "c"] {
            fs::write(root.join(name).with_extension("ts"), "import express from 'express'").unwrap();
        }
        fs::write(root.join(".gitignore"), "a.ts\n").unwrap();
        fs::write(root.join(".routewardenignore"), "b.ts\n").unwrap();
        assert_eq!(paths(&loader(Arc::new(Disk), root.to_path_buf()).load()), ["c.ts"]);
    }

    #[test]
    fn bytes_that_are_no_text_are_read_and_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.ts"), b"import express from 'express' // caf\xe9").unwrap();
        let loaded = loader(Arc::new(Disk), folder.path().to_path_buf()).load();
        assert_eq!(paths(&loaded), ["a.ts"]);
        assert_eq!(loaded.notes.len(), 1);
        assert_eq!(loaded.notes[0].problem, Problem::NotUtf8);
    }

    #[test]
    fn a_pipe_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.ts"), "import express from 'express'\nimport x from './pipe'").unwrap();
        std::os::unix::net::UnixListener::bind(folder.path().join("pipe.ts")).unwrap();
        let loaded = loader(Arc::new(Disk), folder.path().to_path_buf()).load();
        assert_eq!(paths(&loaded), ["a.ts"]);
    }
}
