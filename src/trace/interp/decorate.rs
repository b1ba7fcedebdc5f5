//! Decorators: what stands before a class, its members and parameters is told to the frameworks as registrations.

use std::sync::Arc;

use super::Interp;
use crate::base::{Loc, Name, Node};
use crate::db::{self, Binding, File};
use crate::ir::{Class, ClassId, Expr, ExprId, Item, MemberKind, Pattern, Stmt, TypeRef};
use crate::values::{Call, CallForm, ClassRef, Origin, Registration, Shape, Value};

impl Interp<'_> {
    /// Records the decorators of a class, each with where it stands, and what the class extends.
    pub(super) fn decorate(&mut self, id: ClassId) {
        let item = self.item();
        let class = item.class(id);
        let (file, reference) = {
            let frame = self.frame();
            (frame.file, ClassRef { file: frame.file_id, item: frame.item_id, class: id })
        };
        if class.extends.is_none() && !is_decorated(&item, class) {
            return;
        }
        let on = Value::of(Shape::Class(reference));
        let extends = class.extends.map_or_else(Value::nullish, |it| self.decorator(it));
        self.register(&on, Registration::CLASS, vec![extends], &class.decorators, self.loc(Node::Class(id.0)));
        for (nth, member) in (0..).zip(&class.members).filter(|(_, it)| !it.is_static) {
            let loc = self.loc(Node::Member { class: id.0, nth });
            let name = Value::str(&member.name);
            match member.kind {
                MemberKind::Field(_) if !member.decorators.is_empty() => {
                    let ty = member.ty.as_ref().map_or_else(Value::unknown, |it| self.type_value(file, it));
                    self.register(&on, Registration::FIELD, vec![name, ty], &member.decorators, loc);
                }
                MemberKind::Method(function) => {
                    let function = item.function(function);
                    if member.decorators.is_empty() && function.params.iter().all(|it| it.decorators.is_empty()) {
                        continue;
                    }
                    let ty = function.returns.as_ref().map_or_else(Value::unknown, |it| self.type_value(file, it));
                    self.register(&on, Registration::METHOD, vec![name.clone(), ty], &member.decorators, loc);
                    for (index, param) in function.params.iter().enumerate() {
                        let ty = param.ty.as_ref().map_or_else(Value::unknown, |it| self.type_value(file, it));
                        let index = Value::with_origin(Shape::Num(index.to_string().into()), Origin::Literal);
                        self.register(&on, Registration::PARAM, vec![name.clone(), ty, index], &param.decorators, loc);
                    }
                }
                _ => {}
            }
        }
    }

    fn register(&mut self, on: &Value, method: &str, mut args: Vec<Value>, decorators: &[ExprId], loc: Loc) {
        let mut arg_locs = vec![loc; args.len()];
        for decorator in decorators {
            args.push(self.decorator(*decorator));
            arg_locs.push(self.expr_loc(*decorator));
        }
        let (on, method) = (on.clone(), Name::new(method));
        self.registrations.push(Registration { on, method, args, arg_locs, loc });
    }

    /// What stands after `@`. A library's decorator that nobody knows is not called: it would run the functions that it is given
    /// (`() => Other`), and classes that name each other would wait for each other.
    pub(in crate::trace) fn decorator(&mut self, id: ExprId) -> Value {
        let item = self.item();
        let Expr::Call { callee, args, .. } = item.expr(id) else { return self.eval(id) };
        let function = self.eval(*callee);
        if !matches!(function.shape, Shape::Import(_)) {
            return self.eval(id);
        }
        let (args, arg_locs) = self.args(args);
        let (loc, facts) = (self.expr_loc(id), self.state.facts.clone());
        let call = Call {
            callee: &function,
            method: None,
            args: &args,
            arg_locs: &arg_locs,
            form: CallForm::Call,
            loc,
            awaited: false,
            quasis: None,
            facts: &facts,
        };
        match self.library_answer(&call) {
            Some(outcome) => self.carry_out(outcome, &call),
            None => Value::unknown(),
        }
    }

    /// What a written type names, without running anything: a class of the project, an export of a package, a list of such; a
    /// builtin (`string`, `Date`) by its name.
    pub(in crate::trace) fn type_value(&self, file: File, ty: &TypeRef) -> Value {
        match (ty.name.as_str(), ty.args.as_slice()) {
            ("" | "&" | "keyof" | "typeof" | "is" | "asserts", _) => Value::unknown(),
            ("[]" | "Array" | "ReadonlyArray", [element]) => Value::of(Shape::List(self.type_value(file, element))),
            ("Promise" | "Readonly" | "Observable", [inner]) => self.type_value(file, inner),
            ("|", parts) => {
                let mut present = parts.iter().filter(|it| !matches!(it.name.as_str(), "null" | "undefined"));
                match (present.next(), present.next()) {
                    (Some(one), None) => self.type_value(file, one),
                    _ => Value::unknown(),
                }
            }
            ("string" | "number" | "boolean" | "Date" | "String" | "Number" | "Boolean", _) => {
                Value::of(Shape::Builtin(Arc::from([ty.name])))
            }
            (name, _) => {
                let mut parts = name.split('.').map(Name::new);
                let Some(first) = parts.next() else { return Value::unknown() };
                let rest: Vec<Name> = parts.collect();
                match db::binding(self.db, file, first) {
                    Binding::Items(at, name) if rest.is_empty() => self.declared_class(*at, *name),
                    Binding::Namespace(at) => match (db::file(self.db, *at), rest.as_slice()) {
                        (Some(target), [name]) => match db::export(self.db, target, *name) {
                            Some(Binding::Items(at, name)) => self.declared_class(*at, *name),
                            _ => Value::unknown(),
                        },
                        _ => Value::unknown(),
                    },
                    Binding::Package { package, export } => {
                        let path = std::iter::once(*export).filter(|it| *it != "*").chain(rest).collect();
                        Value::of(Shape::Import(Arc::new(crate::values::Import { package: *package, path, unresolved: false })))
                    }
                    _ => Value::unknown(),
                }
            }
        }
    }

    /// The class that a file declares under that name.
    fn declared_class(&self, at: crate::base::FileId, name: Name) -> Value {
        let Some(file) = db::file(self.db, at) else { return Value::unknown() };
        for id in db::binders(self.db, file).get(&name).into_iter().flatten() {
            let Some(item) = db::item(self.db, file, *id) else { continue };
            let class = item.stmts.iter().find_map(|stmt| match stmt {
                Stmt::Class { pattern: Pattern::Global(bound), class } if *bound == name => Some(*class),
                _ => None,
            });
            if let Some(class) = class {
                return Value::of(Shape::Class(ClassRef { file: at, item: *id, class }));
            }
        }
        Value::unknown()
    }
}

/// Whether there is any decorator in a class.
fn is_decorated(item: &Item, class: &Class) -> bool {
    !class.decorators.is_empty()
        || class.members.iter().any(|member| {
            !member.decorators.is_empty()
                || match member.kind {
                    MemberKind::Method(function) => {
                        item.function(function).params.iter().any(|param| !param.decorators.is_empty())
                    }
                    _ => false,
                }
        })
}
