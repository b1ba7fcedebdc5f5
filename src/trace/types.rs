//! What a run of a route leaves behind.

use std::sync::Arc;

use crate::base::Node;
use crate::frameworks::Route;
use crate::ir::FnId;
use crate::values::{Access, AccessId, Event, Facts};

/// A route run on abstract values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The route.
    pub route: Arc<Route>,
    /// Everything that happened, in order of execution; both sides of a branch, each with its own facts.
    pub events: Vec<Event>,
    /// The accesses among the events, by id.
    pub accesses: Vec<Access>,
    /// What held where the handler was entered, after the chain.
    pub at_handler: Facts,
    /// What holds on every way that leaves the handler with a success.
    pub at_end: Facts,
    /// The run was cut by depth or steps.
    pub cut: bool,
    /// The functions of the handler's item that stand within the handler.
    pub inside: Arc<[FnId]>,
}

impl Trace {
    /// Whether a node of the handler's item stands in the handler's code.
    pub fn is_inside(&self, node: Node) -> bool {
        match node {
            Node::Expr { function, .. } | Node::Function(function) => self.inside.contains(&FnId(function)),
            _ => false,
        }
    }

    /// The access of that id.
    pub fn access(&self, id: AccessId) -> Option<&Access> {
        self.accesses.get(id.0 as usize)
    }
}
