//! Objects that a container makes: what the constructor of a class is given, by the types and decorators of its parameters.

use std::sync::Arc;

use super::interp::Interp;
use crate::base::{FileId, ItemId, Name};
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

/// The file that a class stands in.
pub fn file_of(db: &dyn Db, class: ClassRef) -> Option<File> {
    db::file(db, class.file)
}
