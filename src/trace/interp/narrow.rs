//! What a test tells of the variables in it: where `if (!user) return` was passed, `user` is there.

use super::Interp;
use super::eval::{strip_falsy, strip_nullish, strip_truthy};
use crate::ir::{BinaryOp, Expr, ExprId, Lit, LocalId, LogicalOp, UnaryOp};
use crate::values::{Shape, Value};

impl Interp<'_> {
    /// Narrows the variables of a test that had this outcome.
    pub(super) fn narrow(&mut self, test: ExprId, outcome: bool) {
        let item = self.item();
        match item.expr(test) {
            Expr::Local(local) if outcome => self.keep(*local, strip_falsy),
            Expr::Local(local) => self.keep(*local, strip_truthy),
            Expr::Member { object, .. } if outcome => self.narrow_object(*object),
            Expr::Unary { op: UnaryOp::Not, operand } => self.narrow(*operand, !outcome),
            Expr::Logical { op, left, right } => {
                if matches!((op, outcome), (LogicalOp::And, true) | (LogicalOp::Or, false)) {
                    let (left, right) = (*left, *right);
                    self.narrow(left, outcome);
                    self.narrow(right, outcome);
                } else if self.is_settled(*left) {
                    // The left side let the right one decide.
                    self.narrow(*right, outcome);
                }
            }
            Expr::Binary { op: BinaryOp::Eq | BinaryOp::NotEq, left, right } => {
                let differs = matches!(item.expr(test), Expr::Binary { op: BinaryOp::NotEq, .. }) == outcome;
                let absent = |id: ExprId| matches!(item.expr(id), Expr::Lit(Lit::Null | Lit::Undefined));
                if differs && absent(*right) {
                    if let Expr::Local(local) = item.expr(*left) {
                        self.keep(*local, strip_nullish);
                    }
                } else if !differs {
                    // Equal to something: what it is read from is there.
                    for side in [*left, *right] {
                        if let Expr::Member { object, .. } = item.expr(side) {
                            self.narrow_object(*object);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether the outcome of a test without calls is known, so that it is no choice here.
    fn is_settled(&mut self, test: ExprId) -> bool {
        let item = self.item();
        let mut at = test;
        loop {
            match item.expr(at) {
                Expr::Unary { op: UnaryOp::Not, operand } => at = *operand,
                Expr::Member { object, .. } => at = *object,
                Expr::Local(_) => break,
                _ => return false,
            }
        }
        self.eval(test).truth.known.is_some()
    }

    /// A member of it was truthy, so it is there.
    fn narrow_object(&mut self, object: ExprId) {
        let item = self.item();
        match item.expr(object) {
            Expr::Local(local) => self.keep(*local, strip_nullish),
            Expr::Member { object, .. } => self.narrow_object(*object),
            _ => {}
        }
    }

    fn keep(&mut self, local: LocalId, strip: fn(&Value) -> Option<Value>) {
        let Some(act) = self.act_of(local) else { return };
        let Some(value) = self.state.get(act, local) else { return };
        if !matches!(value.shape, Shape::OneOf(_)) {
            return;
        }
        if let Some(kept) = strip(value) {
            // What the whole value's truth proves holds here already; the rest of it still does.
            let truth = value.truth.clone();
            self.state.set(act, local, kept.with_truth(truth));
        }
    }
}
