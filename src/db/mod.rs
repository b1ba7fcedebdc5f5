//! The inputs of the analysis as a salsa database, and the queries that only look at files and names.
//!
//! Inputs are split by what changes together: typing in a function's body replaces one item of one file and nothing else. A
//! query that reads an item asks [`item`], which is an input of its own, so
//! everything that did not read it keeps its result (early cut-off).

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use salsa::Setter;

use crate::base::{FileId, ItemId, Name};
use crate::catalog::Catalog;
use crate::ir::{Export, Imported, Interface, Item, ItemEntry, Module};
use crate::project::{Config, Target};
use crate::schema::Schema;

/// A source file that was read.
#[salsa::input(debug)]
pub struct File {
    /// Index of the file in the session.
    #[returns(copy)]
    pub id: FileId,
    /// Absolute path.
    #[returns(ref)]
    pub path: Arc<Path>,
    /// Path relative to the workspace's root, with `/`.
    #[returns(ref)]
    pub relative: Arc<Path>,
    /// Imports, exports, top-level names.
    #[returns(ref)]
    pub interface: Arc<Interface>,
    /// The items in order, without their code: changes only when items come, go or move.
    #[returns(ref)]
    pub order: Arc<[ItemId]>,
    /// The code of each item, and what it binds: an input of its own, so that an edited item touches nothing of the others.
    #[returns(ref)]
    pub code: Arc<FxHashMap<ItemId, Code>>,
    /// Which items bind or assign each top-level name.
    #[returns(ref)]
    pub binders: Arc<FxHashMap<Name, Vec<ItemId>>>,
    /// What each of the interface's specifiers leads to, parallel to `interface.specifiers`.
    #[returns(ref)]
    pub targets: Arc<[Target]>,
}

/// The code of one item.
#[salsa::input(debug)]
pub struct Code {
    /// It; `None` once the item is gone.
    #[returns(ref)]
    pub item: Option<SharedItem>,
}

/// An item that is equal to another only if it is the same allocation: comparing is free, and the loader keeps untouched items.
#[derive(Clone, Debug)]
pub struct SharedItem(pub Arc<Item>);

impl PartialEq for SharedItem {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
impl Eq for SharedItem {}

impl std::ops::Deref for SharedItem {
    type Target = Item;
    fn deref(&self) -> &Item {
        &self.0
    }
}

/// The project as a whole.
#[salsa::input(debug, singleton)]
pub struct Workspace {
    /// All files that were read, by id; a deleted one stays with an empty interface.
    #[returns(ref)]
    pub files: Arc<FxHashMap<FileId, File>>,
    /// The entities.
    #[returns(ref)]
    pub schema: Arc<Schema>,
    /// What libraries mean, the user's declarations included.
    #[returns(ref)]
    pub catalog: Arc<Catalog>,
    /// `routewarden.toml`.
    #[returns(ref)]
    pub config: Arc<Config>,
    /// Versions of the packages in the nearest `package.json` files, as written there: name → version or range.
    #[returns(ref)]
    pub packages: Arc<FxHashMap<Name, Arc<str>>>,
}

/// The database.
#[salsa::db]
pub trait Db: salsa::Database {}

/// The one implementation. Cloning it gives a snapshot for another thread; a change of an input cancels all of them.
#[salsa::db]
#[derive(Default, Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {}

impl File {
    /// A file that was read for the first time.
    pub fn of(db: &Database, id: FileId, path: Arc<Path>, relative: Arc<Path>, module: &Module, targets: Arc<[Target]>) -> Self {
        let code = module.items.iter().map(|entry| (entry.id, new_code(db, entry))).collect();
        let binders = Arc::new(binders_of(&module.items));
        File::new(db, id, path, relative, module.interface.clone(), order_of(&module.items), Arc::new(code), binders, targets)
    }

    /// Takes in what the items of the file are now. Only what differs is set: what is set is looked at by all that read it.
    pub fn update_items(self, db: &mut Database, items: &[ItemEntry]) {
        let same_order = self.order(db).iter().eq(items.iter().map(|entry| &entry.id));
        let known = self.code(db).clone();
        let mut same_names = same_order;
        for entry in items {
            let Some(code) = known.get(&entry.id).copied() else { continue };
            let old = code.item(db).as_ref();
            if old.is_some_and(|old| Arc::ptr_eq(&old.0, &entry.item)) {
                continue;
            }
            same_names &= old.is_some_and(|old| old.binds == entry.item.binds && old.assigns == entry.item.assigns);
            code.set_item(db).to(Some(SharedItem(entry.item.clone())));
        }
        if !same_order {
            let known_code = |entry: &ItemEntry| known.get(&entry.id).copied();
            let code: FxHashMap<ItemId, Code> =
                items.iter().map(|entry| (entry.id, known_code(entry).unwrap_or_else(|| new_code(db, entry)))).collect();
            let mut gone: Vec<(ItemId, Code)> =
                known.iter().filter(|(id, _)| !code.contains_key(id)).map(|(id, it)| (*id, *it)).collect();
            gone.sort_unstable_by_key(|(id, _)| *id);
            if *known != code {
                self.set_code(db).to(Arc::new(code));
            }
            for (_, code) in gone {
                code.set_item(db).to(None);
            }
            self.set_order(db).to(order_of(items));
        }
        if !same_names {
            let binders = binders_of(items);
            if **self.binders(db) != binders {
                self.set_binders(db).to(Arc::new(binders));
            }
        }
    }
}

fn new_code(db: &Database, entry: &ItemEntry) -> Code {
    Code::new(db, Some(SharedItem(entry.item.clone())))
}

fn order_of(items: &[ItemEntry]) -> Arc<[ItemId]> {
    items.iter().map(|entry| entry.id).collect()
}

fn binders_of(items: &[ItemEntry]) -> FxHashMap<Name, Vec<ItemId>> {
    let mut map: FxHashMap<Name, Vec<ItemId>> = FxHashMap::default();
    for entry in items {
        for name in entry.item.binds.iter().chain(&entry.item.assigns) {
            let items = map.entry(*name).or_default();
            if !items.contains(&entry.id) {
                items.push(entry.id);
            }
        }
    }
    map
}

/// The file of that id.
pub fn file(db: &dyn Db, id: FileId) -> Option<File> {
    Workspace::get(db).files(db).get(&id).copied()
}

/// One item of a file.
pub fn item(db: &dyn Db, file: File, id: ItemId) -> &Option<SharedItem> {
    static GONE: Option<SharedItem> = None;
    code_of(db, file, id).map_or(&GONE, |code| code.item(db))
}

/// Items that come and go leave the others' code what it is.
#[salsa::tracked]
fn code_of(db: &dyn Db, file: File, id: ItemId) -> Option<Code> {
    file.code(db).get(&id).copied()
}

/// The items of a file in order.
pub fn item_ids(db: &dyn Db, file: File) -> &[ItemId] {
    file.order(db)
}

/// Which items bind or assign each top-level name of a file.
pub fn binders(db: &dyn Db, file: File) -> &FxHashMap<Name, Vec<ItemId>> {
    file.binders(db)
}

/// What a top-level name of a file stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Binding {
    /// Bound by items of that file.
    Items(FileId, Name),
    /// All exports of a file.
    Namespace(FileId),
    /// An export of a package: specifier and exported name (`default`, `*` for the namespace).
    Package { package: Name, export: Name },
    /// Imported from a file of the project that could not be found.
    Unresolved { specifier: Name, export: Name },
    /// Not bound in the file: a global of the runtime.
    Runtime(Name),
}

/// What `name` stands for in `file`, after following re-exports.
#[salsa::tracked(returns(ref))]
pub fn binding(db: &dyn Db, file: File, name: Name) -> Binding {
    let interface = file.interface(db);
    let Some(import) = interface.imports.iter().find(|import| import.local == name) else {
        return if binders(db, file).contains_key(&name) { Binding::Items(file.id(db), name) } else { Binding::Runtime(name) };
    };
    let export = match &import.what {
        Imported::Named(name) => *name,
        Imported::Default => Name::new("default"),
        Imported::Namespace => Name::new("*"),
    };
    from(db, file, import.specifier, export, 0)
}

/// What the export of that name of `file` stands for, if there is one.
#[salsa::tracked(returns(ref))]
pub fn export(db: &dyn Db, file: File, name: Name) -> Option<Binding> {
    exported(db, file, name, 0)
}

/// How many files a re-export is followed through.
const MOST_HOPS: usize = 12;

fn from(db: &dyn Db, file: File, specifier: u32, export: Name, hops: usize) -> Binding {
    let text = || file.interface(db).specifiers.get(specifier as usize).map_or(Name::new(""), |text| Name::new(text));
    match file.targets(db).get(specifier as usize) {
        Some(Target::Package(package)) => Binding::Package { package: *package, export },
        Some(Target::File(id)) => {
            let Some(target) = self::file(db, *id) else { return Binding::Unresolved { specifier: text(), export } };
            if export == "*" {
                return Binding::Namespace(*id);
            }
            exported(db, target, export, hops + 1).unwrap_or_else(|| {
                // `import x from` of a CommonJS file without a default, and `require` of one that exports names, give its namespace.
                if export == "default" { Binding::Namespace(*id) } else { Binding::Unresolved { specifier: text(), export } }
            })
        }
        Some(Target::Unresolved) | None => Binding::Unresolved { specifier: text(), export },
    }
}

fn exported(db: &dyn Db, file: File, name: Name, hops: usize) -> Option<Binding> {
    if hops > MOST_HOPS {
        return None;
    }
    let interface = file.interface(db);
    if let Some((_, export)) = interface.exports.iter().find(|(it, _)| *it == name) {
        return Some(match export {
            Export::Local(local) => binding(db, file, *local).clone(),
            Export::From(specifier, name) => from(db, file, *specifier, *name, hops),
        });
    }
    interface.stars.iter().find_map(|specifier| match file.targets(db).get(*specifier as usize) {
        Some(Target::File(id)) => self::file(db, *id).and_then(|target| exported(db, target, name, hops + 1)),
        Some(Target::Package(package)) if name != "default" => Some(Binding::Package { package: *package, export: name }),
        _ => None,
    })
}
