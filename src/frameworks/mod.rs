//! Frameworks: where routes are, how their chain is built, where inputs come in, what answers and what leaves.
//!
//! A framework is one module behind [`Framework`]. The interpreter asks all of them what a call or a member means; assembling
//! routes from registrations and from file paths is theirs as well.
//!
//! **Invariant:** a framework answers with values and outcomes; it runs nothing and reads no file.

mod express;
mod next;
mod pattern;
mod route;
#[cfg(test)]
mod testing;
mod things;
mod web;

pub use route::*;

use crate::base::{Loc, Name};
use crate::values::{Call, Lib, Outcome, Value};

/// What the interpreter asks of a framework.
pub trait Framework: Sync {
    /// Its id: the `owner` of its library things.
    fn id(&self) -> &'static str;

    /// What a call means; `None` if it is not this framework's.
    fn call(&self, call: &Call<'_>) -> Option<Outcome>;

    /// What a member of one of its things is; `None` leaves it a path below the thing.
    fn member(&self, lib: &Lib, name: Name) -> Option<Value>;

    /// The routes that these set-ups and files make.
    fn routes(&self, app: &AppView<'_>) -> Vec<Route>;

    /// The arguments a function of the chain or the handler gets: `index` counts the route's steps.
    fn arguments(&self, route: &Route, index: usize) -> Vec<Value>;

    /// Functions that answer for what was thrown in other routes, each as a route of its own whose arguments say so.
    fn error_routes(&self, _app: &AppView<'_>) -> Vec<Route> {
        Vec::new()
    }

    /// Where apps are made, for what is told of an app as a whole.
    fn setups(&self, _app: &AppView<'_>) -> Vec<Loc> {
        Vec::new()
    }

    /// What a step's returned value means: an answer, nothing, going on.
    fn returned(&self, route: &Route, index: usize, value: &Value) -> Returned;
}

/// All frameworks.
pub fn all() -> &'static [&'static dyn Framework] {
    &[&express::Express, &next::Next]
}

/// The framework of that id.
pub fn find(id: Name) -> Option<&'static dyn Framework> {
    all().iter().copied().find(|it| id == it.id())
}

/// What any framework says of a call. What the web platform itself offers (`Response`, `Request`, `URL`) is asked last.
pub fn call(call: &Call<'_>) -> Option<Outcome> {
    all().iter().find_map(|it| it.call(call)).or_else(|| web::call(call))
}

/// What a member of a library thing is.
pub fn member(lib: &Lib, name: Name) -> Option<Value> {
    match find(lib.owner) {
        Some(framework) => framework.member(lib, name).or_else(|| web::member(lib, name)),
        None => web::member(lib, name),
    }
}
