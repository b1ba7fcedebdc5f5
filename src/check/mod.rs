//! The whole analysis as one function of a snapshot; the server and the command line call the same.
//!
//! A [`Session`] owns the state (files, open buffers, the database); a [`Snapshot`] is an immutable view of one revision that any
//! thread may ask. A change of the session cancels questions to older snapshots (`salsa::Cancelled` unwinds: catch it once, at the worker).
//!
//! **Invariant:** nothing here knows a protocol or a terminal.

mod patch;
mod posture;
mod query;
mod root;
mod session;
mod snapshot;
mod suppressed;
mod types;
mod views;

pub use patch::*;
pub use root::*;
pub use session::{DocumentEdit, Options, STACK, Session};
pub use snapshot::Snapshot;
pub use suppressed::{UNEXPLAINED, UNUSED};
pub use types::*;

pub use crate::project::{ConfigError, Disk, System};
