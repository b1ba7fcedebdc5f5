//! `routewarden check --fix`

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::check::{Patch, Report, Snapshot, apply};
use crate::findings::RouteName;
use crate::fixes::{Applicability, Fix};
use crate::report;

use super::Failure;
use super::check::{Wanted, shown};
use super::target::Target;
use super::write::{Replacement, replace};

/// A fix can uncover what the finding hid; more rounds than this mean that fixes chase each other.
const MOST_ROUNDS: usize = 10;

/// What was done.
#[derive(Default)]
pub struct Done {
    /// One line for each fix that was applied.
    pub applied: Vec<String>,
    /// One line for each file that was left alone, and why.
    pub refused: Vec<String>,
}

/// How often a fix was tried: if it did not help twice (once for each of two findings that read alike), it will not help.
type Tried = HashMap<Name, u8>;

/// A fix of a finding: file, rule, route, title. The code around it is none of its name, since fixes change that.
type Name = (Arc<Path>, &'static str, Option<RouteName>, String);

const MOST_TRIES: u8 = 2;

/// Applies fixes that are at least `least` safe to the wanted findings until none is left to apply.
pub fn run(target: &mut Target, least: Applicability, wanted: &Wanted) -> Result<Done, Failure> {
    let (mut done, mut tried) = (Done::default(), Tried::new());
    for _ in 0..MOST_ROUNDS {
        let snapshot = target.session.snapshot();
        let chosen = choose(target, &snapshot, least, wanted, &mut tried);
        let patch = Patch::of(chosen.iter().map(|(_, fix)| fix));
        let left_over = (0..chosen.len()).filter(|index| !patch.taken.contains(index));
        for (report, fix) in left_over.map(|index| &chosen[index]) {
            if let Some(tries) = tried.get_mut(&name(report, fix)) {
                *tries = tries.saturating_sub(1);
            }
        }
        if patch.taken.is_empty() {
            break;
        }
        let files = match replacements(&patch, &snapshot) {
            Ok(files) => files,
            Err(why) => {
                done.refused.push(why);
                break;
            }
        };
        let said: Vec<String> = patch.taken.iter().map(|index| said(target, &snapshot, &chosen[*index])).collect();
        // A change of the session waits until nobody reads an older one.
        drop(snapshot);
        match replace(&files, &target.root, &*target.system) {
            Ok(()) => done.applied.extend(said),
            Err(why) => {
                done.refused.push(why);
                break;
            }
        }
        target.session.files_changed(&files.iter().map(|it| it.path.to_path_buf()).collect::<Vec<_>>());
    }
    Ok(done)
}

/// The texts of the files that a patch touches, before and after.
fn replacements(patch: &Patch, snapshot: &Snapshot) -> Result<Vec<Replacement>, String> {
    let replacement = |(file, edits)| {
        let (Some(path), Some(old)) = (snapshot.path(file), snapshot.text(file)) else {
            return Err("a file of a fix is gone".to_owned());
        };
        let new = apply(&old, edits).ok_or_else(|| format!("`{}` was left alone: a fix does not fit it", path.display()))?;
        Ok(Replacement { path, old, new })
    };
    patch.by_file().map(replacement).collect()
}

fn choose(target: &Target, snapshot: &Snapshot, least: Applicability, wanted: &Wanted, tried: &mut Tried) -> Vec<(Report, Fix)> {
    let mut chosen = Vec::new();
    for report in shown(target, snapshot, wanted) {
        if report.fixes.iter().all(|(_, it)| *it < least) {
            continue;
        }
        let mut fixes = snapshot.fixes(report.key);
        fixes.retain(|fix| fix.applicability >= least && tried.get(&name(&report, fix)).is_none_or(|tries| *tries < MOST_TRIES));
        // The safest first; of equally safe ones the one that stands first in the menu.
        if let Some(fix) = fixes.into_iter().reduce(|best, it| if it.applicability > best.applicability { it } else { best }) {
            *tried.entry(name(&report, &fix)).or_default() += 1;
            chosen.push((report, fix));
        }
    }
    chosen
}

fn name(report: &Report, fix: &Fix) -> Name {
    (report.place.path.clone(), report.rule, report.route.clone(), fix.title.clone())
}

fn said(target: &Target, snapshot: &Snapshot, (report, fix): &(Report, Fix)) -> String {
    let line = report::Sources::new(snapshot).line_col(report.place.file, report.place.span.start).line;
    let path = report::shown(&report.place.path, &target.folder);
    format!("fixed {path}:{line}: {} [{}]", fix.title, report.rule)
}
