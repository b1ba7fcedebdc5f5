//! `@fastify/autoload`: plugins by the places of their files.

use std::path::Path;

use super::contexts::path_text;
use crate::base::{FileId, Name};
use crate::frameworks::AppView;
use crate::values::{Shape, Value};

/// A file that autoload registers.
pub(super) struct Found {
    /// What it exports; `None` where that is no function of the project.
    pub function: Option<Value>,
    /// Its prefix.
    pub prefix: String,
}

/// Whether a package is the loader.
pub(super) fn is_loader(package: &str) -> bool {
    matches!(package, "@fastify/autoload" | "fastify-autoload")
}

/// The files below the folder that the options name, in the order of their paths: those of a folder before what is below it.
pub(super) fn files(view: &AppView<'_>, options: &Value, from: FileId) -> Vec<Found> {
    let Some(folder) = options.field("dir").and_then(|it| folder(view, it, from)) else { return Vec::new() };
    let flag = |name: &str, default: bool| match options.field(name).map(|it| &it.shape) {
        Some(Shape::Bool(given)) => *given,
        _ => default,
    };
    let (names_prefix, params) = (flag("dirNameRoutePrefix", true), flag("routeParams", false));
    let base = options.field("options").and_then(|it| it.field("prefix")).map(path_text).unwrap_or_default();
    let mut inside: Vec<(String, FileId)> = view
        .files
        .iter()
        .filter_map(|(file, path, _)| Some((below(path, &folder)?, *file)))
        .filter(|(path, _)| !is_ignored(path))
        .collect();
    inside.sort_by_key(|(path, _)| (path.matches('/').count(), path.clone()));
    let exported = |file: FileId, name: &str| (view.export)(file, Name::new(name)).map(|(value, _)| value);
    inside
        .into_iter()
        .map(|(path, file)| {
            let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
            let named = folders.split('/').filter(|it| !it.is_empty()).map(|it| match it.strip_prefix('_') {
                Some(name) if params => format!("/:{name}"),
                _ => format!("/{it}"),
            });
            let own = exported(file, "autoPrefix").or_else(|| exported(file, "prefixOverride")).map(|it| path_text(&it));
            let place: String = if names_prefix { named.collect() } else { String::new() };
            let prefix = match own {
                Some(own) => format!("{base}/{}", own.trim_start_matches('/')),
                None => format!("{base}{place}"),
            };
            let function = exported(file, "default").filter(|it| matches!(it.shape, Shape::Closure(_) | Shape::Lib(_)));
            Found { function, prefix }
        })
        .collect()
}

/// The folder that a value names, as the end of the paths below it.
fn folder(view: &AppView<'_>, dir: &Value, from: FileId) -> Option<String> {
    let text = path_text(dir);
    // Only what comes after the last part that is not known can be told: `${__dirname}/routes`.
    let tail = text.rsplit('…').next()?.trim_start_matches(['/', '.']).trim_end_matches('/').to_owned();
    if tail.is_empty() {
        return None;
    }
    let (_, path, _) = view.files.iter().find(|(file, _, _)| *file == from)?;
    let beside = path.parent().unwrap_or(Path::new("")).join(&tail);
    let beside = slashes(&beside);
    let holds = |folder: &str| view.files.iter().any(|(_, path, _)| below(path, folder).is_some());
    [beside, tail].into_iter().find(|it| holds(it))
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn below(path: &Path, folder: &str) -> Option<String> {
    let path = slashes(path);
    let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
    Some(rest.to_owned())
}

/// Hooks have a way of their own, and helpers are no plugins.
fn is_ignored(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("autohooks.") || name.starts_with("_hooks.")
}
