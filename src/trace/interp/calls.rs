//! Calls into the project's own code.

use std::sync::Arc;

use super::{CAPTURED, Frame, Interp, MOST_DEPTH, State, join_all};
use crate::base::{Loc, Name};
use crate::db::{self, File};
use crate::ir::{Class, Function, Item, Member, MemberKind};
use crate::values::{CallForm, ClassRef, Closure, EventKind, Facts, Instance, Object, Origin, Shape, Truth, Value};

/// Where a builder's cell keeps what it has become.
const ITSELF: &str = "*self";

impl Interp<'_> {
    /// Calls a value.
    pub(super) fn call_value(
        &mut self,
        callee: &Value,
        args: Vec<Value>,
        locs: Vec<Loc>,
        this: Option<Value>,
        loc: Loc,
        awaited: bool,
    ) -> Value {
        if self.dead || self.cut {
            return Value::unknown();
        }
        match &callee.shape {
            Shape::Closure(closure) => self.call_closure(closure, args, this, loc, awaited),
            Shape::OneOf(all) => {
                let callable: Vec<Value> =
                    all.iter().filter(|it| it.is_callable() || matches!(it.shape, Shape::Lib(_))).cloned().collect();
                self.call_each(&callable, |it, callee| {
                    it.call_value(callee, args.clone(), locs.clone(), this.clone(), loc, awaited)
                })
            }
            Shape::Method { of, name } => {
                let (of, name) = (of.clone(), *name);
                self.call_method(&of, name, args, locs, loc, awaited)
            }
            Shape::Nullish => Value::unknown(),
            Shape::Lib(lib) if lib.owner == "module" && lib.path.is_empty() => match self.whole_module(lib) {
                Some(whole) => self.call_value(&whole, args, locs, this, loc, awaited),
                None => self.call_library(callee, None, &args, &locs, CallForm::Call, loc, awaited, None),
            },
            Shape::Lib(lib) => match self.added(lib, None) {
                Some(added) => self.call_value(&added, args, locs, this, loc, awaited),
                None => self.call_library(callee, None, &args, &locs, CallForm::Call, loc, awaited, None),
            },
            _ => self.call_library(callee, None, &args, &locs, CallForm::Call, loc, awaited, None),
        }
    }

    /// The same call on several alternatives: one of the results, one of the ways.
    pub(super) fn call_each(&mut self, all: &[Value], mut call: impl FnMut(&mut Self, &Value) -> Value) -> Value {
        match all {
            [] => return Value::unknown(),
            [single] => return call(self, single),
            _ => {}
        }
        let before = self.state.clone();
        let base = before.facts.clone();
        let (mut ways, mut values) = (Vec::new(), Vec::new());
        for callee in all.iter().take(4) {
            self.state = before.clone();
            self.dead = false;
            let value = call(self, callee);
            if !self.dead {
                values.push(value.under(&self.state.facts.beyond(&base)));
                ways.push(std::mem::take(&mut self.state));
            }
        }
        self.meet(ways);
        values.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
    }

    /// Calls a method of a value.
    pub(super) fn call_method(
        &mut self,
        receiver: &Value,
        name: Name,
        args: Vec<Value>,
        locs: Vec<Loc>,
        loc: Loc,
        awaited: bool,
    ) -> Value {
        if self.dead || self.cut {
            return Value::unknown();
        }
        if matches!(name.as_str(), "call" | "apply" | "bind")
            && receiver.is_callable()
            && let Some(value) = self.call_through(receiver, name, &args, &locs, loc, awaited)
        {
            return value;
        }
        match &receiver.shape {
            Shape::OneOf(all) => {
                let alternatives: Vec<Value> =
                    all.iter().filter(|it| it.shape != Shape::Nullish).map(|it| it.under(&receiver.truth.when_true)).collect();
                self.call_each(&alternatives, |it, one| it.call_method(one, name, args.clone(), locs.clone(), loc, awaited))
            }
            Shape::Object(_) | Shape::Instance(_) | Shape::Class(_) => {
                let member = self.member(receiver, name, true);
                match &member.shape {
                    Shape::Closure(_) | Shape::OneOf(_) | Shape::Import(_) | Shape::Lib(_) | Shape::Builtin(_) => {
                        self.call_value(&member, args, locs, Some(receiver.clone()), loc, awaited)
                    }
                    Shape::Method { of, name } if of != receiver => {
                        let (of, name) = (of.clone(), *name);
                        self.call_method(&of, name, args, locs, loc, awaited)
                    }
                    _ => self.call_library(receiver, Some(name), &args, &locs, CallForm::Call, loc, awaited, None),
                }
            }
            Shape::Import(_) | Shape::Builtin(_) => {
                let member = self.member(receiver, name, true);
                self.call_value(&member, args, locs, None, loc, awaited)
            }
            Shape::Lib(lib)
                if lib.kind == crate::values::Lib::THENABLE && matches!(name.as_str(), "then" | "catch" | "finally") =>
            {
                let settled = Value::of(Shape::Promise(self.settle(receiver.clone(), loc)));
                self.promise_method(&settled, &name, &args, loc)
            }
            Shape::Lib(lib) if lib.changes() && lib.cell.is_some() => {
                self.call_builder(lib, receiver, name, &args, &locs, loc, awaited)
            }
            Shape::Lib(lib) => {
                let written = lib.cell.and_then(|cell| self.state.field(cell, name).cloned());
                let own = written
                    .or_else(|| (lib.owner == "module").then(|| self.member(receiver, name, true)))
                    .or_else(|| lib.path.is_empty().then(|| self.added(lib, Some(name))).flatten());
                if own.is_none()
                    && let Some(added) = self.added(lib, None)
                {
                    return self.call_method(&added, name, args, locs, loc, awaited);
                }
                match own {
                    Some(member) => self.call_value(&member, args, locs, Some(receiver.clone()), loc, awaited),
                    None => self.call_library(receiver, Some(name), &args, &locs, CallForm::Call, loc, awaited, None),
                }
            }
            _ => {
                if matches!(receiver.shape, Shape::Row(_))
                    && let Some(value) = self.call_record(receiver, name, &args, &locs, loc, awaited)
                {
                    return value;
                }
                if let Some(value) = self.call_collection(receiver, name, &args, &locs, loc) {
                    return value;
                }
                self.call_library(receiver, Some(name), &args, &locs, CallForm::Call, loc, awaited, None)
            }
        }
    }

    /// A builder changes in place: what was last made of it is what it is, whether the code kept the result or not.
    #[expect(clippy::too_many_arguments, reason = "a call has these parts")]
    fn call_builder(
        &mut self,
        lib: &crate::values::Lib,
        receiver: &Value,
        name: Name,
        args: &[Value],
        locs: &[Loc],
        loc: Loc,
        awaited: bool,
    ) -> Value {
        let (key, cell) = (Name::new(ITSELF), lib.cell.unwrap_or_default());
        let ways: Vec<Value> = self.builder_now(receiver).alternatives().to_vec();
        self.call_each(&ways, |it, way| {
            let value = it.call_library(way, Some(name), args, locs, CallForm::Call, loc, awaited, None);
            if value.as_lib().is_some_and(|made| made.cell == Some(cell)) {
                it.state.write(cell, key, value.clone());
            }
            value
        })
    }

    /// A builder as the calls on it so far have left it.
    pub(super) fn builder_now(&self, builder: &Value) -> Value {
        let cell = builder.as_lib().and_then(|it| it.cell);
        cell.and_then(|cell| self.state.field(cell, Name::new(ITSELF))).unwrap_or(builder).clone()
    }

    /// `f.call(this, …)`, `f.apply(this, […])`, `f.bind(this, …)`
    fn call_through(
        &mut self,
        function: &Value,
        name: Name,
        args: &[Value],
        locs: &[Loc],
        loc: Loc,
        awaited: bool,
    ) -> Option<Value> {
        let this = args.first().cloned();
        let rest = args.get(1..).unwrap_or_default();
        let rest_locs = locs.get(1..).unwrap_or_default().to_vec();
        match name.as_str() {
            "call" => Some(self.call_value(function, rest.to_vec(), rest_locs, this, loc, awaited)),
            "apply" => {
                let list = match rest.first().map(|it| &it.shape) {
                    Some(Shape::Array(all)) => all.to_vec(),
                    _ => rest.to_vec(),
                };
                let locs = vec![loc; list.len()];
                Some(self.call_value(function, list, locs, this, loc, awaited))
            }
            _ => match &function.shape {
                Shape::Closure(closure) => {
                    let mut bound = (**closure).clone();
                    bound.this = this.or(bound.this);
                    bound.bound = bound.bound.iter().chain(rest).cloned().collect();
                    Some(Value::of(Shape::Closure(Arc::new(bound))))
                }
                Shape::Method { .. } => Some(function.clone()),
                _ => None,
            },
        }
    }

    /// Runs a function of the project in place.
    pub(super) fn call_closure(
        &mut self,
        closure: &Arc<Closure>,
        args: Vec<Value>,
        this: Option<Value>,
        loc: Loc,
        awaited: bool,
    ) -> Value {
        let before = self.state.facts.clone();
        let Some(is_async) = self.is_async(closure) else { return Value::unknown() };
        if is_async {
            // What is thrown inside an async function becomes a rejected promise.
            self.thrown.push(Vec::new());
        }
        let Some(returns) = self.run_closure(closure, args, this, loc) else {
            if is_async {
                self.thrown.pop();
            }
            return Value::unknown();
        };
        let returns = if is_async { self.settle_returns(returns, loc) } else { returns };
        let thrown = if is_async { self.thrown.pop().unwrap_or_default() } else { Vec::new() };
        let value = self.join_returns(returns, &before);
        if !is_async {
            return made_by_call(value, loc);
        }
        if awaited {
            if let Some(outer) = self.thrown.last_mut() {
                outer.extend(thrown);
            }
            if self.dead {
                return value;
            }
            let value = self.settle(value, loc);
            let promise = Value::of(Shape::Promise(value));
            return promise;
        }
        // Nobody waits for it: what it proves is proved where the promise is awaited.
        let was_dead = self.dead;
        self.dead = false;
        if was_dead && let Some(state) = join_all(thrown) {
            self.state = state;
        }
        let gained = self.state.facts.beyond(&before);
        self.state.facts = before;
        let settled = if was_dead { Value::unknown() } else { self.settle_inside(value, loc) };
        Value::new(
            Shape::Promise(settled),
            Origin::Unknown,
            Truth { when_true: if was_dead { Facts::none() } else { gained }, when_false: Facts::none(), known: Some(true) },
        )
    }

    /// An async function runs the query that it returns on the way that returned it, where more is known than after the join.
    fn settle_returns(&mut self, returns: Vec<(State, Value)>, loc: Loc) -> Vec<(State, Value)> {
        if returns.len() < 2 || !returns.iter().any(|(_, value)| value.is_pending()) {
            return returns;
        }
        let mut settled = Vec::with_capacity(returns.len());
        for (state, value) in returns {
            self.state = state;
            self.dead = false;
            let value = self.settle(value, loc);
            if !self.dead {
                settled.push((std::mem::take(&mut self.state), value));
            }
        }
        self.dead = false;
        settled
    }

    fn settle_inside(&mut self, value: Value, loc: Loc) -> Value {
        let facts = self.state.facts.clone();
        let settled = self.settle(value, loc);
        self.state.facts = facts;
        settled
    }

    fn is_async(&self, closure: &Closure) -> Option<bool> {
        let file = db::file(self.db, closure.file)?;
        let item = db::item(self.db, file, closure.item).as_ref()?;
        item.functions.get(closure.function.0 as usize).map(|function| function.is_async)
    }

    /// Runs a function and gives the ways that returned, the end of its body included. `None` where it was not run.
    pub(crate) fn run_closure(
        &mut self,
        closure: &Arc<Closure>,
        args: Vec<Value>,
        this: Option<Value>,
        loc: Loc,
    ) -> Option<Vec<(State, Value)>> {
        let file = db::file(self.db, closure.file)?;
        let item = db::item(self.db, file, closure.item).clone()?;
        let function = item.functions.get(closure.function.0 as usize)?;
        let same =
            |frame: &&Frame| frame.file_id == closure.file && frame.item_id == closure.item && frame.function == closure.function;
        if self.frames.iter().filter(same).count() >= 2 {
            return None;
        }
        if self.frames.len() >= MOST_DEPTH {
            self.cut_here();
            return None;
        }
        let acts_before = self.state.acts.len();
        let closures_before = self.closures_made;
        let act = self.state.activate();
        let mut scopes = vec![(closure.function, act)];
        scopes.extend(closure.scopes.iter().copied());
        if !closure.captured.is_empty() {
            let captured = self.state.activate();
            for (local, value) in closure.captured.iter() {
                self.state.set(captured, *local, value.clone());
            }
            scopes.push((CAPTURED, captured));
        }
        let this = if function.is_arrow { closure.this.clone() } else { this.or_else(|| closure.this.clone()) };
        self.push_call(loc);
        self.frames.push(Frame {
            file,
            file_id: closure.file,
            item_id: closure.item,
            item: item.clone(),
            function: closure.function,
            scopes,
            this,
            returns: Vec::new(),
        });
        let exits = std::mem::take(&mut self.exits);
        self.bind_params(&item, function, closure, args);
        self.run_body(&item, function);
        self.exits = exits;
        let mut returns = Vec::new();
        if let Some(frame) = self.frames.pop() {
            returns = frame.returns;
        }
        self.pop_call();
        if !self.dead {
            returns.push((std::mem::take(&mut self.state), Value::nullish()));
        }
        if self.closures_made == closures_before {
            // No closure can look at these activations any more.
            for (state, _) in &mut returns {
                state.acts.truncate(acts_before);
            }
        }
        self.dead = false;
        Some(returns)
    }

    fn bind_params(&mut self, item: &Item, function: &Function, closure: &Closure, args: Vec<Value>) {
        let all: Vec<Value> = closure.bound.iter().cloned().chain(args).collect();
        let mut rest = all.into_iter();
        for param in &function.params {
            let value = if param.rest {
                Value::with_origin(Shape::Array(rest.by_ref().collect()), Origin::Unknown)
            } else {
                rest.next().unwrap_or_else(Value::nullish)
            };
            if param.is_property {
                self.bind_parameter_property(item, param, &value);
            }
            self.bind(&param.pattern, value);
        }
    }

    fn bind_parameter_property(&mut self, item: &Item, param: &crate::ir::Param, value: &Value) {
        let crate::ir::Pattern::Local(local) = param.pattern else { return };
        let cell = self.frame().this.as_ref().and_then(|this| match &this.shape {
            Shape::Instance(instance) => instance.cell,
            _ => None,
        });
        if let Some(cell) = cell {
            self.state.write(cell, item.local(local).name, value.clone());
        }
    }

    /// The ways that returned become the current way and one value, each alternative with what held on its way.
    pub(super) fn join_returns(&mut self, returns: Vec<(State, Value)>, _before: &Facts) -> Value {
        let Some(common) = returns.iter().map(|(state, _)| state.facts.clone()).reduce(|one, other| one.intersection(&other))
        else {
            self.dead = true;
            return Value::unknown();
        };
        let mut joined: Option<Value> = None;
        let mut states = Vec::with_capacity(returns.len());
        for (state, value) in returns {
            let value = value.under(&state.facts.beyond(&common));
            joined = Some(match joined {
                Some(other) => other.join(&value),
                None => value,
            });
            states.push(state);
        }
        self.meet(states);
        joined.unwrap_or_else(Value::unknown)
    }

    /// `new callee(…)`
    pub(super) fn construct(&mut self, callee: &Value, args: Vec<Value>, locs: Vec<Loc>, loc: Loc) -> Value {
        if self.dead || self.cut {
            return Value::unknown();
        }
        match &callee.shape {
            Shape::Lib(lib) if lib.owner == "module" && lib.path.is_empty() => match self.whole_module(lib) {
                Some(whole) => self.construct(&whole, args, locs, loc),
                None => Value::unknown(),
            },
            Shape::Class(class) => self.construct_class(*class, args, loc),
            Shape::Closure(closure) => {
                // A constructor function: what it writes on `this`.
                let cell = self.state.cell(Object::default());
                let class = ClassRef { file: closure.file, item: closure.item, class: crate::ir::ClassId(u32::MAX) };
                let this = Value::of(Shape::Instance(Arc::new(Instance { class, fields: Object::default(), cell: Some(cell) })));
                self.call_closure(closure, args, Some(this), loc, false);
                let fields = self.state.cells.get(cell as usize).map(|it| (**it).clone()).unwrap_or_default();
                Value::of(Shape::Object(Arc::new(fields)))
            }
            Shape::OneOf(all) => {
                let all: Vec<Value> = all.to_vec();
                self.call_each(&all, |it, callee| it.construct(callee, args.clone(), locs.clone(), loc))
            }
            _ => self.call_library(callee, None, &args, &locs, CallForm::New, loc, false, None),
        }
    }

    fn construct_class(&mut self, class: ClassRef, args: Vec<Value>, loc: Loc) -> Value {
        let cell = self.state.cell(Object::default());
        let this = Value::of(Shape::Instance(Arc::new(Instance { class, fields: Object::default(), cell: Some(cell) })));
        self.initialise(class, &this, args, loc, 0);
        this
    }

    /// Sets the fields of a class on `this` and runs its constructor, or its parent's where it has none.
    pub(super) fn initialise(&mut self, class: ClassRef, this: &Value, args: Vec<Value>, loc: Loc, depth: usize) {
        let Some(file) = db::file(self.db, class.file) else { return };
        let Some(item) = db::item(self.db, file, class.item).clone() else { return };
        let Some(declared) = item.classes.get(class.class.0 as usize) else { return };
        let constructor = declared.members.iter().find_map(|it| match it.kind {
            MemberKind::Constructor(function) => Some(function),
            _ => None,
        });
        if constructor.is_none()
            && depth < 6
            && let Some(parent) = self.parent_class(file, class)
        {
            if let Shape::Class(parent) = parent.shape {
                self.initialise(parent, this, args.clone(), loc, depth + 1);
            } else {
                self.write_error_message(this, &args);
                self.extend_library(this, &parent, &args, loc);
            }
        }
        self.set_fields(file, class, declared, this);
        if let Some(function) = constructor {
            let closure = Arc::new(Closure {
                file: class.file,
                item: class.item,
                function,
                captured: Arc::from([]),
                scopes: Arc::from([]),
                this: Some(this.clone()),
                bound: Arc::from([]),
            });
            let before = self.state.facts.clone();
            if let Some(returns) = self.run_closure(&closure, args, Some(this.clone()), loc) {
                self.join_returns(returns, &before);
            }
        }
    }

    /// `class X extends Error`: its message is the first argument.
    fn write_error_message(&mut self, this: &Value, args: &[Value]) {
        if let (Shape::Instance(instance), Some(message)) = (&this.shape, args.first())
            && let Some(cell) = instance.cell
        {
            self.state.write(cell, Name::new("message"), message.clone());
        }
    }

    fn set_fields(&mut self, file: File, class: ClassRef, declared: &Class, this: &Value) {
        let Shape::Instance(instance) = &this.shape else { return };
        let Some(cell) = instance.cell else { return };
        for member in declared.members.iter().filter(|it| !it.is_static) {
            if let MemberKind::Field(Some(init)) = member.kind {
                let value = self.in_class_with(file, class, Some(this.clone()), |it| it.eval(init));
                self.state.write(cell, member.name, value);
            }
        }
    }

    pub(super) fn call_super_constructor(&mut self, args: Vec<Value>, _locs: Vec<Loc>, loc: Loc) {
        let Some(this) = self.frame().this.clone() else { return };
        let Some(class) = self.class_around() else { return };
        let file = self.frame().file;
        let parent = self.parent_class(file, class).unwrap_or_else(Value::unknown);
        match &parent.shape {
            Shape::Class(parent) => self.initialise(*parent, &this, args, loc, 1),
            _ => {
                self.write_error_message(&this, &args);
                self.extend_library(&this, &parent, &args, loc);
            }
        }
    }

    pub(super) fn call_super(&mut self, name: Name, args: Vec<Value>, locs: Vec<Loc>, loc: Loc, awaited: bool) -> Value {
        let Some(this) = self.frame().this.clone() else { return Value::unknown() };
        let Some(class) = self.class_around() else { return Value::unknown() };
        let file = self.frame().file;
        let Some(parent) = self.parent_class(file, class) else { return Value::unknown() };
        let Shape::Class(parent) = parent.shape else {
            return match self.library_member(&this, &parent, name) {
                Some(member) => self.call_value(&member, args, locs, Some(this), loc, awaited),
                None => self.call_library(&parent, Some(name), &args, &locs, CallForm::Call, loc, awaited, None),
            };
        };
        let as_parent = Value::of(Shape::Instance(Arc::new(Instance { class: parent, fields: Object::default(), cell: None })));
        let method = self.member(&as_parent, name, true);
        self.call_value(&method, args, locs, Some(this), loc, awaited)
    }

    /// The class whose member is running.
    fn class_around(&self) -> Option<ClassRef> {
        let frame = self.frame();
        let mut function = Some(frame.function);
        while let Some(id) = function {
            for (index, class) in frame.item.classes.iter().enumerate() {
                let holds = |member: &Member| matches!(member.kind, MemberKind::Method(it) | MemberKind::Constructor(it) | MemberKind::Getter(it) | MemberKind::Setter(it) if it == id);
                if class.members.iter().any(holds) {
                    return Some(ClassRef { file: frame.file_id, item: frame.item_id, class: crate::ir::ClassId(index as u32) });
                }
            }
            function = frame.item.function(id).parent;
        }
        None
    }

    /// What a class extends.
    pub(super) fn parent_class(&mut self, file: File, class: ClassRef) -> Option<Value> {
        let item = db::item(self.db, file, class.item).clone()?;
        let extends = item.classes.get(class.class.0 as usize)?.extends?;
        Some(self.in_class(file, class, |it| it.eval(extends)))
    }

    /// Evaluates something that stands in a class.
    pub(super) fn in_class<T>(&mut self, file: File, class: ClassRef, run: impl FnOnce(&mut Self) -> T) -> T {
        self.in_class_with(file, class, None, run)
    }

    fn in_class_with<T>(&mut self, file: File, class: ClassRef, this: Option<Value>, run: impl FnOnce(&mut Self) -> T) -> T {
        let act = self.state.activate();
        let item = db::item(self.db, file, class.item).clone();
        if let Some(item) = item {
            self.frames.push(Frame {
                file,
                file_id: class.file,
                item_id: class.item,
                item,
                function: crate::ir::FnId(0),
                scopes: vec![(crate::ir::FnId(0), act)],
                this,
                returns: Vec::new(),
            });
            let result = run(self);
            self.frames.pop();
            return result;
        }
        run(self)
    }

    /// Notes a call that is not known and that could have been the check.
    pub(super) fn unknown_call(&mut self, callee: &Value, method: Option<Name>, args: &[Value], loc: Loc) {
        let (what, from, unresolved) = match &callee.shape {
            Shape::Import(import) => {
                let what =
                    method.or_else(|| import.path.iter().rev().find(|it| **it != "default").copied()).unwrap_or(import.package);
                (what, Some(import.package), import.unresolved)
            }
            _ => (method.unwrap_or_else(|| Name::new("")), None, false),
        };
        // A package that the catalogue knows and says nothing of proves nothing.
        if let (Some(package), false) = (from, unresolved)
            && (self.catalog.knows_package(&package) || crate::trace::harmless(&package))
        {
            return;
        }
        if from.is_none() && !matches!(callee.shape, Shape::Unknown) {
            return;
        }
        if from.is_none() && !matches!(callee.origin, Origin::Unknown) {
            return;
        }
        if !is_told(&what) && args.iter().any(could_be_checked) {
            let of_records = args.iter().any(tells_records_apart);
            self.emit(EventKind::Unknown { what, from, of_records }, loc);
        }
    }
}

/// Whether a method of that name only tells somebody what happened.
fn is_told(name: &str) -> bool {
    ["capture", "captureException", "captureMessage", "identify", "track", "trackEvent", "logEvent"].contains(&name)
}

/// Whether a call that gets this value may look at whose record it is about; a header or cookie says nothing of a record.
fn tells_records_apart(value: &Value) -> bool {
    use crate::values::Part;
    match &value.shape {
        Shape::Object(object) => object.fields.iter().any(|(_, field)| tells_records_apart(field)),
        _ => {
            could_be_checked(value)
                && !matches!(&value.origin, Origin::Client(client) if matches!(client.part, Part::Header | Part::Cookie))
        }
    }
}

/// Whether a call that gets this value could be the check: it is the request, the identity, or a key of the client.
fn could_be_checked(value: &Value) -> bool {
    match &value.shape {
        Shape::Lib(lib) => matches!(lib.kind.as_str(), "request" | "context"),
        Shape::Object(object) => object.fields.iter().any(|(_, field)| could_be_checked(field)),
        Shape::Row(_) | Shape::Rows(_) => true,
        _ => value.origin.identities().next().is_some() || matches!(value.origin, Origin::Client(_)),
    }
}

/// A query that a function gave without awaiting it: whoever looks for it finds it at the call.
fn made_by_call(value: Value, loc: Loc) -> Value {
    let Shape::Query(query) = &value.shape else { return value };
    let query = crate::values::Query { made: Some(loc), ..(**query).clone() };
    Value::new(Shape::Query(Arc::new(query)), value.origin.clone(), value.truth.clone())
}
