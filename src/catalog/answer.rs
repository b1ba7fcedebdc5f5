//! What a call means.

use std::borrow::Cow;
use std::sync::Arc;

use super::argument::{Site, is_request};
use super::index::{OWNER, Slot};
use super::middleware::leaves;
use super::model::{CallEntry, Catalog, Form, GivesKind, HashClass, ObjectEntry, Proof, Write};
use super::result::{made, maker_args};
use super::terms::{EffectSpec, FactSpec, LeavesSpec, SinkKind};
use super::validators;
use crate::base::Name;
use crate::values::{Call, Effect, EventKind, Facts, Identity, IdentityPart, Lib, Origin, Outcome, Shape, Sink, Truth, Value};

impl Catalog {
    /// What a call means; `None` if no file speaks of it.
    pub fn call(&self, call: &Call<'_>) -> Option<Outcome> {
        if let Some(outcome) = self.run_later(call).or_else(|| self.leaving_out(call)) {
            return Some(outcome);
        }
        let (slot, chained) = self.slot(call)?;
        if let Some(entry) = slot.call.and_then(|at| self.call_entry(at)) {
            // A call that makes an object and says no more of its result gives that object.
            let object = slot.makes.and_then(|at| self.object_entry(at)).filter(|_| entry.gives.is_none());
            let mut outcome = self.apply(entry, call);
            if let Some(object) = object {
                outcome.value = Some(made(object, call.args, call.loc));
            }
            return Some(outcome);
        }
        if let Some(object) = slot.makes.and_then(|at| self.object_entry(at)) {
            return Some(Outcome::value(made(object, call.args, call.loc)));
        }
        if let Some(builder) = slot.builder.and_then(|at| self.builder_entry(at)) {
            let args: Vec<Value> = call.args.iter().map(|it| self.named_schema(it, call)).collect();
            return Some(Outcome::value(validators::build(builder, &Call { args: &args, ..call.clone() })));
        }
        if let Some(modifier) = slot.modifier.and_then(|at| self.modifier_entry(at)) {
            return validators::modify(modifier, call).map(Outcome::value);
        }
        if chained {
            let this = flat(call.callee).0;
            return Some(Outcome::value(this.clone()));
        }
        // A member of a known thing that no entry names proves nothing.
        let origins = call.args.iter().map(|value| value.origin.clone());
        Some(Outcome::value(Value::new(Shape::Unknown, Origin::derived(origins), Truth::default())))
    }

    /// Schemas that a library has ready, without a call (`Schema.String`), as schemas: alone, in an object, in an array.
    fn named_schema(&self, value: &Value, call: &Call<'_>) -> Value {
        let shape = match &value.shape {
            Shape::Import(import) if !import.unresolved => {
                let slot = self.index.export(&import.package, &import.path);
                let Some(builder) = slot.and_then(|slot| self.builder_entry(slot.builder?)) else { return value.clone() };
                return validators::build(builder, &Call { args: &[], arg_locs: &[], ..call.clone() });
            }
            Shape::Object(object) if object.fields.iter().any(|(_, it)| matches!(it.shape, Shape::Import(_))) => {
                let mut object = (**object).clone();
                object.fields.iter_mut().for_each(|(_, field)| *field = self.named_schema(field, call));
                Shape::Object(Arc::new(object))
            }
            Shape::Array(all) if all.iter().any(|it| matches!(it.shape, Shape::Import(_))) => {
                Shape::Array(all.iter().map(|it| self.named_schema(it, call)).collect())
            }
            _ => return value.clone(),
        };
        Value::new(shape, value.origin.clone(), value.truth.clone())
    }

    /// What the project's function `export` of the file at `relative_path` was declared to mean: it wins over its body.
    pub fn declared(&self, relative_path: &str, export: &str) -> Option<&CallEntry> {
        self.call_entry(self.index.declared(relative_path, export)?)
    }

    /// What a call of the thing that `entry` describes means.
    pub fn apply(&self, entry: &CallEntry, call: &Call<'_>) -> Outcome {
        let made = maker_args(call.callee);
        let site = Site::new(call, &made, self.version_of(entry));
        let entry = self.effective(entry, &site);
        let mut form = entry.form.unwrap_or_default();
        if form == Form::Auto {
            form = Self::auto_form(&site);
        }
        match form {
            Form::Middleware => {
                // The object itself is the middleware: it was made by the call that holds the options.
                let maker = Site { args: &made, ..site };
                self.run_middleware(&entry, if made.is_empty() { &site } else { &maker }, call)
            }
            Form::MiddlewareFactory => Outcome::value(self.later(&entry, "middleware", &site, call.loc)),
            Form::Wrapper => Outcome::value(self.later(&entry, "wrapper", &site, call.loc)),
            Form::Auto => {
                let mut outcome = self.direct(&entry, &site, call);
                if call.args.iter().all(|value| !is_request(value)) && !call.awaited {
                    outcome.value = Some(self.auto_value(&entry, &site, call.loc));
                }
                outcome
            }
            _ => self.direct(&entry, &site, call),
        }
    }

    /// A call that answers at once.
    fn direct(&self, entry: &CallEntry, site: &Site<'_>, call: &Call<'_>) -> Outcome {
        let is_async = entry.is_async == Some(true);
        let inner = self.result(entry, site, call.loc);
        let mut outcome = Outcome::default();
        self.marks(entry, site, &mut outcome.events);
        let gives = entry.gives.as_ref();
        // Signing in makes an identity; it does not ask for one.
        let signs_in = entry.effect.iter().flatten().any(|effect| *effect == EffectSpec::SessionWrite);
        if !signs_in && gives.is_some_and(|gives| matches!(gives.kind, GivesKind::Identity | GivesKind::SessionBag)) {
            let value = lookup(&inner, gives.map_or("", |gives| gives.at.as_str()));
            outcome.events.push(EventKind::IdentityLookup { value });
        }
        // A promise that nobody waits for has enforced nothing yet.
        if !is_async || call.awaited {
            outcome.after = self.facts(entry.after.as_deref().unwrap_or_default(), site);
            outcome.leaves = leaves(entry);
        }
        if let Some(value) = entry.validates.as_ref().and_then(|validates| validators::input_of(validates, site)) {
            outcome.events.push(EventKind::Validated { value, enforced: entry.leaves == Some(LeavesSpec::Throws) });
        }
        // A method of the request leaves on it what it found (`await request.jwtVerify()`).
        let request = flat(call.callee).0;
        if is_request(request) {
            let enforced = outcome.after.has(&crate::values::Fact::Authenticated);
            for write in entry.writes.iter().flatten() {
                let value = self.written(entry, write, site, enforced, call.loc);
                outcome.writes.extend(super::middleware::target(request, write, site).map(|(thing, key)| (thing, key, value)));
            }
        }
        outcome.callbacks = self.callbacks(entry, site, call.loc);
        outcome.callbacks.extend(self.runs(entry, site, call));
        outcome.value = Some(if is_async { Value::of(Shape::Promise(inner)) } else { inner });
        outcome
    }

    /// Effects, sinks and marks.
    pub(super) fn marks(&self, entry: &CallEntry, site: &Site<'_>, events: &mut Vec<EventKind>) {
        let mut mark = |name: &str, args: Vec<Value>| events.push(EventKind::Marked { mark: Name::new(name), args });
        for setting in entry.setting.iter().flatten() {
            let given = setting.option.as_ref().and_then(|path| site.find(path).value());
            let value = given.or_else(|| setting.default.as_ref().map(literal)).unwrap_or_else(Value::nullish);
            mark(&format!("setting:{}", setting.name), vec![value]);
        }
        let secret = entry.args.as_ref().and_then(|args| args.place("secret").or_else(|| args.place("key")));
        if let Some(value) = secret.filter(|_| entry.limit.is_none()).and_then(|path| site.find(path).value())
            && value.origin != Origin::Unknown
        {
            mark(if protects_tokens(entry) { "secret:token" } else { "secret" }, vec![value]);
        }
        for rule in entry.silences.iter().flatten() {
            mark(&format!("silences:{rule}"), Vec::new());
        }
        if let Some(weak) = &entry.weak {
            mark(&format!("weak:{weak}"), site.args.to_vec());
        }
        if let Some(hash) = &entry.hash {
            let cost = hash.cost.as_ref().and_then(|cost| cost.at(site));
            let too_low = matches!((cost, hash.min), (Some(cost), Some(min)) if cost < min);
            let class = match hash.class {
                HashClass::Password if too_low => "hash:weak-cost",
                HashClass::Password => "hash:password",
                HashClass::Fast => "hash:fast",
                HashClass::Keyed => "hash:keyed",
            };
            mark(class, site.args.to_vec());
        }
        if let Some(random) = &entry.random {
            let bits = random.bits.as_ref().and_then(|bits| bits.at(site)).map_or_else(Value::unknown, number);
            mark(if random.secure { "random:secure" } else { "random:guessable" }, vec![bits]);
        }
        if let Some(limit) = &entry.limit {
            let of = |number_at: &Option<super::argument::Number>| {
                number_at.as_ref().and_then(|it| it.at(site)).map_or_else(Value::unknown, number)
            };
            let key = limit.key.as_deref().map_or_else(Value::unknown, |key| match super::argument::ArgPath::parse(key) {
                Ok(path) => site.find(&path).value().unwrap_or_else(|| Value::str("ip")),
                Err(_) => Value::str(key),
            });
            mark("limit", vec![of(&limit.max), of(&limit.window_ms), key]);
        }
        if entry.after.iter().flatten().any(|spec| *spec == FactSpec::Signature) {
            mark("verifies", Vec::new());
        }
        if entry.after.iter().flatten().any(|spec| *spec == FactSpec::Fresh) {
            mark("fresh", site.args.to_vec());
        }
        for sink in entry.sinks.iter().flatten() {
            for value in site.all(&sink.arg) {
                events.push(sink_event(sink.kind, value));
            }
        }
        for effect in entry.effect.iter().flatten() {
            events.push(effect_event(*effect, site.args));
        }
    }

    /// An entry with the variants that hold at a call: for each field the first variant that names it. Of a variant of which it
    /// cannot be said, only what both have in common is claimed.
    pub(super) fn effective<'a>(&self, entry: &'a CallEntry, site: &Site<'_>) -> Cow<'a, CallEntry> {
        let mut result = Cow::Borrowed(entry);
        for variant in entry.when.iter().rev() {
            match variant.condition.as_ref().and_then(|condition| condition.holds(site)) {
                Some(false) => {}
                Some(true) => overlay(result.to_mut(), variant),
                None => weaken(result.to_mut(), variant),
            }
        }
        result
    }

    /// The entry of that target.
    pub(super) fn entry(&self, target: &str) -> Option<&CallEntry> {
        self.call_entry(self.index.slot(target)?.call?)
    }

    /// The version of the package that an entry speaks of, where the project names it.
    pub(super) fn version_of(&self, entry: &CallEntry) -> Option<&str> {
        if self.versions.is_empty() {
            return None;
        }
        let file = self.files.iter().find(|file| file.calls.iter().any(|it| std::ptr::eq(it, entry)))?;
        file.packages.iter().find_map(|package| self.versions.get(package)).map(String::as_str)
    }

    /// What stands under the callee, and whether its methods give it back.
    fn slot(&self, call: &Call<'_>) -> Option<(Slot, bool)> {
        let (base, mut path) = flat(call.callee);
        path.extend(call.method);
        let found = |slot: Option<&Slot>| slot.map(|slot| (*slot, false));
        match &base.shape {
            Shape::Import(import) => {
                let full: Vec<Name> = import.path.iter().copied().chain(path.iter().copied()).collect();
                if import.unresolved {
                    let export: Vec<Name> = full.iter().copied().filter(|name| *name != "*").collect();
                    let declared = self.index.declared(&import.package, &super::index::join(&export));
                    return declared.or_else(|| self.index.loose(&full).filter(|_| full.len() > 1)).map(of_entry);
                }
                let slot = found(self.index.export(&import.package, &full));
                let loose =
                    || self.index.loose(&full).filter(|_| full.len() > 1 && !self.knows_package(&import.package)).map(of_entry);
                slot.or_else(loose)
            }
            Shape::Lib(lib) => {
                let full: Vec<Name> = lib.path.iter().copied().chain(path.iter().copied()).collect();
                if let Some(object) = self.object_of(lib) {
                    let target = if full.is_empty() {
                        format!("@{}", object.id)
                    } else {
                        format!("@{}.{}", object.id, super::index::join(&full))
                    };
                    return match self.index.slot(&target) {
                        Some(slot) => Some((*slot, false)),
                        None => (lib.owner == OWNER).then_some((Slot::default(), object.chain)),
                    };
                }
                let decorated = match lib.kind.as_str() {
                    "request" | "req" => "request",
                    "context" | "ctx" => "ctx",
                    "app" | "router" => "app",
                    _ => return None,
                };
                found(self.index.slot(&format!("{decorated}.{}", super::index::join(&full))))
            }
            Shape::Builtin(global) => {
                let full: Vec<Name> = global.iter().copied().chain(path.iter().copied()).collect();
                found(self.index.slot(&format!("global.{}", super::index::join(&full))))
            }
            Shape::Validator(_) if path.is_empty() => found(self.index.slot("@schema")),
            Shape::Validator(_) => found(self.index.slot(&format!("@schema.{}", super::index::join(&path)))),
            Shape::Unknown if base.origin == Origin::Unknown => self.index.loose(&path).map(of_entry),
            _ => None,
        }
    }

    fn object_of(&self, lib: &Lib) -> Option<&ObjectEntry> {
        self.object_entry(self.index.object(&lib.owner, &lib.kind)?)
    }

    /// What a member of an object of the catalogue is; `None` leaves it a path below the object.
    pub fn member(&self, lib: &Lib, name: Name) -> Option<Value> {
        if lib.owner != OWNER {
            return None;
        }
        if lib.kind == "auto" {
            return Value::with_origin(Shape::Unknown, Origin::identity(false)).identity_member(name);
        }
        let object = self.object_of(lib)?;
        if let Some(id) = lib.path.is_empty().then(|| object.members.get(name.as_str())).flatten() {
            let member = self.object_entry(self.index.object_by_id(id)?)?;
            let args = lib.data.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>();
            return lib.made.map(|loc| made(member, &args, loc));
        }
        if !object.bag || self.index.slot(&format!("@{}.{name}", object.id)).is_some() {
            return None;
        }
        let empty = Value::new(Shape::Unknown, Origin::identity(true), Truth::default());
        let mut member = empty;
        for name in lib.path.iter().copied().chain([name]) {
            member = session_member(&member, name)?;
        }
        Some(member)
    }

    /// Whether any file speaks of that package: a call of it that no entry names is then known to prove nothing.
    pub fn knows_package(&self, specifier: &str) -> bool {
        self.index.listed(specifier).is_some()
    }
}

/// Whether the secret of the call is what identities and sessions rest on, not the signature of another server.
fn protects_tokens(entry: &CallEntry) -> bool {
    let kind = entry.gives.as_ref().map(|gives| gives.kind);
    matches!(kind, Some(GivesKind::Identity | GivesKind::Token | GivesKind::SessionBag))
        || entry.writes.iter().flatten().any(|write| write.value.starts_with("identity") || write.value.starts_with("bag"))
}

/// A field of a session: its id is the session's own, not the principal's, and a flag like `isLoggedIn` is what apps test.
fn session_member(of: &Value, name: Name) -> Option<Value> {
    let Origin::Identity(identity) = &of.origin else { return None };
    let top = identity.path.is_empty();
    if top && name == "id" {
        let origin = Origin::Identity(Identity { part: IdentityPart::Other, path: Arc::from([name]), nullable: false });
        return Some(Value::new(Shape::Scalar(crate::values::Scalar::String), origin, Truth::always(true)));
    }
    let member = of.identity_member(name)?;
    let flags = ["isLoggedIn", "loggedIn", "isAuthenticated", "authenticated", "username"];
    if top && flags.contains(&name.as_str()) {
        return Some(member.with_truth(Truth::implies(Facts::one(crate::values::Fact::Authenticated))));
    }
    Some(member)
}

fn of_entry(at: super::index::Ref) -> (Slot, bool) {
    (Slot { call: Some(at), ..Slot::default() }, false)
}

/// A callee without the methods that were taken from it.
fn flat(callee: &Value) -> (&Value, Vec<Name>) {
    match &callee.shape {
        Shape::Method { of, name } => {
            let (base, mut path) = flat(of);
            path.push(*name);
            (base, path)
        }
        _ => (callee, Vec::new()),
    }
}

/// The identity in a result, for the event.
fn lookup(value: &Value, at: &str) -> Value {
    let mut value = value.clone();
    for name in at.split('.').filter(|name| !name.is_empty()) {
        match value.field(name).cloned() {
            Some(field) => value = field,
            None => break,
        }
    }
    value
}

macro_rules! each_field {
    ($apply:ident) => {
        $apply!(
            form, is_async, args, gives, proof, after, leaves, writes, effect, sinks, limit, validates, hash, random, setting,
            runs, except, paths, unless, weak, role_of, silences, note, see
        )
    };
}

fn overlay(entry: &mut CallEntry, variant: &CallEntry) {
    macro_rules! replace {
        ($($field:ident),+) => { $(if variant.$field.is_some() { entry.$field = variant.$field.clone(); })+ };
    }
    each_field!(replace);
}

/// What holds whether or not the variant does.
fn weaken(entry: &mut CallEntry, variant: &CallEntry) {
    if let (Some(ours), Some(theirs)) = (&mut entry.after, &variant.after) {
        let enforced = ours.contains(&FactSpec::Authenticated);
        ours.retain(|spec| theirs.contains(spec));
        if enforced && !ours.contains(&FactSpec::Authenticated) {
            entry.gives.iter_mut().for_each(|gives| gives.nullable = true);
        }
    }
    if let (Some(ours), Some(theirs)) = (&entry.proof, &variant.proof) {
        entry.proof = Some(ours.iter().filter(|proof| theirs.contains(proof)).cloned().collect::<Vec<Proof>>());
    }
    if matches!(variant.leaves, Some(LeavesSpec::Never)) {
        entry.leaves = Some(LeavesSpec::Never);
    }
    if let (Some(ours), Some(theirs)) = (&mut entry.writes, &variant.writes)
        && theirs.is_empty()
    {
        ours.iter_mut().filter(|write| write.value == "identity").for_each(|write: &mut Write| write.value = "identity?".into());
    }
}

fn number(number: f64) -> Value {
    Value::with_origin(Shape::Num(number.to_string().into()), Origin::Literal)
}

fn literal(value: &toml::Value) -> Value {
    match value {
        toml::Value::Boolean(outcome) => Value::bool(*outcome),
        toml::Value::String(text) => Value::str(text),
        toml::Value::Integer(number) => Value::with_origin(Shape::Num(number.to_string().into()), Origin::Literal),
        toml::Value::Float(it) => number(*it),
        _ => Value::unknown(),
    }
}

fn sink_event(kind: SinkKind, value: Value) -> EventKind {
    let mark = |name: &str, value| EventKind::Marked { mark: Name::new(name), args: vec![value] };
    let kind = match kind {
        SinkKind::Url => Sink::Url,
        SinkKind::Path => Sink::Path,
        SinkKind::Command => Sink::Command,
        SinkKind::Code => Sink::Code,
        SinkKind::Html => Sink::Html,
        SinkKind::Redirect => Sink::Redirect,
        SinkKind::Log => return mark("sink:log", value),
        SinkKind::Header => return mark("sink:header", value),
        SinkKind::ToAddress => return mark("sink:to-address", value),
        SinkKind::OwnedId => return mark("sink:owned-id", value),
        SinkKind::Price => return mark("sink:price", value),
    };
    EventKind::Sink { kind, value }
}

fn effect_event(effect: EffectSpec, args: &[Value]) -> EventKind {
    let kind = match effect {
        EffectSpec::Mail => Effect::Mail,
        EffectSpec::Sms => Effect::Sms,
        EffectSpec::Payment => Effect::Payment,
        EffectSpec::Ai => Effect::Ai,
        EffectSpec::StorageWrite | EffectSpec::FileWrite => Effect::StorageWrite,
        EffectSpec::StorageRead | EffectSpec::FileRead => Effect::StorageRead,
        EffectSpec::StorageDelete => Effect::StorageDelete,
        EffectSpec::Queue => Effect::Queue,
        EffectSpec::Log => Effect::Log,
        EffectSpec::Fetch => Effect::Fetch,
        EffectSpec::SignToken => Effect::SignToken,
        EffectSpec::SessionWrite => Effect::SessionWrite,
        EffectSpec::SetCookie => Effect::SetCookie,
        EffectSpec::Cache => return EventKind::Marked { mark: Name::new("effect:cache"), args: args.to_vec() },
        EffectSpec::Redirect => return EventKind::Marked { mark: Name::new("effect:redirect"), args: args.to_vec() },
        EffectSpec::Html => return EventKind::Marked { mark: Name::new("effect:html"), args: args.to_vec() },
        EffectSpec::SessionRenew => return EventKind::Marked { mark: Name::new("effect:session-renew"), args: args.to_vec() },
    };
    EventKind::Effect { kind, args: args.to_vec() }
}
