//! Objects that a container makes: what the constructor of a class is given, by the types and decorators of its parameters.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::interp::Interp;
use crate::base::{FileId, ItemId, Loc, Name};
use crate::db::{self, Db, File, Workspace};
use crate::ir::ClassId;
use crate::values::{ClassRef, Registration, Value};

/// The fields of an object of a class that a container made.
#[salsa::tracked(returns(ref), cycle_result = nothing_provided)]
pub fn provided(db: &dyn Db, file: File, item: ItemId, class: ClassId) -> Arc<[(Name, Value)]> {
    let mut run = Interp::new(db);
    let class = ClassRef { file: file.id(db), item, class };
    run.provide(class).into()
}

fn nothing_provided(_db: &dyn Db, _id: salsa::Id, _file: File, _item: ItemId, _class: ClassId) -> Arc<[(Name, Value)]> {
    Arc::from([])
}

/// What every file registers.
#[salsa::tracked(returns(ref))]
pub fn all_registrations(db: &dyn Db, workspace: Workspace) -> Vec<(FileId, Vec<Registration>)> {
    let mut files: Vec<File> = workspace.files(db).values().copied().collect();
    files.sort_by_key(|file| file.id(db));
    let of = |file: &File| {
        let all = super::setup::registrations(db, *file);
        (!all.is_empty()).then(|| (file.id(db), all.to_vec()))
    };
    files.iter().filter_map(of).collect()
}

/// The same with what functions register that start a server. A container knows nothing of those.
pub fn with_started(db: &dyn Db, workspace: Workspace) -> Vec<(FileId, Vec<Registration>)> {
    let mut all = all_registrations(db, workspace).clone();
    let known: FxHashSet<Loc> = all.iter().flat_map(|(_, own)| own.iter().map(|it| it.loc)).collect();
    let mut files: Vec<File> = workspace.files(db).values().copied().collect();
    files.sort_by_key(|file| file.id(db));
    for file in files {
        // What the project's own code runs was registered by that.
        let started = super::setup::started(db, file).iter().filter(|it| !known.contains(&it.loc));
        let started: Vec<Registration> = started.cloned().collect();
        let id = file.id(db);
        match all.iter_mut().find(|(it, _)| *it == id) {
            _ if started.is_empty() => {}
            Some((_, own)) => own.extend(started),
            None => all.push((id, started)),
        }
    }
    all.sort_by_key(|(id, _)| *id);
    all
}

/// The file that a class stands in.
pub fn file_of(db: &dyn Db, class: ClassRef) -> Option<File> {
    db::file(db, class.file)
}
