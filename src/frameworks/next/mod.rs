//! Next.js: route handlers of the App Router, API routes of the Pages Router, and the middleware before both.
//!
//! Server actions, pages and their loaders are not read yet.
use super::things::{Target, target};
use super::{AppView, Framework, Returned, Route};
use crate::base::Name;
use crate::values::{Call, Lib, Outcome, Value};

pub(super) struct Next;
impl Framework for Next {
    fn id(&self) -> &'static str { "next" }
    fn call(&self, _call: &Call<'_>) -> Option<Outcome> { None }
    fn member(&self, _lib: &Lib, _name: Name) -> Option<Value> { None }
    fn routes(&self, _app: &AppView<'_>) -> Vec<Route> { Vec::new() }
    fn arguments(&self, _route: &Route, _index: usize) -> Vec<Value> { Vec::new() }
    fn returned(&self, _route: &Route, _index: usize, value: &Value) -> Returned { super::web::answer(value) }
}
