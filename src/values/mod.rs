//! What the interpreter computes with: values, facts, accesses, events.
//!
//! Plain data, so that `catalog`, `frameworks` and `data` can speak of it without knowing the interpreter.
//!
//! **Invariant:** nothing here evaluates code; a library's meaning is an [`Outcome`], never a change of the interpreter's state.

mod access;
mod call;
mod event;
mod fact;
mod identity;
mod join;
mod origin;
mod validator;
mod value;

pub use access::*;
pub use call::*;
pub use event::*;
pub use fact::*;
pub use origin::*;
pub use validator::*;
pub use value::*;
