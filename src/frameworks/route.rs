//! Routes.

use std::path::Path;

use crate::base::{FileId, Loc, Name};
use crate::ir::Interface;
use crate::values::{Registration, Value};

/// Code that the network can reach.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The framework's id.
    pub framework: Name,
    /// Methods in capitals, or `*`; `ACTION` for a server action.
    pub methods: Vec<Name>,
    /// The path with `:id` for parameters and `*rest` for a rest.
    pub path: String,
    /// The file of the registration or export.
    pub file: FileId,
    /// The registration call, or the exported function.
    pub loc: Loc,
    /// What runs before the handler, in order.
    pub chain: Vec<Link>,
    /// The handler.
    pub handler: Value,
    /// The handler in the source.
    pub handler_loc: Loc,
    /// Names of the path's parameters.
    pub params: Vec<Name>,
    /// Something of the chain could not be read (a dynamic matcher, a spread of unknown handlers).
    pub chain_unknown: bool,
    /// Where a middleware's matcher leaves this route out although it guards others of the app: related information.
    pub left_out_by: Option<Loc>,
}

/// A part of a route's chain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// The function, or what a library made of it.
    pub function: Value,
    /// Where it was registered.
    pub loc: Loc,
    /// On what.
    pub scope: Scope,
}

/// Where a link of a chain was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// For the whole app.
    App,
    /// For a router or folder.
    Router,
    /// For this route alone.
    Route,
    /// For a parameter of the path (`app.param('id', …)`): it gets the parameter's value and name after `next`.
    Param(Name),
}

/// What a framework sees of a project when it assembles routes.
pub struct AppView<'a> {
    /// What the set-up code of all files registered, by file, in order of execution.
    pub registrations: &'a [(FileId, Vec<Registration>)],
    /// Every file that was read: its path relative to the workspace with `/`, its interface.
    pub files: &'a [(FileId, &'a Path, &'a Interface)],
    /// The value of an exported name of a file.
    pub export: &'a dyn Fn(FileId, Name) -> Option<(Value, Loc)>,
    /// The number of parameters that a function of the project declares; `None` where the value is no such function.
    pub arity: &'a dyn Fn(&Value) -> Option<usize>,
    /// The parameters that a function of the project declares; `None` where the value is no such function.
    pub parameters: &'a dyn Fn(&Value) -> Option<Vec<Parameter>>,
    /// The functions inside a file's code that begin with a directive (`"use server"`).
    pub directed: &'a dyn Fn(FileId, &str) -> Vec<Directed>,
    /// What a function registers when it is called with these arguments.
    pub call: &'a dyn Fn(&Value, Vec<Value>) -> Vec<Registration>,
}

/// A parameter of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, where it is a plain one.
    pub name: Option<Name>,
    /// The name of its written type.
    pub ty: Option<Name>,
}

/// A function that begins with a directive.
#[derive(Clone, Debug)]
pub struct Directed {
    /// The function, without the variables around it.
    pub function: Value,
    /// The whole function.
    pub loc: Loc,
    /// Its name, where it has one.
    pub name: Option<Name>,
    /// It uses variables of functions around it.
    pub closes_over: bool,
}

/// What a step's returned value means.
#[derive(Clone, Debug)]
pub enum Returned {
    /// It is the answer.
    Answer {
        /// The body.
        body: Value,
        /// The status, where known.
        status: Option<u16>,
    },
    /// It means nothing (an Express handler's return value): the chain ends here unless `next` was called.
    Nothing,
    /// The chain goes on (a Next middleware that returns nothing).
    GoesOn,
    /// The chain goes on, and its later steps find these: the thing, the key, the value.
    Keeps(Vec<(Value, Name, Value)>),
}
