//! Dependency injection: what the parameters of a constructor stand for where a container calls it.

use std::sync::Arc;

use super::Interp;
use crate::base::{ItemId, Loc, Name, Node};
use crate::db::{self, File, Workspace};
use crate::frameworks::Provider;
use crate::ir::{ExprId, Item, MemberKind, Param, TypeRef};
use crate::trace::provide;
use crate::values::{Call, CallForm, ClassRef, Instance, Object, Shape, Value};

/// Under this name an object keeps what the library class that its class extends made of it.
const PARENT: &str = "*super";

impl Interp<'_> {
    /// The fields of an object of that class, made by a container.
    pub fn provide(&mut self, class: ClassRef) -> Vec<(Name, Value)> {
        let Some((file, item)) = self.class_item(class) else { return Vec::new() };
        let cell = self.state.cell(Object::default());
        let this = Value::of(Shape::Instance(Arc::new(Instance { class, fields: Object::default(), cell: Some(cell) })));
        let args = self.constructor_args(class, 0);
        let loc = Loc { file: class.file, item: class.item, node: Node::Start };
        self.initialise(class, &this, args, loc, 0);
        let Some(declared) = item.classes.get(class.class.0 as usize) else { return Vec::new() };
        for member in declared.members.iter().filter(|it| !it.is_static) {
            if let MemberKind::Field(None) = member.kind
                && self.state.field(cell, member.name).is_none()
            {
                let value = self.injected(file, class, &member.decorators, member.ty.as_deref());
                if value != Value::unknown() {
                    self.state.write(cell, member.name, value);
                }
            }
        }
        match &self.freeze(&this).shape {
            Shape::Instance(instance) => instance.fields.fields.clone(),
            _ => Vec::new(),
        }
    }

    fn class_item(&self, class: ClassRef) -> Option<(File, Arc<Item>)> {
        let file = provide::file_of(self.db, class)?;
        let item = db::item(self.db, file, class.item).clone()?;
        Some((file, item.0))
    }

    /// What a container gives to the constructor of a class, or of the class that it inherits it from.
    fn constructor_args(&mut self, class: ClassRef, depth: usize) -> Vec<Value> {
        let Some((file, item)) = self.class_item(class) else { return Vec::new() };
        let Some(declared) = item.classes.get(class.class.0 as usize) else { return Vec::new() };
        let constructor = declared.members.iter().find_map(|it| match it.kind {
            MemberKind::Constructor(function) => Some(function),
            _ => None,
        });
        match constructor {
            Some(function) => {
                let params: Vec<Param> = item.function(function).params.clone();
                params.iter().map(|it| self.injected(file, class, &it.decorators, it.ty.as_deref())).collect()
            }
            None => match self.parent_class(file, class).map(|it| it.shape.clone()) {
                Some(Shape::Class(parent)) if depth < 6 => self.constructor_args(parent, depth + 1),
                _ => Vec::new(),
            },
        }
    }

    /// What a container hands over for a parameter or field: what its decorator names, else what its type is.
    fn injected(&mut self, file: File, class: ClassRef, decorators: &[ExprId], ty: Option<&TypeRef>) -> Value {
        for decorator in decorators {
            let value = self.in_class(file, class, |it| it.decorator(*decorator));
            let Some(lib) = value.as_lib() else { continue };
            match lib.kind.as_str() {
                "injection" => {
                    let token = lib.get("token").cloned().unwrap_or_else(Value::unknown);
                    let found = self.of_token(&token, 0);
                    if found.shape != Shape::Unknown {
                        return found;
                    }
                }
                "decorator" => {}
                _ => return value,
            }
        }
        let Some(ty) = ty else { return Value::unknown() };
        let token = self.type_value(file, ty);
        let args: Vec<Value> = ty.args.iter().map(|it| self.type_value(file, it)).collect();
        match &token.shape {
            Shape::Class(_) => self.of_token(&token, 0),
            Shape::Import(_) => self.of_library(&token, &args),
            _ => Value::unknown(),
        }
    }

    /// What a container has under a token: a class gives an object of it, unless a provider says otherwise.
    fn of_token(&mut self, token: &Value, depth: usize) -> Value {
        if depth > 6 {
            return Value::unknown();
        }
        let workspace = Workspace::get(self.db);
        match crate::frameworks::provider(token, provide::all_registrations(self.db, workspace)) {
            Some(Provider::Token(other)) if other != *token => return self.of_token(&other, depth + 1),
            Some(Provider::Value(value)) => return value,
            Some(Provider::Factory { function, inject }) => {
                let args: Vec<Value> = inject.iter().map(|it| self.of_token(it, depth + 1)).collect();
                let loc = Loc { file: crate::base::FileId(0), item: ItemId(0), node: Node::Start };
                let made = self.call(&function, args, loc);
                return self.awaited(made, loc);
            }
            Some(Provider::Token(_)) | None => {}
        }
        match &token.shape {
            Shape::Class(class) => instance_of(*class),
            Shape::Import(_) => self.of_library(token, &[]),
            _ => Value::unknown(),
        }
    }

    /// An object of a library's class: what `new` would give; of one that nobody knows, the class, whose methods go by the same names.
    fn of_library(&mut self, class: &Value, args: &[Value]) -> Value {
        let made = self.library_object(class, args, Loc { file: crate::base::FileId(0), item: ItemId(0), node: Node::Start });
        made.unwrap_or_else(|| class.clone())
    }

    /// What a library says that `new` gives.
    fn library_object(&mut self, class: &Value, args: &[Value], loc: Loc) -> Option<Value> {
        let (arg_locs, facts) = (vec![loc; args.len()], self.state.facts.clone());
        let call = Call {
            callee: class,
            method: None,
            args,
            arg_locs: &arg_locs,
            form: CallForm::New,
            loc,
            awaited: false,
            quasis: None,
            facts: &facts,
        };
        let outcome = self.library_answer(&call)?;
        outcome.value.filter(|it| matches!(it.shape, Shape::Lib(_)))
    }

    /// `super(…)` into a library: what it makes is what the object is beyond its own class.
    pub(super) fn extend_library(&mut self, this: &Value, parent: &Value, args: &[Value], loc: Loc) {
        let Shape::Instance(instance) = &this.shape else { return };
        let Some(cell) = instance.cell else { return };
        let made = match &parent.shape {
            Shape::Import(_) => self.library_object(parent, args, loc),
            Shape::Lib(_) => Some(parent.clone()),
            _ => None,
        };
        if let Some(made) = made {
            self.state.write(cell, Name::new(PARENT), made);
        }
    }

    /// A member that an object has from the library class that its class extends.
    pub(super) fn library_member(&mut self, object: &Value, parent: &Value, name: Name) -> Option<Value> {
        let Shape::Instance(instance) = &object.shape else { return None };
        let key = Name::new(PARENT);
        let known = match instance.cell {
            Some(cell) => self.state.field(cell, key).cloned(),
            None => instance.fields.get(PARENT).cloned().or_else(|| self.provided_field(instance.class, key)),
        };
        let loc = Loc { file: instance.class.file, item: instance.class.item, node: Node::Start };
        let base = known.or_else(|| match &parent.shape {
            Shape::Lib(_) => Some(parent.clone()),
            Shape::Import(_) => self.library_object(parent, &[], loc),
            _ => None,
        })?;
        let lib = base.as_lib()?;
        // The library may call back what the class overrides.
        let mut own = lib.clone();
        own.data.retain(|(it, _)| *it != "this");
        own.data.push((Name::new("this"), object.clone()));
        let own = Value::new(Shape::Lib(Arc::new(own)), base.origin.clone(), base.truth.clone());
        Some(self.member(&own, name, true))
    }

    /// A field of an object that a container made.
    pub(super) fn provided_field(&mut self, class: ClassRef, name: Name) -> Option<Value> {
        // While files are set up there is no container yet.
        if self.setting_up.is_some() {
            return None;
        }
        let file = provide::file_of(self.db, class)?;
        let fields = provide::provided(self.db, file, class.item, class.class);
        fields.iter().find(|(it, _)| *it == name).map(|(_, value)| value.clone())
    }
}

/// An object of a class whose fields the container fills.
pub(in crate::trace) fn instance_of(class: ClassRef) -> Value {
    Value::of(Shape::Instance(Arc::new(Instance { class, fields: Object::default(), cell: None })))
}
