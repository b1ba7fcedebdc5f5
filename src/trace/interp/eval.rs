//! Expressions.

use std::sync::Arc;

use super::Interp;
use crate::base::{Loc, Name, Node};
use crate::db::{self, Binding};
use crate::ir::{Arg, AssignOp, BinaryOp, Expr, ExprId, Key, Lit, LogicalOp, Pattern, Prop, UnaryOp};
use crate::values::{CallForm, Fact, Facts, Import, Key as ValueKey, Lib, Object, Origin, Scalar, Shape, Truth, Value};

impl Interp<'_> {
    /// The value of an expression on the current way.
    pub(super) fn eval(&mut self, id: ExprId) -> Value {
        self.eval_with(id, false)
    }

    fn eval_with(&mut self, id: ExprId, awaited: bool) -> Value {
        if self.dead || self.cut || !self.step() {
            return Value::unknown();
        }
        let item = self.item();
        match item.expr(id) {
            Expr::Opaque(exprs) => {
                let parts: Vec<Value> = exprs.iter().map(|it| self.eval(*it)).collect();
                Value::with_origin(Shape::Unknown, Origin::derived(parts.iter().map(|it| it.origin.clone())))
            }
            Expr::Lit(lit) => literal(lit),
            Expr::Template { quasis, exprs } => {
                let parts: Vec<Value> = exprs.iter().map(|it| self.eval(*it)).collect();
                text(quasis, &parts)
            }
            Expr::Tagged { tag, quasis, exprs, .. } => {
                let tag_value = self.eval(*tag);
                let args: Vec<Value> = exprs.iter().map(|it| self.eval(*it)).collect();
                let locs: Vec<Loc> = exprs.iter().map(|it| self.expr_loc(*it)).collect();
                let loc = self.expr_loc(id);
                self.call_tagged(&tag_value, quasis, args, locs, loc, awaited)
            }
            Expr::Local(local) => match self.act_of(*local).and_then(|act| self.state.get(act, *local)) {
                Some(value) => value.clone(),
                None => Value::unknown(),
            },
            Expr::Global(name) => self.global(*name),
            Expr::This => self.frame().this.clone().unwrap_or_else(Value::unknown),
            Expr::Super => self.frame().this.clone().unwrap_or_else(Value::unknown),
            Expr::Array(parts) => self.array(parts),
            Expr::Object(props) => self.object(props),
            Expr::Function(function) => self.closure(*function),
            Expr::Class(class) => {
                let frame = self.frame();
                let class = crate::values::ClassRef { file: frame.file_id, item: frame.item_id, class: *class };
                Value::of(Shape::Class(class))
            }
            Expr::Member { object, name, optional } => {
                let value = self.eval(*object);
                let plain = self.member(&value, *name, *optional);
                if *optional && may_be_nullish(&value) {
                    // `a?.b` is absent where `a` is: what `a` proves, it proves where it is there.
                    let present = value.truth.when_true.clone();
                    let truth = Truth { when_true: plain.truth.when_true.union(&present), ..plain.truth.clone() };
                    let known = if plain.truth.known == Some(true) { None } else { plain.truth.known };
                    return plain.with_truth(Truth { known, ..truth });
                }
                plain
            }
            Expr::Index { object, index, .. } => {
                let value = self.eval(*object);
                let index = self.eval(*index);
                self.index(&value, &index)
            }
            Expr::Call { callee, args, optional: _, .. } => self.call_expr(id, *callee, args, awaited),
            Expr::New { callee, args, .. } => {
                let callee = self.eval(*callee);
                let (args, locs) = self.args(args);
                let loc = self.expr_loc(id);
                self.construct(&callee, args, locs, loc)
            }
            Expr::Unary { op, operand } => self.unary(*op, *operand),
            Expr::Binary { op, left, right } => self.binary(*op, *left, *right),
            Expr::Logical { op, left, right } => self.logical(*op, *left, *right, false),
            Expr::Assign { op, target, value } => self.assign(*op, target, *value),
            Expr::Cond { test, then, other } => self.conditional(*test, *then, *other),
            Expr::Await(inner) => {
                let value = self.eval_with(*inner, true);
                let loc = self.expr_loc(*inner);
                self.settle(value, loc)
            }
            Expr::Yield(inner) => inner.map_or_else(Value::nullish, |it| self.eval(it)),
            Expr::Import(inner) => {
                let specifier = self.eval(*inner);
                self.dynamic_import(&specifier)
            }
            Expr::ImportMeta => Value::unknown(),
            Expr::Seq(parts) => parts.iter().map(|it| self.eval(*it)).last().unwrap_or_else(Value::nullish),
            Expr::Jsx { tag, parts } => {
                if let Some(tag) = tag {
                    self.eval(*tag);
                }
                let parts: Vec<Value> = parts.iter().map(|(_, it)| self.eval(*it)).collect();
                Value::with_origin(Shape::Unknown, Origin::derived(parts.iter().map(|it| it.origin.clone())))
            }
        }
    }

    /// What `await` gives: a query runs, a promise gives what is in it and what it proves.
    pub(super) fn settle(&mut self, value: Value, loc: Loc) -> Value {
        match &value.shape {
            Shape::Query(query) => self.run_query(query, loc),
            Shape::Lib(_) if value.is_pending() => {
                let now = self.builder_now(&value);
                let queries = now.alternatives().iter().filter_map(|it| crate::data::pending(it.as_lib()?, self.schema));
                let queries: Vec<Value> = queries.map(|it| Value::of(Shape::Query(Arc::new(it)))).collect();
                match queries.into_iter().reduce(|one, other| one.join(&other)) {
                    Some(query) => self.settle(query, loc),
                    None => Value::unknown(),
                }
            }
            Shape::Promise(inner) => {
                self.state.learn(&value.truth.when_true);
                if inner.truth.known == Some(true) {
                    self.state.learn(&inner.truth.when_true);
                }
                self.settle(inner.clone(), loc)
            }
            // Queries in a list that a layer gave back are run by it, as in a transaction.
            Shape::Array(all) if all.iter().any(Value::is_pending) => {
                let settled: Vec<Value> = all.iter().map(|it| self.settle(it.clone(), loc)).collect();
                let origin = Origin::mix(settled.iter().map(|it| it.origin.clone()));
                Value::with_origin(Shape::Array(settled.into()), origin)
            }
            Shape::List(element) if element.is_pending() => {
                let settled = self.settle(element.clone(), loc);
                Value::with_origin(Shape::List(settled.clone()), settled.origin.clone())
            }
            Shape::OneOf(all) if all.iter().any(|it| matches!(it.shape, Shape::Promise(_)) || it.is_pending()) => {
                let settled: Vec<Value> = all.iter().map(|it| self.settle_quietly(it, loc)).collect();
                let joined = settled.into_iter().reduce(|one, other| one.join(&other));
                joined.unwrap_or_else(Value::unknown)
            }
            _ => value,
        }
    }

    /// The same for one of several: it proves nothing on the other ways.
    fn settle_quietly(&mut self, value: &Value, loc: Loc) -> Value {
        let facts = self.state.facts.clone();
        let settled = self.settle(value.clone(), loc);
        self.state.facts = facts;
        settled
    }

    /// What a top-level name stands for in the current file.
    pub(super) fn global(&mut self, name: Name) -> Value {
        if let Some(value) = self.own.get(&name)
            && self.setting_up.is_some_and(|(file, _)| file == self.frame().file_id)
        {
            return value.clone();
        }
        let file = self.frame().file;
        let binding = db::binding(self.db, file, name);
        self.bound(binding)
    }

    /// The value of a binding.
    pub(super) fn bound(&mut self, binding: &Binding) -> Value {
        match binding {
            Binding::Items(file, name) => {
                if let Some((own, _)) = self.setting_up
                    && own == *file
                    && let Some(value) = self.own.get(name)
                {
                    return value.clone();
                }
                match db::file(self.db, *file) {
                    Some(file) => crate::trace::setup::global(self.db, file, *name),
                    None => Value::unknown(),
                }
            }
            Binding::Namespace(file) => Value::of(Shape::Lib(Arc::new(Lib {
                owner: Name::new("module"),
                kind: Name::new("namespace"),
                path: Arc::from([]),
                data: Vec::new(),
                made: Some(Loc { file: *file, item: crate::base::ItemId(0), node: Node::Start }),
                cell: None,
            }))),
            Binding::Package { package, export } => imported(*package, *export, false),
            Binding::Unresolved { specifier, export } => imported(*specifier, *export, true),
            Binding::Runtime(name) => match name.as_str() {
                "undefined" => Value::nullish(),
                "NaN" | "Infinity" => Value::with_origin(Shape::Scalar(Scalar::Number), Origin::Literal),
                _ => Value::of(Shape::Builtin(Arc::from([*name]))),
            },
        }
    }

    fn dynamic_import(&mut self, specifier: &Value) -> Value {
        let Some(text) = specifier.as_str() else { return Value::unknown() };
        let file = self.frame().file;
        let interface = file.interface(self.db);
        let index = interface.specifiers.iter().position(|it| &**it == text);
        let target = index.and_then(|index| file.targets(self.db).get(index)).cloned();
        match target {
            Some(crate::project::Target::File(id)) => self.bound(&Binding::Namespace(id)),
            Some(crate::project::Target::Package(package)) => imported(package, Name::new("*"), false),
            _ => imported(Name::new(text), Name::new("*"), true),
        }
    }

    fn array(&mut self, parts: &[Arg]) -> Value {
        let mut elements = Vec::new();
        let mut open: Vec<Value> = Vec::new();
        for part in parts {
            let value = self.eval(part.expr);
            if !part.spread {
                elements.push(value);
                continue;
            }
            match &value.shape {
                Shape::Array(inner) => elements.extend(inner.iter().cloned()),
                Shape::Nullish => {}
                _ => {
                    let loc = self.expr_loc(part.expr);
                    open.extend(self.elements(&value, loc));
                }
            }
        }
        let origin = Origin::mix(elements.iter().chain(&open).map(|it| it.origin.clone()));
        if open.is_empty() {
            return Value::with_origin(Shape::Array(elements.into()), if parts.is_empty() { Origin::Literal } else { origin });
        }
        let element = elements.into_iter().chain(open).reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown);
        Value::with_origin(Shape::List(element), origin)
    }

    fn object(&mut self, props: &[Prop]) -> Value {
        let mut object = Object::default();
        for prop in props {
            match prop {
                Prop::Field { key, value } => {
                    let field = self.eval(*value);
                    let loc = self.expr_loc(*value);
                    match self.key_name(key) {
                        Some(name) => object.set(name, field, Some(loc)),
                        None => {
                            object.computed = true;
                            if let Key::Computed(_) = key {
                                object.spreads.push(Value::with_origin(Shape::Unknown, Origin::derived([field.origin.clone()])));
                            }
                        }
                    }
                }
                Prop::Getter { key, function } => {
                    let getter = self.closure(*function);
                    let loc = self.loc(Node::Function(function.0));
                    let value = self.call_value(&getter, Vec::new(), Vec::new(), None, loc, false);
                    if let Some(name) = self.key_name(key) {
                        object.set(name, value, Some(loc));
                    }
                }
                Prop::Spread(expr) => {
                    let value = self.eval(*expr);
                    let loc = self.expr_loc(*expr);
                    spread_into(&mut object, &value, loc);
                }
            }
        }
        let origin = Origin::mix(object.fields.iter().map(|(_, value)| value).chain(&object.spreads).map(|it| it.origin.clone()));
        // An object is not the key that one of its fields is.
        let origin = match origin {
            Origin::Literal | Origin::Unknown => origin,
            other => Origin::derived([other]),
        };
        Value::with_origin(Shape::Object(Arc::new(object)), origin)
    }

    fn unary(&mut self, op: UnaryOp, operand: ExprId) -> Value {
        if op == UnaryOp::Delete {
            self.delete_place(operand);
            return Value::of(Shape::Scalar(Scalar::Bool));
        }
        let value = if op == UnaryOp::Not { self.eval_test(operand) } else { self.eval(operand) };
        match op {
            UnaryOp::Not => {
                let loc = self.expr_loc(operand);
                let truth = self.tested(&value, loc).negated();
                let shape = match truth.known {
                    Some(known) => Shape::Bool(known),
                    None => Shape::Scalar(Scalar::Bool),
                };
                Value::new(shape, Origin::derived([value.origin.clone()]), truth)
            }
            UnaryOp::Plus | UnaryOp::Minus | UnaryOp::BitNot => {
                if let (Shape::Num(number), UnaryOp::Minus) = (&value.shape, op) {
                    return Value::with_origin(Shape::Num(format!("-{number}").into()), Origin::Literal);
                }
                cast(&value, Scalar::Number)
            }
            UnaryOp::Void => Value::nullish(),
            UnaryOp::Typeof => Value::with_origin(Shape::Scalar(Scalar::String), Origin::derived([value.origin.clone()])),
            UnaryOp::Delete => Value::unknown(),
        }
    }

    fn binary(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Value {
        let item = self.item();
        let (one, other) = (self.eval(left), self.eval(right));
        let origin = Origin::derived([one.origin.clone(), other.origin.clone()]);
        let truth = match op {
            BinaryOp::Eq | BinaryOp::NotEq => {
                let truth = match (item.expr(left), item.expr(right)) {
                    (Expr::Unary { op: UnaryOp::Typeof, operand }, _) => self.type_test(*operand, &other),
                    (_, Expr::Unary { op: UnaryOp::Typeof, operand }) => self.type_test(*operand, &one),
                    _ => equality(&one, &other),
                };
                if op == BinaryOp::Eq { truth } else { truth.negated() }
            }
            BinaryOp::Instanceof => match one.origin.key() {
                Some(key @ ValueKey::Client(..)) => Truth::implies(Facts::one(Fact::Validated(key))),
                _ if one.origin == Origin::Exception && !is_any_error(&other) => Truth::implies(Facts::one(Fact::Recognised)),
                _ => Truth::default(),
            },
            BinaryOp::In => match one.origin.key() {
                Some(key) if other.as_object().is_some_and(Object::is_closed) => Truth::implies(Facts::one(Fact::Listed(key))),
                _ => Truth::default(),
            },
            // `status < 500`, where the status is the exception's: the code tells kinds of exceptions apart.
            BinaryOp::Compare if [&one, &other].iter().any(|it| it.origin.leaves().contains(&&Origin::Exception)) => {
                let known = Facts::one(Fact::Recognised);
                Truth { when_true: known.clone(), when_false: known, known: None }
            }
            BinaryOp::Compare => comparison(&one, &other),
            BinaryOp::Add => {
                if is_text(&one) || is_text(&other) {
                    return concat(&one, &other);
                }
                Truth::default()
            }
            BinaryOp::Arith => {
                return Value::with_origin(Shape::Scalar(Scalar::Number), origin.checked(crate::values::Checked::Cast));
            }
        };
        let shape = match op {
            BinaryOp::Add => Shape::Unknown,
            _ => truth.known.map_or(Shape::Scalar(Scalar::Bool), Shape::Bool),
        };
        Value::new(shape, origin, truth)
    }

    /// `typeof a === "string"`: a check of a client value's type.
    fn type_test(&mut self, operand: ExprId, name: &Value) -> Truth {
        let value = self.eval(operand);
        match (value.origin.key(), name.as_str()) {
            (Some(key @ ValueKey::Client(..)), Some("string" | "number" | "boolean" | "bigint")) => {
                Truth::implies(Facts::one(Fact::Validated(key)))
            }
            (_, Some("undefined")) => value.truth.negated(),
            _ => Truth::default(),
        }
    }

    /// The value of an expression whose outcome decides.
    pub(super) fn eval_test(&mut self, id: ExprId) -> Value {
        match self.item().expr(id) {
            Expr::Logical { op, left, right } => self.logical(*op, *left, *right, true),
            _ => self.eval(id),
        }
    }

    /// `decides`: the outcome of the whole is tested, not only that of the left side.
    fn logical(&mut self, op: LogicalOp, left: ExprId, right: ExprId, decides: bool) -> Value {
        let one = self.eval_test(left);
        if self.dead {
            return Value::unknown();
        }
        let loc = self.expr_loc(left);
        let truth = if op == LogicalOp::Nullish { one.truth.clone() } else { self.tested(&one, loc) };
        match (op, truth.known) {
            (LogicalOp::And, Some(true)) | (LogicalOp::Or, Some(false)) => return self.eval(right),
            (LogicalOp::And, Some(false)) | (LogicalOp::Or, Some(true)) => return one,
            (LogicalOp::Nullish, _) if one.shape == Shape::Nullish => return self.eval(right),
            (LogicalOp::Nullish, Some(_)) => return one,
            _ => {}
        }
        let before = self.state.clone();
        match op {
            LogicalOp::And => {
                self.state.learn(&truth.when_true);
                self.narrow(left, true);
            }
            LogicalOp::Or => {
                self.state.learn(&truth.when_false);
                self.narrow(left, false);
            }
            LogicalOp::Nullish => {}
        }
        let mut other = if decides { self.eval_test(right) } else { self.eval(right) };
        if op != LogicalOp::And && other.as_str().is_some_and(|it| !it.is_empty()) && matches!(one.origin, Origin::Env(_)) {
            let at = self.expr_loc(right);
            other = Value::new(other.shape.clone(), Origin::Fallback(at), other.truth.clone());
        }
        let gained = self.state.facts.beyond(&before.facts);
        let right_dead = self.dead;
        if right_dead {
            // `user || fail()`: what goes on is the way where the left side decided.
            self.state = before;
            self.dead = false;
            self.state.learn(if op == LogicalOp::And { &truth.when_false } else { &truth.when_true });
            return one;
        }
        let after = std::mem::take(&mut self.state);
        self.state = before.join(after);
        let right_loc = self.expr_loc(right);
        let right_truth = if decides { self.tested(&other, right_loc) } else { other.truth.clone() };
        let right_truth = right_truth.under(&gained);
        match op {
            LogicalOp::And => {
                let whole = truth.and(&right_truth);
                // Where the left side is falsy the value is as good as absent.
                let absent = Value::nullish().with_truth(Truth { when_false: truth.when_false.clone(), ..Truth::always(false) });
                other.under(&truth.when_true).join(&absent).with_truth(whole)
            }
            LogicalOp::Or => {
                let whole = truth.or(&right_truth);
                let kept = strip_falsy(&one);
                match kept {
                    Some(kept) => kept.join(&other).with_truth(whole),
                    None => other.with_truth(whole),
                }
            }
            LogicalOp::Nullish => match strip_nullish(&one) {
                Some(kept) => kept.join(&other),
                None => other,
            },
        }
    }

    fn conditional(&mut self, test: ExprId, then: ExprId, other: ExprId) -> Value {
        let value = self.eval_test(test);
        if self.dead {
            return Value::unknown();
        }
        let loc = self.expr_loc(test);
        let truth = self.tested(&value, loc);
        if let Some(known) = truth.known {
            return self.eval(if known { then } else { other });
        }
        let before = self.state.clone();
        let base = before.facts.clone();
        let mut ways = Vec::new();
        let mut values = Vec::new();
        for (outcome, facts, branch) in [(true, &truth.when_true, then), (false, &truth.when_false, other)] {
            self.state = before.clone();
            self.dead = false;
            self.state.learn(facts);
            self.narrow(test, outcome);
            let value = self.eval(branch);
            if !self.dead {
                values.push(value.under(&self.state.facts.beyond(&base)));
                ways.push(std::mem::take(&mut self.state));
            }
        }
        self.meet(ways);
        values.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown)
    }

    fn assign(&mut self, op: AssignOp, target: &Pattern, value: ExprId) -> Value {
        match op {
            AssignOp::Set => {
                let result = self.eval(value);
                self.bind(target, result.clone());
                result
            }
            AssignOp::Logical(op) => {
                let current = self.read(target);
                let result = self.eval(value);
                let kept = match op {
                    LogicalOp::Nullish => strip_nullish(&current),
                    _ => strip_falsy(&current),
                };
                let joined = kept.map_or_else(|| result.clone(), |kept| kept.join(&result));
                self.bind(target, joined.clone());
                joined
            }
            AssignOp::Add | AssignOp::Arith => {
                let current = self.read(target);
                let added = self.eval(value);
                let result = if op == AssignOp::Add && (is_text(&current) || is_text(&added)) {
                    concat(&current, &added)
                } else {
                    Value::with_origin(
                        Shape::Scalar(Scalar::Number),
                        Origin::derived([current.origin.clone(), added.origin.clone()]),
                    )
                };
                self.bind(target, result.clone());
                result
            }
        }
    }

    fn read(&mut self, target: &Pattern) -> Value {
        match target {
            Pattern::Local(local) => {
                self.act_of(*local).and_then(|act| self.state.get(act, *local)).cloned().unwrap_or_else(Value::unknown)
            }
            Pattern::Global(name) => self.global(*name),
            Pattern::Place(expr) => self.eval(*expr),
            _ => Value::unknown(),
        }
    }

    fn call_expr(&mut self, id: ExprId, callee: ExprId, args: &[Arg], awaited: bool) -> Value {
        let arg_exprs = args;
        let item = self.item();
        let loc = self.expr_loc(id);
        match item.expr(callee) {
            Expr::Member { object, name, optional } => {
                let is_super = matches!(item.expr(*object), Expr::Super);
                let receiver = self.eval(*object);
                let (args, locs) = self.args(args);
                if self.dead {
                    return Value::unknown();
                }
                if is_super {
                    return self.call_super(*name, args, locs, loc, awaited);
                }
                self.became = None;
                let value = self.call_method(&receiver, *name, args, locs, loc, awaited);
                self.write_back(&receiver, *object, *name, arg_exprs, &value);
                if *optional && may_be_nullish(&receiver) {
                    return value.join(&Value::nullish());
                }
                value
            }
            Expr::Super => {
                let (args, locs) = self.args(args);
                self.call_super_constructor(args, locs, loc);
                Value::nullish()
            }
            _ => {
                let function = self.eval(callee);
                let (args, locs) = self.args(args);
                if self.dead {
                    return Value::unknown();
                }
                self.call_value(&function, args, locs, None, loc, awaited)
            }
        }
    }

    /// Arguments and where each stands; a spread list of unknown length is one argument.
    pub(super) fn args(&mut self, args: &[Arg]) -> (Vec<Value>, Vec<Loc>) {
        let mut values = Vec::with_capacity(args.len());
        let mut locs = Vec::with_capacity(args.len());
        for arg in args {
            let value = self.eval(arg.expr);
            let loc = self.expr_loc(arg.expr);
            match &value.shape {
                Shape::Array(inner) if arg.spread => {
                    for element in inner.iter() {
                        values.push(element.clone());
                        locs.push(loc);
                    }
                }
                _ => {
                    values.push(value);
                    locs.push(loc);
                }
            }
        }
        (values, locs)
    }

    fn call_tagged(
        &mut self,
        tag: &Value,
        quasis: &[Arc<str>],
        args: Vec<Value>,
        locs: Vec<Loc>,
        loc: Loc,
        awaited: bool,
    ) -> Value {
        if let Shape::Closure(_) = &tag.shape {
            let strings = quasis.iter().map(|it| Value::str(it)).collect();
            let mut all = vec![Value::with_origin(Shape::Array(strings), Origin::Literal)];
            all.extend(args);
            let mut all_locs = vec![loc];
            all_locs.extend(locs);
            return self.call_value(tag, all, all_locs, None, loc, awaited);
        }
        let (callee, method) = match &tag.shape {
            Shape::Method { of, name } => (of.clone(), Some(*name)),
            _ => (tag.clone(), None),
        };
        self.call_library(&callee, method, &args, &locs, CallForm::Tagged, loc, awaited, Some(quasis))
    }
}

/// A literal's value.
fn literal(lit: &Lit) -> Value {
    match lit {
        Lit::Str(text) => Value::with_origin(Shape::Str(text.clone()), Origin::Literal),
        Lit::Num(text) => Value::with_origin(Shape::Num(text.clone()), Origin::Literal),
        Lit::BigInt => Value::with_origin(Shape::Scalar(Scalar::Number), Origin::Literal),
        Lit::Bool(value) => Value::bool(*value),
        Lit::Null | Lit::Undefined => Value::nullish(),
        Lit::Regex(text) => {
            // The source without its slashes and flags.
            let source = text.strip_prefix('/').and_then(|it| it.rsplit_once('/')).map_or(&**text, |(source, _)| source);
            Value::with_origin(Shape::Builtin(Arc::from([Name::new("RegExp"), Name::new(source)])), Origin::Literal)
        }
    }
}

/// An export of a package as a value.
fn imported(package: Name, export: Name, unresolved: bool) -> Value {
    let path: Arc<[Name]> = if export == "*" { Arc::from([]) } else { Arc::from([export]) };
    Value::of(Shape::Import(Arc::new(Import { package, path, unresolved })))
}

/// A template's value.
pub(super) fn text(quasis: &[Arc<str>], parts: &[Value]) -> Value {
    if parts.is_empty() {
        return Value::with_origin(Shape::Str(quasis.first().cloned().unwrap_or_else(|| "".into())), Origin::Literal);
    }
    if parts.iter().all(|part| part.as_str().is_some()) {
        let mut whole = String::new();
        for (index, quasi) in quasis.iter().enumerate() {
            whole.push_str(quasi);
            whole.push_str(parts.get(index).and_then(|part| part.as_str()).unwrap_or(""));
        }
        return Value::with_origin(Shape::Str(whole.into()), Origin::Literal);
    }
    let origin = Origin::derived(parts.iter().map(|it| it.origin.clone()).chain([Origin::Unknown]));
    Value::with_origin(Shape::Text { quasis: quasis.into(), parts: parts.into() }, origin)
}

/// Two texts, one behind the other.
pub(super) fn concat(one: &Value, other: &Value) -> Value {
    let pieces = |value: &Value| -> (Vec<Arc<str>>, Vec<Value>) {
        match &value.shape {
            Shape::Str(text) | Shape::Num(text) => (vec![text.clone()], Vec::new()),
            Shape::Text { quasis, parts } => (quasis.to_vec(), parts.to_vec()),
            _ => (vec!["".into(), "".into()], vec![value.clone()]),
        }
    };
    let (mut quasis, mut parts) = pieces(one);
    let (more, values) = pieces(other);
    let mut more = more.into_iter();
    if let (Some(last), Some(first)) = (quasis.last_mut(), more.next()) {
        *last = format!("{last}{first}").into();
    }
    quasis.extend(more);
    parts.extend(values);
    text(&quasis, &parts)
}

fn is_text(value: &Value) -> bool {
    matches!(value.shape, Shape::Str(_) | Shape::Text { .. } | Shape::Scalar(Scalar::String))
}

/// Merges a spread value into an object literal.
pub(super) fn spread_into(object: &mut Object, value: &Value, loc: Loc) {
    match &value.shape {
        Shape::Nullish | Shape::Bool(_) | Shape::Num(_) | Shape::Str(_) => {}
        Shape::Object(inner) => {
            for spread in &inner.spreads {
                object.spreads.push(spread.clone());
            }
            object.computed |= inner.computed;
            for (index, (name, field)) in inner.fields.iter().enumerate() {
                let at = inner.locs.get(index).copied().flatten().unwrap_or(loc);
                object.set(*name, field.clone(), Some(at));
            }
        }
        Shape::OneOf(all) => {
            // `...(condition && { a })`: the fields may be absent.
            for alternative in all.iter() {
                match &alternative.shape {
                    Shape::Object(inner) => {
                        object.spreads.extend(inner.spreads.iter().cloned());
                        object.computed |= inner.computed;
                        for (index, (name, field)) in inner.fields.iter().enumerate() {
                            let at = inner.locs.get(index).copied().flatten().unwrap_or(loc);
                            let other = object.get(name).cloned().unwrap_or_else(Value::nullish);
                            let field = field.under(&alternative.truth.when_true);
                            object.set(*name, other.join(&field), Some(at));
                        }
                    }
                    _ => spread_into(object, alternative, loc),
                }
            }
        }
        Shape::Scalar(Scalar::Bool | Scalar::Number | Scalar::Date) => {}
        _ => object.spreads.push(value.clone()),
    }
}

/// What `one === other` proves.
pub(super) fn equality(one: &Value, other: &Value) -> Truth {
    if matches!(one.shape, Shape::Promise(_)) || matches!(other.shape, Shape::Promise(_)) {
        return Truth::default();
    }
    for (value, literal) in [(one, other), (other, one)] {
        match &literal.shape {
            Shape::Nullish => {
                // `x === null`: absent, so what its presence proves holds where the comparison fails.
                return Truth {
                    when_true: value.truth.when_false.clone(),
                    when_false: value.truth.when_true.clone(),
                    known: None,
                };
            }
            Shape::Bool(true) => return Truth { known: None, ..value.truth.clone() },
            Shape::Bool(false) => return Truth { known: None, ..value.truth.negated() },
            _ => {}
        }
    }
    // The path and method of a request are known where a route is for them alone.
    if let (Shape::Str(ours), Shape::Str(theirs)) = (&one.shape, &other.shape)
        && [one, other]
            .iter()
            .any(|it| matches!(&it.origin, Origin::Client(client) if client.part == crate::values::Part::Request))
    {
        return Truth::always(ours == theirs);
    }
    let mut facts = Vec::new();
    let mut differs = Vec::new();
    for (value, literal) in [(one, other), (other, one)] {
        let Some(text) = literal_text(literal) else { continue };
        if let Some(key) = value.origin.key() {
            // A known literal is truthy unless it is empty or zero.
            if literal.truth.known == Some(true) {
                facts.extend(value.truth.when_true.iter().cloned());
            }
            let is_role = |path: &[Name]| path.last().is_some_and(|it| crate::schema::names::is_role_field(it));
            let telling = match &key {
                ValueKey::Env(_) | ValueKey::Identity(crate::values::IdentityPart::Role, _) => true,
                ValueKey::Identity(_, path) | ValueKey::Row(_, path) => is_role(path),
                ValueKey::Client(..) => false,
            };
            if telling {
                differs.push(Fact::IsNot(key.clone(), text));
            }
            facts.push(Fact::Is(key, text));
        } else if value.origin.leaves().contains(&&Origin::Exception) {
            // `status === 500`: whatever else it is was made for an answer.
            let is_fault = text.parse::<u16>().is_ok_and(|it| it >= 500);
            if is_fault { &mut differs } else { &mut facts }.push(Fact::Recognised);
        } else if literal.truth.known == Some(true) {
            facts.extend(value.truth.when_true.iter().cloned());
        }
    }
    if let (Some(ours), Some(theirs)) = (one.origin.key(), other.origin.key()) {
        if ours != theirs {
            facts.push(Fact::equal(ours, theirs));
        }
    } else {
        // One of several keys: equal to each only on its own way, but a fallback that is absent is no way.
        for (value, against) in [(one, other), (other, one)] {
            let (Origin::Mix(parts), Some(key)) = (&value.origin, against.origin.key()) else { continue };
            let ways = parts.iter().filter(|it| **it != Origin::Literal).filter_map(Origin::key);
            let facts_of: Vec<Facts> = ways.map(|it| Facts::one(Fact::equal(it, key.clone()))).collect();
            if let Some(both) = facts_of.into_iter().reduce(|a, b| a.either(&b)) {
                facts.extend(both.iter().cloned());
            }
        }
    }
    if one.origin.is_client() != other.origin.is_client() {
        let (client, secret) = if one.origin.is_client() { (one, other) } else { (other, one) };
        if client
            .origin
            .clients()
            .all(|it| matches!(it.part, crate::values::Part::Header | crate::values::Part::Query | crate::values::Part::Body))
            && secret.origin.leaves().iter().any(|it| matches!(it, Origin::Env(_)))
        {
            facts.push(Fact::Secret);
        }
    }
    if is_signature(one, other) || is_signature(other, one) {
        facts.push(Fact::Signature);
    }
    Truth { when_true: Facts::of(facts), when_false: Facts::of(differs), known: None }
}

/// Whether `given` is a header of the request, and `made` was computed from the request and a setting of the server.
fn is_signature(given: &Value, made: &Value) -> bool {
    use crate::values::Part;
    let headers = given.origin.is_client() && given.origin.clients().all(|it| it.part == Part::Header);
    let leaves = made.origin.leaves();
    let body = leaves.iter().any(|it| matches!(it, Origin::Client(client) if matches!(client.part, Part::Body | Part::Request)));
    headers && body && leaves.iter().any(|it| matches!(it, Origin::Env(_)))
}

/// Whether a class is one that every exception is of.
fn is_any_error(class: &Value) -> bool {
    matches!(&class.shape, Shape::Builtin(path) if path.last().is_some_and(|it| it.ends_with("Error")))
        || class.shape == Shape::Unknown
}

fn literal_text(value: &Value) -> Option<Name> {
    match &value.shape {
        Shape::Str(text) | Shape::Num(text) => Some(Name::new(text)),
        // A member of an enum that a package generates: `Role.ADMIN`.
        Shape::Import(import) if import.path.len() >= 2 => import.path.last().copied(),
        _ => None,
    }
}

/// What `a < b`, `a > 0` proves: the presence of what is counted.
fn comparison(one: &Value, other: &Value) -> Truth {
    match (&one.shape, &other.shape) {
        (_, Shape::Num(number)) if &**number == "0" => Truth { known: None, ..one.truth.clone() },
        _ => Truth::default(),
    }
}

/// The same value as a scalar: its key stays, its type is known.
pub(super) fn cast(value: &Value, scalar: Scalar) -> Value {
    let truth = Truth { known: None, ..value.truth.clone() };
    Value::new(Shape::Scalar(scalar), value.origin.checked(crate::values::Checked::Cast), truth)
}

pub(super) fn may_be_nullish(value: &Value) -> bool {
    match &value.shape {
        Shape::Nullish | Shape::Unknown | Shape::Row(_) | Shape::Import(_) | Shape::Scalar(_) => value.truth.known != Some(true),
        Shape::OneOf(all) => all.iter().any(may_be_nullish),
        _ => false,
    }
}

/// The value where it is truthy; `None` if it never is.
pub(super) fn strip_falsy(value: &Value) -> Option<Value> {
    strip(value, &|it| it.truth.known == Some(false))
}

/// The value where it is falsy; `None` if it never is.
pub(super) fn strip_truthy(value: &Value) -> Option<Value> {
    strip(value, &|it| it.truth.known == Some(true))
}

/// The value where it is there; `None` if it never is.
pub(super) fn strip_nullish(value: &Value) -> Option<Value> {
    strip(value, &|it| it.shape == Shape::Nullish)
}

fn strip(value: &Value, gone: &dyn Fn(&Value) -> bool) -> Option<Value> {
    match &value.shape {
        Shape::OneOf(all) => all.iter().filter(|it| !gone(it)).cloned().reduce(|one, other| one.join(&other)),
        _ if gone(value) => None,
        _ => Some(value.clone()),
    }
}
