//! A call as the interpreter asks about it, and what a library answers.

use super::{EventKind, Facts, Truth, Value};
use crate::base::{Loc, Name};

/// A call that is not into the project's own code.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// What is called: an import, a builtin, a library thing itself (`app()`), or the value that `method` is called on.
    pub callee: &'a Value,
    /// The method's name, where it is a method call: `callee.method(args)`.
    pub method: Option<Name>,
    /// Arguments; a spread array of known length is spread, one of unknown length stands as a list.
    pub args: &'a [Value],
    /// Where each argument stands.
    pub arg_locs: &'a [Loc],
    /// How it is called.
    pub form: CallForm,
    /// The whole call.
    pub loc: Loc,
    /// Its result is awaited at once.
    pub awaited: bool,
    /// For a tagged template: the texts between the values in `args`.
    pub quasis: Option<&'a [std::sync::Arc<str>]>,
    /// What holds now.
    pub facts: &'a Facts,
}

/// How something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallForm {
    /// `f()`
    Call,
    /// `new F()`
    New,
    /// `` f`…` ``
    Tagged,
}

/// What a library's call means.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What comes out; [`Value::unknown`] by default of `None`.
    pub value: Option<Value>,
    /// What happened, in order, before it came out.
    pub events: Vec<EventKind>,
    /// What holds where the next line runs.
    pub after: Facts,
    /// How it can fail.
    pub leaves: Leaves,
    /// What it wrote on its arguments' cells: the thing, the key, the value.
    pub writes: Vec<(Value, Name, Value)>,
    /// The value is what stands on a thing under a name (`ctx.get("user")`); `value` where nobody wrote it.
    pub reads: Option<(Value, Name)>,
    /// The value is also kept on a thing under a name, once its callbacks have run.
    pub kept: Option<(Value, Name)>,
    /// Where the result of its callbacks is written: the thing and the key. Where it says a value of its own, that stays the call's.
    pub stores: Option<(Value, Name)>,
    /// Functions of the project that it calls, in order, before it comes back.
    pub callbacks: Vec<Callback>,
    /// A registration with a framework (route, middleware, mount).
    pub registers: Option<Registration>,
    /// It goes on with what comes after in the chain (`next()`), with this error if it has one.
    pub next: Option<Option<Value>>,
    /// When the query that is its value runs.
    pub runs: Runs,
    /// A function that gets null and the result of the query, once it has run (`findOne(filter, (error, row) => …)`).
    pub hands: Option<Value>,
    /// What the value it is called on is from then on (`document.save()`).
    pub becomes: Option<Becomes>,
}

/// When a call's query runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Runs {
    /// When it is awaited, returned or handed to a transaction.
    #[default]
    Later,
    /// At once, and its result comes out (synchronous drivers).
    Now,
    /// At once, and a promise of its result comes out, whether that is awaited or not.
    Promised,
}

/// What a value becomes by a method of its own.
#[derive(Clone, Debug)]
pub enum Becomes {
    /// What comes out of the call's query.
    Result,
    /// This.
    Value(Value),
}

/// How a call can fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leaves {
    /// It comes back.
    #[default]
    Never,
    /// It may throw.
    May,
    /// It never comes back: it throws or ends the request.
    Always,
}

/// A function that a library calls.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The function.
    pub function: Value,
    /// Its arguments.
    pub args: Vec<Value>,
    /// What its result is for the call.
    pub result: CallbackResult,
    /// Holds inside it.
    pub under: Facts,
    /// It may not be called at all (an error callback).
    pub maybe: bool,
}

/// What a callback's result is for the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackResult {
    /// Nothing.
    Ignored,
    /// The call's value.
    Value,
    /// The elements of the call's value (`map`).
    Elements,
    /// Another way to the call's value (`.catch(() => null)`).
    Alternative,
    /// The argument of this method of the call's value, which is called with it: a builder that takes parts from functions.
    Into(Name),
    /// The call's value: its first argument, a builder, as it left it.
    Argument,
    /// The argument of this method of the call's value: its first argument, a builder, as it left it.
    ArgumentInto(Name),
}

/// Something that was registered with a framework: recorded in order of execution, read when routes are assembled.
///
/// Decorators are registrations on their class, see [`Registration::CLASS`] and what follows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Registration {
    /// The app or router.
    pub on: Value,
    /// The method called (`get`, `use`, `register`).
    pub method: Name,
    /// Its arguments.
    pub args: Vec<Value>,
    /// Where each argument stands.
    pub arg_locs: Vec<Loc>,
    /// The whole call.
    pub loc: Loc,
}

impl Registration {
    /// `@a @b class X extends Y`: `args` are Y (absent: nullish) and the values of the decorators.
    pub const CLASS: &'static str = "@class";
    /// A method of a class: its name, the type it returns, its decorators.
    pub const METHOD: &'static str = "@method";
    /// A field with decorators: its name, its type, its decorators.
    pub const FIELD: &'static str = "@field";
    /// A parameter of a method: the method's name, its type, its index, its decorators.
    pub const PARAM: &'static str = "@param";
}

impl Outcome {
    /// A call that just gives a value.
    pub fn value(value: Value) -> Self {
        Outcome { value: Some(value), ..Outcome::default() }
    }

    /// The same with an event.
    #[must_use]
    pub fn with_event(mut self, event: EventKind) -> Self {
        self.events.push(event);
        self
    }

    /// A value whose truth implies `facts`.
    pub fn proving(value: Value, facts: Facts) -> Self {
        Outcome::value(value.with_truth(Truth::implies(facts)))
    }
}
