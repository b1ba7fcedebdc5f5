//! Where a module specifier leads.

use crate::base::{FileId, Name};

/// What a module specifier leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// A file of the project.
    File(FileId),
    /// A package, or a module of the runtime.
    Package(Name),
    /// It belongs to the project and was not found, or not read.
    Unresolved,
}
