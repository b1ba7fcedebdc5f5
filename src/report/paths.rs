//! Paths as reports print them.

use std::path::{Component, Path};

/// `path` relative to the folder `from` (both absolute) with `/`, or absolute where no relative path leads there.
pub fn shown(path: &Path, from: &Path) -> String {
    let (mut here, mut there) = (from.components().peekable(), path.components().peekable());
    if here.peek().is_some() && here.peek() != there.peek() {
        return joined(path.components());
    }
    while here.peek().is_some() && here.peek() == there.peek() {
        here.next();
        there.next();
    }
    let up = here.map(|_| Component::ParentDir);
    let relative = joined(up.chain(there));
    if relative.is_empty() { ".".to_owned() } else { relative }
}

fn joined<'a>(components: impl Iterator<Item = Component<'a>>) -> String {
    let mut out = String::new();
    for component in components {
        if !out.is_empty() && !out.ends_with('/') {
            out.push('/');
        }
        match component {
            // A drive and its root are two components.
            Component::RootDir if out.ends_with('/') => {}
            Component::RootDir => out.push('/'),
            other => out.push_str(&other.as_os_str().to_string_lossy()),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_working_folder() {
        let of = |path: &str| shown(Path::new(path), Path::new("/w/app"));
        assert_eq!(of("/w/app/src/a.ts"), "src/a.ts");
        assert_eq!(of("/w/lib/b.ts"), "../lib/b.ts");
        assert_eq!(of("/w/app"), ".");
        assert_eq!(of("/x.ts"), "../../x.ts");
        assert_eq!(shown(Path::new("/a/b"), Path::new("")), "/a/b");
    }
}
