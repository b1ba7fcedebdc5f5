//! Statements.

use std::sync::Arc;

use super::{Interp, State, join_all};
use crate::base::Name;
use crate::ir::{Body, Expr, ExprId, Function, Item, Pattern, Stmt, StmtId};
use crate::values::{Closure, Fact, Facts, Key, Object, Origin, Shape, Value};

impl Interp<'_> {
    /// Runs a function's body; the ways that return are in the frame, the way that reaches the end is the current one.
    pub(super) fn run_body(&mut self, item: &Item, function: &Function) {
        match &function.body {
            Body::Block(stmts) => self.block(item, stmts),
            Body::Expr(expr) => {
                let value = self.eval(*expr);
                self.return_value(value);
            }
            Body::None => {}
        }
    }

    /// Ends the current way with a returned value.
    pub(super) fn return_value(&mut self, value: Value) {
        if self.dead {
            return;
        }
        let state = self.state.clone();
        // What is made of an exception that was told from others says what it was made to say, whoever gets it.
        let value = if state.facts.has(&Fact::Recognised) { value.under(&Facts::one(Fact::Recognised)) } else { value };
        if let Some(frame) = self.frames.last_mut() {
            frame.returns.push((state, value));
        }
        self.dead = true;
    }

    /// Ends the current way with an exception.
    pub(super) fn throw(&mut self) {
        if self.dead {
            return;
        }
        let state = self.state.clone();
        if let Some(list) = self.thrown.last_mut() {
            list.push(state);
        }
        self.dead = true;
    }

    fn block(&mut self, item: &Item, stmts: &[StmtId]) {
        // Function declarations are bound before the first statement runs.
        for id in stmts {
            if let Stmt::Function { pattern, function } = item.stmt(*id) {
                let closure = self.closure(*function);
                self.bind(pattern, closure);
            }
        }
        for id in stmts {
            if self.dead || self.cut {
                return;
            }
            self.stmt(item, *id);
        }
    }

    fn stmt(&mut self, item: &Item, id: StmtId) {
        if !self.step() {
            return;
        }
        match item.stmt(id) {
            Stmt::Opaque(exprs) => {
                for expr in exprs {
                    self.eval(*expr);
                }
                // What a broken statement would have done is not known: it may have been the check, or have left.
                self.dead = false;
            }
            Stmt::Expr(expr) => self.expr_stmt(*expr),
            Stmt::Let { pattern, init } => {
                let value = init.map_or_else(Value::nullish, |init| self.eval(init));
                self.bind(pattern, value);
            }
            Stmt::Return(value) => {
                let value = value.map_or_else(Value::nullish, |value| self.eval(value));
                self.return_value(value);
            }
            Stmt::If { test, then, other } => self.if_stmt(item, *test, *then, *other),
            Stmt::For { init, test, update, body } => {
                if let Some(init) = init {
                    self.stmt(item, *init);
                }
                if let Some(test) = test {
                    self.eval(*test);
                }
                self.repeat(item, *body, None, |it| {
                    if let Some(update) = update {
                        it.eval(*update);
                    }
                });
            }
            Stmt::ForOf { pattern, iter, body } => {
                let list = self.eval(*iter);
                let loc = self.expr_loc(*iter);
                let elements = self.elements(&list, loc);
                self.for_each(item, pattern, &elements, *body);
            }
            Stmt::ForIn { pattern, object, body } => {
                let object = self.eval(*object);
                let key = Value::with_origin(Shape::Unknown, Origin::derived([object.origin.clone()]));
                self.for_each(item, pattern, &[key], *body);
            }
            Stmt::While { test, body, post } => {
                if *post {
                    self.exits.push(Vec::new());
                    self.stmt(item, *body);
                    self.eval(*test);
                    self.leave_loop(None);
                } else {
                    let value = self.eval_test(*test);
                    let facts = value.truth.when_true.clone();
                    self.repeat(item, *body, Some(facts), |_| {});
                }
            }
            Stmt::Switch { on, cases } => self.switch(item, *on, cases),
            Stmt::Try { block, param, handler, finalizer } => {
                self.try_stmt(item, *block, param.as_ref(), *handler);
                if let Some(finalizer) = finalizer {
                    let dead = self.dead;
                    self.dead = false;
                    self.stmt(item, *finalizer);
                    self.dead |= dead;
                }
            }
            Stmt::Throw(value) => {
                self.eval(*value);
                self.throw();
            }
            Stmt::Block(stmts) => self.block(item, stmts),
            Stmt::Break(_) => {
                if !self.dead {
                    let state = self.state.clone();
                    if let Some(exits) = self.exits.last_mut() {
                        exits.push(state);
                    }
                    self.dead = true;
                }
            }
            // What a `continue` skips is the rest of one round: the loop's join with the state before it covers that.
            Stmt::Continue(_) => {
                if !self.dead {
                    let state = self.state.clone();
                    if let Some(exits) = self.exits.last_mut() {
                        exits.push(state);
                    }
                    self.dead = true;
                }
            }
            Stmt::Labeled(_, body) => {
                self.exits.push(Vec::new());
                self.stmt(item, *body);
                self.leave_loop(None);
            }
            Stmt::Function { .. } | Stmt::Empty => {}
            Stmt::Class { pattern, class } => {
                let frame = self.frame();
                let class = crate::values::ClassRef { file: frame.file_id, item: frame.item_id, class: *class };
                self.bind(pattern, Value::of(Shape::Class(class)));
                if self.setting_up.is_some() {
                    self.decorate(class.class);
                }
            }
            Stmt::Enum { pattern, members } => {
                let mut object = Object::default();
                for (name, value) in members {
                    let value = value.map_or_else(|| Value::with_origin(Shape::Unknown, Origin::Literal), |it| self.eval(it));
                    object.set(*name, value, None);
                }
                self.bind(pattern, Value::with_origin(Shape::Object(Arc::new(object)), Origin::Literal));
            }
        }
    }

    fn expr_stmt(&mut self, expr: ExprId) {
        let value = self.eval(expr);
        // A check whose promise nobody looks at proves nothing; a query that nobody awaits does not run.
        if let Shape::Promise(inner) = &value.shape
            && (value.truth.when_true.any(&super::is_check) || inner.truth.when_true.has(&Fact::Authenticated))
        {
            let what = self.callee_name(expr);
            let loc = self.expr_loc(expr);
            self.emit(crate::values::EventKind::Unawaited { what }, loc);
        }
    }

    fn callee_name(&self, expr: ExprId) -> Name {
        let item = self.item();
        match item.expr(expr) {
            Expr::Call { callee, .. } => match item.expr(*callee) {
                Expr::Global(name) | Expr::Member { name, .. } => *name,
                Expr::Local(id) => item.local(*id).name,
                _ => Name::new(""),
            },
            _ => Name::new(""),
        }
    }

    fn if_stmt(&mut self, item: &Item, test: ExprId, then: StmtId, other: Option<StmtId>) {
        let value = self.eval_test(test);
        if self.dead {
            return;
        }
        let loc = self.expr_loc(test);
        let truth = self.tested(&value, loc);
        let before = self.state.clone();
        let mut ways: Vec<State> = Vec::new();
        if truth.known != Some(false) {
            self.state.learn(&truth.when_true);
            self.narrow(test, true);
            self.stmt(item, then);
            if !self.dead {
                ways.push(std::mem::take(&mut self.state));
            }
        }
        self.dead = false;
        if truth.known != Some(true) {
            self.state = before;
            self.state.learn(&truth.when_false);
            self.narrow(test, false);
            if let Some(other) = other {
                self.stmt(item, other);
            }
            if !self.dead {
                ways.push(std::mem::take(&mut self.state));
            }
        }
        self.meet(ways);
    }

    /// Goes on where any of these ways does.
    pub(super) fn meet(&mut self, ways: Vec<State>) {
        match join_all(ways) {
            Some(state) => {
                self.state = state;
                self.dead = false;
            }
            None => self.dead = true,
        }
    }

    /// Runs a loop's body once, under `facts` if given; it may also not run at all.
    fn repeat(&mut self, item: &Item, body: StmtId, facts: Option<Facts>, after: impl FnOnce(&mut Self)) {
        if self.dead {
            return;
        }
        let before = self.state.clone();
        self.exits.push(Vec::new());
        if let Some(facts) = facts {
            self.state.learn(&facts);
        }
        self.stmt(item, body);
        if !self.dead {
            after(self);
        }
        self.leave_loop(Some(before));
    }

    fn for_each(&mut self, item: &Item, pattern: &Pattern, elements: &[Value], body: StmtId) {
        for element in elements {
            if self.dead {
                return;
            }
            let before = self.state.clone();
            self.exits.push(Vec::new());
            self.bind(pattern, element.clone());
            self.stmt(item, body);
            // What holds of every element holds after the loop, also where there was none.
            let kept = if self.dead { Facts::none() } else { about_elements(&self.state.facts.beyond(&before.facts)) };
            self.leave_loop(Some(before));
            self.state.learn(&kept);
        }
    }

    fn leave_loop(&mut self, before: Option<State>) {
        let mut ways = self.exits.pop().unwrap_or_default();
        if !self.dead {
            ways.push(std::mem::take(&mut self.state));
        }
        ways.extend(before);
        self.meet(ways);
    }

    fn switch(&mut self, item: &Item, on: ExprId, cases: &[(Option<ExprId>, Vec<StmtId>)]) {
        let value = self.eval(on);
        if self.dead {
            return;
        }
        let base = self.state.clone();
        self.exits.push(Vec::new());
        let mut falls: Option<State> = None;
        let mut has_default = false;
        for (test, stmts) in cases {
            let mut entry = Some(base.clone());
            match test {
                Some(test) => {
                    self.state = base.clone();
                    self.dead = false;
                    let literal = self.eval(*test);
                    let truth = super::eval::equality(&value, &literal);
                    // The case of a value that is known is the only one.
                    has_default |= truth.known == Some(true);
                    match &mut entry {
                        Some(entry) if truth.known != Some(false) => entry.learn(&truth.when_true),
                        _ => entry = None,
                    }
                }
                None if has_default => entry = None,
                None => has_default = true,
            }
            let entry = match (falls.take(), entry) {
                (Some(state), Some(entry)) => state.join(entry),
                (Some(state), None) | (None, Some(state)) => state,
                (None, None) => continue,
            };
            self.state = entry;
            self.dead = false;
            self.block(item, stmts);
            if !self.dead {
                falls = Some(std::mem::take(&mut self.state));
            }
        }
        let mut ways = self.exits.pop().unwrap_or_default();
        ways.extend(falls);
        if !has_default {
            ways.push(base);
        }
        self.meet(ways);
    }

    fn try_stmt(&mut self, item: &Item, block: StmtId, param: Option<&Pattern>, handler: Option<StmtId>) {
        let before = self.state.clone();
        self.thrown.push(Vec::new());
        self.stmt(item, block);
        let thrown = self.thrown.pop().unwrap_or_default();
        let Some(handler) = handler else {
            // `try … finally`: what was thrown goes on to the next `catch`.
            if let Some(outer) = self.thrown.last_mut() {
                outer.extend(thrown);
            }
            return;
        };
        let mut ways = Vec::new();
        if !self.dead {
            ways.push(self.state.clone());
        }
        // Anything in the block may have thrown, also before its first effect.
        let after = std::mem::replace(&mut self.state, before.clone());
        let mut entry = before;
        for state in thrown {
            entry = entry.join(state);
        }
        if !self.dead {
            let facts = entry.facts.clone();
            entry = entry.join(after);
            entry.facts = facts;
        }
        self.state = entry;
        self.dead = false;
        if let Some(param) = param {
            self.bind(param, Value::with_origin(Shape::Unknown, Origin::Exception));
        }
        self.stmt(item, handler);
        if !self.dead {
            ways.push(std::mem::take(&mut self.state));
        }
        self.meet(ways);
    }

    /// The value of a function expression or declaration in the current frame.
    pub(super) fn closure(&mut self, function: crate::ir::FnId) -> Value {
        self.closures_made += 1;
        let frame = self.frame();
        let is_arrow = frame.item.function(function).is_arrow;
        let closure = Closure {
            file: frame.file_id,
            item: frame.item_id,
            function,
            captured: Arc::from([]),
            scopes: frame.scopes.iter().copied().collect(),
            this: if is_arrow { frame.this.clone() } else { None },
            bound: Arc::from([]),
        };
        Value::of(Shape::Closure(Arc::new(closure)))
    }
}

/// The facts that speak of an element of a list.
fn about_elements(facts: &Facts) -> Facts {
    fn of_element(key: &Key) -> bool {
        match key {
            Key::Client(_, path) | Key::Row(_, path) => path.iter().any(|name| *name == "*"),
            Key::Identity(..) | Key::Env(_) => false,
        }
    }
    Facts::of(
        facts
            .iter()
            .filter(|fact| match fact {
                Fact::Equal(one, other) => of_element(one) || of_element(other),
                Fact::Holds(Key::Row(..)) => true,
                Fact::Holds(key)
                | Fact::Is(key, _)
                | Fact::Listed(key)
                | Fact::Tied(key)
                | Fact::Validated(key)
                | Fact::Closed(key) => of_element(key),
                _ => false,
            })
            .cloned(),
    )
}
