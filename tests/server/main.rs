//! The language server as an editor sees it: the real program over standard input and output.

#![allow(clippy::disallowed_methods, reason = "a test reads the disk itself")]

mod actions;
mod client;
mod diagnostics;
mod folders;
mod life;
mod order;
