//! Where imports lead.
//!
//! Three things are asked in turn: `oxc_resolver`, which knows the exact rules of Node and TypeScript; the aliases and workspace
//! packages that those rules do not reach without `node_modules` and build output; and common conventions.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError, ResolveOptions, ResolverGeneric, TsconfigDiscovery};
use path_clean::PathClean as _;

use super::aliases::{Aliases, Lead};
use super::kinds;
use super::manifest::Packages;
use super::read::MAX_FILE_BYTES;
use super::specifier::{self, Kind};
use super::system::{self, Disk, System};
use super::workspace;
use crate::base::Name;

/// What an import leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A source file of the project: canonical path.
    File(PathBuf),
    /// A package, a module of the runtime, or a file without code.
    Package(Name),
    /// A file of the project that is not there.
    Unresolved,
}

/// Resolves module specifiers. It remembers what it has read, so a new one is made when a `package.json` or `tsconfig.json`
/// changes, and when files come or go.
pub struct Resolver {
    system: Arc<dyn System>,
    exact: ResolverGeneric<Files>,
    aliases: Aliases,
    root: PathBuf,
    packages: Packages,
    generated: Vec<(PathBuf, Name)>,
}

impl Resolver {
    /// A resolver for the files below `root`, and what they import above it.
    pub fn new(system: Arc<dyn System>, root: &Path, packages: Packages) -> Self {
        let exact = ResolverGeneric::new_with_file_system(Files(system.clone()), options(root));
        Resolver { system, exact, aliases: Aliases::default(), root: root.to_path_buf(), packages, generated: Vec::new() }
    }

    /// Folders of generated code, there or not, and the package that each stands for.
    pub fn set_generated(&mut self, generated: Vec<(PathBuf, Name)>) {
        self.generated = generated;
    }

    /// Folders of generated code.
    pub fn generated(&self) -> &[(PathBuf, Name)] {
        &self.generated
    }

    /// Where `specifier` leads in the file at `from` (absolute).
    pub fn resolve(&self, from: &Path, specifier: &str) -> Resolved {
        let asked = specifier;
        let specifier = specifier::without_query(specifier);
        let Some(folder) = from.parent().filter(|_| !specifier.is_empty()) else { return Resolved::Unresolved };
        let found = match specifier::kind(specifier) {
            Kind::Package(name) => return Resolved::Package(Name::new(&name)),
            Kind::Relative => self.relative(from, folder, specifier),
            Kind::Bare => self.bare(from, folder, specifier, 0),
        };
        match found {
            Found::File(path) => self.file(path, specifier),
            Found::Package(name) => Resolved::Package(Name::new(&name)),
            Found::Nothing if specifier::is_asset(specifier) => Resolved::Package(Name::new(asked)),
            Found::Nothing => Resolved::Unresolved,
        }
    }

    fn file(&self, path: PathBuf, specifier: &str) -> Resolved {
        if let Some(package) = self.generated_package(&path) {
            return Resolved::Package(package);
        }
        if kinds::is_source(&path) && !in_node_modules(&path) {
            return Resolved::File(path);
        }
        Resolved::Package(Name::new(specifier))
    }

    fn generated_package(&self, path: &Path) -> Option<Name> {
        self.generated.iter().find(|(folder, _)| path.starts_with(folder)).map(|(_, package)| *package)
    }

    fn relative(&self, from: &Path, folder: &Path, specifier: &str) -> Found {
        let path = folder.join(specifier).clean();
        if path.components().any(|it| GENERATED_TYPES.iter().any(|name| it.as_os_str() == *name)) {
            return Found::Package(specifier.to_owned());
        }
        if let Some(package) = self.generated_package(&path) {
            return Found::Package(package.as_str().to_owned());
        }
        let exact = self.exact.resolve(folder, specifier).or_else(|_| self.exact.resolve_file(from, specifier));
        match exact.map(oxc_resolver::Resolution::into_path_buf) {
            Ok(path) => Found::File(path),
            // Output of a build that did not run: `../dist/x.js` of `../src/x.ts`.
            Err(_) => workspace::sources_of(&path).iter().find_map(|it| self.probe(it)).map_or(Found::Nothing, Found::File),
        }
    }

    fn bare(&self, from: &Path, folder: &Path, specifier: &str, hops: usize) -> Found {
        let (name, rest) = specifier::split_package(specifier);
        let alias = self.aliases.leads(&*self.system, &self.packages, folder, specifier);
        if !alias.is_alias && alias.leads.is_empty() && self.packages.is_dependency(name) {
            return Found::Package(specifier.to_owned());
        }
        let exact = self.exact.resolve_file(from, specifier).map(oxc_resolver::Resolution::into_path_buf).ok();
        let member = self.packages.members.get(name);
        if let Some(path) = &exact {
            let is_output = member.is_some_and(|it| workspace::is_output(&it.folder, path));
            if !in_node_modules(path) && !is_output && kinds::is_source(path) {
                return Found::File(path.clone());
            }
        }
        for lead in alias.leads {
            match lead {
                Lead::Path(path) => {
                    if let Some(found) = self.place(&path) {
                        return found;
                    }
                }
                // A map may lead to a name of the same map; not for ever.
                Lead::Specifier(to) => match specifier::kind(specifier::without_query(&to)) {
                    Kind::Package(name) => return Found::Package(name.into_owned()),
                    Kind::Bare if to != specifier && hops < 4 => return self.bare(from, folder, &to, hops + 1),
                    _ => {}
                },
            }
        }
        if let Some(member) = member {
            let source = workspace::candidates(member, rest).iter().find_map(|it| self.probe(it));
            if let Some(path) = source.or(exact) {
                return Found::File(path);
            }
            return Found::Nothing;
        }
        if let Some(path) = exact {
            return if in_node_modules(&path) { Found::Package(specifier.to_owned()) } else { Found::File(path) };
        }
        self.conventional(from, specifier, alias.is_alias)
    }

    /// Aliases that bundlers and frameworks define outside of `tsconfig.json`.
    fn conventional(&self, from: &Path, specifier: &str, is_alias: bool) -> Found {
        let package = self.packages.folder_of(from).unwrap_or(&self.root);
        let bases = if package == self.root { vec![package] } else { vec![package, &self.root] };
        let first = |rest: &str, below: &[&str]| {
            bases.iter().flat_map(|base| below.iter().map(|it| base.join(it).join(rest).clean())).find_map(|it| self.place(&it))
        };
        for (prefix, below) in CONVENTIONS {
            if let Some(rest) = specifier.strip_prefix(prefix) {
                return first(rest, below).unwrap_or(Found::Nothing);
            }
        }
        let is_private = specifier.starts_with('#') || specifier == "$lib";
        if is_alias || is_private {
            let is_package = !is_private && self.packages.is_dependency(specifier::split_package(specifier).0);
            return if is_package { Found::Package(specifier.to_owned()) } else { Found::Nothing };
        }
        // Nest and Create React App import from the package's own folder: `src/users/users.service`.
        if specifier.contains('/')
            && !specifier.starts_with('@')
            && let Some(found) = first(specifier, &[""])
        {
            return found;
        }
        Found::Package(specifier.to_owned())
    }

    /// What stands at this absolute path: generated code, there or not, or a source file.
    fn place(&self, path: &Path) -> Option<Found> {
        let generated = self.generated_package(path).map(|it| Found::Package(it.as_str().to_owned()));
        generated.or_else(|| self.probe(path).map(Found::File))
    }

    /// The source file at this absolute path, whose ending may be open, or that a folder's index makes.
    fn probe(&self, path: &Path) -> Option<PathBuf> {
        let found = self.exact.resolve(path.parent()?, path.to_str()?).ok()?.into_path_buf();
        (kinds::is_source(&found) && !in_node_modules(&found)).then_some(found)
    }
}

enum Found {
    File(PathBuf),
    Package(String),
    Nothing,
}

/// Prefix, and the folders of a package below which the rest is looked for.
const CONVENTIONS: [(&str, &[&str]); 6] = [
    ("@/", &["src", "", "app"]),
    ("~/", &["src", "app", ""]),
    ("@@/", &["", "src"]),
    ("~~/", &["", "src"]),
    ("$lib/", &["src/lib"]),
    ("#/", &["src", ""]),
];

/// What React Router and SvelteKit generate beside routes: types and nothing else.
const GENERATED_TYPES: [&str; 2] = ["+types", "$types"];

fn in_node_modules(path: &Path) -> bool {
    path.components().any(|it| it.as_os_str() == "node_modules")
}

fn options(root: &Path) -> ResolveOptions {
    let texts = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let alias = |from: &str, to: &[&str]| (from.to_owned(), texts(to));
    ResolveOptions {
        cwd: Some(root.to_path_buf()),
        tsconfig: Some(TsconfigDiscovery::Auto),
        extensions: texts(&[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".json"]),
        extension_alias: vec![
            alias(".js", &[".ts", ".tsx", ".js", ".d.ts"]),
            alias(".jsx", &[".tsx", ".jsx"]),
            alias(".mjs", &[".mts", ".mjs"]),
            alias(".cjs", &[".cts", ".cjs"]),
        ],
        // Sources before what is built from them.
        condition_names: texts(&["source", "development", "import", "require", "node", "default"]),
        main_fields: texts(&["source", "module", "main"]),
        node_path: false,
        ..ResolveOptions::default()
    }
}

/// The project's files, as the resolver asks for them.
struct Files(Arc<dyn System>);

impl FileSystem for Files {
    fn new() -> Self {
        Files(Arc::new(Disk))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Ok(self.0.read(path, MAX_FILE_BYTES)?)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.0.metadata(path).map(metadata)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.0.link_metadata(path).map(metadata)
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        Ok(self.0.read_link(path)?)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.0.canonicalize(path)
    }
}

fn metadata(found: system::Metadata) -> FileMetadata {
    let is = |kind| found.kind == kind;
    FileMetadata::new(is(system::Kind::File), is(system::Kind::Folder), is(system::Kind::Link))
}
