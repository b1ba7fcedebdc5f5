use std::path::Path;
use std::sync::Arc;

use super::{App, lower, paths, shown};
use crate::project::{LoadedFile, Loader, Memory, Overlay, marks};

const APP: [(&str, &str); 4] = [
    ("package.json", "{}"),
    ("src/app.ts", "import express from 'express'\nimport a from './a'"),
    ("src/a.ts", "export default 1"),
    ("src/lonely.ts", "import b from './b'"),
];

#[test]
fn a_changed_file_is_lowered_alone() {
    let mut app = App::new(&APP);
    app.load();
    app.lowered();
    let change = app.write("src/a.ts", "export default 2");
    assert_eq!(app.lowered(), 1);
    assert_eq!(change.files.iter().map(|it| it.id).collect::<Vec<_>>(), [app.id("src/a.ts")]);
    assert!(change.removed.is_empty() && !change.surroundings);
    assert!(app.write("src/a.ts", "export default 2").is_empty(), "the same text is no change");
}

#[test]
fn a_new_import_is_followed_and_a_lost_one_is_dropped() {
    let mut app = App::new(&APP);
    app.load();
    app.write("src/b.ts", "import c from './c'");
    app.write("src/c.ts", "");
    let change = app.write("src/a.ts", "import b from './b'");
    assert_eq!(change.files.len(), 3);
    assert_eq!(paths(&app.loader.loaded()), ["src/a.ts", "src/app.ts", "src/b.ts", "src/c.ts"]);
    let change = app.write("src/a.ts", "export default 1");
    assert_eq!(change.removed, {
        let mut ids = vec![app.id("src/b.ts"), app.id("src/c.ts")];
        ids.sort_unstable();
        ids
    });
}

#[test]
fn a_file_becomes_a_root_and_ceases_to_be_one() {
    let mut app = App::new(&APP);
    app.load();
    app.write("src/lonely.ts", "import { Hono } from 'hono'");
    assert_eq!(paths(&app.loader.loaded()), ["src/a.ts", "src/app.ts", "src/lonely.ts"]);
    let change = app.write("src/lonely.ts", "");
    assert_eq!(change.removed, [app.id("src/lonely.ts")]);
}

#[test]
fn a_file_that_comes_or_goes_changes_what_others_import() {
    let mut app = App::new(&APP);
    app.load();
    let id = app.id("src/a.ts");
    app.lowered();
    let change = app.remove("src/a.ts");
    assert_eq!(app.targets("src/app.ts"), ["package:express", "unresolved"]);
    assert_eq!(change.removed, [id]);
    assert_eq!(app.lowered(), 0, "only imports are resolved again");
    let change = app.write("src/a/index.ts", "export default 3");
    assert_eq!(app.targets("src/app.ts"), ["package:express", "src/a/index.ts"]);
    assert_eq!(change.files.len(), 2);
    app.write("src/a.ts", "export default 4");
    assert_eq!(app.targets("src/app.ts"), ["package:express", "src/a.ts"]);
    assert_eq!(app.id("src/a.ts"), id, "numbers stay");
}

#[test]
fn aliases_and_configuration_take_effect() {
    let mut app = App::new(&APP);
    app.write("src/app.ts", "import express from 'express'\nimport a from 'lib'");
    app.load();
    assert_eq!(app.targets("src/app.ts")[1], "package:lib");
    app.write("tsconfig.json", "{ \"compilerOptions\": { \"paths\": { \"lib\": [\"./src/a.ts\"] } } }");
    assert_eq!(app.targets("src/app.ts")[1], "src/a.ts");
    let change = app.write("routewarden.toml", "exclude = ['src/app.ts']");
    assert!(change.surroundings);
    assert_eq!(change.removed.len(), 2);
    app.write("routewarden.toml", "exclude = ['src/app.ts'");
    let loaded = app.loader.loaded();
    assert!(loaded.config_error.is_some());
    assert_eq!(loaded.config.exclude, ["src/app.ts"], "a half-written file changes nothing");
}

#[test]
fn schema_texts_are_read_again() {
    let mut app = App::new(&APP);
    app.load();
    assert!(app.write("prisma/schema.prisma", "model A {}").surroundings);
    let change = app.write("prisma/schema.prisma", "model B {}");
    assert!(change.surroundings && change.files.is_empty());
    assert_eq!(&*app.loader.loaded().schemas[0].text, "model B {}");
    app.remove("prisma/schema.prisma");
    assert!(app.loader.loaded().schemas.is_empty());
}

#[test]
fn what_tools_write_is_no_concern() {
    let mut app = App::new(&APP);
    app.load();
    for path in ["node_modules/x/package.json", "node_modules/x/index.ts", "dist/a.js", ".next/server/app.js", "README.md"] {
        assert!(app.write(path, "import express from 'express'").is_empty(), "{path}");
    }
}

#[test]
fn open_buffers_lie_over_what_is_saved() {
    let memory = Arc::new(Memory::new(APP.iter().map(|(path, text)| (Path::new("/w").join(path), *text))));
    let overlay = Arc::new(Overlay::new(memory));
    let (lower, _) = lower();
    let mut loader = Loader::new(overlay.clone(), Path::new("/w"), lower.clone(), &[]);
    loader.load();
    overlay.open("/w/src/new.ts", "import { Hono } from 'hono'".into());
    loader.update(&["/w/src/new.ts".into()]);
    assert_eq!(paths(&loader.loaded()), ["src/a.ts", "src/app.ts", "src/new.ts"]);
    let text = "import { Hono } from 'hono'\nimport b from './a'";
    overlay.open("/w/src/new.ts", text.into());
    let module = Arc::new(lower(Path::new("new.ts"), text).unwrap());
    let change = loader.edit(Path::new("/w/src/new.ts"), text, &marks::find(text.as_bytes()), module.clone());
    assert_eq!(change.files.len(), 1);
    assert_eq!(change.files[0].targets.len(), 2);
    assert!(Arc::ptr_eq(&change.files[0].module, &module));
    assert!(loader.edit(Path::new("/w/src/new.ts"), text, &marks::find(text.as_bytes()), module).is_empty());
    overlay.close(Path::new("/w/src/new.ts"));
    loader.update(&["/w/src/new.ts".into()]);
    assert_eq!(paths(&loader.loaded()), ["src/a.ts", "src/app.ts"]);
}

#[test]
fn keeping_up_equals_reading_from_the_start() {
    let mut app = App::new(&APP);
    app.load();
    let texts = [
        "",
        "import express from 'express'\nimport a from './a'",
        "import a from './b'",
        "'use client'\nimport a from './lonely'",
        "import x from './c/d'",
    ];
    let names = ["src/a.ts", "src/b.ts", "src/lonely.ts", "src/c/d.ts", "src/c/index.tsx", "src/app.ts"];
    let mut state: usize = 7;
    for _ in 0..200 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (name, text) = (names[(state >> 33) % names.len()], (state >> 40) % (texts.len() + 1));
        match texts.get(text) {
            Some(text) => drop(app.write(name, text)),
            None => drop(app.remove(name)),
        }
        let kept = app.loader.loaded();
        let mut fresh_loader = Loader::new(app.memory.clone(), Path::new("/w"), lower().0, &[]);
        let loaded = fresh_loader.load();
        assert_eq!(paths(&kept), paths(&loaded), "after {name}");
        for (kept, fresh) in kept.files.iter().zip(&loaded.files) {
            assert_eq!((kept.hash, kept.is_root, kept.is_client), (fresh.hash, fresh.is_root, fresh.is_client), "{name}");
            assert_eq!(kept.module, fresh.module);
            let shown = |loader: &Loader, file: &LoadedFile| file.targets.iter().map(|it| shown(loader, it)).collect::<Vec<_>>();
            assert_eq!(shown(&app.loader, kept), shown(&fresh_loader, fresh), "{name}");
        }
    }
}
