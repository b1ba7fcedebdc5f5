//! Calls into libraries: asks the rooms that know them, and carries out what they answer.

use std::sync::Arc;

use super::Interp;
use crate::base::{Loc, Name};
use crate::values::{
    Becomes, Call, CallForm, CallbackResult, Effect, EventKind, Facts, Leaves, Origin, Outcome, Runs, Shape, Truth, Value,
};

impl Interp<'_> {
    /// Calls something that is not a function of the project.
    #[expect(clippy::too_many_arguments, reason = "a call has these parts")]
    pub(super) fn call_library(
        &mut self,
        callee: &Value,
        method: Option<Name>,
        args: &[Value],
        arg_locs: &[Loc],
        form: CallForm,
        loc: Loc,
        awaited: bool,
        quasis: Option<&[Arc<str>]>,
    ) -> Value {
        if self.dead || self.cut {
            return Value::unknown();
        }
        if let Some(method) = method
            && form == CallForm::Call
            && !matches!(callee.shape, Shape::Row(_))
            && let Some(value) = self.call_record(callee, method, args, arg_locs, loc, awaited)
        {
            return value;
        }
        let facts = self.state.facts.clone();
        let call = Call { callee, method, args, arg_locs, form, loc, awaited, quasis, facts: &facts };
        if let Some(outcome) = self.library_answer(&call) {
            return self.carry_out(outcome, &call);
        }
        if let Some(value) = self.call_builtin(&call) {
            return value;
        }
        self.call_unknown(&call)
    }

    /// What any library says of a call.
    pub(super) fn library_answer(&self, call: &Call<'_>) -> Option<Outcome> {
        self.declared(call.callee, call)
            .or_else(|| self.catalog.call(call))
            .or_else(|| crate::frameworks::call(call))
            .or_else(|| crate::data::call(call, self.schema))
    }

    /// A call of something unresolved that the user declared.
    fn declared(&self, callee: &Value, call: &Call<'_>) -> Option<Outcome> {
        let Shape::Import(import) = &callee.shape else { return None };
        if !import.unresolved {
            return None;
        }
        let export = import.path.last().map_or("default", |it| it.as_str());
        let entry = self.catalog.declared(&import.package, export)?;
        Some(self.catalog.apply(entry, call))
    }

    /// Does what a library said that a call does.
    pub(super) fn carry_out(&mut self, outcome: Outcome, call: &Call<'_>) -> Value {
        let loc = call.loc;
        for event in outcome.events {
            if let EventKind::Respond { status: Some(status @ 400..=499), .. } = &event {
                self.state.refused = Some(*status);
            }
            self.emit(event, loc);
        }
        if let Some(registration) = outcome.registers
            && !self.dead
        {
            self.registrations.push(registration);
        }
        for (target, name, value) in outcome.writes {
            self.write_on(&target, name, value);
        }
        let mut value = outcome.value;
        let mut stored = Value::unknown();
        let says = value.is_some();
        for callback in outcome.callbacks {
            let before = self.state.clone();
            self.state.learn(&callback.under);
            let locs = vec![loc; callback.args.len()];
            let args: Vec<Value> = callback.args.into_iter().map(|it| self.cell_for(it)).collect();
            // Builders are handed over as `this`, too.
            let built = args.first().filter(|it| it.as_lib().is_some_and(crate::values::Lib::changes)).cloned();
            let result = self.call_value(&callback.function, args, locs, built.clone(), loc, call.awaited);
            let result = if self.dead { Value::unknown() } else { self.settle(result, loc) };
            if callback.maybe {
                let after = std::mem::take(&mut self.state);
                let dead = self.dead;
                self.dead = false;
                self.state = if dead { before } else { before.join(after) };
            }
            match callback.result {
                CallbackResult::Ignored => {}
                CallbackResult::Value if outcome.stores.is_some() => {
                    stored = result.clone();
                    if !says {
                        value = Some(result);
                    }
                }
                CallbackResult::Value => value = Some(result),
                CallbackResult::Elements => value = Some(Value::with_origin(Shape::List(result.clone()), result.origin.clone())),
                CallbackResult::Alternative => value = Some(value.map_or_else(|| result.clone(), |it| it.join(&result))),
                CallbackResult::Argument => value = built.map(|it| self.builder_now(&it)).or(value),
                CallbackResult::Into(method) | CallbackResult::ArgumentInto(method) => {
                    let is_argument = matches!(callback.result, CallbackResult::ArgumentInto(_));
                    let arg = built.filter(|_| is_argument).map_or(result, |it| self.builder_now(&it));
                    let of = value.unwrap_or_else(Value::unknown);
                    value = Some(self.call_library(&of, Some(method), &[arg], &[loc], CallForm::Call, loc, call.awaited, None));
                }
            }
            if self.dead {
                return Value::unknown();
            }
        }
        if let Some((target, name)) = &outcome.reads
            && let Some(read) = self.read_on(target, *name)
        {
            value = Some(read);
        }
        if let (Some((target, name)), Some(kept)) = (&outcome.kept, &value) {
            // Where an answer came out instead, the request does not go on.
            let is_answer = |it: &&Value| it.as_lib().is_some_and(|lib| lib.kind == "response" && lib.owner == "web");
            let values = kept.alternatives().iter().filter(|it| !is_answer(it));
            if let Some(kept) = values.cloned().reduce(|one, other| one.join(&other)) {
                self.write_on(target, *name, kept);
            }
        }
        if let Some((target, name)) = outcome.stores {
            self.write_on(&target, name, stored);
        }
        if let Some(error) = outcome.next
            && error.is_none_or(|it| it.shape == Shape::Nullish)
            && !self.dead
        {
            if let Some(status) = self.state.refused {
                self.emit(EventKind::RefusalWentOn { status }, loc);
            }
            // What the call proves holds for whatever comes after it in the chain.
            let mut after = self.state.clone();
            after.learn(&outcome.after);
            self.next.push(after);
        }
        if outcome.leaves == Leaves::Always {
            self.throw();
            return Value::unknown();
        }
        if outcome.leaves == Leaves::May && !self.thrown.is_empty() {
            let state = self.state.clone();
            if let Some(list) = self.thrown.last_mut() {
                list.push(state);
            }
        }
        let mut value = self.trusting_gateway(value.unwrap_or_else(|| unknown_of(call.args)));
        if let Shape::Query(query) = &value.shape {
            let mut made = query.clone();
            Arc::make_mut(&mut made).made = Some(loc);
            value = Value::new(Shape::Query(made), value.origin.clone(), value.truth.clone());
        }
        if outcome.runs != Runs::Later
            && let Shape::Query(query) = &value.shape
        {
            let query = query.clone();
            let result = self.run_query(&query, loc);
            if let Some(Becomes::Result) = outcome.becomes {
                self.became = Some(result.clone());
            }
            if let Some(function) = &outcome.hands {
                self.call_value(function, vec![Value::nullish(), result.clone()], vec![loc, loc], None, loc, call.awaited);
                if self.dead {
                    return Value::unknown();
                }
            }
            if outcome.runs == Runs::Now {
                return result;
            }
            value = Value::of(Shape::Promise(result));
        }
        if let Some(Becomes::Value(changed)) = outcome.becomes {
            self.became = Some(changed);
        }
        if let Shape::Promise(_) = &value.shape
            && !call.awaited
            && !outcome.after.is_empty()
        {
            // What the call proves is proved where its promise is awaited.
            let truth = Truth { when_true: value.truth.when_true.union(&outcome.after), ..value.truth.clone() };
            return value.with_truth(truth);
        }
        self.state.learn(&outcome.after);
        self.respond_if_made(&value, loc);
        let value = self.told_apart(value, loc);
        self.cell_for(value)
    }

    /// An app or router that a function of the project makes is another one for each call of that function in set-up code.
    fn told_apart(&self, value: Value, loc: Loc) -> Value {
        let (Some(_), Some(by), Shape::Lib(lib)) = (self.setting_up, self.stack.first(), &value.shape) else { return value };
        if lib.made != Some(loc) || !matches!(lib.kind.as_str(), "app" | "router") || lib.get("by").is_some() {
            return value;
        }
        let mut own = (**lib).clone();
        own.data.push((Name::new("by"), Value::str(&format!("{}:{}:{:?}", by.file.0, by.item.0, by.node))));
        Value::new(Shape::Lib(Arc::new(own)), value.origin.clone(), value.truth.clone())
    }

    /// What code wrote on a request or context, or on an object on it.
    fn read_on(&mut self, target: &Value, name: Name) -> Option<Value> {
        let lib = target.as_lib()?;
        let cell = lib.cell?;
        match lib.path.first() {
            None => self.state.field(cell, name).cloned(),
            Some(holder) => {
                let holder = self.state.field(cell, *holder)?.clone();
                Some(self.member(&holder, name, true))
            }
        }
    }

    /// Writes a field of a request or context, or of an object on it (`ctx.state.user`).
    pub(super) fn write_on(&mut self, target: &Value, name: Name, value: Value) {
        let Some(lib) = target.as_lib() else { return };
        let Some(cell) = lib.cell else { return };
        match lib.path.first() {
            None => self.state.write(cell, name, value),
            Some(holder) => {
                let mut object = match self.state.field(cell, *holder).and_then(Value::as_object) {
                    Some(object) => object.clone(),
                    // Whoever else wrote there is not known.
                    None => crate::values::Object { computed: true, ..Default::default() },
                };
                object.set(name, value, None);
                self.state.write(cell, *holder, Value::of(Shape::Object(Arc::new(object))));
            }
        }
    }

    /// A response that is made is as good as sent: what holds here holds of it.
    fn respond_if_made(&mut self, value: &Value, loc: Loc) {
        let Some(lib) = value.as_lib() else { return };
        if lib.kind != "response" || lib.owner != "web" || lib.get("next").is_some() {
            return;
        }
        let body = lib.get("body").cloned().unwrap_or_else(Value::nullish);
        let status = lib.get("status").and_then(Value::as_number).map(|it| it as u16);
        self.emit(EventKind::Respond { body, status }, loc);
    }

    /// Gives a thing that code may write on a place of its own.
    pub(super) fn cell_for(&mut self, value: Value) -> Value {
        match &value.shape {
            Shape::Lib(lib)
                if lib.cell.is_none() && (lib.changes() || matches!(lib.kind.as_str(), "request" | "context" | "event")) =>
            {
                let cell = self.state.cell(crate::values::Object::default());
                let mut own = (**lib).clone();
                own.cell = Some(cell);
                Value::new(Shape::Lib(Arc::new(own)), value.origin.clone(), value.truth.clone())
            }
            _ => value,
        }
    }

    /// A call of something that nobody knows: its result is a mix of its arguments, and functions among them may run.
    fn call_unknown(&mut self, call: &Call<'_>) -> Value {
        self.unknown_call(call.callee, call.method, call.args, call.loc);
        let closures: Vec<Value> = call.args.iter().filter(|it| matches!(it.shape, Shape::Closure(_))).cloned().collect();
        for closure in closures {
            let before = self.state.clone();
            let result = self.call_value(&closure, Vec::new(), Vec::new(), None, call.loc, false);
            if !self.dead {
                // A promise that is handed to somebody unknown is awaited there, if anywhere.
                self.settle(result, call.loc);
            }
            let after = std::mem::take(&mut self.state);
            let dead = self.dead;
            self.dead = false;
            self.state = if dead { before } else { before.join(after) };
        }
        for arg in call.args {
            if arg.is_pending() {
                self.settle(arg.clone(), call.loc);
            }
        }
        if self.setting_up.is_none() && matches!(call.method.as_deref(), Some("log" | "info" | "warn" | "error" | "debug")) {
            self.emit(EventKind::Effect { kind: Effect::Log, args: call.args.to_vec() }, call.loc);
        }
        let value = unknown_of(call.args);
        match &call.callee.shape {
            // A wrapper that is not known, around functions that are: what it gives may run them.
            Shape::Import(import) if call.args.iter().any(|it| matches!(it.shape, Shape::Closure(_) | Shape::Lib(_))) => {
                let mut data: Vec<(Name, Value)> =
                    call.args.iter().enumerate().map(|(index, arg)| (Name::new(&index.to_string()), arg.clone())).collect();
                data.push((Name::new("callee"), call.callee.clone()));
                let _ = import;
                Value::new(
                    Shape::Lib(Arc::new(crate::values::Lib {
                        owner: Name::new("unknown"),
                        kind: Name::new("wrapper"),
                        path: Arc::from([]),
                        data,
                        made: Some(call.loc),
                        cell: None,
                    })),
                    value.origin.clone(),
                    Truth::default(),
                )
            }
            _ => match &call.callee.origin {
                Origin::Unknown => value,
                origin => Value::with_origin(Shape::Unknown, Origin::derived([origin.clone(), value.origin.clone()])),
            },
        }
    }

    /// Runs what an unknown wrapper holds: its functions, with the arguments it got.
    pub(super) fn call_wrapper(&mut self, lib: &crate::values::Lib, args: &[Value], loc: Loc) -> Value {
        if let Some(callee) = lib.get("callee") {
            self.unknown_call(callee, None, args, loc);
        }
        let inner: Vec<Value> = lib
            .data
            .iter()
            .filter(|(name, _)| *name != "callee")
            .map(|(_, value)| value.clone())
            .filter(|it| it.is_callable() || matches!(it.shape, Shape::Lib(_)))
            .collect();
        let mut result = Value::unknown();
        for function in inner {
            let locs = vec![loc; args.len()];
            result = self.call_value(&function, args.to_vec(), locs, None, loc, true);
            if self.dead {
                return result;
            }
        }
        result
    }
}

/// What comes out of an unknown call with these arguments.
pub(super) fn unknown_of(args: &[Value]) -> Value {
    let origins: Vec<Origin> =
        args.iter().map(|it| it.origin.clone()).filter(|it| !matches!(it, Origin::Unknown | Origin::Literal)).collect();
    if origins.is_empty() {
        return Value::unknown();
    }
    Value::new(Shape::Unknown, Origin::derived(origins), Truth::implies(Facts::none()))
}
