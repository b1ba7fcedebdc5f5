//! Koa.
pub(super) struct Koa;
