//! Asking the client to watch files that may be closed: agents and git change those.

use serde_json::json;
use tokio::runtime::Handle;

use super::folders::CONFIG;
use super::lsp::{Client, Registration};

/// Asks for it; the answers come as notifications.
pub fn register(client: Client, runtime: &Handle) {
    let patterns = [
        "**/*.{ts,tsx,js,jsx,mts,cts,mjs,cjs,json,prisma,sql}".to_owned(),
        format!("**/{CONFIG}"),
        "**/{.gitignore,.routewardenignore,pnpm-workspace.yaml}".to_owned(),
    ];
    let watchers: Vec<_> = patterns.iter().map(|it| json!({"globPattern": it})).collect();
    let registration = Registration {
        id: "routewarden/files".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({"watchers": watchers})),
    };
    runtime.spawn(async move {
        if let Err(error) = client.register_capability(vec![registration]).await {
            tracing::warn!("the editor does not watch files, changes outside of it will be seen late: {error}");
        }
    });
}
