//! Routes.

use std::path::Path;

use crate::base::{FileId, Loc, Name};
use crate::ir::Interface;
use crate::values::{Lib, Registration, Value};

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

impl Route {
    /// A function that answers for what was thrown in the routes of an app.
    pub fn for_errors(framework: &str, function: &Value, registered: Loc, at: Loc) -> Self {
        Route {
            framework: Name::new(framework),
            methods: vec![Name::new(Self::ERRORS)],
            path: "*".to_owned(),
            file: registered.file,
            loc: registered,
            chain: Vec::new(),
            handler: function.clone(),
            handler_loc: at,
            params: Vec::new(),
            chain_unknown: false,
            left_out_by: None,
        }
    }

    /// Whether it answers for what was thrown in others.
    pub fn is_for_errors(&self) -> bool {
        self.methods.iter().any(|it| *it == Self::ERRORS)
    }

    /// Stands where other routes have their methods.
    const ERRORS: &'static str = "ERROR";
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
    /// Calls a value as set-up code would, from this place: a plugin with the app it gets, a library's plugin with its options.
    pub run: &'a dyn Fn(&Value, Vec<Value>, Loc) -> Ran,
    /// What a run of a route with nothing known of its path and method tells of the requests that its code tells apart, in order;
    /// `None` where it cannot be run.
    pub told: &'a dyn Fn(&Route) -> Option<Vec<Told>>,
    /// A member of a value; of a class, a member of an object of it.
    pub member: &'a dyn Fn(&Value, Name) -> Value,
    /// The parameters that a function of the project declares; `None` where the value is no such function.
    pub parameters: &'a dyn Fn(&Value) -> Option<Vec<Parameter>>,
    /// The functions inside a file's code that begin with a directive (`"use server"`).
    pub directed: &'a dyn Fn(FileId, &str) -> Vec<Directed>,
    /// The lowest major version of a package that the project's manifest allows; `None` where it names none.
    pub major: &'a dyn Fn(&str) -> Option<u64>,
    /// What a function registers when it is called with these arguments.
    pub call: &'a dyn Fn(&Value, Vec<Value>) -> Vec<Registration>,
}

/// What a call of set-up code left behind.
#[derive(Clone, Debug)]
pub struct Ran {
    /// What came out, awaited.
    pub value: Value,
    /// What it registered, in order.
    pub registrations: Vec<Registration>,
}

/// What a framework makes of a project's set-up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembled {
    /// The routes.
    pub routes: Vec<Route>,
    /// What answers for what was thrown in them.
    pub errors: Vec<Route>,
    /// Where apps are made.
    pub setups: Vec<Loc>,
    /// What hangs on its things.
    pub added: Vec<Added>,
}

/// A member that set-up code hung on a thing of a framework.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Added {
    /// The thing: whatever was made at the same place and is told apart by the same `context` is the same one.
    pub on: Lib,
    /// The member's name.
    pub name: Name,
    /// The member.
    pub value: Value,
}

impl Added {
    /// The key in a thing's data that tells things apart which were made at one place.
    pub const CONTEXT: &'static str = "context";

    /// Whether it hangs on this thing.
    pub fn is_on(&self, lib: &Lib) -> bool {
        self.on.owner == lib.owner
            && self.on.kind == lib.kind
            && self.on.made == lib.made
            && self.on.get(Self::CONTEXT) == lib.get(Self::CONTEXT)
    }
}

/// What happened in a run, and for which requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The path that the code had compared the request's with.
    pub path: Option<String>,
    /// The method that the code had compared the request's with.
    pub method: Option<Name>,
    /// Data was touched, or something done that costs or hands on.
    pub acts: bool,
}

/// What a container has under a token.
#[derive(Clone, Debug)]
pub enum Provider {
    /// What it has under another one: a class, an alias.
    Token(Value),
    /// A value.
    Value(Value),
    /// What a function gives that gets what stands under these tokens.
    Factory { function: Value, inject: Vec<Value> },
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
    /// It is the handler's argument of that index: [`super::argument`] stands for it.
    Argument(usize, Value),
    /// The chain goes on, and its later steps find these: the thing, the key, the value.
    Keeps(Vec<(Value, Name, Value)>),
}
