//! Code as readers of entities see it: the project's modules, and what their names stand for.
//!
//! Entities that are declared in code (Drizzle tables, Mongoose schemas, TypeORM classes) are read from the lowered code of the
//! files that import such a library. They carry no places ([`Entity::declared`](super::Entity::declared) is `None`, spans are empty):
//! typing above a table must leave the schema equal to what it was.

use super::Draft;
use crate::base::{FileId, Name};
use crate::ir::{Item, Module};

/// What a top-level name of a file stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// Bound by an item of that file, under that name.
    Item(FileId, Name),
    /// An export of a package: specifier and exported name (`default`, `*` for the namespace).
    Package(Name, Name),
}

/// The project's code for a reader.
pub struct Code<'a> {
    /// All files that were read, in the order of their paths.
    pub files: &'a [(FileId, &'a Module)],
    /// What a top-level name of a file stands for, followed through imports and re-exports; `None` for globals and what cannot be found.
    pub resolve: &'a dyn Fn(FileId, Name) -> Option<Named>,
}

impl<'a> Code<'a> {
    /// The module of a file.
    pub fn module(&self, file: FileId) -> Option<&'a Module> {
        self.files.iter().find(|(id, _)| *id == file).map(|(_, module)| *module)
    }

    /// The first item of a file that binds a top-level name.
    pub fn binder(&self, file: FileId, name: Name) -> Option<&'a Item> {
        let module = self.module(file)?;
        module.items.iter().map(|entry| &*entry.item).find(|item| item.binds.contains(&name))
    }

    /// Files that import one of these packages, or something below one (`drizzle-orm` is also `drizzle-orm/pg-core`).
    pub fn importing<'p>(&self, packages: &'p [&'p str]) -> impl Iterator<Item = (FileId, &'a Module)> + use<'a, 'p, '_> {
        self.files.iter().copied().filter(|(_, module)| imports(module, packages))
    }
}

/// Whether a module imports one of these packages, or something below one.
pub fn imports(module: &Module, packages: &[&str]) -> bool {
    module.interface.specifiers.iter().any(|specifier| {
        packages
            .iter()
            .any(|package| specifier.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    })
}

/// A reader of entities that are declared in code.
pub struct Reader {
    /// Whether a module may declare an entity: a cheap look, since it is asked at every keystroke.
    pub declares: fn(&Module) -> bool,
    /// Reads the entities of all files together.
    pub read: fn(&Code<'_>) -> Draft,
}

/// All readers of code.
pub const READERS: &[Reader] = &[
    Reader { declares: super::mongoose::declares, read: super::mongoose::read },
    super::typeorm::READER,
    super::tables::DRIZZLE,
    super::tables::MIGRATIONS,
];

/// Whether a module may declare an entity that one of the readers knows.
pub fn declares(module: &Module) -> bool {
    READERS.iter().any(|reader| (reader.declares)(module))
}

/// What the readers find.
pub fn read(code: &Code<'_>) -> Vec<Draft> {
    let declared = |reader: &&Reader| code.files.iter().any(|(_, module)| (reader.declares)(module));
    READERS.iter().filter(declared).map(|reader| (reader.read)(code)).collect()
}

/// One file for the readers' tests.
#[cfg(test)]
pub mod testing {
    use super::{Code, Named, Reader};
    use crate::base::{FileId, Name};
    use crate::ir::Imported;
    use crate::schema::Draft;
    use crate::syntax::{Language, parse};

    /// What a reader finds in a TypeScript file.
    pub fn read_one(reader: Reader, text: &str) -> Draft {
        let module = crate::ir::lower::lower(&parse(text, Language::Ts).expect("in time"), text);
        let files = [(FileId(0), &module)];
        let resolve = |file: FileId, name: Name| match module.interface.imports.iter().find(|it| it.local == name) {
            Some(import) => {
                let what = match &import.what {
                    Imported::Named(name) => *name,
                    Imported::Default => Name::new("default"),
                    Imported::Namespace => Name::new("*"),
                };
                Some(Named::Package(Name::new(&module.interface.specifiers[import.specifier as usize]), what))
            }
            None => module.items.iter().any(|it| it.item.binds.contains(&name)).then_some(Named::Item(file, name)),
        };
        assert!((reader.declares)(&module), "the cheap look must not miss it");
        (reader.read)(&Code { files: &files, resolve: &resolve })
    }
}
