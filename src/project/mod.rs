//! The project's files: walking, reading, lowering, resolving imports, configuration.
//!
//! **Invariant:** all file access goes through [`System`]; what comes out are plain values that `db` takes as inputs.

pub mod config;
mod target;

pub use config::{Config, ConfigError};
pub use target::Target;
