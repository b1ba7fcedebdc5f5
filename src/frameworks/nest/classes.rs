//! What was said of each class by its decorators.

use rustc_hash::FxHashMap;

use super::OWNER;
use crate::base::{FileId, Loc};
use crate::values::{ClassRef, Lib, Registration, Shape, Value};

/// A decorator and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Decorator<'a> {
    pub lib: &'a Lib,
    pub loc: Loc,
}

impl<'a> Decorator<'a> {
    /// What it is called.
    pub fn name(&self) -> &'a str {
        self.lib.get("name").and_then(Value::as_str).unwrap_or_default()
    }

    /// One of its arguments.
    pub fn arg(&self, index: usize) -> Option<&'a Value> {
        self.lib.get(&index.to_string())
    }

    /// All of its arguments.
    pub fn args(&self) -> Vec<&'a Value> {
        (0..).map_while(|index| self.arg(index)).collect()
    }
}

/// Something that decorators stand before: a class, a method, a field, a parameter.
pub(super) struct Decorated<'a> {
    pub all: Vec<Decorator<'a>>,
    /// A decorator that nobody knows stands among them, by a name of the project: it may be a guard in disguise.
    pub unknown: bool,
    pub loc: Loc,
}

impl<'a> Decorated<'a> {
    fn of(registration: &'a Registration, skip: usize) -> Self {
        let mut found = Decorated { all: Vec::new(), unknown: false, loc: registration.loc };
        for (value, loc) in registration.args.iter().zip(&registration.arg_locs).skip(skip) {
            found.add(value, *loc, 0);
        }
        found
    }

    fn add(&mut self, value: &'a Value, loc: Loc, depth: usize) {
        let Some(lib) = value.as_lib().filter(|it| it.owner == OWNER && it.kind == "decorator") else {
            self.unknown |= matches!(value.shape, Shape::Import(ref it) if it.unresolved);
            return;
        };
        let decorator = Decorator { lib, loc };
        if decorator.name() == "applyDecorators" && depth < 5 {
            decorator.args().into_iter().for_each(|it| self.add(it, loc, depth + 1));
        } else {
            self.all.push(decorator);
        }
    }

    /// The first decorator of that name.
    pub fn find(&self, name: &str) -> Option<Decorator<'a>> {
        self.all.iter().copied().find(|it| it.name() == name)
    }

    /// All decorators of that name.
    pub fn every(&self, name: &'static str) -> impl Iterator<Item = Decorator<'a>> + '_ {
        self.all.iter().copied().filter(move |it| it.name() == name)
    }
}

/// A method with decorators.
pub(super) struct Method<'a> {
    pub name: &'a str,
    pub on: Decorated<'a>,
    pub params: Vec<(usize, &'a Value, Decorated<'a>)>,
}

/// A field with decorators.
pub(super) struct Field<'a> {
    pub name: &'a str,
    pub ty: &'a Value,
    pub on: Decorated<'a>,
}

/// A class.
pub(super) struct Class<'a> {
    pub value: &'a Value,
    pub extends: &'a Value,
    pub on: Decorated<'a>,
    pub methods: Vec<Method<'a>>,
    pub fields: Vec<Field<'a>>,
}

/// All classes that were told of.
pub(super) struct Classes<'a> {
    pub all: Vec<Class<'a>>,
    index: FxHashMap<ClassRef, usize>,
}

impl<'a> Classes<'a> {
    pub fn of(registrations: &'a [(FileId, Vec<Registration>)]) -> Self {
        let mut classes = Classes { all: Vec::new(), index: FxHashMap::default() };
        for it in registrations.iter().flat_map(|(_, all)| all) {
            classes.take(it);
        }
        classes
    }

    fn take(&mut self, it: &'a Registration) {
        let Shape::Class(class) = it.on.shape else { return };
        let name = it.args.first().and_then(Value::as_str).unwrap_or_default();
        if it.method == Registration::CLASS {
            let Some(extends) = it.args.first() else { return };
            let on = Decorated::of(it, 1);
            self.index.insert(class, self.all.len());
            self.all.push(Class { value: &it.on, extends, on, methods: Vec::new(), fields: Vec::new() });
            return;
        }
        let Some(known) = self.index.get(&class).and_then(|at| self.all.get_mut(*at)) else { return };
        let Some(ty) = it.args.get(1) else { return };
        match it.method.as_str() {
            Registration::FIELD => known.fields.push(Field { name, ty, on: Decorated::of(it, 2) }),
            Registration::METHOD => known.methods.push(Method { name, on: Decorated::of(it, 2), params: Vec::new() }),
            Registration::PARAM => {
                let index = it.args.get(2).and_then(Value::as_number).unwrap_or_default() as usize;
                if let Some(method) = known.methods.iter_mut().find(|it| it.name == name) {
                    method.params.push((index, ty, Decorated::of(it, 3)));
                }
            }
            _ => {}
        }
    }

    /// What is known of a class.
    pub fn get(&self, value: &Value) -> Option<&Class<'a>> {
        match &value.shape {
            Shape::Class(class) => self.index.get(class).and_then(|at| self.all.get(*at)),
            Shape::Instance(instance) => self.index.get(&instance.class).and_then(|at| self.all.get(*at)),
            _ => None,
        }
    }
}
