//! The project's files: walking, reading, lowering, resolving imports, configuration.
//!
//! A [`Loader`] reads what a route can reach and nothing else. Reading starts at files that a file router serves, or whose bytes
//! hold a framework's mark, and follows imports from there; a front end's components are never parsed.
//!
//! **Invariant:** all file access goes through [`System`]; what comes out are plain values that `db` takes as inputs.

mod aliases;
pub mod config;
mod discover;
mod generated;
mod jsonc;
mod kinds;
mod loader;
mod manifest;
pub mod marks;
pub mod note;
mod read;
mod resolver;
mod roots;
mod specifier;
pub mod system;
mod target;
mod workspace;

#[cfg(test)]
mod tests;

pub use config::{Config, ConfigError};
pub use kinds::{FileKind, SchemaKind};
pub use loader::{Change, Loaded, LoadedFile, Loader, Lower, SourceText};
pub use manifest::Packages;
pub use note::{LoadNote, Problem};
pub use read::MAX_FILE_BYTES;
pub use resolver::{Resolved, Resolver};
pub use system::{Disk, Memory, Overlay, System};
pub use target::Target;
