//! Finding the project's files in one walk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::config::Config;
use super::kinds::{self, FileKind};
use super::note::LoadNote;
use super::system::{Enter, System};

/// The files of a project by what they are for, sorted by path.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Code that could hold routes, within `include` and outside `exclude`.
    pub sources: Vec<PathBuf>,
    /// Schemas and settings, in the order in which they apply.
    pub texts: Vec<(PathBuf, FileKind)>,
    /// `package.json` files.
    pub manifests: Vec<PathBuf>,
    /// Folders that could not be entered.
    pub notes: Vec<LoadNote>,
}

/// Walks the tree below `root` (canonical).
pub(super) fn find(system: &Arc<dyn System>, root: &Path, config: &Config) -> Found {
    let asked = system.clone();
    let enter: Enter = Arc::new(move |folder| !kinds::is_left_out(folder, |it| asked.is_file(&it.join("package.json"))));
    let walked = system.walk(root, enter);
    let mut found = Found { notes: walked.notes, ..Found::default() };
    for path in walked.files {
        // A link may lead out of the root; its target is then judged by its whole path.
        let relative = path.strip_prefix(root).unwrap_or(&path);
        match kinds::of(relative) {
            Some(FileKind::Source) if config.covers(relative) => found.sources.push(path),
            Some(kind @ (FileKind::Schema(_) | FileKind::Settings)) if config.covers_schema(relative) => {
                found.texts.push((path, kind))
            }
            Some(FileKind::Manifest) => found.manifests.push(path),
            _ => {}
        }
    }
    found.texts.sort_by(|a, b| (a.1, a.0.parent()).cmp(&(b.1, b.0.parent())).then_with(|| by_number(&a.0, &b.0)));
    found
}

/// Migrations apply by number where their names begin with one: `2_x` before `10_x`.
fn by_number(a: &Path, b: &Path) -> std::cmp::Ordering {
    let number = |path: &Path| {
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default().trim_start_matches(['V', 'v']);
        let digits = name.find(|it: char| !it.is_ascii_digit()).unwrap_or(name.len());
        name[..digits].parse::<u128>().unwrap_or(u128::MAX)
    };
    number(a).cmp(&number(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::by_number;

    #[test]
    fn migrations_apply_by_number() {
        let mut names = ["m/10_b.sql", "m/2_a.sql", "m/V1__x.sql", "m/schema.sql"].map(Path::new);
        names.sort_by(|a, b| by_number(a, b));
        assert_eq!(names, ["m/V1__x.sql", "m/2_a.sql", "m/10_b.sql", "m/schema.sql"].map(Path::new));
    }
}
