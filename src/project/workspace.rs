//! The source of a workspace's package, without its build output and without `node_modules`.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::manifest::Member;

/// Folders that builds write to.
const OUTPUT: [&str; 6] = ["dist", "build", "lib", "out", "esm", "cjs"];

/// Where the source of `subpath` of a package may lie, best first: absolute paths, endings open.
pub(super) fn candidates(member: &Member, subpath: &str) -> Vec<PathBuf> {
    let mut written = Vec::new();
    if let Some(exports) = member.manifest.get("exports") {
        exported(exports, subpath, &mut written);
    }
    if subpath.is_empty() {
        let fields = ["source", "types", "typings", "module", "main"];
        written.extend(fields.iter().filter_map(|it| member.manifest.get(it)?.as_str()).map(str::to_owned));
    }
    let mut paths = Vec::new();
    for target in &written {
        let target = member.folder.join(target.trim_start_matches("./"));
        if !is_output(&member.folder, &target) && !is_declaration(&target) {
            paths.push(target);
        }
    }
    for target in &written {
        let target = Path::new(target.trim_start_matches("./"));
        paths.extend(sources_of(target).into_iter().map(|it| member.folder.join(it)));
    }
    if subpath.is_empty() {
        paths.extend(["src/index", "index", "src/main", "lib/index"].iter().map(|it| member.folder.join(it)));
    } else {
        paths.extend([Path::new("src").join(subpath), PathBuf::from(subpath)].iter().map(|it| member.folder.join(it)));
    }
    paths
}

/// Whether the path lies in a build's output of that package.
pub(super) fn is_output(folder: &Path, path: &Path) -> bool {
    let first = path.strip_prefix(folder).ok().and_then(|it| it.components().next());
    matches!(first, Some(Component::Normal(name)) if name != "lib" && OUTPUT.iter().any(|it| name == *it))
}

/// What `dist/esm/a.js` may have been built from: `src/a`, `a`.
pub(super) fn sources_of(path: &Path) -> Vec<PathBuf> {
    let parts: Vec<Component<'_>> = path.components().collect();
    let is_folder = |it: &Component<'_>| OUTPUT.iter().any(|name| it.as_os_str() == *name);
    let Some(at) = parts.iter().rposition(|it| matches!(it, Component::Normal(name) if *name == "dist" || *name == "build"))
    else {
        let Some(at) = parts.iter().position(is_folder) else { return Vec::new() };
        return rebuilt(&parts, at);
    };
    rebuilt(&parts, at)
}

fn rebuilt(parts: &[Component<'_>], at: usize) -> Vec<PathBuf> {
    let inner = parts[at + 1..].iter().take_while(|it| OUTPUT.iter().any(|name| it.as_os_str() == *name)).count();
    let head: PathBuf = parts[..at].iter().collect();
    let tail = without_ending(&parts[at + 1 + inner..].iter().collect::<PathBuf>());
    vec![head.join("src").join(&tail), head.join(&tail)]
}

fn is_declaration(path: &Path) -> bool {
    let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|it| name.ends_with(it))
}

fn without_ending(path: &Path) -> PathBuf {
    let Some(text) = path.to_str() else { return path.to_path_buf() };
    let endings = [".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"];
    endings.iter().find_map(|it| text.strip_suffix(it)).map_or_else(|| path.to_path_buf(), PathBuf::from)
}

/// The targets of `exports` for a subpath, in the order of the text: every condition may be the one that leads to source.
fn exported(exports: &Value, subpath: &str, targets: &mut Vec<String>) {
    let Some(map) = exports.as_object().filter(|it| it.keys().any(|key| key.starts_with('.'))) else {
        if subpath.is_empty() {
            leaves(exports, "", targets, 0);
        }
        return;
    };
    let asked = if subpath.is_empty() { ".".to_owned() } else { format!("./{subpath}") };
    if let Some(target) = map.get(&asked) {
        return leaves(target, "", targets, 0);
    }
    for (pattern, target) in map {
        if let Some((head, tail)) = pattern.split_once('*')
            && asked.len() >= head.len() + tail.len()
            && let Some(rest) = asked.strip_prefix(head).and_then(|it| it.strip_suffix(tail))
        {
            leaves(target, rest, targets, 0);
        }
    }
}

fn leaves(target: &Value, star: &str, targets: &mut Vec<String>, depth: usize) {
    match target {
        Value::String(text) => targets.push(text.replace('*', star)),
        Value::Array(list) if depth < 8 => list.iter().for_each(|it| leaves(it, star, targets, depth + 1)),
        Value::Object(map) if depth < 8 => map.values().for_each(|it| leaves(it, star, targets, depth + 1)),
        _ => {}
    }
}
