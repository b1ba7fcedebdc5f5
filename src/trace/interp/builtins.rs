//! What the runtime offers: globals and their functions.

use std::sync::Arc;

use super::Interp;
use super::eval::{cast, spread_into};
use super::libs::unknown_of;
use crate::base::Name;
use crate::values::{
    Call, CallForm, Checked, Effect, EventKind, Fact, Facts, Key, Object, Origin, Part, Scalar, Shape, Truth, Value,
};

impl Interp<'_> {
    /// A call of a global function, of a wrapper that nobody knows, or of a runtime class.
    pub(super) fn call_builtin(&mut self, call: &Call<'_>) -> Option<Value> {
        if let Shape::Lib(lib) = &call.callee.shape {
            if lib.owner == "unknown" && call.method.is_none() {
                let lib = lib.clone();
                return Some(self.call_wrapper(&lib, call.args, call.loc));
            }
            return None;
        }
        if let Some(path) = path_below(call) {
            return Some(path);
        }
        let Shape::Builtin(path) = &call.callee.shape else { return None };
        let first = call.args.first();
        let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
        let names = match names.as_slice() {
            ["globalThis" | "window" | "global", rest @ ..] => rest,
            all => all,
        };
        Some(match (names, first) {
            (["Number" | "parseInt" | "parseFloat"] | ["Number", "parseInt" | "parseFloat"], Some(value)) => {
                cast(value, Scalar::Number)
            }
            (["String"], Some(value)) => cast(value, Scalar::String),
            (["BigInt"], Some(value)) => cast(value, Scalar::Number),
            (["Boolean"], Some(value)) => {
                Value::new(Shape::Scalar(Scalar::Bool), value.origin.checked(Checked::Cast), value.truth.clone())
            }
            (["Date"], Some(value)) if call.form == CallForm::New => {
                Value::with_origin(Shape::Scalar(Scalar::Date), value.origin.checked(Checked::Cast))
            }
            (["Date", ..] | ["performance", ..] | ["Math", "random"], _) => {
                let shape = if call.form == CallForm::New { Scalar::Date } else { Scalar::Number };
                Value::with_origin(Shape::Scalar(shape), Origin::Generated { guessable: true })
            }
            (["crypto", "randomUUID" | "getRandomValues"], _) => {
                Value::with_origin(Shape::Scalar(Scalar::String), Origin::Generated { guessable: false })
            }
            (["Number", "isInteger" | "isSafeInteger" | "isFinite"], Some(value)) => validated_by(value, true),
            (["Array", "isArray"], Some(value)) => match &value.shape {
                Shape::Array(_) | Shape::List(_) | Shape::Rows(_) => Value::bool(true),
                _ => validated_by(value, true),
            },
            (["isNaN"] | ["Number", "isNaN"], Some(value)) => validated_by(value, false),
            (["RegExp", .., "test" | "exec"], Some(value)) => validated_by(value, true),
            (["JSON", "parse"], Some(value)) => self.parsed(value),
            (["JSON", "stringify"] | ["structuredClone"], Some(value)) => value.clone(),
            (["Object", "freeze" | "seal"], Some(value)) => value.clone(),
            (["Object", "assign"], Some(target)) => self.object_assign(target, call),
            (["Object", "keys"], Some(value)) => {
                let element = match value.as_object() {
                    Some(object) if object.is_closed() => {
                        let names = object.names().map(|name| Value::str(&name)).collect::<Vec<_>>();
                        return Some(Value::with_origin(Shape::Array(names.into()), Origin::Literal));
                    }
                    _ => Value::with_origin(Shape::Scalar(Scalar::String), Origin::derived([value.origin.clone()])),
                };
                Value::with_origin(Shape::List(element), Origin::derived([value.origin.clone()]))
            }
            (["Object", "values"], Some(value)) => match value.as_object() {
                Some(object) if object.is_closed() => {
                    let values: Vec<Value> = object.fields.iter().map(|(_, field)| field.clone()).collect();
                    Value::with_origin(Shape::Array(values.into()), value.origin.clone())
                }
                _ => Value::with_origin(Shape::List(super::member::derived(value)), value.origin.clone()),
            },
            (["Object", "entries"], Some(value)) => self.entries(value),
            (["Object", "fromEntries"], Some(value)) => self.of_entries(value),
            (["Array", "from"], Some(value)) => {
                let elements = self.elements(value, call.loc);
                let mut element = elements.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown);
                if let Some(function) = call.args.get(1) {
                    let locs = vec![call.loc];
                    element = self.call_value(&function.clone(), vec![element], locs, None, call.loc, false);
                }
                Value::with_origin(Shape::List(element.clone()), element.origin.clone())
            }
            (["Promise", "all" | "allSettled" | "race" | "any"], Some(value)) => self.promise_all(value, call, names[1]),
            (["Promise", "resolve"], Some(value)) => Value::of(Shape::Promise(value.clone())),
            (["Promise"], Some(function)) if call.form == CallForm::New => {
                let resolve = Value::of(Shape::Builtin(Arc::from([Name::new("Promise"), Name::new("settle")])));
                self.call_value(&function.clone(), vec![resolve.clone(), resolve], vec![call.loc; 2], None, call.loc, false);
                self.dead = false;
                Value::of(Shape::Promise(Value::unknown()))
            }
            // A set of a list is asked what the list could be asked.
            (["Set"], Some(list)) if matches!(list.shape, Shape::Array(_) | Shape::List(_)) => list.clone(),
            (["Map" | "WeakMap" | "Set" | "WeakSet"], _) => Value::unknown(),
            // What it encodes is computed from its argument, and nothing else happens.
            (["TextEncoder" | "TextDecoder"], _) if call.form == CallForm::New => call.callee.clone(),
            (["console", ..], _) => {
                self.emit(EventKind::Effect { kind: Effect::Log, args: call.args.to_vec() }, call.loc);
                Value::nullish()
            }
            (["setTimeout" | "setImmediate" | "queueMicrotask" | "setInterval"], Some(function)) => {
                let before = self.state.clone();
                let value = self.call_value(&function.clone(), Vec::new(), Vec::new(), None, call.loc, false);
                if !self.dead {
                    self.settle(value, call.loc);
                }
                self.dead = false;
                self.state = before;
                Value::unknown()
            }
            (["Error" | "TypeError" | "RangeError" | "SyntaxError"], _) => {
                let mut object = Object::default();
                object.set(Name::new("message"), first.cloned().unwrap_or_else(|| Value::str("")), None);
                Value::with_origin(Shape::Object(Arc::new(object)), Origin::Unknown)
            }
            (["encodeURIComponent" | "decodeURIComponent" | "encodeURI" | "decodeURI" | "atob" | "btoa"], Some(value)) => {
                Value::with_origin(Shape::Scalar(Scalar::String), Origin::derived([value.origin.clone()]))
            }
            (["process", "exit"], _) => {
                self.throw();
                Value::unknown()
            }
            (["Symbol", ..], Some(value)) => value.clone(),
            (["Buffer", "from"], Some(value)) => {
                Value::with_origin(Shape::Scalar(Scalar::Bytes), Origin::derived([value.origin.clone()]))
            }
            _ => {
                // Other functions of the runtime compute from their arguments; a callback among them may run.
                for function in call.args.iter().filter(|it| matches!(it.shape, Shape::Closure(_))) {
                    let before = self.state.clone();
                    self.call_value(&function.clone(), Vec::new(), Vec::new(), None, call.loc, false);
                    self.dead = false;
                    self.state = before;
                }
                if call.args.is_empty() { Value::unknown() } else { unknown_of(call.args) }
            }
        })
    }

    /// `JSON.parse(text)`: what the text was, as far as its source is known.
    fn parsed(&mut self, value: &Value) -> Value {
        Value::new(Shape::Unknown, value.origin.clone(), Truth::default())
    }

    fn object_assign(&mut self, target: &Value, call: &Call<'_>) -> Value {
        let mut object = match &target.shape {
            Shape::Object(object) => (**object).clone(),
            Shape::Lib(lib) if lib.cell.is_some() => {
                for source in call.args.iter().skip(1) {
                    if let (Shape::Object(object), Some(cell)) = (&source.shape, lib.cell) {
                        for (name, value) in &object.fields {
                            self.state.write(cell, *name, value.clone());
                        }
                    }
                }
                return target.clone();
            }
            _ => Object { spreads: vec![target.clone()], ..Object::default() },
        };
        for source in call.args.iter().skip(1) {
            spread_into(&mut object, source, call.loc);
        }
        Value::new(Shape::Object(Arc::new(object)), target.origin.clone(), Truth::always(true))
    }

    fn entries(&mut self, value: &Value) -> Value {
        let pair = |key: Value, field: Value| Value::of(Shape::Array(Arc::from([key, field])));
        match value.as_object() {
            Some(object) if object.is_closed() => {
                let all: Vec<Value> = object.fields.iter().map(|(name, field)| pair(Value::str(name), field.clone())).collect();
                Value::with_origin(Shape::Array(all.into()), value.origin.clone())
            }
            _ => {
                let element = super::member::derived(value);
                Value::with_origin(Shape::List(pair(element.clone(), element)), value.origin.clone())
            }
        }
    }

    fn of_entries(&mut self, value: &Value) -> Value {
        // `Object.fromEntries(searchParams)`, `Object.fromEntries(formData)`: an open object of the client.
        if let Some(lib) = value.as_lib() {
            let part = match lib.kind.as_str() {
                "query" => Some(Part::Query),
                "form" => Some(Part::Form),
                "headers" => Some(Part::Header),
                _ => None,
            };
            if let Some(part) = part {
                return Value::client(part, &[]);
            }
        }
        if let Shape::Array(pairs) = &value.shape {
            let mut object = Object::default();
            for pair in pairs.iter() {
                let Shape::Array(parts) = &pair.shape else { continue };
                if let (Some(name), Some(field)) = (parts.first().and_then(Value::as_str), parts.get(1)) {
                    object.set(Name::new(name), field.clone(), None);
                }
            }
            return Value::with_origin(Shape::Object(Arc::new(object)), value.origin.clone());
        }
        Value::new(Shape::Unknown, value.origin.clone(), Truth::default())
    }

    fn promise_all(&mut self, list: &Value, call: &Call<'_>, how: &str) -> Value {
        let settle = |it: &mut Self, value: &Value| {
            let settled = it.settle(value.clone(), call.loc);
            if how == "allSettled" {
                let mut object = Object::default();
                object.set(Name::new("value"), settled.clone(), None);
                object.set(Name::new("status"), Value::of(Shape::Scalar(Scalar::String)), None);
                return Value::with_origin(Shape::Object(Arc::new(object)), settled.origin.clone());
            }
            settled
        };
        let value = match &list.shape {
            Shape::Array(all) => {
                let settled: Vec<Value> = all.iter().map(|it| settle(self, it)).collect();
                let origin = Origin::mix(settled.iter().map(|it| it.origin.clone()));
                Value::with_origin(Shape::Array(settled.into()), origin)
            }
            Shape::List(element) => {
                let settled = settle(self, element);
                Value::with_origin(Shape::List(settled.clone()), settled.origin.clone())
            }
            _ => list.clone(),
        };
        Value::of(Shape::Promise(value))
    }
}

/// A test of a client value's form: where it has the given outcome, the value was checked.
fn validated_by(value: &Value, outcome: bool) -> Value {
    let truth = match value.origin.key() {
        Some(key @ Key::Client(..)) => Truth::implies(Facts::one(Fact::Validated(key))),
        _ => Truth::default(),
    };
    let truth = if outcome { truth } else { truth.negated() };
    Value::new(Shape::Scalar(Scalar::Bool), Origin::derived([value.origin.clone()]), truth)
}

/// `path.join(__dirname, 'routes')`: what is written after a folder of the server's own stays readable.
fn path_below(call: &Call<'_>) -> Option<Value> {
    let Shape::Import(import) = &call.callee.shape else { return None };
    let joins = matches!(import.path.last().map(|it| it.as_str()), Some("join" | "resolve"));
    let (base, rest) = call.args.split_first()?;
    if !joins || !matches!(import.package.as_str(), "path" | "node:path") || base.origin.is_client() || rest.is_empty() {
        return None;
    }
    let mut text = String::new();
    for part in rest {
        text.push('/');
        text.push_str(part.as_str()?.trim_start_matches("./").trim_matches('/'));
    }
    let shape = match base.as_str() {
        Some(start) => Shape::Str(format!("{}{text}", start.trim_end_matches('/')).into()),
        None => Shape::Text { quasis: Arc::from([Arc::from(""), Arc::from(text)]), parts: Arc::from([base.clone()]) },
    };
    Some(Value::with_origin(shape, Origin::derived([base.origin.clone()])))
}
