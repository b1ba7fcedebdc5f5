//! A stand-in for the interpreter: it makes calls and keeps what they register.

use std::path::Path;
use std::sync::Arc;

use super::{AppView, Framework, Parameter, Ran, Route};
use crate::base::{FileId, ItemId, Loc, Name, Node};
use crate::ir::{Export, FnId, Interface};
use crate::values::{Call, CallForm, Closure, Facts, Import, Object, Origin, Outcome, Registration, Shape, Value};

/// A place, different for each number.
pub(super) fn at(file: u32, place: u32) -> Loc {
    Loc { file: FileId(file), item: ItemId(0), node: Node::Expr { function: 0, nth: place } }
}

/// A function of the project, different for each number.
pub(super) fn function(number: u32) -> Value {
    Value::of(Shape::Closure(Arc::new(Closure {
        file: FileId(0),
        item: ItemId(number),
        function: FnId(0),
        captured: Arc::from([]),
        scopes: Arc::from([]),
        this: None,
        bound: Arc::from([]),
    })))
}

/// The number of a function that [`function`] made.
pub(super) fn number_of(value: &Value) -> Option<u32> {
    match &value.shape {
        Shape::Closure(closure) => Some(closure.item.0),
        _ => None,
    }
}

/// An export of a package.
pub(super) fn import(package: &str, path: &[&str]) -> Value {
    let path = path.iter().map(|it| Name::new(it)).collect();
    Value::of(Shape::Import(Arc::new(Import { package: Name::new(package), path, unresolved: false })))
}

/// Something of the runtime.
pub(super) fn runtime(path: &[&str]) -> Value {
    Value::of(Shape::Builtin(path.iter().map(|it| Name::new(it)).collect()))
}

/// An array literal.
pub(super) fn array(all: &[Value]) -> Value {
    Value::with_origin(Shape::Array(all.into()), Origin::Literal)
}

/// An object literal.
pub(super) fn object(fields: &[(&str, Value)]) -> Value {
    let mut object = Object::default();
    for (name, value) in fields {
        object.set(Name::new(name), value.clone(), None);
    }
    Value::with_origin(Shape::Object(object.into()), Origin::Literal)
}

/// A number literal.
pub(super) fn number(text: &str) -> Value {
    Value::with_origin(Shape::Num(text.into()), Origin::Literal)
}

/// What a call means.
pub(super) fn outcome(form: CallForm, callee: &Value, method: Option<&str>, args: &[Value], loc: Loc) -> Option<Outcome> {
    let arg_locs = vec![loc; args.len()];
    let facts = Facts::none();
    let method = method.map(Name::new);
    super::call(&Call { callee, method, args, arg_locs: &arg_locs, form, loc, awaited: false, quasis: None, facts: &facts })
}

/// What a method call gives.
pub(super) fn method(callee: &Value, method: &str, args: &[Value]) -> Outcome {
    outcome(CallForm::Call, callee, Some(method), args, at(0, 0)).unwrap_or_else(|| panic!("{method} is known"))
}

/// A member of a library thing.
pub(super) fn member(of: &Value, name: &str) -> Value {
    let lib = of.as_lib().unwrap_or_else(|| panic!("{of:?} is a thing"));
    super::member(lib, Name::new(name)).unwrap_or_else(|| panic!("{name} is known"))
}

/// Set-up code of a project, written down call by call.
#[derive(Default)]
pub(super) struct Project {
    registrations: Vec<(FileId, Vec<Registration>)>,
    files: Vec<(FileId, String, Interface)>,
    exports: Vec<(FileId, Name, Value)>,
    arities: Vec<(Value, usize)>,
    places: u32,
}

impl Project {
    /// A file that exports these names.
    pub(super) fn file(&mut self, path: &str, exports: &[(&str, Value)]) -> u32 {
        let id = FileId(self.files.len() as u32);
        let names = exports.iter().map(|(name, _)| (Name::new(name), Export::Local(Name::new(name))));
        self.files.push((id, path.to_owned(), Interface { exports: names.collect(), ..Interface::default() }));
        self.exports.extend(exports.iter().map(|(name, value)| (id, Name::new(name), value.clone())));
        id.0
    }

    /// A file imports a package.
    pub(super) fn imports(&mut self, file: u32, package: &str) {
        self.files[file as usize].2.specifiers.push(package.into());
    }

    /// A function has that many parameters, not three.
    pub(super) fn takes(&mut self, function: &Value, parameters: usize) {
        self.arities.push((function.clone(), parameters));
    }

    /// A call in a file's set-up code.
    pub(super) fn call(&mut self, file: u32, callee: &Value, method: Option<&str>, args: &[Value]) -> Value {
        self.places += 1;
        let Some(outcome) = outcome(CallForm::Call, callee, method, args, at(file, self.places)) else { return Value::unknown() };
        if let Some(registration) = outcome.registers {
            match self.registrations.iter_mut().find(|(id, _)| id.0 == file) {
                Some((_, all)) => all.push(registration),
                None => self.registrations.push((FileId(file), vec![registration])),
            }
        }
        outcome.value.unwrap_or_else(Value::unknown)
    }

    /// The routes that a framework finds in it.
    pub(super) fn routes(&self, framework: &dyn Framework) -> Vec<Route> {
        let files: Vec<(FileId, &Path, &Interface)> =
            self.files.iter().map(|(id, path, interface)| (*id, Path::new(path), interface)).collect();
        let export = |file: FileId, name: Name| {
            let found = self.exports.iter().find(|(of, export, _)| *of == file && *export == name);
            found.map(|(file, _, value)| (value.clone(), at(file.0, 0)))
        };
        let arity = |value: &Value| match &value.shape {
            Shape::Closure(_) => Some(self.arities.iter().find(|(it, _)| it == value).map_or(3, |(_, arity)| *arity)),
            _ => None,
        };
        let run = |_: &Value, _: Vec<Value>, _: Loc| Ran { value: Value::unknown(), registrations: Vec::new() };
        let member = |_: &Value, _: Name| Value::unknown();
        let call = |_: &Value, _: Vec<Value>| Vec::new();
        let parameters = |value: &Value| {
            let name = |index: usize| Parameter { name: Some(Name::new(&format!("p{index}"))), ty: None };
            arity(value).map(|count| (0..count).map(name).collect())
        };
        let directed = |_: FileId, _: &str| Vec::new();
        let view = AppView {
            registrations: &self.registrations,
            files: &files,
            export: &export,
            arity: &arity,
            run: &run,
            told: &|_| None,
            member: &member,
            parameters: &parameters,
            directed: &directed,
            major: &|_| Some(4),
            call: &call,
        };
        let mut routes = framework.routes(&view);
        routes.extend(framework.mounted(&view, &[]));
        routes
    }
}

/// A route in one line: methods, path, numbers of the chain's functions and of the handler.
pub(super) fn line(route: &Route) -> String {
    let number = |value: &Value| number_of(value).map_or("?".to_owned(), |it| it.to_string());
    let chain: Vec<String> = route.chain.iter().map(|it| number(&it.function)).collect();
    let methods: Vec<&str> = route.methods.iter().map(|it| it.as_str()).collect();
    let unknown = if route.chain_unknown { " (chain unknown)" } else { "" };
    format!("{} {} [{}] {}{unknown}", methods.join(","), route.path, chain.join(" "), number(&route.handler))
}
