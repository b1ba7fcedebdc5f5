//! A route's run: its chain, then its handler.

use std::sync::Arc;

use super::interp::{Interp, State, join_all};
use super::types::Trace;
use crate::base::{Loc, Name};
use crate::db::Db;
use crate::frameworks::{Framework, Returned, Route};
use crate::values::{EventKind, Facts, Lib, Object, Shape, Value};

/// Runs a route.
pub fn run(db: &dyn Db, route: &Arc<Route>) -> Trace {
    let mut it = Interp::new(db);
    let mut at_handler = Facts::none();
    let mut at_end = Facts::none();
    if let Some(framework) = crate::frameworks::find(route.framework) {
        let mut things = Things::new();
        let steps = route.chain.len();
        for index in 0..=steps {
            let (function, loc) = match route.chain.get(index) {
                Some(link) => (&link.function, link.loc),
                None => (&route.handler, route.handler_loc),
            };
            let args: Vec<Value> =
                framework.arguments(route, index).iter().map(|value| with_cells(&mut it, value, &mut things)).collect();
            if index == steps {
                at_handler = it.state.facts.clone();
            }
            let goes_on = step(&mut it, framework, route, index, function, args, loc, &mut things);
            match goes_on {
                Some(state) => it.state = state,
                None => break,
            }
        }
        at_end = it.state.facts.clone();
    }
    Trace { route: route.clone(), events: it.events, accesses: it.accesses, at_handler, at_end, cut: it.cut }
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
                    let made = alternative.as_lib().is_some_and(|lib| lib.kind == "response" && lib.owner == "web");
                    if !made {
                        it.state = state;
                        it.dead = false;
                        it.emit(EventKind::Respond { body, status }, loc);
                    }
                }
                Returned::GoesOn => ways.push(state),
                Returned::Keeps(writes) => {
                    for (thing, name, value) in writes {
                        let (Shape::Lib(lib), value) = (&thing.shape, value) else { continue };
                        let cell = place_of(&mut state, things, lib);
                        state.write(cell, name, value);
                    }
                    ways.push(state);
                }
                Returned::Nothing => {}
            }
        }
    }
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
    if it.next.is_empty() && matches!(function.shape, Shape::Import(_) | Shape::Unknown | Shape::Lib(_)) {
        // A link that nobody knows: the request goes on, and it may have been the check.
        if it.events.len() == known_nothing {
            it.note_unknown(function, loc);
        }
        let _ = before;
        it.next.push(it.state.clone());
    }
    vec![(it.state.clone(), value)]
}

/// Things of the route's own, by owner and kind, and where what is written on them is kept.
type Things = Vec<(Name, Name, u32)>;

/// Where what is written on a thing is kept.
fn place_of(state: &mut State, things: &mut Things, lib: &Lib) -> u32 {
    let known = things.iter().find(|(owner, kind, _)| *owner == lib.owner && *kind == lib.kind).map(|(_, _, cell)| *cell);
    known.unwrap_or_else(|| {
        let cell = state.cell(Object::default());
        things.push((lib.owner, lib.kind, cell));
        cell
    })
}

/// The same value, with a place in the trace for each thing that code writes on; the same thing keeps its place.
fn with_cells(it: &mut Interp<'_>, value: &Value, things: &mut Things) -> Value {
    match &value.shape {
        Shape::Lib(lib) if lib.cell.is_none() => {
            let cell = place_of(&mut it.state, things, lib);
            let mut own = (**lib).clone();
            own.cell = Some(cell);
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
