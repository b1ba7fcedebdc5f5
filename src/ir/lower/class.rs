//! Classes.

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use super::context::{Kid, Lower, MOST_DEPTH};
use super::kinds::Kind;
use crate::base::Name;
use crate::ir::{Class, ClassId, ExprId, Member, MemberKind};

impl<'t> Lower<'t> {
    /// Lowers a class; `decorators` are those that stand before an `export`.
    pub(super) fn class_of(&mut self, node: Node<'t>, name: Option<Name>, mut decorators: Vec<ExprId>) -> ClassId {
        let (mut extends, mut members) = (None, Vec::new());
        self.depth += 1;
        self.scopes.enter();
        if self.kind(node) == Kind::Class
            && let Some(own) = self.field(node, self.fields().name)
        {
            self.declare(own);
        }
        if self.has_own_error(node) {
            self.mark_broken();
        }
        for kid in self.kids(node) {
            match kid.kind {
                Kind::Decorator => decorators.extend(self.decorator(kid.node)),
                Kind::Heritage => extends = self.extends(kid.node),
                Kind::ClassBody if self.depth < MOST_DEPTH => members = self.members(kid.node),
                _ => {}
            }
        }
        self.scopes.leave();
        self.depth -= 1;
        let span = self.span(node);
        self.push_class(Class { name, extends, decorators, members, span })
    }

    fn extends(&mut self, heritage: Node<'t>) -> Option<ExprId> {
        let clause = self.kids(heritage).into_iter().find(|kid| kid.kind == Kind::Extends)?;
        let value = self.field(clause.node, self.fields().value)?;
        Some(self.expr(value))
    }

    /// The expression of `@expr`.
    pub(super) fn decorator(&mut self, node: Node<'t>) -> Option<ExprId> {
        let inner = self.kids(node).into_iter().find(|kid| kid.kind.is_expression())?;
        Some(self.expr(inner.node))
    }

    fn members(&mut self, body: Node<'t>) -> Vec<Member> {
        let kids = self.kids(body);
        // An overload says nothing that its implementation does not.
        let implemented: FxHashSet<Name> = (kids.iter().filter(|kid| kid.kind == Kind::Method))
            .filter_map(|kid| self.field(kid.node, self.fields().name))
            .map(|name| self.member_name(name))
            .collect();
        let (mut members, mut decorators) = (Vec::new(), Vec::new());
        for kid in &kids {
            if kid.kind == Kind::Error || kid.node.is_missing() {
                self.mark_broken();
            }
            if kid.kind == Kind::Decorator {
                decorators.extend(self.decorator(kid.node));
                continue;
            }
            let name = self.field(kid.node, self.fields().name).map(|it| self.member_name(it));
            if kid.kind == Kind::MethodSignature && name.is_some_and(|it| implemented.contains(&it)) {
                continue;
            }
            let Some(mut member) = self.member(kid) else { continue };
            member.decorators.splice(0..0, std::mem::take(&mut decorators));
            members.push(member);
        }
        members
    }

    fn member(&mut self, kid: &Kid<'t>) -> Option<Member> {
        let node = kid.node;
        let span = self.span(node);
        if kid.kind == Kind::StaticBlock {
            let kind = MemberKind::StaticBlock(self.function_of(node, None));
            return Some(Member { name: Name::new("static"), kind, is_static: true, decorators: Vec::new(), ty: None, span });
        }
        if !matches!(kid.kind, Kind::Method | Kind::MethodSignature | Kind::AbstractMethod | Kind::Field) {
            return None;
        }
        let named = self.field(node, self.fields().name)?;
        let name = self.member_name(named);
        let (mut is_static, mut getter, mut setter, mut decorators) = (false, false, false, Vec::new());
        for part in self.kids(node) {
            match part.kind {
                Kind::KwStatic => is_static = true,
                Kind::KwGet => getter = true,
                Kind::KwSet => setter = true,
                Kind::Decorator => decorators.extend(self.decorator(part.node)),
                _ => {}
            }
        }
        let (kind, ty) = if kid.kind == Kind::Field {
            let written = self.field(node, self.fields().ty);
            let ty = self.annotation(written);
            let value = self.field(node, self.fields().value);
            let value = value.map(|it| {
                if self.has_own_error(node) {
                    self.mark_broken();
                    self.opaque(it)
                } else {
                    self.named_expr(it, Some(name))
                }
            });
            (MemberKind::Field(value), ty)
        } else {
            let function = self.function_of(node, Some(name));
            let kind = match () {
                () if getter => MemberKind::Getter(function),
                () if setter => MemberKind::Setter(function),
                () if name == "constructor" && !is_static => MemberKind::Constructor(function),
                () => MemberKind::Method(function),
            };
            (kind, None)
        };
        Some(Member { name, kind, is_static, decorators, ty, span })
    }
}
