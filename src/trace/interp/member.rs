//! Members, elements and what they prove.

use std::sync::Arc;

use super::Interp;
use crate::base::{Loc, Name};
use crate::db;
use crate::ir::MemberKind;
use crate::values::{
    AccessId, Closure, Fact, Facts, Identity, IdentityPart, Key, Lib, Object, Origin, Part, Row, RowPath, Scalar, Shape, Truth,
    Value,
};

/// Literals of a table, picked by a value.
fn picked_by(value: &Value, by: &Origin) -> Value {
    match &value.shape {
        Shape::OneOf(all) => {
            all.iter().map(|it| picked_by(it, by)).reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
        }
        Shape::Num(_) | Shape::Str(_) | Shape::Bool(_) => {
            Value::new(value.shape.clone(), Origin::derived([value.origin.clone(), by.clone()]), value.truth.clone())
        }
        Shape::Array(_) => Value::new(value.shape.clone(), Origin::derived([by.clone()]), value.truth.clone()),
        _ => value.clone(),
    }
}

impl Interp<'_> {
    /// `value.name`. With `quietly` a missing field is `undefined` without more ado (destructuring, `?.`).
    pub(super) fn member(&mut self, value: &Value, name: Name, quietly: bool) -> Value {
        match &value.shape {
            Shape::Nullish => Value::nullish(),
            Shape::Object(object) => self.object_member(value, object, name),
            Shape::Instance(instance) => {
                let own = match instance.cell {
                    Some(cell) => self.state.field(cell, name).cloned(),
                    None => instance.fields.get(&name).cloned(),
                };
                own.unwrap_or_else(|| self.class_member(value, instance.class, name, false))
            }
            Shape::Class(class) => self.class_member(value, *class, name, true),
            Shape::Row(row) => self.row_member(value, row, name),
            Shape::Lib(lib) => self.lib_member(value, lib, name),
            Shape::Import(import) => {
                let mut deeper = (**import).clone();
                deeper.path = import.path.iter().copied().chain([name]).collect();
                if let Some(thing) = crate::data::exported_member(&deeper) {
                    return thing;
                }
                Value::of(Shape::Import(Arc::new(deeper)))
            }
            Shape::Builtin(path) => {
                if path.len() == 2 && path[0] == "process" && path[1] == "env" {
                    return Value::new(Shape::Unknown, Origin::Env(name), Truth::default());
                }
                if matches!(path.first().map(|it| it.as_str()), Some("globalThis" | "global" | "window" | "self"))
                    && path.len() == 1
                {
                    return self.of_global_object(name);
                }
                let deeper = path.iter().copied().chain([name]).collect::<Vec<_>>();
                let origin = if deeper.len() == 2 && deeper[0] == "process" && deeper[1] == "env" {
                    Origin::Env(Name::new("*"))
                } else {
                    value.origin.clone()
                };
                Value::with_origin(Shape::Builtin(deeper.into()), origin)
            }
            Shape::OneOf(all) => {
                let parts: Vec<Value> = all
                    .iter()
                    .filter(|it| it.shape != Shape::Nullish)
                    .map(|it| {
                        let field = self.member(it, name, quietly);
                        field.under(&it.truth.when_true)
                    })
                    .collect();
                let absent = quietly && all.iter().any(|it| it.shape == Shape::Nullish);
                let joined = parts.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::nullish);
                if absent && !matches!(joined.shape, Shape::Nullish) { joined.join(&Value::nullish()) } else { joined }
            }
            Shape::Rows(row) if name == "length" => {
                let key = Key::Row(row.at.access, row.at.path.clone());
                Value::new(
                    Shape::Scalar(Scalar::Number),
                    Origin::derived([value.origin.clone()]),
                    Truth::implies(Facts::one(Fact::Holds(key))),
                )
            }
            Shape::Array(_) | Shape::List(_) | Shape::Rows(_) | Shape::Str(_) | Shape::Text { .. } if name == "length" => {
                Value::with_origin(Shape::Scalar(Scalar::Number), Origin::derived([value.origin.clone()]))
            }
            Shape::Scalar(_) | Shape::Unknown => self.unknown_member(value, name),
            Shape::Validator(validator) => crate::catalog::validator_member(validator, name)
                .unwrap_or_else(|| Value::of(Shape::Method { of: value.clone(), name })),
            Shape::Promise(inner) if inner.origin.is_identity() || inner.truth.when_true.has(&Fact::Authenticated) => {
                // A member of a promise that was not awaited is `undefined`.
                Value::of(Shape::Method { of: value.clone(), name })
            }
            _ => Value::of(Shape::Method { of: value.clone(), name }),
        }
    }

    /// `globalThis.name`: a global of the runtime, or what the project keeps there, which is absent until it is written.
    fn of_global_object(&mut self, name: Name) -> Value {
        const RUNTIME: &[&str] = &["Buffer", "Response", "Request", "URL", "console", "crypto", "fetch", "process", "setTimeout"];
        if RUNTIME.contains(&name.as_str()) {
            return Value::of(Shape::Builtin(Arc::from([name])));
        }
        self.own.get(&global_key(name)).cloned().unwrap_or_else(Value::nullish)
    }

    /// A header that the user says a proxy writes names the caller; any other value stays as it is.
    pub(super) fn trusting_gateway(&self, value: Value) -> Value {
        let trusted = &self.catalog.trust.headers_from_gateway;
        let Origin::Client(client) = &value.origin else { return value };
        let named = |header: &String| matches!(&*client.path, [name] if header.eq_ignore_ascii_case(name));
        if client.part != Part::Header || !trusted.iter().any(named) {
            return value;
        }
        let identity = Identity { part: IdentityPart::Id, path: client.path.clone(), nullable: true };
        Value::new(value.shape.clone(), Origin::Identity(identity), Truth::implies(Facts::one(Fact::Authenticated)))
    }

    fn unknown_member(&mut self, value: &Value, name: Name) -> Value {
        if let Some(member) = value.identity_member(name) {
            return member;
        }
        // The size of something computed is a number.
        if name == "byteLength" || name == "length" && matches!(value.origin, Origin::Derived(_)) {
            return Value::with_origin(Shape::Scalar(Scalar::Number), Origin::derived([value.origin.clone()]));
        }
        match &value.origin {
            Origin::Client(client) => {
                if name == "length" {
                    return Value::with_origin(Shape::Scalar(Scalar::Number), Origin::derived([value.origin.clone()]));
                }
                let mut deeper = client.clone();
                deeper.path = client.path.iter().copied().chain([name]).collect();
                let origin = Origin::Client(deeper);
                let truth = origin.key().map_or_else(Truth::default, |key| Truth::implies(Facts::one(Fact::Holds(key))));
                self.trusting_gateway(Value::new(Shape::Unknown, origin, truth))
            }
            Origin::Row(row) => {
                let at = RowPath { access: row.access, path: row.path.iter().copied().chain([name]).collect() };
                let truth = Truth::implies(Facts::one(Fact::Holds(Key::Row(at.access, at.path.clone()))));
                Value::new(Shape::Unknown, Origin::Row(at), truth)
            }
            Origin::Env(_) => Value::new(Shape::Unknown, Origin::Env(name), Truth::default()),
            Origin::Exception if self.state.facts.has(&Fact::Recognised) => Value::unknown(),
            Origin::Exception => exception_member(name),
            other => Value::new(Shape::Unknown, Origin::derived([other.clone()]), Truth::default()),
        }
    }

    fn object_member(&mut self, value: &Value, object: &Object, name: Name) -> Value {
        if let Some(field) = object.get(&name) {
            return field.clone();
        }
        let mut found: Option<Value> = None;
        for spread in object.spreads.iter().rev() {
            let field = self.member(spread, name, true);
            if field.shape != Shape::Nullish {
                found = Some(match found {
                    Some(other) => other.join(&field),
                    None => field,
                });
            }
        }
        if let Some(found) = found {
            return found;
        }
        if object.is_closed() && !is_object_method(&name) {
            return Value::nullish();
        }
        if is_object_method(&name) {
            return Value::of(Shape::Method { of: value.clone(), name });
        }
        Value::with_origin(Shape::Unknown, Origin::derived([value.origin.clone()]))
    }

    fn lib_member(&mut self, value: &Value, lib: &Lib, name: Name) -> Value {
        if let Some(cell) = lib.cell
            && let Some(written) = self.state.field(cell, name)
        {
            return written.clone();
        }
        if lib.owner == "module" {
            return self.namespace_member(lib, name);
        }
        if let Some(added) = self.added(lib, Some(name)) {
            return added;
        }
        let answer = crate::frameworks::member(lib, name)
            .or_else(|| crate::data::member(lib, name))
            .or_else(|| self.catalog.member(lib, name));
        answer.map(|it| self.trusting_gateway(it)).unwrap_or_else(|| {
            let mut deeper = lib.clone();
            deeper.path = lib.path.iter().copied().chain([name]).collect();
            Value::new(Shape::Lib(Arc::new(deeper)), value.origin.clone(), Truth::default())
        })
    }

    /// What set-up code hung on a framework's thing, at the path that was read of it so far and `name` below that.
    pub(super) fn added(&mut self, lib: &Lib, name: Option<Name>) -> Option<Value> {
        if !self.is_set_up {
            return None;
        }
        let mut path = lib.path.iter().copied().chain(name);
        let first = path.next()?;
        let workspace = db::Workspace::get(self.db);
        let known = crate::trace::query::added(self.db, workspace).get(&first)?;
        let mut value = known.iter().find(|it| it.is_on(lib)).map(|it| it.value.clone())?;
        for name in path {
            value = self.member(&value, name, true);
        }
        Some(value)
    }

    /// What a CommonJS file assigned to `module.exports`, where its namespace is used as that.
    pub(super) fn whole_module(&mut self, lib: &Lib) -> Option<Value> {
        let file = lib.made.and_then(|made| db::file(self.db, made.file)).filter(|it| it.interface(self.db).commonjs)?;
        let whole = self.bound(db::export(self.db, file, Name::new("default")).as_ref()?);
        (!whole.as_lib().is_some_and(|it| it.owner == "module" && it.made == lib.made)).then_some(whole)
    }

    /// An export of a file of the project, through its namespace.
    fn namespace_member(&mut self, lib: &Lib, name: Name) -> Value {
        let Some(file) = lib.made.and_then(|made| db::file(self.db, made.file)) else { return Value::unknown() };
        match db::export(self.db, file, name) {
            Some(binding) => self.bound(binding),
            None => {
                // The namespace of a CommonJS file is what it assigned to `module.exports`.
                let Some(binding) = db::export(self.db, file, Name::new("default")) else { return Value::nullish() };
                if name == "default" {
                    return self.bound(binding);
                }
                let default = self.bound(binding);
                if file.interface(self.db).commonjs { self.member(&default, name, true) } else { Value::nullish() }
            }
        }
    }

    fn row_member(&mut self, value: &Value, row: &Row, name: Name) -> Value {
        if row.without.contains(&name) {
            return Value::nullish();
        }
        let path: Arc<[Name]> = row.at.path.iter().copied().chain([name]).collect();
        let key = Key::Row(row.at.access, path.clone());
        let at = RowPath { access: row.at.access, path };
        let origin = Origin::Row(at.clone());
        let facts = value.truth.when_true.union(&Facts::one(Fact::Holds(key)));
        let relation = self.relation_at(row.at.access, &at.path);
        let row = || Arc::new(Row { at: at.clone(), without: Vec::new() });
        match relation {
            Some(true) => Value::new(Shape::Rows(row()), origin, Truth::always(true)),
            Some(false) => Value::new(Shape::Row(row()), origin, Truth::implies(facts)),
            None => Value::new(Shape::Unknown, origin, Truth::implies(facts)),
        }
    }

    /// Whether the path of a record is a relation that came along: `Some(true)` to many, `Some(false)` to one.
    fn relation_at(&self, access: AccessId, path: &[Name]) -> Option<bool> {
        let query = &self.accesses.get(access.0 as usize)?.query;
        let plain: Vec<Name> = path.iter().copied().filter(|name| *name != "*").collect();
        let include = crate::data::included(query, &plain)?;
        let mut entity = query.entity.and_then(|name| self.schema.find(name));
        let mut includes = &query.projection.related;
        let mut many = None;
        for name in &plain {
            let step = includes.iter().find(|it| it.key == *name)?;
            let field = entity.and_then(|it| it.relation(step.relation));
            many = field.map(|(field, _)| field.list);
            entity = field.and_then(|(_, relation)| self.schema.find(relation.to)).or_else(|| self.schema.find(step.relation));
            includes = &step.projection.related;
        }
        // Without a schema the plural of the name decides.
        Some(many.unwrap_or_else(|| include.key.ends_with('s') && !include.key.ends_with("ss")))
    }

    /// A member that a class declares.
    fn class_member(&mut self, value: &Value, class: crate::values::ClassRef, name: Name, is_static: bool) -> Value {
        let mut class = class;
        for _ in 0..8 {
            let Some(file) = db::file(self.db, class.file) else { return Value::unknown() };
            let Some(item) = db::item(self.db, file, class.item).clone() else { return Value::unknown() };
            let declared = item.class(class.class);
            if let Some(member) = declared.members.iter().find(|it| it.name == name && it.is_static == is_static) {
                let closure = |function| {
                    Value::of(Shape::Closure(Arc::new(Closure {
                        file: class.file,
                        item: class.item,
                        function,
                        captured: Arc::from([]),
                        scopes: Arc::from([]),
                        this: Some(value.clone()),
                        bound: Arc::from([]),
                    })))
                };
                return match &member.kind {
                    MemberKind::Method(function) | MemberKind::Constructor(function) => closure(*function),
                    MemberKind::Getter(function) => {
                        let getter = closure(*function);
                        let loc = Loc { file: class.file, item: class.item, node: crate::base::Node::Function(function.0) };
                        self.call_value(&getter, Vec::new(), Vec::new(), Some(value.clone()), loc, false)
                    }
                    MemberKind::Field(Some(init)) if is_static => self.in_class(file, class, |it| it.eval(*init)),
                    MemberKind::Field(_) => self.provided_of(value, name),
                    MemberKind::Setter(_) | MemberKind::StaticBlock(_) => Value::unknown(),
                };
            }
            let Some(parent) = self.parent_class(file, class) else { return self.provided_of(value, name) };
            match parent.shape {
                Shape::Class(parent) => class = parent,
                _ => {
                    let own = self.provided_of(value, name);
                    if own.shape != Shape::Unknown {
                        return own;
                    }
                    return self.library_member(value, &parent, name).unwrap_or_else(Value::unknown);
                }
            }
        }
        Value::unknown()
    }

    /// A field that nobody wrote: what a container would have put there (`constructor(private repo: Repo)`).
    fn provided_of(&mut self, value: &Value, name: Name) -> Value {
        match &value.shape {
            Shape::Instance(instance) => self.provided_field(instance.class, name).unwrap_or_else(Value::unknown),
            _ => Value::unknown(),
        }
    }

    /// `value[index]`
    pub(super) fn index(&mut self, value: &Value, index: &Value) -> Value {
        if let Some(name) = index.as_str() {
            return self.member(value, Name::new(name), true);
        }
        if let Some(number) = index.as_number() {
            return self.element_at(value, number as usize);
        }
        match &value.shape {
            Shape::Object(object) => {
                let fields = object.fields.iter().map(|(_, field)| field.clone());
                let all = fields.chain(object.spreads.iter().map(derived));
                let one = all.reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown);
                if object.is_closed() {
                    // Picked from a closed table: the key is one of a list where the result is there.
                    let listed = index.origin.key().map(Fact::Listed);
                    // What the server knows of the caller or of a record decides it: a rank by role, a list of permissions.
                    let known = |it: &&Origin| matches!(it, Origin::Identity(_) | Origin::Row(_));
                    let one = if index.origin.leaves().iter().any(known) { picked_by(&one, &index.origin) } else { one };
                    return one.with_truth(Truth {
                        when_true: one.truth.when_true.union(&Facts::of(listed)),
                        known: None,
                        ..one.truth.clone()
                    });
                }
                one
            }
            Shape::Lib(_) | Shape::Import(_) | Shape::Instance(_) | Shape::Class(_) => {
                // A member that a value names: not known which.
                Value::with_origin(Shape::Unknown, Origin::derived([index.origin.clone()]))
            }
            _ => {
                let loc = Loc { file: self.frame().file_id, item: self.frame().item_id, node: crate::base::Node::Start };
                let elements = self.elements(value, loc);
                elements.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
            }
        }
    }

    /// The element at a known place.
    pub(super) fn element_at(&mut self, value: &Value, index: usize) -> Value {
        match &value.shape {
            Shape::Array(all) => all.get(index).cloned().unwrap_or_else(Value::nullish),
            Shape::OneOf(all) => {
                let parts: Vec<Value> =
                    all.iter().filter(|it| it.shape != Shape::Nullish).map(|it| self.element_at(it, index)).collect();
                parts.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::nullish)
            }
            _ => {
                let loc = Loc { file: self.frame().file_id, item: self.frame().item_id, node: crate::base::Node::Start };
                let elements = self.elements(value, loc);
                elements.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
            }
        }
    }

    /// The elements of a list: each one where they are known, one for all otherwise.
    pub(super) fn elements(&mut self, value: &Value, loc: Loc) -> Vec<Value> {
        match &value.shape {
            Shape::Array(all) if all.len() <= 12 => all.to_vec(),
            Shape::Array(all) => all.iter().cloned().reduce(|one, other| one.join(&other)).into_iter().collect(),
            Shape::List(element) => vec![element.clone()],
            Shape::Rows(row) => {
                let path: Arc<[Name]> = if row.at.path.is_empty() {
                    row.at.path.clone()
                } else {
                    row.at.path.iter().copied().chain([Name::new("*")]).collect()
                };
                let key = Key::Row(row.at.access, path.clone());
                let at = RowPath { access: row.at.access, path };
                let element = Arc::new(Row { at: at.clone(), without: row.without.clone() });
                vec![Value::new(Shape::Row(element), Origin::Row(at), Truth::implies(Facts::one(Fact::Holds(key))))]
            }
            _ if matches!(value.shape, Shape::Promise(_)) || value.is_pending() => {
                let settled = self.settle(value.clone(), loc);
                self.elements(&settled, loc)
            }
            Shape::OneOf(all) => {
                let parts: Vec<Value> =
                    all.iter().filter(|it| it.shape != Shape::Nullish).flat_map(|it| self.elements(it, loc)).collect();
                parts.into_iter().reduce(|one, other| one.join(&other)).into_iter().collect()
            }
            Shape::Nullish | Shape::Bool(_) | Shape::Num(_) => Vec::new(),
            Shape::Unknown if matches!(value.origin, Origin::Client(_)) => {
                vec![self.unknown_member(value, Name::new("*"))]
            }
            _ => vec![derived(value)],
        }
    }
}

/// The name under which a field of the global object is kept while an item is set up.
pub(super) fn global_key(name: Name) -> Name {
    Name::new(&format!("globalThis.{name}"))
}

/// A value that something of `value` went into.
pub(super) fn derived(value: &Value) -> Value {
    match &value.origin {
        Origin::Unknown => Value::unknown(),
        origin => Value::new(Shape::Unknown, origin.clone(), Truth::default()),
    }
}

/// A member of a caught exception. Its text says what went wrong inside; what only classifies it says nothing.
fn exception_member(name: Name) -> Value {
    let tells = match name.as_str() {
        // Set by those who make exceptions that are meant to be shown.
        "isOperational" | "expose" => {
            let shown = Truth::implies(Facts::one(Fact::Recognised));
            return Value::new(Shape::Scalar(Scalar::Bool), Origin::Exception, shown);
        }
        // Only exceptions made for an answer carry its status.
        "status" | "statusCode" | "httpStatus" => {
            let shown = Truth::implies(Facts::one(Fact::Recognised));
            return Value::new(Shape::Scalar(Scalar::Other), Origin::Exception, shown);
        }
        "code" | "name" | "type" | "kind" | "digest" | "constructor" => false,
        _ => true,
    };
    let shape = if tells { Shape::Unknown } else { Shape::Scalar(Scalar::Other) };
    Value::new(shape, Origin::Exception, Truth::default())
}

fn is_object_method(name: &str) -> bool {
    matches!(name, "hasOwnProperty" | "toString" | "toJSON" | "valueOf")
}
