//! Tests of the room as its users see it.

mod configuration;
mod keeping_up;
mod loading;
mod resolving;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Loaded, Loader, Lower, Memory, System, Target};
use crate::base::FileId;
use crate::ir::{Interface, Module};

const ROOT: &str = "/w";

/// A project in memory at `/w`, and how many texts were lowered.
struct App {
    memory: Arc<Memory>,
    loader: Loader,
    lowered: Arc<AtomicUsize>,
}

impl App {
    fn new(files: &[(&str, &str)]) -> Self {
        App::rooted(ROOT, files)
    }

    fn rooted(root: &str, files: &[(&str, &str)]) -> Self {
        let memory = Arc::new(Memory::new(files.iter().map(|(path, text)| (Path::new(ROOT).join(path), *text))));
        let (lower, lowered) = lower();
        let loader = Loader::new(memory.clone(), Path::new(root), lower, &["missing-ownership", "data-exposure"]);
        App { memory, loader, lowered }
    }

    fn load(&mut self) -> Loaded {
        self.loader.load()
    }

    fn write(&mut self, path: &str, text: &str) -> super::Change {
        let path = Path::new(ROOT).join(path);
        self.memory.write(&path, text);
        self.loader.update(&[path])
    }

    fn remove(&mut self, path: &str) -> super::Change {
        let path = Path::new(ROOT).join(path);
        self.memory.remove(&path);
        self.loader.update(&[path])
    }

    fn lowered(&self) -> usize {
        self.lowered.swap(0, Ordering::Relaxed)
    }

    /// What the imports of a file lead to: a relative path, `package:name` or `unresolved`.
    fn targets(&self, path: &str) -> Vec<String> {
        let id = self.loader.id_of(&Path::new(ROOT).join(path)).expect("the file has a number");
        let file = self.loader.file(id).expect("the file is read");
        file.targets.iter().map(|it| shown(&self.loader, it)).collect()
    }

    fn id(&self, path: &str) -> FileId {
        self.loader.id_of(&Path::new(ROOT).join(path)).expect("the file has a number")
    }
}

fn shown(loader: &Loader, target: &Target) -> String {
    match target {
        Target::File(id) => {
            let path = loader.path_of(*id).expect("a target has a path");
            path.strip_prefix(ROOT).unwrap_or(path).display().to_string()
        }
        Target::Package(name) => format!("package:{name}"),
        Target::Unresolved => "unresolved".to_owned(),
    }
}

fn paths(loaded: &Loaded) -> Vec<String> {
    loaded.files.iter().map(|it| it.relative.display().to_string()).collect()
}

/// Enough of a parser for the tests of this room: quoted text behind `from`, `import` and `require(`.
fn lower() -> (Arc<Lower>, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let lower = move |_: &Path, text: &str| {
        counted.fetch_add(1, Ordering::Relaxed);
        let mut interface = Interface::default();
        for line in text.lines() {
            let line = line.trim();
            let quoted = |text: &str| text.split(['\'', '"']).nth(1).map(Arc::<str>::from);
            if line.starts_with("'use ") || line.starts_with("\"use ") {
                interface.directives.extend(quoted(line));
            } else if line.contains(" from ") || line.starts_with("import") || line.contains("require(") {
                let found = quoted(line).filter(|it| !interface.specifiers.contains(it));
                interface.specifiers.extend(found);
            }
        }
        let len = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Some(Module { interface: Arc::new(interface), items: Arc::new([]), starts: Arc::new([]), len, next_item: 0 })
    };
    (Arc::new(lower), count)
}

fn loader(system: Arc<dyn System>, root: PathBuf) -> Loader {
    Loader::new(system, &root, lower().0, &[])
}
