use std::sync::Arc;

use proptest::prelude::*;

use crate::base::ItemId;
use crate::ir::Module;
use crate::ir::lower::{lower, relower};
use crate::syntax::{Language, SyntaxTree, parse, reparse};
use crate::text::{Buffer, Change, Encoding};

const EXPRESS: &str = "const express = require('express');
const { db } = require('./db');
const app = express();

// Everything of a user.
app.get('/users/:id', async (req, res) => {
  const user = await db.user.findUnique({ where: { id: req.params.id } });
  if (!user) return res.status(404).end();
  res.json(user);
});

function owner(row, user) {
  return row.ownerId === user.id;
}

app.delete('/users/:id', async (req, res) => {
  await db.$queryRaw<User[]>`delete from users where id = ${req.params.id}`;
  res.end();
});

module.exports = { app, owner };
";

const SERVICE: &str = "import { Injectable } from '@nestjs/common';
import type { Repo } from './repo';

export interface Item { id: string; title?: string }

@Injectable()
export class ItemService {
  constructor(private readonly repo: Repo<Item>) {}

  async one(id: string, userId: string): Promise<Item | null> {
    const item = await this.repo.findOne<Item>({ where: { id } });
    if (item?.ownerId !== userId) throw new Error(`not ${id}`);
    return item;
  }
}

export const pick = ({ id, title }: Item) => ({ id, title });
export default pick;
";

/// A document with its tree and module.
struct Doc {
    buffer: Buffer,
    tree: SyntaxTree,
    module: Module,
}

impl Doc {
    fn new(text: &str) -> Self {
        let tree = parse(text, Language::Ts).expect("in time");
        Doc { buffer: Buffer::new(text, 1, Encoding::Utf8), module: lower(&tree, text), tree }
    }

    /// Replaces bytes, each time of the text before; false if parsing gave up.
    fn splice(&mut self, changes: &[(usize, usize, &str)]) -> bool {
        let mut edits = Vec::new();
        for (start, len, text) in changes {
            let floor = |mut at: usize, text: &str| {
                while !text.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let now = self.buffer.text();
            let start = floor(start % (now.len() + 1), &now);
            let end = floor((start + len).min(now.len()), &now);
            let range = Some((self.buffer.position(start), self.buffer.position(end)));
            edits.extend(self.buffer.apply(&[Change { range, text: (*text).to_owned() }], self.buffer.version() + 1));
        }
        let text = self.buffer.text();
        let Some(tree) = reparse(&self.tree, &edits, &text) else { return false };
        self.tree = tree;
        self.module = relower(&self.module, &edits, &self.tree, &text);
        true
    }

    fn replace(&mut self, old: &str, new: &str) {
        let start = self.buffer.text().find(old).expect("to be there");
        assert!(self.splice(&[(start, old.len(), new)]));
    }

    fn ids(&self) -> Vec<u32> {
        self.module.items.iter().map(|it| it.id.0).collect()
    }
}

/// The module without its ids.
fn plain(module: &Module) -> Module {
    let mut module = module.clone();
    module.next_item = 0;
    module.items = (module.items.iter().cloned())
        .map(|mut it| {
            it.id = ItemId(0);
            it
        })
        .collect();
    module
}

fn same(doc: &Doc) {
    let text = doc.buffer.text();
    let fresh = parse(&text, Language::Ts).expect("what was parsed once is parsed again");
    assert_eq!(plain(&doc.module), plain(&lower(&fresh, &text)), "{text}");
    let mut ids = doc.ids();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), doc.module.items.len(), "an id for each item");
    assert!(ids.iter().all(|it| *it < doc.module.next_item));
}

#[test]
fn typing_in_a_function_leaves_everything_else_alone() {
    let mut doc = Doc::new(EXPRESS);
    let before = doc.module.clone();
    doc.replace("404", "403");
    same(&doc);
    assert_eq!(doc.ids(), before.items.iter().map(|it| it.id.0).collect::<Vec<_>>());
    assert!(Arc::ptr_eq(&doc.module.interface, &before.interface));
    let changed: Vec<_> = doc.module.items.iter().zip(before.items.iter()).map(|(a, b)| !Arc::ptr_eq(&a.item, &b.item)).collect();
    assert_eq!(changed, [false, false, false, true, false, false, false]);
}

#[test]
fn a_line_above_moves_items_and_lowers_none() {
    let mut doc = Doc::new(EXPRESS);
    let before = doc.module.clone();
    doc.replace("// Everything", "// Oh,\n// everything");
    same(&doc);
    assert!(doc.module.items.iter().zip(before.items.iter()).all(|(a, b)| a.id == b.id && Arc::ptr_eq(&a.item, &b.item)));
    assert!(Arc::ptr_eq(&doc.module.interface, &before.interface));
    assert_eq!(doc.module.starts[4], before.starts[4] + 7);
}

#[test]
fn items_keep_their_ids_when_others_come_and_go() {
    let mut doc = Doc::new(EXPRESS);
    let before = doc.ids();
    doc.replace("function owner", "function fresh() {}\n\nfunction owner");
    same(&doc);
    assert_eq!(doc.ids(), [before[0], before[1], before[2], before[3], 7, before[4], before[5], before[6]]);
    doc.replace("function fresh() {}", "");
    same(&doc);
    assert_eq!(doc.ids(), before);
    doc.replace("const app = express();\n", "const app = express();\nconst b = 1;\n");
    assert_eq!(doc.ids()[3], 8, "an id is never given twice");
    same(&doc);
}

#[test]
fn an_error_and_its_cure_leave_ids_and_interface() {
    let mut doc = Doc::new(EXPRESS);
    let before = doc.module.clone();
    doc.replace("res.json(user);", "res.json(user.);");
    same(&doc);
    assert!(doc.module.items[3].item.broken && doc.tree.broken());
    assert!(Arc::ptr_eq(&doc.module.interface, &before.interface));
    assert!(Arc::ptr_eq(&doc.module.items[5].item, &before.items[5].item));
    doc.replace("res.json(user.);", "res.json(user);");
    same(&doc);
    assert_eq!(doc.module.items[3].id, before.items[3].id);
    assert_eq!(plain(&doc.module), plain(&before));
}

#[test]
fn several_edits_at_once_touch_only_their_items() {
    let mut doc = Doc::new(SERVICE);
    let before = doc.module.clone();
    let (first, last) = (SERVICE.find("title?").unwrap(), SERVICE.find("({ id, title })").unwrap());
    assert!(doc.splice(&[(first, 5, "name"), (last - 1, 0, "/* x */")]));
    same(&doc);
    let changed: Vec<_> = doc.module.items.iter().zip(before.items.iter()).map(|(a, b)| !Arc::ptr_eq(&a.item, &b.item)).collect();
    assert_eq!(changed, [false, false, true, false, true, false]);
}

#[test]
fn a_new_export_changes_the_interface() {
    let mut doc = Doc::new(SERVICE);
    let before = doc.module.interface.clone();
    doc.replace("export const pick", "export const x = 1;\nexport const pick");
    same(&doc);
    assert_eq!(doc.module.interface.exports.len(), before.exports.len() + 1);
}

fn edits() -> impl Strategy<Value = Vec<Vec<(usize, usize, &'static str)>>> {
    let text = prop::sample::select(vec![
        "",
        "",
        "",
        "x",
        "user.",
        ";",
        "}",
        "{",
        "(",
        ")",
        "`",
        "'",
        "\n",
        "// ",
        "/*",
        "*/",
        "export ",
        "async ",
        "const y = 1;\n",
        "\nfunction z() { return q }\n",
        "import { w } from './w';\n",
        "exports.v = 1;\n",
        "sql<A[]>`u`",
        "await f<T>(x)",
        "é😀",
        " ",
        "<",
        ">",
        ",",
        "=",
        "class K { m() {} }\n",
        "'use server';\n",
    ]);
    let one = (0..2000_usize, prop_oneof![3 => Just(0_usize), 3 => 1..3_usize, 1 => 3..60_usize], text);
    prop::collection::vec(prop::collection::vec(one, 1..3), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn after_any_edits_it_is_what_a_fresh_lowering_gives(source in prop::sample::select(vec![EXPRESS, SERVICE]), edits in edits()) {
        let mut doc = Doc::new(source);
        for step in edits {
            if !doc.splice(&step) {
                break;
            }
            same(&doc);
        }
    }

    #[test]
    fn taking_an_edit_back_gives_the_module_back(source in prop::sample::select(vec![EXPRESS, SERVICE]), at in 0..700_usize) {
        let mut doc = Doc::new(source);
        let before = plain(&doc.module);
        let at = at % source.len();
        let removed = &source[at..at + 1];
        if !doc.splice(&[(at, 1, "")]) {
            return Ok(());
        }
        same(&doc);
        prop_assert!(doc.splice(&[(at, 0, removed)]));
        assert_eq!(plain(&doc.module), before);
    }
}
