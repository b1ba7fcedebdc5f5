//! Middleware, wrappers and callbacks: what a call means that runs later, or runs the project's functions.

use std::sync::Arc;

use super::argument::{ArgPath, Found, Role, Site, is_function, is_next, is_request};
use super::index::OWNER;
use super::model::{CallEntry, Catalog, Form, GivesKind, PathLanguage, Write};
use super::paths::{knows_path, takes_in};
use super::result::{identity, maker_args};
use super::terms::{FactSpec, LeavesSpec};
use super::validators::validated;
use crate::base::{Loc, Name};
use crate::values::{
    Call, Callback, CallbackResult, EventKind, Fact, Facts, Lib, Origin, Outcome, Part, Scalar, Shape, Truth, Value,
};

/// Under this name such a thing remembers what its object was made with.
const MADE: &str = "made";

/// Under this name a middleware remembers for which requests it does nothing.
const UNLESS: &str = "unless";

/// Kinds of the things that a call makes to be called later.
const LATER: [&str; 4] = ["middleware", "wrapper", "auto", "path-test"];

/// Whether a value is a middleware or wrapper of the catalogue: whether a request goes on is then known from its run.
pub fn decides(function: &Value) -> bool {
    function.as_lib().is_some_and(|lib| lib.owner == OWNER && matches!(lib.kind.as_str(), "middleware" | "wrapper"))
}

impl Catalog {
    /// A function that remembers the call that made it: a middleware, a wrapped handler.
    pub(super) fn later(&self, entry: &CallEntry, kind: &str, site: &Site<'_>, loc: Loc) -> Value {
        let key = entry.call.0.first().map_or("", String::as_str);
        let mut data = vec![(Name::new("entry"), Value::str(key))];
        data.extend(site.args.iter().enumerate().map(|(index, value)| (Name::new(&index.to_string()), value.clone())));
        data.extend(site.made.iter().map(|value| (Name::new(MADE), value.clone())));
        let lib = Lib { owner: Name::new(OWNER), kind: Name::new(kind), path: Arc::from([]), data, made: Some(loc), cell: None };
        Value::of(Shape::Lib(Arc::new(lib)))
    }

    /// What running such a function means; `None` if the callee is none.
    pub(super) fn run_later(&self, call: &Call<'_>) -> Option<Outcome> {
        let lib = call.callee.as_lib()?;
        if lib.owner != OWNER || call.method.is_some() || !lib.path.is_empty() || !LATER.contains(&lib.kind.as_str()) {
            return None;
        }
        let entry = self.entry(lib.get("entry")?.as_str()?)?;
        let args = maker_args(call.callee);
        let made: Vec<Value> = lib.data.iter().filter(|(key, _)| *key == MADE).map(|(_, value)| value.clone()).collect();
        let site =
            Site { args: &args, made: &made, this: None, awaited: call.awaited, new: false, version: self.version_of(entry) };
        let entry = self.effective(entry, &site);
        Some(match lib.kind.as_str() {
            "wrapper" => self.run_wrapper(&entry, &site, call),
            "path-test" => path_test(&entry, &site, call),
            _ => self.run_middleware(&entry, &site, call),
        })
    }

    /// A middleware that leaves some paths out: `guard.unless({ path: ['/login'] })`.
    pub(super) fn leaving_out(&self, call: &Call<'_>) -> Option<Outcome> {
        let lib = call.callee.as_lib().filter(|lib| lib.owner == OWNER && lib.kind == "middleware")?;
        let entry = self.entry(lib.get("entry")?.as_str()?)?;
        if entry.unless != Some(true) || call.method.is_none_or(|it| it != UNLESS) {
            return None;
        }
        let mut own = lib.clone();
        own.data.push((Name::new(UNLESS), call.args.first().cloned().unwrap_or_else(Value::nullish)));
        Some(Outcome::value(Value::of(Shape::Lib(Arc::new(own)))))
    }

    /// A middleware is run: `site` is the call that made it, `call` the one that runs it.
    pub(super) fn run_middleware(&self, entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Outcome {
        match left_out(entry, site, call) {
            Some(false) => {}
            Some(true) => return Outcome { next: Some(None), ..Outcome::default() },
            None => return Outcome { next: Some(None), ..Outcome::default() }.with_event(unreadable(entry)),
        }
        let mut outcome = self.on_request(entry, site, call);
        let callbacks = self.callbacks(entry, site, call.loc);
        let runs = self.runs(entry, site, call);
        // What a function answers in the middleware's place decides whether the request goes on.
        let answers = runs.iter().any(|it| it.result == CallbackResult::Value);
        let told = answers || entry.leaves == Some(LeavesSpec::Callback) && !callbacks.is_empty();
        outcome.callbacks.extend(callbacks);
        outcome.callbacks.extend(runs);
        if !told {
            outcome.next = Some(None);
        }
        outcome
    }

    /// A wrapped handler is run with the arguments of the request.
    pub(super) fn run_wrapper(&self, entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Outcome {
        let mut outcome = self.on_request(entry, site, call);
        let place = entry.args.as_ref().and_then(|args| args.place("handler"));
        let handler = match place {
            Some(path) => site.find(path).value(),
            None => site.args.iter().find(|value| is_function(value)).or_else(|| site.args.first()).cloned(),
        };
        if let Some(function) = handler {
            outcome.callbacks.push(Callback {
                function,
                args: call.args.to_vec(),
                result: CallbackResult::Value,
                under: outcome.after.clone(),
                maybe: false,
            });
        }
        outcome
    }

    /// Facts, events and writes of something that a request runs through.
    fn on_request(&self, entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Outcome {
        let specs = entry.after.as_deref().unwrap_or_default();
        let mut outcome = Outcome { after: self.facts(specs, site), leaves: leaves(entry), ..Outcome::default() };
        self.marks(entry, site, &mut outcome.events);
        // Optional identities are looked up by what they leave on the request.
        let enforced = outcome.after.has(&Fact::Authenticated);
        if let Some(request) = call.args.iter().find(|value| is_request(value)).or_else(|| call.args.first()) {
            for write in entry.writes.as_deref().unwrap_or_default() {
                let value = self.written(entry, write, site, enforced, call.loc);
                if matches!(value.origin, Origin::Identity(_)) {
                    outcome.events.push(EventKind::IdentityLookup { value: value.clone() });
                }
                if let Some((thing, key)) = target(request, write, site) {
                    outcome.writes.push((thing, key, value));
                }
            }
        }
        outcome
    }

    pub(super) fn written(&self, entry: &CallEntry, write: &Write, site: &Site<'_>, enforced: bool, loc: Loc) -> Value {
        match write.value.split_once(':') {
            Some(("bag" | "object", id)) => self.bag(id, loc),
            Some(("validated", schema)) => {
                let found = ArgPath::parse(schema).ok().and_then(|path| site.find(&path).value());
                let part = match write.to.rsplit('.').next() {
                    Some("query") => Part::Query,
                    Some("params") => Part::Path,
                    Some("headers") => Part::Header,
                    _ => Part::Body,
                };
                let raw = Value::client(part, &[]);
                match found.as_ref().map(|it| &it.shape) {
                    Some(Shape::Validator(validator)) => validated(validator, &raw),
                    _ => raw,
                }
            }
            _ => match write.value.as_str() {
                "identity" | "identity?" => {
                    let nullable = !enforced || write.value.ends_with('?');
                    let mut gives = entry.gives.clone().unwrap_or_default();
                    gives.kind = GivesKind::Identity;
                    gives.nullable = nullable;
                    let proof = entry.proof.clone().or_else(|| {
                        Some(vec![super::model::Proof {
                            truth: Some(gives.at.clone()),
                            falsehood: None,
                            gives: FactSpec::Authenticated,
                        }])
                    });
                    let as_value = CallEntry { gives: Some(gives), proof: proof.filter(|_| nullable), ..entry.clone() };
                    self.result(&as_value, site, loc)
                }
                "claims" => Value::client(Part::UnverifiedToken, &[]),
                "file" => Value::client(Part::Form, &["*".into()]),
                "form" => Value::client(Part::Form, &[]),
                _ => Value::unknown(),
            },
        }
    }

    /// Callbacks among the arguments, with what they get.
    pub(super) fn callbacks(&self, entry: &CallEntry, site: &Site<'_>, loc: Loc) -> Vec<Callback> {
        let roles = entry.args.iter().flat_map(|args| &args.0);
        let found = roles.filter_map(|(path, role)| match role {
            Role::Callback(names) => Some((site.find(path).value()?, names)),
            Role::Named(_) => None,
        });
        found
            .map(|(function, names)| Callback {
                function,
                args: names.iter().map(|name| self.handed(entry, name, site, (&[], loc))).collect(),
                result: CallbackResult::Value,
                under: Facts::none(),
                maybe: false,
            })
            .collect()
    }

    /// Functions of a configuration that the library runs at a request.
    pub(super) fn runs(&self, entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Vec<Callback> {
        let mut callbacks = Vec::new();
        for run in entry.runs.as_deref().unwrap_or_default() {
            // Options may stand in its place.
            let functions = site.all(&run.function).into_iter().filter(|it| !matches!(it.shape, Shape::Object(_)));
            for function in functions {
                callbacks.push(Callback {
                    function,
                    args: run.args.iter().map(|name| self.handed(entry, name, site, (call.args, call.loc))).collect(),
                    result: if run.answers { CallbackResult::Value } else { CallbackResult::Ignored },
                    under: Facts::none(),
                    maybe: !run.answers,
                });
            }
        }
        callbacks
    }

    /// What a callback gets under a name of the files, from a call with these arguments.
    fn handed(&self, entry: &CallEntry, name: &str, site: &Site<'_>, (request, loc): (&[Value], Loc)) -> Value {
        let proven = || {
            let proofs = entry.proof.as_deref().unwrap_or_default();
            let specs: Vec<FactSpec> = proofs.iter().map(|proof| proof.gives.clone()).collect();
            if specs.is_empty() { Facts::one(Fact::Authenticated) } else { self.facts(&specs, site) }
        };
        match name {
            "err" => Value::new(Shape::Unknown, Origin::Exception, Truth::default()),
            // An error whose absence is the verdict: its message is meant for the caller.
            "failure" => Value::new(Shape::Unknown, Origin::Unknown, Truth { when_false: proven(), ..Truth::default() }),
            "identity" => identity(false),
            "identity?" => identity(true).with_truth(Truth::implies(proven())),
            "verdict" => Value::of(Shape::Scalar(crate::values::Scalar::Bool)).with_truth(Truth::implies(proven())),
            "request" => request.iter().find(|value| is_request(value)).cloned().unwrap_or_else(Value::unknown),
            "client:body" => Value::client(Part::Body, &[]),
            "client:form" => Value::client(Part::Form, &[]),
            _ => match name.strip_prefix("object:") {
                Some(id) => self.bag(id, loc),
                None => Value::unknown(),
            },
        }
    }

    /// A short declaration shows in its call what it is: a middleware, a wrapper, or a function that is asked.
    pub(super) fn auto_form(site: &Site<'_>) -> Form {
        if site.args.last().is_some_and(is_next) {
            return Form::Middleware;
        }
        if site.args.iter().any(is_function) && !site.args.iter().any(is_request) {
            return Form::Wrapper;
        }
        Form::Auto
    }

    /// The result of a declared function of unknown form: an identity, which may be called as a middleware, too.
    pub(super) fn auto_value(&self, entry: &CallEntry, site: &Site<'_>, loc: Loc) -> Value {
        let value = self.result(entry, site, loc);
        // Without a request among its arguments it may have made a middleware; the shape says so, the origin keeps the identity.
        if site.args.iter().any(is_request) || value.shape != Shape::Unknown || site.awaited {
            return value;
        }
        let later = self.later(entry, "auto", site, loc);
        Value::new(later.shape.clone(), value.origin.clone(), value.truth.clone())
    }
}

/// Whether the path of the request is one for which the middleware does nothing; `None` where it cannot be said.
fn left_out(entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Option<bool> {
    let request = || call.args.iter().find(|value| is_request(value));
    if let Some(options) = call.callee.as_lib().and_then(|lib| lib.get(UNLESS)) {
        let options = options.as_object().filter(|it| it.is_closed() && it.fields.len() == 1)?;
        return takes_in(options.get("path")?, PathLanguage::Pattern, request()?);
    }
    let Some(path) = &entry.except else { return Some(false) };
    let patterns = match site.find(path) {
        Found::Value(patterns) => patterns,
        Found::Absent => return Some(false),
        Found::Unknown => return None,
    };
    takes_in(&patterns, entry.paths.unwrap_or_default(), request()?)
}

/// A test of a request's path by patterns.
fn path_test(entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Outcome {
    let patterns = entry.gives.as_ref().and_then(|gives| gives.arg.as_ref()).and_then(|path| site.find(path).value());
    let verdict = patterns.and_then(|patterns| takes_in(&patterns, entry.paths.unwrap_or_default(), call.args.first()?));
    match verdict {
        Some(verdict) => Outcome::value(Value::bool(verdict)),
        // A server action is reached under the path of any page, those that the patterns take in and others.
        None if !call.args.first().is_some_and(knows_path) => Outcome::value(Value::of(Shape::Scalar(Scalar::Bool))),
        None => Outcome::value(Value::of(Shape::Scalar(Scalar::Bool))).with_event(unreadable(entry)),
    }
}

/// Something that depends on a path in a way that cannot be read.
fn unreadable(entry: &CallEntry) -> EventKind {
    let target = entry.call.0.first().map_or("", String::as_str);
    let (from, what) = target.split_once('#').unwrap_or(("", target));
    EventKind::Unknown { what: Name::new(what), from: Some(Name::new(from)).filter(|it| !it.is_empty()), of_records: false }
}

/// How a call fails, for the interpreter.
pub(super) fn leaves(entry: &CallEntry) -> crate::values::Leaves {
    use crate::values::Leaves;
    match entry.leaves {
        None | Some(LeavesSpec::Callback | LeavesSpec::Never) => Leaves::Never,
        Some(LeavesSpec::Always) => Leaves::Always,
        Some(_) => Leaves::May,
    }
}

/// The thing and key that a write goes to: all names but the first and last are members of the request.
pub(super) fn target(request: &Value, write: &Write, site: &Site<'_>) -> Option<(Value, Name)> {
    let mut names: Vec<Name> = write.to.split('.').skip(1).map(Name::new).collect();
    let mut key = names.pop()?;
    if let Some(renamed) = write.to_option.as_ref().and_then(|path| site.find(path).value()) {
        // A name that cannot be read would be a write to anywhere.
        key = Name::new(renamed.as_str()?);
    }
    if names.is_empty() {
        return Some((request.clone(), key));
    }
    let Shape::Lib(lib) = &request.shape else { return Some((request.clone(), key)) };
    let mut lib = (**lib).clone();
    lib.path = lib.path.iter().copied().chain(names).collect();
    Some((Value::new(Shape::Lib(Arc::new(lib)), request.origin.clone(), request.truth.clone()), key))
}
