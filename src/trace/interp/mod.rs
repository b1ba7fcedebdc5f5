//! The interpreter's machinery: one run of one piece of code.

mod builtins;
mod calls;
mod collections;
mod decorate;
mod eval;
mod exec;
mod freeze;
mod identity;
mod inject;
mod libs;
mod member;
mod narrow;
mod pattern;
mod records;
mod state;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub(in crate::trace) use inject::instance_of;
pub(in crate::trace) use state::{State, join_all};

use crate::base::{FileId, ItemId, Loc, Name, Node};
use crate::catalog::Catalog;
use crate::db::{self, Db, File, SharedItem, Workspace};
use crate::ir::{ExprId, FnId, Item};
use crate::schema::Schema;
use crate::values::{Access, AccessId, Event, EventKind, Fact, Facts, Origin, Query, Registration, Truth, Value};

/// Deepest nesting of calls.
const MOST_DEPTH: usize = 28;
/// Most expressions and statements of one run.
const MOST_STEPS: u32 = 60_000;

/// One run: of a top-level item when a file is set up, or of a route.
pub(super) struct Interp<'db> {
    pub db: &'db dyn Db,
    pub schema: &'db Schema,
    pub catalog: &'db Catalog,
    /// The current way.
    pub state: State,
    /// The current way has ended: it returned, threw or left a loop.
    pub dead: bool,
    pub events: Vec<Event>,
    pub accesses: Vec<Access>,
    pub registrations: Vec<Registration>,
    /// States in which `next()` was called by the link that runs.
    pub next: Vec<State>,
    /// Top-level names that the item being set up has bound so far.
    pub own: FxHashMap<Name, Value>,
    /// The item that is being set up.
    pub setting_up: Option<(FileId, ItemId)>,
    /// What the value that a method was just called on has become.
    became: Option<Value>,
    /// Set-up is over: what it hung on apps is there.
    pub is_set_up: bool,
    /// The run was cut.
    pub cut: bool,
    frames: Vec<Frame>,
    /// Calls on the way to where we are.
    stack: Vec<Loc>,
    shared_stack: Arc<[Loc]>,
    /// States at which something was thrown, a list for each `try` that runs.
    thrown: Vec<Vec<State>>,
    /// States that left a loop or `switch`, a list for each that runs.
    exits: Vec<Vec<State>>,
    steps: u32,
    closures_made: u32,
}

/// A function that runs.
pub(super) struct Frame {
    pub file: File,
    pub file_id: FileId,
    pub item_id: ItemId,
    pub item: SharedItem,
    pub function: FnId,
    /// Activations of this function and of those around it, innermost first.
    pub scopes: Vec<(FnId, u32)>,
    pub this: Option<Value>,
    /// Ways that returned, with what.
    pub returns: Vec<(State, Value)>,
}

/// The pseudo function under which a closure's captured variables are kept.
const CAPTURED: FnId = FnId(u32::MAX);

impl<'db> Interp<'db> {
    /// A fresh run.
    pub fn new(db: &'db dyn Db) -> Self {
        let workspace = Workspace::get(db);
        Interp {
            db,
            schema: workspace.schema(db),
            catalog: workspace.catalog(db),
            state: State::default(),
            dead: false,
            events: Vec::new(),
            accesses: Vec::new(),
            registrations: Vec::new(),
            next: Vec::new(),
            own: FxHashMap::default(),
            setting_up: None,
            became: None,
            is_set_up: false,
            cut: false,
            frames: Vec::new(),
            stack: Vec::new(),
            shared_stack: Arc::from([]),
            thrown: Vec::new(),
            exits: Vec::new(),
            steps: 0,
            closures_made: 0,
        }
    }

    /// Runs the top-level code of an item.
    pub fn run_item(&mut self, file: File, id: ItemId) {
        let Some(item) = db::item(self.db, file, id).clone() else { return };
        let file_id = file.id(self.db);
        self.setting_up = Some((file_id, id));
        let act = self.state.activate();
        self.frames.push(Frame {
            file,
            file_id,
            item_id: id,
            item: item.clone(),
            function: FnId(0),
            scopes: vec![(FnId(0), act)],
            this: None,
            returns: Vec::new(),
        });
        if let Some(function) = item.functions.first() {
            self.run_body(&item, function);
        }
        self.frames.pop();
    }

    /// The value of one expression inside a function of an item, with nothing known of the function's variables.
    pub fn eval_alone(&mut self, file: File, id: ItemId, function: FnId, expr: ExprId) -> Value {
        let Some(item) = db::item(self.db, file, id).clone() else { return Value::unknown() };
        let act = self.state.activate();
        let (file_id, scopes) = (file.id(self.db), vec![(function, act)]);
        self.frames.push(Frame { file, file_id, item_id: id, item, function, scopes, this: None, returns: Vec::new() });
        let value = self.eval(expr);
        self.frames.pop();
        if self.dead { Value::unknown() } else { value }
    }

    fn frame(&self) -> &Frame {
        // A frame is pushed before any code runs and popped after.
        &self.frames[self.frames.len() - 1]
    }

    fn item(&self) -> Arc<Item> {
        self.frame().item.0.clone()
    }

    fn loc(&self, node: Node) -> Loc {
        let frame = self.frame();
        Loc { file: frame.file_id, item: frame.item_id, node }
    }

    fn expr_loc(&self, id: ExprId) -> Loc {
        self.loc(self.frame().item.expr_node(id))
    }

    /// Whether a node of the same item stands within a place.
    fn contains(&self, loc: Loc, node: Node) -> bool {
        let Some(item) = db::file(self.db, loc.file).and_then(|file| db::item(self.db, file, loc.item).as_ref()) else {
            return false;
        };
        let (Some(outer), Some(inner)) = (item.span_of(loc.node), item.span_of(node)) else { return false };
        outer.contains(inner)
    }

    /// Counts a step; false once the run is cut.
    fn step(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.cut_here();
            return false;
        }
        if self.steps.is_multiple_of(2048) {
            // A long run must notice that its result is no longer wanted.
            self.db.unwind_if_revision_cancelled();
        }
        true
    }

    fn cut_here(&mut self) {
        if !self.cut {
            self.cut = true;
            if let Some(frame) = self.frames.last() {
                let loc = Loc { file: frame.file_id, item: frame.item_id, node: Node::Start };
                self.emit(EventKind::Budget, loc);
            }
        }
    }

    /// Records that something happened on the current way.
    pub fn emit(&mut self, kind: EventKind, loc: Loc) {
        if self.dead {
            return;
        }
        let stack = self.shared_stack.clone();
        self.events.push(Event { kind, facts: self.state.facts.clone(), loc, stack });
    }

    /// Runs a query and gives what comes out of it.
    pub fn run_query(&mut self, query: &Arc<Query>, loc: Loc) -> Value {
        if self.dead {
            return Value::unknown();
        }
        let id = AccessId(self.accesses.len() as u32);
        // What a function returns without awaiting it runs at the function's end; a person looks for it where it was written.
        let inside = |made: &Loc| (made.file, made.item) == (loc.file, loc.item) && self.contains(loc, made.node);
        let loc = query.made.filter(inside).unwrap_or(loc);
        let access = Access {
            id,
            query: query.clone(),
            facts: self.state.facts.clone(),
            loc,
            stack: self.shared_stack.clone(),
            identity: self.visible_identity(),
        };
        if let Some(status) = self.state.refused {
            self.emit(EventKind::RefusalWentOn { status }, loc);
        }
        self.accesses.push(access.clone());
        self.emit(EventKind::Access(access), loc);
        let value = crate::data::find(query.layer).map_or_else(Value::unknown, |layer| layer.result(query, id));
        if query.throws_on_missing {
            self.state.learn(&Facts::one(Fact::Holds(crate::values::Key::Row(id, Arc::from([])))));
        }
        value
    }

    /// What was registered, to be kept.
    pub fn registered(&mut self) -> Vec<Registration> {
        let all = std::mem::take(&mut self.registrations);
        let kept = |it: Registration| Registration {
            on: self.freeze(&it.on),
            args: it.args.iter().map(|arg| self.freeze(arg)).collect(),
            ..it
        };
        all.into_iter().map(kept).collect()
    }

    /// Calls a value from outside of any code.
    pub fn call(&mut self, function: &Value, args: Vec<Value>, loc: Loc) -> Value {
        let locs = vec![loc; args.len()];
        self.call_value(function, args, locs, None, loc, true)
    }

    /// What `await` gives, from outside of any code.
    pub fn awaited(&mut self, value: Value, loc: Loc) -> Value {
        self.settle(value, loc)
    }

    /// A member of a value, from outside of any code.
    pub fn member_of(&mut self, value: &Value, name: Name) -> Value {
        self.member(value, name, true)
    }

    /// The value of a binding, seen from `file`.
    pub fn value_of(&mut self, _file: File, binding: &db::Binding) -> Value {
        self.bound(binding)
    }

    /// Notes that a link of a chain is not known.
    pub fn note_unknown(&mut self, function: &Value, loc: Loc) {
        use crate::values::Shape;
        let (what, from) = match &function.shape {
            Shape::Import(import) => {
                let named = import.path.iter().rev().find(|it| **it != "default").copied();
                (named.unwrap_or(import.package), Some(import.package))
            }
            _ => (Name::new(""), None),
        };
        if let Some(package) = from
            && (self.catalog.knows_package(&package) || crate::trace::harmless(&package))
        {
            return;
        }
        self.emit(EventKind::Unknown { what, from, of_records: true }, loc);
    }

    fn push_call(&mut self, loc: Loc) {
        self.stack.push(loc);
        self.shared_stack = self.stack.as_slice().into();
    }

    fn pop_call(&mut self) {
        self.stack.pop();
        self.shared_stack = self.stack.as_slice().into();
    }

    /// Notes that a branch tested a value, and gives what the test proves: nothing, if a promise was tested.
    fn tested(&mut self, value: &Value, loc: Loc) -> Truth {
        use crate::values::Shape;
        if let Shape::Promise(inner) = &value.shape {
            if value.truth.when_true.any(&is_check) || inner.truth.when_true.any(&is_check) || inner.origin.is_identity() {
                self.emit(EventKind::Unawaited { what: Name::new("") }, loc);
            }
            return Truth::always(true);
        }
        let proves = |facts: &Facts| facts.any(&|it| matches!(it, Fact::Authenticated | Fact::Signature | Fact::Secret));
        if value.origin.leaves().into_iter().any(is_telling) || proves(&value.truth.when_true) || proves(&value.truth.when_false)
        {
            self.emit(EventKind::Tested { value: value.clone() }, loc);
        }
        value.truth.clone()
    }
}

/// Whether a test of a value of that origin may be a check of the caller: of the identity, a role, or a setting that turns a check off.
fn is_telling(origin: &Origin) -> bool {
    match origin {
        Origin::Identity(_) | Origin::Env(_) => true,
        Origin::Row(row) => row.path.last().is_some_and(|it| crate::schema::names::is_role_field(it)),
        _ => false,
    }
}

/// Whether a fact is what a guard proves.
pub(super) fn is_check(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Authenticated | Fact::Holds(_) | Fact::Equal(..) | Fact::Tied(_) | Fact::Role | Fact::Signature | Fact::Secret
    )
}
