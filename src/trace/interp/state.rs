//! What holds on the current way, and how two ways meet.

use std::sync::Arc;

use crate::base::Name;
use crate::ir::LocalId;
use crate::values::{Facts, Object, Value};

/// Variables, things that code writes on, and facts. Cloned where a way forks; the parts are shared until one side writes.
#[derive(Clone, Default)]
pub(in crate::trace) struct State {
    /// Activations: the locals of one run of one function each.
    pub acts: Vec<Arc<Vec<(LocalId, Value)>>>,
    /// Things that are written on after they were made: requests, contexts, instances.
    pub cells: Vec<Arc<Object>>,
    /// What holds.
    pub facts: Facts,
    /// An answer of refusal went out on this way (its status), and the code went on.
    pub refused: Option<u16>,
}

impl State {
    /// A new activation.
    pub fn activate(&mut self) -> u32 {
        self.acts.push(Arc::default());
        (self.acts.len() - 1) as u32
    }

    /// A new cell.
    pub fn cell(&mut self, object: Object) -> u32 {
        self.cells.push(Arc::new(object));
        (self.cells.len() - 1) as u32
    }

    /// The variable's value in that activation.
    pub fn get(&self, act: u32, local: LocalId) -> Option<&Value> {
        self.acts.get(act as usize)?.iter().find(|(id, _)| *id == local).map(|(_, value)| value)
    }

    /// Sets the variable in that activation.
    pub fn set(&mut self, act: u32, local: LocalId, value: Value) {
        let Some(locals) = self.acts.get_mut(act as usize) else { return };
        let locals = Arc::make_mut(locals);
        match locals.iter_mut().find(|(id, _)| *id == local) {
            Some(slot) => slot.1 = value,
            None => locals.push((local, value)),
        }
    }

    /// A field of a cell.
    pub fn field(&self, cell: u32, name: Name) -> Option<&Value> {
        self.cells.get(cell as usize)?.get(name.as_str())
    }

    /// Writes a field of a cell.
    pub fn write(&mut self, cell: u32, name: Name, value: Value) {
        if let Some(object) = self.cells.get_mut(cell as usize) {
            Arc::make_mut(object).set(name, value, None);
        }
    }

    /// Adds facts.
    pub fn learn(&mut self, facts: &Facts) {
        if !facts.is_empty() {
            self.facts = self.facts.union(facts);
        }
    }

    /// Two ways meet: what both have stays, values that differ become one of the two.
    pub fn join(mut self, other: State) -> State {
        let common = self.facts.intersection(&other.facts);
        let (ours_alone, theirs_alone) = (self.facts.beyond(&common), other.facts.beyond(&common));
        for (index, theirs) in other.acts.into_iter().enumerate() {
            match self.acts.get_mut(index) {
                Some(ours) if Arc::ptr_eq(ours, &theirs) => {}
                Some(ours) => join_locals(ours, &theirs, &ours_alone, &theirs_alone),
                None => self.acts.push(theirs),
            }
        }
        for (index, theirs) in other.cells.into_iter().enumerate() {
            match self.cells.get_mut(index) {
                Some(ours) if Arc::ptr_eq(ours, &theirs) || ours == &theirs => {}
                Some(ours) => *ours = Arc::new(ours.join(&theirs)),
                None => self.cells.push(theirs),
            }
        }
        self.facts = self.facts.either(&other.facts);
        self.refused = self.refused.or(other.refused);
        self
    }
}

/// Where two ways gave a variable values that a test tells apart (`let error; if (!ok) error = refuse()`), each value stands for what
/// held on its way.
fn join_locals(ours: &mut Arc<Vec<(LocalId, Value)>>, theirs: &[(LocalId, Value)], ours_alone: &Facts, theirs_alone: &Facts) {
    let locals = Arc::make_mut(ours);
    for (id, value) in theirs {
        match locals.iter_mut().find(|(it, _)| it == id) {
            Some(slot) if slot.1 == *value => {}
            Some(slot) if slot.1.truth.known != value.truth.known => {
                slot.1 = slot.1.under(ours_alone).join(&value.under(theirs_alone));
            }
            Some(slot) => slot.1 = slot.1.join(value),
            None => locals.push((*id, value.clone())),
        }
    }
}

/// The meeting of any number of ways; `None` of none.
pub(in crate::trace) fn join_all(states: impl IntoIterator<Item = State>) -> Option<State> {
    states.into_iter().reduce(State::join)
}
