//! The state of an analysed workspace: files, open buffers, the database.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use salsa::Setter;

use super::snapshot::Snapshot;
use super::types::Note;
use super::views::{FileView, Views};
use crate::base::{FileId, ItemId, Name};
use crate::db::{self, Binding, Database, File, Workspace};
use crate::ir::{Interface, ItemEntry, Module, lower};
use crate::project::config::Declaration;
use crate::project::marks::{self, Marks};
use crate::project::{Change, Config, ConfigError, FileKind, Loaded, LoadedFile, Loader, Overlay, SchemaKind, System};
use crate::schema::code::{Code, Named};
use crate::schema::{self, Draft, Schema};
use crate::syntax::{self, Language, SyntaxTree};
use crate::text::{Buffer, Change as TextChange, Encoding, Position};

/// How a session is opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// What columns count in [`Session::change_document`].
    pub encoding: Encoding,
    /// The configuration file, where it is not the nearest `routewarden.toml`.
    pub config_path: Option<PathBuf>,
}

/// An edit of an open document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentEdit {
    /// Zero-based (line, character) of start and end; `None` for the whole text.
    pub range: Option<((u32, u32), (u32, u32))>,
    /// The new text.
    pub text: String,
}

/// How much stack a thread that analyses gets, in bytes: deeply nested code is walked by recursion with a bound.
pub const STACK: usize = 64 << 20;

/// The owner of the state. One thread changes it; others ask snapshots.
pub struct Session {
    overlay: Arc<Overlay>,
    loader: Loader,
    options: Options,
    db: Database,
    workspace: Workspace,
    inputs: FxHashMap<FileId, File>,
    /// What the schemas that are texts say.
    drafts: Vec<Draft>,
    views: Arc<Views>,
    /// Open buffers by the path that the editor names; also of files that nothing reaches yet.
    open: FxHashMap<Arc<Path>, Open>,
    notes: Arc<[Note]>,
    config: Arc<Config>,
    config_error: Option<ConfigError>,
    catalog_error: Option<ConfigError>,
    root: Arc<Path>,
    revision: u64,
}

/// An open buffer.
struct Open {
    path: Arc<Path>,
    buffer: Buffer,
    marks: Marks,
    tree: Option<SyntaxTree>,
    module: Option<Arc<Module>>,
}

impl Session {
    /// Walks and reads the project at `root`.
    pub fn open(system: Arc<dyn System>, root: &Path, options: Options) -> Session {
        let overlay = Arc::new(Overlay::new(system));
        let mut loader = Loader::new(overlay.clone(), root, Arc::new(lower_text), &crate::rules::ids())
            .with_config(options.config_path.clone());
        let loaded = loader.load();
        let db = Database::default();
        let workspace = Workspace::new(&db, Arc::default(), Arc::default(), Arc::default(), Arc::default(), Arc::default());
        let mut session = Session {
            overlay,
            loader,
            options,
            db,
            workspace,
            inputs: FxHashMap::default(),
            drafts: Vec::new(),
            views: Arc::default(),
            open: FxHashMap::default(),
            notes: Arc::from([]),
            config: Arc::default(),
            config_error: None,
            catalog_error: None,
            root: loaded.root.clone(),
            revision: 0,
        };
        let files = loaded.files.clone();
        session.take_surroundings(loaded);
        session.take_files(&files, &[]);
        session
    }

    /// The root, canonical.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Why the configuration does not count, if it is broken.
    pub fn config_error(&self) -> Option<&ConfigError> {
        self.config_error.as_ref().or(self.catalog_error.as_ref())
    }

    /// A view of this revision.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::new(
            self.db.clone(),
            self.workspace,
            self.overlay.clone(),
            self.views.clone(),
            self.notes.clone(),
            self.config.clone(),
            self.root.clone(),
            self.revision,
        )
    }

    /// An editor opened a file: its buffer stands for what is on disk.
    pub fn open_document(&mut self, path: &Path, text: String, version: i32) {
        let buffer = Buffer::new(&text, version, self.options.encoding);
        let text = buffer.text();
        self.overlay.open(path, text.clone());
        let tree = language_of(path).and_then(|language| syntax::parse(&text, language));
        let module = tree.as_ref().map(|tree| Arc::new(lower::lower(tree, &text)));
        let known = self.loader.id_of(path).and_then(|id| self.loader.file(id)).map(|file| file.module.clone());
        // An unchanged file keeps its items, and with them every result.
        let module = match (module, known) {
            (Some(new), Some(old)) => Some(Arc::new(unchanged(&old, &new))),
            (new, _) => new,
        };
        let marks = marks::find(text.as_bytes());
        let open = Open { path: path.into(), buffer, marks, tree, module };
        self.changed(open);
    }

    /// The buffer of an open file changed: changes in order, each against the text after the one before.
    pub fn change_document(&mut self, path: &Path, edits: &[DocumentEdit], version: i32) {
        let Some(mut open) = self.open.remove(path) else { return };
        let at = |(line, character): (u32, u32)| Position::new(line, character);
        let changes: Vec<TextChange> = edits
            .iter()
            .map(|edit| TextChange { range: edit.range.map(|(start, end)| (at(start), at(end))), text: edit.text.clone() })
            .collect();
        let before = open.buffer.text();
        let edits = open.buffer.apply(&changes, version);
        let text = open.buffer.text();
        open.marks = marks::find_again(&open.marks, before.as_bytes(), text.as_bytes());
        self.overlay.open(open.path.to_path_buf(), text.clone());
        match open.tree.take() {
            Some(tree) => {
                open.tree = syntax::reparse(&tree, &edits, &text);
                if let (Some(tree), Some(module)) = (&open.tree, &open.module) {
                    open.module = Some(Arc::new(lower::relower(module, &edits, tree, &text)));
                }
            }
            // The last text could not be parsed in time: the edits do not lead from the module that is there.
            None => {
                open.tree = language_of(path).and_then(|language| syntax::parse(&text, language));
                let module = open.tree.as_ref().map(|tree| lower::lower(tree, &text));
                open.module = match (module, open.module.take()) {
                    (Some(new), Some(old)) => Some(Arc::new(unchanged(&old, &new))),
                    (new, old) => new.map(Arc::new).or(old),
                };
            }
        }
        self.changed(open);
    }

    fn changed(&mut self, open: Open) {
        let text = open.buffer.text();
        let change = match &open.module {
            Some(module) => self.loader.edit(&open.path, &text, &open.marks, module.clone()),
            None => self.loader.update(&[open.path.to_path_buf()]),
        };
        let path = open.path.clone();
        self.open.insert(path.clone(), open);
        self.take(change);
        self.view_open(&path);
        self.revision += 1;
    }

    /// An editor closed a file: what is on disk counts again.
    pub fn close_document(&mut self, path: &Path) {
        self.overlay.close(path);
        self.open.remove(path);
        if let Some(id) = self.loader.id_of(path) {
            let closed = self.views.get(id).map(|view| FileView::new(view.path.clone(), view.module.clone(), None, None));
            if let Some(view) = closed {
                Arc::make_mut(&mut self.views).insert(id, view);
            }
        }
        self.files_changed(&[path.to_path_buf()]);
    }

    /// Files were created, changed or deleted on disk.
    pub fn files_changed(&mut self, paths: &[PathBuf]) {
        let closed: Vec<PathBuf> = paths.iter().filter(|path| !self.open.contains_key(path.as_path())).cloned().collect();
        let change = self.loader.update(&closed);
        self.take(change);
        self.revision += 1;
    }

    fn take(&mut self, change: Change) {
        if change.is_empty() {
            return;
        }
        if change.surroundings {
            let loaded = self.loader.loaded();
            self.take_surroundings(loaded);
        }
        self.take_files(&change.files, &change.removed);
    }

    fn take_surroundings(&mut self, loaded: Loaded) {
        self.drafts = read_texts(&loaded);
        self.take_schema();
        let packages = loaded.packages.iter().map(|(name, range)| (name.as_str(), &**range));
        let ours = crate::catalog::builtin().for_versions(packages);
        let values = |list: &[Declaration]| list.iter().map(|it| it.value.clone()).collect();
        let declared = crate::catalog::Declarations {
            calls: values(&loaded.config.calls),
            objects: values(&loaded.config.objects),
            builders: values(&loaded.config.builders),
            modifiers: values(&loaded.config.modifiers),
        };
        let catalog = match ours.with_user(&declared, &trust(&loaded.config)) {
            Ok(catalog) => {
                self.catalog_error = None;
                catalog
            }
            Err(error) => {
                let path = loaded.config_path.clone().unwrap_or_default();
                self.catalog_error = Some(ConfigError::in_line(&path, 1, error.to_string()));
                ours
            }
        };
        if **self.workspace.catalog(&self.db) != catalog {
            self.workspace.set_catalog(&mut self.db).to(Arc::new(catalog));
        }
        if *self.workspace.config(&self.db) != loaded.config {
            self.workspace.set_config(&mut self.db).to(loaded.config.clone());
        }
        if *self.workspace.packages(&self.db) != loaded.packages {
            self.workspace.set_packages(&mut self.db).to(loaded.packages.clone());
        }
        self.config = loaded.config.clone();
        self.config_error = loaded.config_error.clone();
        self.notes =
            loaded.notes.iter().map(|it| Note { path: it.path.to_path_buf(), message: it.problem.to_string() }).collect();
        let views = Arc::make_mut(&mut self.views);
        for source in &loaded.schemas {
            views.insert(source.id, FileView::new(source.path.clone(), None, None, Some(source.text.clone())));
        }
    }

    /// Entities come from texts and from code; what was read before is kept where it is the same.
    fn take_schema(&mut self) {
        let files: Vec<Arc<LoadedFile>> = self.loader.loaded().files;
        let modules: Vec<(FileId, &Module)> = files.iter().map(|it| (it.id, &*it.module)).collect();
        let resolve = |id: FileId, name: Name| match db::binding(&self.db, db::file(&self.db, id)?, name) {
            Binding::Items(file, name) => Some(Named::Item(*file, *name)),
            Binding::Package { package, export } => Some(Named::Package(*package, *export)),
            Binding::Namespace(_) | Binding::Unresolved { .. } | Binding::Runtime(_) => None,
        };
        let code = schema::code::read(&Code { files: &modules, resolve: &resolve });
        let schema = Arc::new(Schema::build(self.drafts.iter().cloned().chain(code).collect()));
        if **self.workspace.schema(&self.db) != *schema {
            self.workspace.set_schema(&mut self.db).to(schema);
        }
    }

    fn take_files(&mut self, files: &[Arc<LoadedFile>], removed: &[FileId]) {
        let mut added = false;
        let mut declares = false;
        for file in files {
            let before = self.views.get(file.id).and_then(|view| view.module.clone());
            declares |= before.is_some_and(|it| schema::code::declares(&it)) || schema::code::declares(&file.module);
            match self.inputs.get(&file.id).copied() {
                Some(input) => self.update_input(input, file),
                None => {
                    let (path, relative) = (file.path.clone(), file.relative.clone());
                    let input = File::of(&self.db, file.id, path, relative, &file.module, file.targets.clone());
                    self.inputs.insert(file.id, input);
                    added = true;
                }
            }
            let open = self.open.get(&file.path);
            let (version, text) = (open.map(|it| it.buffer.version()), open.map(|it| it.buffer.text()));
            let view = FileView::new(file.path.clone(), Some(file.module.clone()), version, text);
            Arc::make_mut(&mut self.views).insert(file.id, view);
        }
        for id in removed {
            let before = self.views.get(*id).and_then(|view| view.module.clone());
            declares |= before.is_some_and(|it| schema::code::declares(&it));
            if let Some(input) = self.inputs.remove(id) {
                input.set_interface(&mut self.db).to(Arc::new(Interface::default()));
                input.update_items(&mut self.db, &[]);
                input.set_targets(&mut self.db).to(Arc::from([]));
                added = true;
            }
            Arc::make_mut(&mut self.views).remove(*id);
        }
        if added {
            let map = Arc::new(self.inputs.clone());
            self.workspace.set_files(&mut self.db).to(map);
        }
        if declares {
            self.take_schema();
        }
    }

    fn update_input(&mut self, input: File, file: &LoadedFile) {
        // Only what differs is set: a set input makes salsa look at all that read it.
        if !Arc::ptr_eq(input.interface(&self.db), &file.module.interface)
            && **input.interface(&self.db) != *file.module.interface
        {
            input.set_interface(&mut self.db).to(file.module.interface.clone());
        }
        input.update_items(&mut self.db, &file.module.items);
        if *input.targets(&self.db) != file.targets {
            input.set_targets(&mut self.db).to(file.targets.clone());
        }
        if *input.relative(&self.db) != file.relative {
            input.set_relative(&mut self.db).to(file.relative.clone());
        }
    }

    /// The places of an open file's items move also where no item changed.
    fn view_open(&mut self, path: &Path) {
        let Some(open) = self.open.get(path) else { return };
        let Some(id) = self.loader.id_of(path).filter(|id| self.inputs.contains_key(id)) else { return };
        let (version, text) = (open.buffer.version(), open.buffer.text());
        let view = FileView::new(open.path.clone(), open.module.clone(), Some(version), Some(text));
        Arc::make_mut(&mut self.views).insert(id, view);
    }
}

/// The new module, with the items of the old one where they are equal: an opened file that is as it was on disk keeps every result.
fn unchanged(old: &Module, new: &Module) -> Module {
    let mut module = new.clone();
    if old.items.len() == new.items.len() {
        module.items = old
            .items
            .iter()
            .zip(new.items.iter())
            .map(|(old, new)| if *old.item == *new.item { old.clone() } else { ItemEntry { id: old.id, item: new.item.clone() } })
            .collect();
        module.next_item = old.next_item;
    } else {
        // Other items: new ids, so that none of them is taken for an old one.
        let base = old.next_item;
        module.items = new.items.iter().map(|it| ItemEntry { id: ItemId(base + it.id.0), item: it.item.clone() }).collect();
        module.next_item = base + new.next_item;
    }
    if *old.interface == *new.interface {
        module.interface = old.interface.clone();
    }
    module
}

/// Parses and lowers a closed file.
fn lower_text(path: &Path, text: &str) -> Option<Module> {
    let tree = syntax::parse(text, language_of(path)?)?;
    Some(lower::lower(&tree, text))
}

/// The declarations of the configuration in the catalogue's form.
fn trust(config: &Config) -> crate::catalog::Trust {
    let ours = &config.trust;
    crate::catalog::Trust {
        authenticates: ours.authenticates.clone(),
        optional: ours.optional.clone(),
        roles: ours.roles.clone(),
        ties: ours.ties.clone(),
        limits: ours.limits.clone(),
        validates: ours.validates.clone(),
        webhooks: ours.webhooks.clone(),
        not_authenticates: ours.not_authenticates.clone(),
        headers_from_gateway: ours.headers_from_gateway.clone(),
        public: ours.public.clone(),
    }
}

fn read_texts(loaded: &Loaded) -> Vec<Draft> {
    let of = |kind: SchemaKind| -> Vec<schema::Source<'_>> {
        loaded
            .schemas
            .iter()
            .filter(|it| it.kind == FileKind::Schema(kind))
            .map(|it| schema::Source { file: it.id, text: &it.text })
            .collect()
    };
    vec![
        schema::prisma::read(&of(SchemaKind::Prisma)),
        schema::sql::read(&of(SchemaKind::Sql)),
        schema::supabase_types::read(&of(SchemaKind::SupabaseTypes)),
    ]
}

/// The grammar of a path that is read at all.
fn language_of(path: &Path) -> Option<Language> {
    Language::reads(path).then(|| Language::of(path))
}
