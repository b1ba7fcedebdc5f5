//! The inputs of the analysis as a salsa database, and the queries that only look at files and names.
//!
//! Inputs are split by what changes together: typing in a function's body replaces one item of one file and nothing else. A
//! query that reads an item asks [`item`], whose answer is the same allocation as long as that item was not touched, so
//! everything that did not read it keeps its result (early cut-off).

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::{FileId, ItemId, Name};
use crate::catalog::Catalog;
use crate::ir::{Export, Imported, Interface, Item, ItemEntry};
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
    /// The lowered items.
    #[returns(ref)]
    pub items: Arc<[ItemEntry]>,
    /// What each of the interface's specifiers leads to, parallel to `interface.specifiers`.
    #[returns(ref)]
    pub targets: Arc<[Target]>,
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

/// The file of that id.
pub fn file(db: &dyn Db, id: FileId) -> Option<File> {
    Workspace::get(db).files(db).get(&id).copied()
}

/// One item of a file.
#[salsa::tracked(returns(ref))]
pub fn item(db: &dyn Db, file: File, id: ItemId) -> Option<SharedItem> {
    file.items(db).iter().find(|entry| entry.id == id).map(|entry| SharedItem(entry.item.clone()))
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

/// The items of a file in order, without their code: changes only when items come, go or move.
#[salsa::tracked(returns(ref))]
pub fn item_ids(db: &dyn Db, file: File) -> Arc<[ItemId]> {
    file.items(db).iter().map(|entry| entry.id).collect()
}

/// Which items bind or assign each top-level name of a file.
#[salsa::tracked(returns(ref))]
pub fn binders(db: &dyn Db, file: File) -> Arc<FxHashMap<Name, Vec<ItemId>>> {
    let mut map: FxHashMap<Name, Vec<ItemId>> = FxHashMap::default();
    for entry in file.items(db).iter() {
        for name in entry.item.binds.iter().chain(&entry.item.assigns) {
            let items = map.entry(*name).or_default();
            if !items.contains(&entry.id) {
                items.push(entry.id);
            }
        }
    }
    Arc::new(map)
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
