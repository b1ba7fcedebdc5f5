//! The language server as an editor sees it: the real program over standard input and output.

mod actions;
mod client;
mod diagnostics;
mod folders;
mod life;
mod order;
