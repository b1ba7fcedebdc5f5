//! Type annotations, as far as they are read.

use std::sync::Arc;

use tree_sitter::Node;

use super::context::{Lower, MOST_DEPTH};
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::TypeRef;

impl<'t> Lower<'t> {
    /// The type of an annotation (`: T`), if there is one.
    pub(super) fn annotation(&mut self, node: Option<Node<'t>>) -> Option<Arc<TypeRef>> {
        let node = node?;
        let inner = self.kids(node).into_iter().find(|kid| kid.node.is_named() && kid.kind != Kind::Error)?;
        Some(Arc::new(self.ty(inner.node)))
    }

    /// The types between `<` and `>`.
    pub(super) fn type_arguments(&mut self, node: Option<Node<'t>>) -> Vec<TypeRef> {
        let Some(node) = node else { return Vec::new() };
        self.types_in(node)
    }

    fn types_in(&mut self, node: Node<'t>) -> Vec<TypeRef> {
        let kids = self.kids(node);
        kids.iter().filter(|kid| kid.node.is_named() && kid.kind != Kind::Error).map(|kid| self.ty(kid.node)).collect()
    }

    /// A type.
    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeRef {
        if self.depth >= MOST_DEPTH {
            return plain("");
        }
        self.depth += 1;
        let ty = self.ty_inner(node);
        self.depth -= 1;
        ty
    }

    fn ty_inner(&mut self, node: Node<'t>) -> TypeRef {
        match self.kind(node) {
            Kind::TypeIdentifier | Kind::Identifier | Kind::PredefinedType | Kind::ThisType => plain(self.text(node)),
            Kind::NestedType | Kind::Member | Kind::NestedIdentifier => {
                plain(&self.text(node).split_whitespace().collect::<String>())
            }
            Kind::GenericType | Kind::Instantiation => {
                let head = node.named_child(0).map_or_else(|| plain(""), |it| self.ty(it));
                TypeRef { args: self.type_arguments(self.field(node, self.fields().type_arguments)), ..head }
            }
            Kind::ArrayType | Kind::TupleType => TypeRef { args: self.types_in(node), ..plain("[]") },
            Kind::UnionType => self.joined(node, Kind::UnionType, "|"),
            Kind::IntersectionType => self.joined(node, Kind::IntersectionType, "&"),
            Kind::KeyofType => TypeRef { args: self.types_in(node), ..plain("keyof") },
            Kind::TypeQuery => TypeRef { args: self.types_in(node), ..plain("typeof") },
            Kind::Asserts => TypeRef { args: self.types_in(node), ..plain("asserts") },
            Kind::TypePredicate => {
                let ty = self.field(node, self.fields().ty);
                TypeRef { args: ty.into_iter().map(|it| self.ty(it)).collect(), ..plain("is") }
            }
            Kind::ParenthesizedType | Kind::ReadonlyType | Kind::OptionalType | Kind::RestType | Kind::TypeAnnotation => {
                node.named_child(0).map_or_else(|| plain(""), |it| self.ty(it))
            }
            Kind::Required | Kind::OptionalParameter => {
                self.field(node, self.fields().ty).map_or_else(|| plain(""), |it| self.ty(it))
            }
            // `null` and `undefined` are names of types; other literals are not.
            Kind::LiteralType => match self.text(node) {
                text @ ("null" | "undefined") => plain(text),
                _ => plain(""),
            },
            Kind::ObjectType | Kind::InterfaceBody => self.object_type(node),
            _ => plain(""),
        }
    }

    /// A union or intersection, whose parts the grammar nests to the left.
    fn joined(&mut self, node: Node<'t>, kind: Kind, name: &str) -> TypeRef {
        let (mut parts, mut todo) = (Vec::new(), vec![node]);
        while let Some(node) = todo.pop() {
            if self.kind(node) == kind {
                todo.extend(
                    self.kids(node).iter().rev().filter(|kid| kid.node.is_named() && kid.kind != Kind::Error).map(|kid| kid.node),
                );
            } else {
                parts.push(node);
            }
        }
        TypeRef { args: parts.into_iter().map(|it| self.ty(it)).collect(), ..plain(name) }
    }

    fn object_type(&mut self, node: Node<'t>) -> TypeRef {
        let mut ty = plain("");
        for kid in self.kids(node) {
            if !matches!(kid.kind, Kind::PropertySignature | Kind::MethodSignature) {
                continue;
            }
            let Some(name) = self.field(kid.node, self.fields().name).map(|it| self.member_name(it)) else { continue };
            let optional = self.kids(kid.node).iter().any(|it| it.kind == Kind::Question);
            let written = self.field(kid.node, self.fields().ty);
            let member = self.annotation(written).map_or_else(|| plain(""), Arc::unwrap_or_clone);
            ty.members.push((name, member, optional));
        }
        ty
    }

    /// What an interface or type alias declares.
    pub(super) fn declared_type(&mut self, node: Node<'t>) -> Option<(Name, TypeRef)> {
        let name = self.field(node, self.fields().name).map(|it| self.name(it))?;
        if self.kind(node) == Kind::TypeAlias {
            let value = self.field(node, self.fields().value)?;
            return Some((name, self.ty(value)));
        }
        let body = self.field(node, self.fields().body)?;
        let own = self.ty(body);
        let extends = self.kids(node).into_iter().find(|kid| kid.kind == Kind::ExtendsType);
        Some((
            name,
            match extends {
                Some(extends) => {
                    let mut args = self.types_in(extends.node);
                    args.push(own);
                    TypeRef { args, ..plain("&") }
                }
                None => own,
            },
        ))
    }
}

fn plain(name: &str) -> TypeRef {
    TypeRef { name: Name::new(name), args: Vec::new(), members: Vec::new() }
}
