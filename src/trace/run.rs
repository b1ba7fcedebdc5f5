//! A route's run: its chain, then its handler.

use std::sync::Arc;

use super::interp::{Interp, State, join_all};
use super::types::Trace;
use crate::base::{Loc, Name};
use crate::db::{self, Db};
use crate::frameworks::{Framework, Returned, Route};
use crate::ir::FnId;
use crate::values::{EventKind, Facts, Lib, Object, Shape, Value};

/// Runs a route.
pub fn run(db: &dyn Db, route: &Arc<Route>) -> Trace {
    let mut it = Interp::new(db);
    it.is_set_up = true;
    run_in(it, route)
}

/// Runs a route while routes are assembled: what set-up hangs on apps is not there yet.
pub(super) fn run_early(db: &dyn Db, route: &Arc<Route>) -> Trace {
    run_in(Interp::new(db), route)
}

fn run_in(mut it: Interp<'_>, route: &Arc<Route>) -> Trace {
    let mut at_handler = Facts::none();
    let mut at_end = Facts::none();
    if let Some(framework) = crate::frameworks::find(route.framework) {
        let mut things = Things::default();
        it.state.learn(&framework.at_start());
        let steps = route.chain.len();
        for index in 0..=steps {
            let (function, loc) = match route.chain.get(index) {
                Some(link) => (&link.function, link.loc),
                None => (&route.handler, route.handler_loc),
            };
            let (function, mut args) = unbound(function);
            args.extend(framework.arguments(route, index));
            let function = with_cells(&mut it, &function, &mut things);
            let args: Vec<Value> = args.iter().map(|value| with_cells(&mut it, value, &mut things)).collect();
            if index == steps {
                at_handler = it.state.facts.clone();
            }
            let goes_on = step(&mut it, framework, route, index, &function, args, loc, &mut things);
            match goes_on {
                Some(state) => it.state = state,
                None => break,
            }
        }
        at_end = it.state.facts.clone();
    }
    let inside = handler_functions(it.db, route.handler_loc);
    Trace { route: route.clone(), events: it.events, accesses: it.accesses, at_handler, at_end, cut: it.cut, inside }
}

/// The functions that stand in a handler.
fn handler_functions(db: &dyn Db, handler: Loc) -> Arc<[FnId]> {
    let item = db::file(db, handler.file).and_then(|file| db::item(db, file, handler.item).as_ref());
    item.map_or_else(|| Arc::from([]), |item| item.functions_in(handler.node).into())
}

/// Runs one step and gives the state in which the next one starts; `None` where nothing comes after.
#[expect(clippy::too_many_arguments, reason = "a step has these parts")]
fn step(
    it: &mut Interp<'_>,
    framework: &dyn Framework,
    route: &Route,
    index: usize,
    function: &Value,
    args: Vec<Value>,
    loc: Loc,
    things: &mut Things,
) -> Option<State> {
    let mut made: Option<(usize, Value)> = None;
    it.next.clear();
    it.dead = false;
    let mut ways: Vec<State> = Vec::new();
    let returns = call_step(it, function, args, loc);
    for (state, value) in returns {
        for alternative in value.alternatives() {
            let mut state = state.clone();
            state.learn(&alternative.truth.when_true);
            match framework.returned(route, index, alternative) {
                Returned::Answer { body, status } => {
                    let sent = alternative.as_lib().is_some_and(|lib| lib.kind == "response" && lib.owner == "web");
                    if !sent {
                        it.state = state;
                        it.dead = false;
                        it.emit(EventKind::Respond { body, status }, loc);
                    }
                }
                Returned::GoesOn => ways.push(state),
                Returned::Argument(at, value) => {
                    made = Some((at, made.map_or_else(|| value.clone(), |(_, other)| other.join(&value))));
                    ways.push(state);
                }
                Returned::Keeps(writes) => {
                    for (thing, name, value) in writes {
                        let (Shape::Lib(lib), value) = (&thing.shape, value) else { continue };
                        let cell = place_of(&mut state, &mut things.cells, lib);
                        state.write(cell, name, value);
                    }
                    ways.push(state);
                }
                Returned::Nothing => {}
            }
        }
    }
    things.arguments.extend(made);
    ways.append(&mut it.next);
    if index == route.chain.len() {
        return None;
    }
    join_all(ways)
}

/// Calls a step's function and gives the ways that came back.
fn call_step(it: &mut Interp<'_>, function: &Value, args: Vec<Value>, loc: Loc) -> Vec<(State, Value)> {
    let before = it.state.clone();
    if let Shape::Closure(closure) = &function.shape {
        let returns = it.run_closure(closure, args, None, loc).unwrap_or_default();
        return returns
            .into_iter()
            .map(|(state, value)| {
                it.state = state;
                it.dead = false;
                let value = it.awaited(value, loc);
                (it.state.clone(), value)
            })
            .collect();
    }
    let known_nothing = it.events.len();
    let value = it.call(function, args, loc);
    if it.dead {
        return Vec::new();
    }
    let value = it.awaited(value, loc);
    if it.next.is_empty()
        && !crate::catalog::decides(function)
        && matches!(function.shape, Shape::Import(_) | Shape::Unknown | Shape::Lib(_))
    {
        // A link that nobody knows: the request goes on, and it may have been the check. Of one that is known, what it gives is known.
        if it.events.len() == known_nothing && value.shape == Shape::Unknown {
            it.note_unknown(function, loc);
        }
        let _ = before;
        it.next.push(it.state.clone());
    }
    vec![(it.state.clone(), value)]
}

/// What a run keeps beside the interpreter's state.
#[derive(Default)]
struct Things {
    /// The place of each thing that code writes on: owner, kind, cell.
    cells: Vec<(Name, Name, u32)>,
    /// The handler's arguments that steps made.
    arguments: Vec<(usize, Value)>,
}

/// A function and the arguments that were bound to it.
fn unbound(function: &Value) -> (Value, Vec<Value>) {
    match &function.shape {
        Shape::Closure(closure) if !closure.bound.is_empty() => {
            let mut own = (**closure).clone();
            let bound = std::mem::replace(&mut own.bound, Arc::from([]));
            (Value::new(Shape::Closure(Arc::new(own)), function.origin.clone(), function.truth.clone()), bound.to_vec())
        }
        _ => (function.clone(), Vec::new()),
    }
}

/// Things of the route's own, by owner and kind, and where what is written on them is kept.
type Cells = Vec<(Name, Name, u32)>;

/// Where what is written on a thing is kept.
fn place_of(state: &mut State, things: &mut Cells, lib: &Lib) -> u32 {
    let known = things.iter().find(|(owner, kind, _)| *owner == lib.owner && *kind == lib.kind).map(|(_, _, cell)| *cell);
    known.unwrap_or_else(|| {
        let cell = state.cell(Object::default());
        things.push((lib.owner, lib.kind, cell));
        cell
    })
}

/// The same value, with a place in the trace for each thing that code writes on; the same thing keeps its place.
fn with_cells(it: &mut Interp<'_>, value: &Value, things: &mut Things) -> Value {
    if let Some(index) = crate::frameworks::argument_index(value) {
        let known = things.arguments.iter().rev().find(|(at, _)| *at == index);
        return known.map_or_else(Value::unknown, |(_, value)| value.clone());
    }
    match &value.shape {
        Shape::Method { of, name } => Value::of(Shape::Method { of: with_cells(it, of, things), name: *name }),
        Shape::Array(all) => {
            let own = all.iter().map(|value| with_cells(it, value, things)).collect();
            Value::new(Shape::Array(own), value.origin.clone(), value.truth.clone())
        }
        Shape::Lib(lib) if lib.cell.is_none() => {
            let cell = place_of(&mut it.state, &mut things.cells, lib);
            let mut own = (**lib).clone();
            own.cell = Some(cell);
            // What a context holds of the request is the request.
            for (_, held) in &mut own.data {
                let is = |kind: &str| matches!(kind, "request" | "response" | "context");
                if matches!(held.shape, Shape::Array(_)) || held.as_lib().is_some_and(|it| is(it.kind.as_str())) {
                    *held = with_cells(it, held, things);
                }
            }
            Value::new(Shape::Lib(Arc::new(own)), value.origin.clone(), value.truth.clone())
        }
        Shape::Object(object) => {
            let mut own = (**object).clone();
            for (_, field) in &mut own.fields {
                *field = with_cells(it, field, things);
            }
            Value::new(Shape::Object(Arc::new(own)), value.origin.clone(), value.truth.clone())
        }
        _ => value.clone(),
    }
}
