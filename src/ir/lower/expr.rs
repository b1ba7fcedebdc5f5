//! Expressions other than chains.

use tree_sitter::Node;

use super::chain::Types;
use super::context::Lower;
use super::kinds::Kind;
use super::pattern::Use;
use crate::base::Name;
use crate::ir::{Arg, AssignOp, BinaryOp, Expr, ExprId, Key, Lit, LogicalOp, Prop, UnaryOp};

impl<'t> Lower<'t> {
    /// `left op right`, where `node` is the operation and `left` what was made of its left side.
    pub(super) fn binary(&mut self, node: Node<'t>, left: ExprId) -> ExprId {
        let right = self.field(node, self.fields().right);
        let mut reach = 0;
        let expr = match right {
            Some(right) => {
                let right = self.expr(right);
                reach = self.item.expr_spans[right.0 as usize].end;
                self.operation(node, left, right)
            }
            None => Expr::Opaque(vec![left]),
        };
        let mut span = self.span(node);
        // The right side may have links that the tree has outside of it.
        span.end = span.end.max(reach);
        self.push_expr(expr, span)
    }

    /// An operation on operands that are lowered already.
    pub(super) fn operation(&self, node: Node<'_>, left: ExprId, right: ExprId) -> Expr {
        let operator = node.child_by_field_id(self.fields().operator).map_or("", |it| self.text(it));
        let op = match operator {
            "&&" => return Expr::Logical { op: LogicalOp::And, left, right },
            "||" => return Expr::Logical { op: LogicalOp::Or, left, right },
            "??" => return Expr::Logical { op: LogicalOp::Nullish, left, right },
            "==" | "===" => BinaryOp::Eq,
            "!=" | "!==" => BinaryOp::NotEq,
            "<" | "<=" | ">" | ">=" => BinaryOp::Compare,
            "+" => BinaryOp::Add,
            "in" => BinaryOp::In,
            "instanceof" => BinaryOp::Instanceof,
            _ => BinaryOp::Arith,
        };
        Expr::Binary { op, left, right }
    }

    /// A call; `types` are type arguments that the tree has elsewhere.
    pub(super) fn call(&mut self, node: Node<'t>, callee: ExprId, types: Option<Types<'t>>) -> Expr {
        let type_args = match types {
            Some(types) => self.types_of(types),
            None => self.type_arguments(self.field(node, self.fields().type_arguments)),
        };
        let Some(arguments) = self.field(node, self.fields().arguments) else { return Expr::Opaque(vec![callee]) };
        if self.kind(arguments) == Kind::Template {
            let (quasis, exprs) = self.template(arguments);
            return Expr::Tagged { tag: callee, quasis, exprs, type_args };
        }
        let args = self.args(arguments);
        if let (Expr::Global(name), [Arg { expr, spread: false }]) = (&self.item.exprs[callee.0 as usize], &args[..])
            && *name == "require"
            && let Some(specifier) = self.literal(*expr)
        {
            self.specifier(&specifier);
            self.item.shown.commonjs = true;
            return Expr::Import(*expr);
        }
        Expr::Call { callee, args, optional: self.is_optional(node), type_args }
    }

    /// The elements of an argument list or array literal.
    pub(super) fn args(&mut self, node: Node<'t>) -> Vec<Arg> {
        let kids = self.kids(node);
        let mut args = Vec::with_capacity(kids.len() / 2);
        for kid in kids {
            if kid.kind == Kind::Spread {
                if let Some(inner) = self.kids(kid.node).into_iter().find(|it| it.kind.is_expression()) {
                    args.push(Arg { expr: self.expr(inner.node), spread: true });
                }
            } else if kid.node.is_named() && kid.kind != Kind::Error {
                args.push(Arg { expr: self.expr(kid.node), spread: false });
            }
        }
        args
    }

    pub(super) fn is_optional(&mut self, node: Node<'t>) -> bool {
        self.kids(node).iter().any(|kid| matches!(kid.kind, Kind::OptionalChain | Kind::QuestionDot))
    }

    /// Whether an expression is `exports` or `module.exports`.
    pub(super) fn is_exports(&self, id: ExprId) -> bool {
        match &self.item.exprs[id.0 as usize] {
            Expr::Global(name) => *name == "exports",
            Expr::Member { object, name, .. } if *name == "exports" => {
                matches!(&self.item.exprs[object.0 as usize], Expr::Global(name) if *name == "module")
            }
            _ => false,
        }
    }

    /// The text of a string literal.
    pub(super) fn literal(&self, id: ExprId) -> Option<std::sync::Arc<str>> {
        match &self.item.exprs[id.0 as usize] {
            Expr::Lit(Lit::Str(text)) => Some(text.clone()),
            Expr::Template { quasis, exprs } if exprs.is_empty() => quasis.first().cloned(),
            _ => None,
        }
    }

    /// An expression that is no chain.
    pub(super) fn simple(&mut self, node: Node<'t>, kind: Kind, hint: Option<Name>) -> Expr {
        let fields = self.fields();
        match kind {
            _ if node.is_missing() => Expr::Opaque(Vec::new()),
            Kind::Identifier => {
                let name = self.name(node);
                self.reference(name)
            }
            Kind::This => Expr::This,
            Kind::Super => Expr::Super,
            Kind::Number => Expr::Lit(self.number(node)),
            Kind::String => Expr::Lit(Lit::Str(self.string(node).into())),
            Kind::PrivateName => Expr::Lit(Lit::Str(self.text(node).into())),
            Kind::True => Expr::Lit(Lit::Bool(true)),
            Kind::False => Expr::Lit(Lit::Bool(false)),
            Kind::Null => Expr::Lit(Lit::Null),
            Kind::Undefined => Expr::Lit(Lit::Undefined),
            Kind::Regex => Expr::Lit(Lit::Regex(self.text(node).into())),
            Kind::Template => {
                let (quasis, exprs) = self.template(node);
                Expr::Template { quasis, exprs }
            }
            Kind::Array => Expr::Array(self.args(node)),
            Kind::Object => self.object(node),
            Kind::Function | Kind::Generator | Kind::Arrow => {
                let own = self.field(node, fields.name).map(|it| self.name(it));
                Expr::Function(self.function_of(node, own.or(hint)))
            }
            Kind::Class => {
                let own = self.field(node, fields.name).map(|it| self.name(it));
                Expr::Class(self.class_of(node, own.or(hint), Vec::new()))
            }
            Kind::Meta if self.text(node).starts_with("import") => Expr::ImportMeta,
            Kind::Call => self.import_call(node),
            Kind::New => self.new_of(node),
            Kind::Assign | Kind::Augmented => self.assignment(node),
            Kind::Update => self.update(node),
            Kind::Await => self.operand(node, Expr::Await),
            Kind::Yield => {
                let inner = self.kids(node).into_iter().find(|kid| kid.kind.is_expression());
                Expr::Yield(inner.map(|it| self.expr(it.node)))
            }
            Kind::Unary => {
                let op = self.unary_op(node);
                match self.field(node, fields.argument) {
                    Some(operand) => Expr::Unary { op, operand: self.expr(operand) },
                    None => Expr::Opaque(Vec::new()),
                }
            }
            Kind::Ternary => {
                let parts = [fields.condition, fields.consequence, fields.alternative].map(|it| self.field(node, it));
                let [Some(test), Some(then), Some(other)] = parts else { return Expr::Opaque(Vec::new()) };
                Expr::Cond { test: self.expr(test), then: self.expr(then), other: self.expr(other) }
            }
            Kind::Sequence => {
                let kids = self.kids(node);
                Expr::Seq(kids.iter().filter(|kid| kid.kind.is_expression()).map(|kid| self.expr(kid.node)).collect())
            }
            Kind::Jsx | Kind::JsxSelfClosing => self.jsx(node),
            _ => Expr::Opaque(self.understood(node)),
        }
    }

    fn operand(&mut self, node: Node<'t>, make: fn(ExprId) -> Expr) -> Expr {
        match self.kids(node).into_iter().find(|kid| kid.kind.is_expression()) {
            Some(inner) => make(self.expr(inner.node)),
            None => Expr::Opaque(Vec::new()),
        }
    }

    pub(super) fn unary_op(&self, node: Node<'_>) -> UnaryOp {
        match node.child_by_field_id(self.fields().operator).map_or("", |it| self.text(it)) {
            "!" => UnaryOp::Not,
            "typeof" => UnaryOp::Typeof,
            "void" => UnaryOp::Void,
            "delete" => UnaryOp::Delete,
            "-" => UnaryOp::Minus,
            "+" => UnaryOp::Plus,
            _ => UnaryOp::BitNot,
        }
    }

    /// `import(a)`.
    fn import_call(&mut self, node: Node<'t>) -> Expr {
        let arguments = self.field(node, self.fields().arguments);
        let Some(first) = arguments.and_then(|it| self.kids(it).into_iter().find(|kid| kid.kind.is_expression())) else {
            return Expr::Opaque(Vec::new());
        };
        let operand = self.expr(first.node);
        if let Some(specifier) = self.literal(operand) {
            self.specifier(&specifier);
        }
        Expr::Import(operand)
    }

    fn new_of(&mut self, node: Node<'t>) -> Expr {
        let fields = self.fields();
        let Some(constructor) = self.field(node, fields.constructor) else { return Expr::Opaque(Vec::new()) };
        let callee = self.expr(constructor);
        let type_args = self.type_arguments(self.field(node, fields.type_arguments));
        let args = self.field(node, fields.arguments).map_or_else(Vec::new, |it| self.args(it));
        Expr::New { callee, args, type_args }
    }

    fn assignment(&mut self, node: Node<'t>) -> Expr {
        let fields = self.fields();
        let (Some(left), Some(right)) = (self.field(node, fields.left), self.field(node, fields.right)) else {
            return Expr::Opaque(Vec::new());
        };
        let op = match self.field(node, fields.operator).map_or("=", |it| self.text(it)) {
            "=" => AssignOp::Set,
            "+=" => AssignOp::Add,
            "&&=" => AssignOp::Logical(LogicalOp::And),
            "||=" => AssignOp::Logical(LogicalOp::Or),
            "??=" => AssignOp::Logical(LogicalOp::Nullish),
            _ => AssignOp::Arith,
        };
        let hint = match self.kind(left) {
            Kind::Identifier => Some(self.name(left)),
            Kind::Member => self.field(left, fields.property).map(|it| self.name(it)),
            _ => None,
        };
        let target = self.pattern(left, Use::Assign);
        Expr::Assign { op, target, value: self.named_expr(right, hint) }
    }

    fn update(&mut self, node: Node<'t>) -> Expr {
        let Some(argument) = self.field(node, self.fields().argument) else { return Expr::Opaque(Vec::new()) };
        let target = self.pattern(argument, Use::Assign);
        let span = self.span(node);
        let value = self.push_expr(Expr::Lit(Lit::Num("1".into())), span);
        Expr::Assign { op: AssignOp::Arith, target, value }
    }

    fn object(&mut self, node: Node<'t>) -> Expr {
        let mut props = Vec::new();
        for kid in self.kids(node) {
            match kid.kind {
                Kind::ShorthandProperty => {
                    let name = self.name(kid.node);
                    let (expr, span) = (self.reference(name), self.span(kid.node));
                    props.push(Prop::Field { key: Key::Name(name), value: self.push_expr(expr, span) });
                }
                Kind::Pair => {
                    let fields = self.fields();
                    let (key, value) = (self.field(kid.node, fields.key), self.field(kid.node, fields.value));
                    let (Some(key), Some(value)) = (key, value) else { continue };
                    let key = self.key(key);
                    let hint = if let Key::Name(name) = key { Some(name) } else { None };
                    props.push(Prop::Field { value: self.named_expr(value, hint), key });
                }
                Kind::Spread => {
                    if let Some(inner) = self.kids(kid.node).into_iter().find(|it| it.kind.is_expression()) {
                        props.push(Prop::Spread(self.expr(inner.node)));
                    }
                }
                Kind::Method => props.extend(self.object_method(kid.node)),
                _ => {}
            }
        }
        Expr::Object(props)
    }

    fn object_method(&mut self, node: Node<'t>) -> Option<Prop> {
        let named = self.field(node, self.fields().name)?;
        let key = self.key(named);
        let (mut getter, mut setter) = (false, false);
        for kid in self.kids(node) {
            getter |= kid.kind == Kind::KwGet;
            setter |= kid.kind == Kind::KwSet;
        }
        // What is assigned to a setter goes nowhere that a reader of the object would see.
        if setter {
            return None;
        }
        let name = self.member_name(named);
        let function = self.function_of(node, Some(name));
        if getter {
            return Some(Prop::Getter { key, function });
        }
        let span = self.span(node);
        Some(Prop::Field { key, value: self.push_expr(Expr::Function(function), span) })
    }
}
