//! Routewarden reads the API routes of TypeScript and JavaScript backends while they are typed and says where a stranger could
//! reach somebody else's data. `docs/architecture.md` is the map of these rooms: a room imports only rooms above it.


pub mod base;
pub mod catalog;
pub mod data;
pub mod db;
pub mod findings;
pub mod fixes;
pub mod frameworks;
pub mod ir;
pub mod project;
pub mod rules;
pub mod schema;
pub mod syntax;
pub mod text;
pub mod trace;
pub mod values;
