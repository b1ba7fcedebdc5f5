//! Modules: what they provide, and which controllers the app holds.

use super::classes::{Class, Classes};
use super::context;
use crate::base::{FileId, Name};
use crate::frameworks::Provider;
use crate::values::{Registration, Shape, Value};

/// The options of every `@Module({ … })`.
fn options<'a>(classes: &Classes<'a>) -> Vec<&'a Value> {
    classes.all.iter().filter_map(|it| it.on.find("Module")?.arg(0)).collect()
}

/// The elements of a list in a module's options.
pub(super) fn listed<'a>(options: &'a Value, key: &str) -> Vec<&'a Value> {
    match options.field(key).map(|it| &it.shape) {
        Some(Shape::Array(all)) => all.iter().collect(),
        Some(Shape::List(element)) => vec![element],
        _ => Vec::new(),
    }
}

/// What any module provides under a token.
pub(super) fn provider(token: &Value, registrations: &[(FileId, Vec<Registration>)]) -> Option<Provider> {
    let classes = Classes::of(registrations);
    let mut found = None;
    for options in options(&classes) {
        for provider in listed(options, "providers") {
            let Some(provide) = provider.field("provide") else { continue };
            if !is_same(provide, token) {
                continue;
            }
            found = found.or_else(|| read(provider));
        }
    }
    found
}

fn read(provider: &Value) -> Option<Provider> {
    if let Some(class) = provider.field("useClass").or_else(|| provider.field("useExisting")) {
        return Some(Provider::Token(class.clone()));
    }
    if let Some(value) = provider.field("useValue") {
        return Some(Provider::Value(value.clone()));
    }
    let function = provider.field("useFactory")?.clone();
    let inject = listed(provider, "inject").into_iter().map(|it| it.field("token").unwrap_or(it).clone()).collect();
    Some(Provider::Factory { function, inject })
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (&one.shape, &other.shape) {
        (Shape::Import(ours), Shape::Import(theirs)) => ours.path == theirs.path && ours.package == theirs.package,
        (Shape::Unknown, _) | (_, Shape::Unknown) => false,
        // `Symbol('x')` is what it is called.
        _ => one.shape == other.shape,
    }
}

/// What modules provide for the whole app under one of the framework's own tokens (`APP_GUARD`), in order.
pub(super) fn global(classes: &Classes<'_>, token: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for options in options(classes) {
        for provider in listed(options, "providers") {
            let is = |it: &Value| matches!(&it.shape, Shape::Import(it) if it.path.last().is_some_and(|it| *it == token));
            if provider.field("provide").is_some_and(is) {
                let used = ["useClass", "useExisting", "useValue"].iter().find_map(|key| provider.field(key));
                found.push(used.cloned().unwrap_or_else(Value::unknown));
            }
        }
    }
    found
}

/// Whether a controller is part of an app: some module lists it, or what modules list cannot all be read.
pub(super) fn is_live(classes: &Classes<'_>, controller: &Class<'_>) -> bool {
    let mut readable = true;
    let mut any = false;
    for options in options(classes) {
        let Some(list) = options.field("controllers") else {
            readable &= options.as_object().is_some_and(|it| it.is_closed());
            continue;
        };
        any = true;
        let Shape::Array(all) = &list.shape else { return true };
        if all.iter().any(|it| it.shape == controller.value.shape) {
            return true;
        }
        readable &= all.iter().all(|it| matches!(it.shape, Shape::Class(_)));
    }
    !any || !readable
}

/// The metadata that decorators set, by key.
pub(super) fn metadata(on: &super::classes::Decorated<'_>) -> Value {
    let mut object = crate::values::Object::default();
    for it in on.every("SetMetadata") {
        if let (Some(key), Some(value)) = (it.arg(0).and_then(context::key_of), it.arg(1)) {
            object.set(key, value.clone(), None);
        }
    }
    // What the framework's own decorators set, under names that guards of packages read.
    for name in ["SkipThrottle", "Throttle"] {
        if let Some(it) = on.find(name) {
            object.set(Name::new(name), it.arg(0).cloned().unwrap_or_else(|| Value::bool(true)), None);
        }
    }
    Value::of(Shape::Object(object.into()))
}
