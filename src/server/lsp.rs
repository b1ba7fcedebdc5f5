//! The protocol's types, from the one place that knows which crate they come from.

pub use tower_lsp::jsonrpc::{Error, ErrorCode, Request, Result as Answer};
pub use tower_lsp::ls_types::*;
pub use tower_lsp::{Client, LanguageServer, LspService, Server};
