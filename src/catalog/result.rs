//! The value that comes out of a call: where in it the identity sits, and which of its parts prove what.

use std::sync::Arc;

use super::argument::{Found, Site};
use super::index::OWNER;
use super::model::{CallEntry, Catalog, Fields, Gives, GivesKind, ObjectEntry};
use super::terms::FactSpec;
use super::validators;
use crate::base::{Loc, Name};
use crate::values::{Checked, Fact, Facts, Identity, IdentityPart, Lib, Object, Origin, Part, Scalar, Shape, Truth, Value};

/// A part of a result: a value, what its truth proves, and parts below it.
#[derive(Default)]
struct Node {
    value: Option<Value>,
    truth: Option<Truth>,
    children: Vec<(Name, Node)>,
}

impl Node {
    fn at(&mut self, path: &str) -> &mut Node {
        let mut node = self;
        for name in path.split('.').filter(|part| !part.is_empty()).map(Name::new) {
            let index = node.children.iter().position(|(it, _)| *it == name).unwrap_or_else(|| {
                node.children.push((name, Node::default()));
                node.children.len() - 1
            });
            node = &mut node.children[index].1;
        }
        node
    }

    fn prove(&mut self, facts: &Facts, truthy: bool) {
        let truth = self.truth.get_or_insert_default();
        let side = if truthy { &mut truth.when_true } else { &mut truth.when_false };
        *side = side.union(facts);
    }

    /// The value of this part; what is not named in it is as `rest` says.
    fn render(self, rest: &Origin, may_be_absent: bool) -> Value {
        if self.children.is_empty() {
            let value = self.value.unwrap_or_else(Value::unknown);
            return match self.truth {
                Some(truth) => value.with_truth(Truth { known: value.truth.known.filter(|_| !may_be_absent), ..truth }),
                None => value,
            };
        }
        let rest = self.value.as_ref().map_or_else(|| rest.clone(), |value| value.origin.clone());
        let whole = self.value.unwrap_or_else(|| Value::new(Shape::Unknown, rest.clone(), Truth::default()));
        let mut object = Object::default();
        for (name, mut child) in self.children {
            if child.value.is_none() && child.children.is_empty() {
                child.value = whole.identity_member(name).map(|member| member.with_truth(Truth::default()));
            }
            object.set(name, child.render(&rest, false), None);
        }
        object.spreads.push(whole);
        let known = if may_be_absent { None } else { Some(true) };
        let truth = Truth { known, ..self.truth.unwrap_or_default() };
        Value::new(Shape::Object(Arc::new(object)), rest, truth)
    }
}

impl Catalog {
    /// The value that `entry` gives at a call, before it is wrapped in a promise.
    pub(super) fn result(&self, entry: &CallEntry, site: &Site<'_>, loc: Loc) -> Value {
        let gives = entry.gives.clone().unwrap_or_default();
        let mut main = self.main(entry, &gives, site, loc);
        // What the call enforced itself is true of whatever comes out of it.
        let enforced = self.facts(entry.after.as_deref().unwrap_or_default(), site);
        if matches!(gives.kind, GivesKind::Identity) && !gives.nullable && !enforced.is_empty() {
            main = main.with_truth(Truth { when_true: enforced, when_false: Facts::none(), known: Some(true) });
        }
        let proofs = entry.proof.as_deref().unwrap_or_default();
        let mut root = Node::default();
        // An object whose parts prove is there itself: what may be absent are the parts.
        let mut top_may_be_absent = gives.nullable && gives.at.is_empty() && proofs.is_empty();
        root.at(&gives.at).value = Some(main.clone());
        if matches!(main.origin, Origin::Identity(_)) {
            place_parts(root.at(&gives.at), &gives, &main);
        }
        for proof in proofs {
            let facts = self.facts(std::slice::from_ref(&proof.gives), site);
            if let Some(path) = &proof.truth {
                // A result whose own truth proves something can be absent.
                top_may_be_absent |= path.is_empty();
                root.at(path).prove(&facts, true);
            }
            if let Some(path) = &proof.falsehood {
                root.at(path).prove(&facts, false);
            }
        }
        for (name, id) in &gives.members {
            if let Some(object) = self.index.object_by_id(id).and_then(|at| self.object_entry(at)) {
                root.at(name).value = Some(made(object, site.args, loc));
            }
        }
        let rest = match (&main.origin, gives.at.is_empty()) {
            (Origin::Identity(identity), false) => {
                Origin::Identity(Identity { part: IdentityPart::Other, path: Arc::from([]), nullable: identity.nullable })
            }
            (Origin::Client(client), false) if client.part == Part::UnverifiedToken => main.origin.clone(),
            _ => Origin::Unknown,
        };
        root.render(&rest, top_may_be_absent)
    }

    fn main(&self, entry: &CallEntry, gives: &Gives, site: &Site<'_>, loc: Loc) -> Value {
        let influenced = || Origin::derived(site.args.iter().chain(site.made).map(|value| value.origin.clone()));
        match gives.kind {
            GivesKind::Unknown | GivesKind::Result | GivesKind::PrincipalLookup | GivesKind::Filter => Value::unknown(),
            GivesKind::Identity => identity(gives.nullable),
            // A token that another server has just handed over is not the client's word.
            GivesKind::ClaimsUnverified
                if site.args.first().is_some_and(|token| !token.origin.is_client()) && is_decoding(entry) =>
            {
                Value::unknown()
            }
            GivesKind::ClaimsUnverified => Value::client(Part::UnverifiedToken, &[]),
            GivesKind::SessionBag => self.bag(gives.object.as_deref().unwrap_or_default(), loc),
            GivesKind::Boolean => Value::of(Shape::Scalar(Scalar::Bool)),
            GivesKind::Validated => match &entry.validates {
                Some(validates) => validators::outcome_of(validates, site),
                None => declared_input(site, gives.fields),
            },
            GivesKind::Tuple | GivesKind::ErrorsList => Value::of(Shape::List(Value::unknown())),
            GivesKind::Client => match gives.object.as_deref().and_then(|id| self.index.object_by_id(id)) {
                Some(at) => self.object_entry(at).map_or_else(Value::unknown, |object| made(object, site.args, loc)),
                None => Value::unknown(),
            },
            GivesKind::Random => {
                let guessable = entry.random.as_ref().is_some_and(|random| !random.secure);
                Value::new(Shape::Scalar(Scalar::String), Origin::Generated { guessable }, Truth::default())
            }
            GivesKind::Hash | GivesKind::Token => Value::new(Shape::Scalar(Scalar::String), influenced(), Truth::default()),
            GivesKind::Derived => Value::new(Shape::Scalar(Scalar::String), influenced(), Truth::default()),
            GivesKind::Passes => match gives.arg.as_ref().map(|path| site.find(path)) {
                Some(Found::Value(value)) => value,
                Some(Found::Absent) => Value::nullish(),
                _ => Value::unknown(),
            },
            GivesKind::PathTest => self.later(entry, "path-test", site, loc),
            GivesKind::Itself => site.this.map_or_else(Value::unknown, |this| remembering(this, site.args)),
        }
    }

    /// A session that is always there.
    pub(super) fn bag(&self, id: &str, loc: Loc) -> Value {
        match self.index.object_by_id(id).and_then(|at| self.object_entry(at)) {
            Some(object) => made(object, &[], loc),
            None => Value::new(Shape::Unknown, Origin::identity(true), Truth::always(true)),
        }
    }

    /// The facts that an entry names, at a call.
    pub(super) fn facts(&self, specs: &[FactSpec], site: &Site<'_>) -> Facts {
        Facts::of(specs.iter().flat_map(|spec| {
            match spec {
                FactSpec::None | FactSpec::Fresh | FactSpec::Csrf => Vec::new(),
                FactSpec::Authenticated => vec![Fact::Authenticated],
                FactSpec::Role => vec![Fact::Role],
                FactSpec::Signature => vec![Fact::Signature],
                FactSpec::Limited => vec![Fact::Limited],
                FactSpec::Inert(part) => vec![Fact::Inert(*part)],
                FactSpec::Secret => vec![Fact::Secret],
                FactSpec::Tied(path) => key_of(site, path).map(Fact::Tied).into_iter().collect(),
                FactSpec::Validated(path) => key_of(site, path).map(Fact::Validated).into_iter().collect(),
                FactSpec::Closed(path) => key_of(site, path).map(Fact::Closed).into_iter().collect(),
                FactSpec::ValidatedRequest => [Part::Body, Part::Query, Part::Path, Part::Form]
                    .into_iter()
                    .map(|part| Fact::Validated(crate::values::Key::Client(part, Arc::from([]))))
                    .collect(),
            }
        }))
    }
}

/// Whether the call is given the token itself.
fn is_decoding(entry: &CallEntry) -> bool {
    entry.args.as_ref().is_some_and(|args| args.place("token").is_some())
}

fn key_of(site: &Site<'_>, path: &super::argument::ArgPath) -> Option<crate::values::Key> {
    site.find(path).value()?.origin.key()
}

/// The principal.
pub(super) fn identity(nullable: bool) -> Value {
    let truth = if nullable { Truth::default() } else { Truth { known: Some(true), ..Truth::default() } };
    Value::new(Shape::Unknown, Origin::identity(nullable), truth)
}

/// Parts of the identity whose names say nothing by themselves (`data.accountRef`), at the paths that the entry names.
fn place_parts(node: &mut Node, gives: &Gives, main: &Value) {
    let nullable = gives.nullable;
    let declared = [
        (&gives.id, IdentityPart::Id),
        (&gives.tenant, IdentityPart::Tenant),
        (&gives.role, IdentityPart::Role),
        (&gives.email, IdentityPart::Email),
    ];
    for (paths, part) in declared {
        for path in paths.iter().flat_map(|paths| paths.split('|')) {
            let names: Arc<[Name]> = path.split('.').map(Name::new).collect();
            let read = names.iter().try_fold(main.clone(), |value, name| value.identity_member(*name));
            let already = read.is_some_and(|it| matches!(&it.origin, Origin::Identity(identity) if identity.part == part));
            if !already {
                let origin = Origin::Identity(Identity { part, path: names, nullable });
                node.at(path).value = Some(Value::new(Shape::Unknown, origin, Truth::implies(main.truth.when_true.clone())));
            }
        }
    }
}

/// What a framework's middleware validated: declared fields only, whichever they are.
fn declared_input(site: &Site<'_>, fields: Option<Fields>) -> Value {
    let location = site
        .find(&super::argument::ArgPath { start: super::argument::Start::Arg(1), path: vec!["locations".into(), "0".into()] });
    let part = match location.value().as_ref().and_then(Value::as_str) {
        Some("query") => Part::Query,
        Some("params") => Part::Path,
        Some("headers") => Part::Header,
        Some("cookies") => Part::Cookie,
        _ => Part::Body,
    };
    let checked = if fields == Some(Fields::Open) { Checked::Raw } else { Checked::Schema };
    Value::client(part, &[]).checked(checked)
}

/// An object of the catalogue that a call with these arguments made.
pub(super) fn made(object: &ObjectEntry, args: &[Value], loc: Loc) -> Value {
    let data = args.iter().enumerate().map(|(index, value)| (Name::new(&index.to_string()), value.clone())).collect();
    Value::of(Shape::Lib(Arc::new(Lib {
        owner: Name::new(object.owner.as_deref().unwrap_or(OWNER)),
        kind: Name::new(object.kind.as_deref().unwrap_or(&object.id)),
        path: Arc::from([]),
        data,
        made: Some(loc),
        cell: None,
    })))
}

/// The arguments that a library thing was made with, and those that it remembered since.
pub(super) fn maker_args(value: &Value) -> Vec<Value> {
    match &value.shape {
        Shape::Lib(lib) => {
            lib.data.iter().filter(|(key, _)| key.parse::<usize>().is_ok()).map(|(_, value)| value.clone()).collect()
        }
        Shape::Method { of, .. } => maker_args(of),
        _ => Vec::new(),
    }
}

/// The same object with more to remember.
fn remembering(this: &Value, args: &[Value]) -> Value {
    let Shape::Lib(lib) = &this.shape else { return this.clone() };
    let mut lib = (**lib).clone();
    let first = lib.data.iter().filter(|(key, _)| key.parse::<usize>().is_ok()).count();
    lib.data.extend(args.iter().enumerate().map(|(index, value)| (Name::new(&(first + index).to_string()), value.clone())));
    lib.path = Arc::from([]);
    Value::new(Shape::Lib(Arc::new(lib)), this.origin.clone(), this.truth.clone())
}
