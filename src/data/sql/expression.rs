//! Which value an expression of a statement is.

use std::sync::Arc;

use sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value as Literal};

use super::text::{FIRST_HOLE, HOLE_MARK};
use crate::values::{Origin, Shape, Value};

/// The values that a statement's placeholders and holes stand for.
#[derive(Clone, Copy)]
pub(super) struct Bindings<'a> {
    /// Of the holes, from [`FIRST_HOLE`].
    pub holes: &'a [Value],
    /// The driver's argument with the values: an array, or an object for named placeholders.
    pub values: Option<&'a Value>,
}

impl Bindings<'_> {
    /// The value of an expression that names no column; `None` for anything else.
    pub fn value(self, expr: &Expr) -> Option<Value> {
        match expr {
            Expr::Value(literal) => self.literal(&literal.value),
            Expr::TypedString(typed) => self.literal(&typed.value.value),
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } => self.value(inner),
            Expr::AtTimeZone { timestamp: inner, .. } | Expr::Trim { expr: inner, .. } => self.value(inner),
            Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr: inner } => self.value(inner),
            Expr::Array(array) => {
                Some(Value::of(Shape::Array(array.elem.iter().map(|it| self.value(it)).collect::<Option<Arc<[_]>>>()?)))
            }
            Expr::Function(function) if is_plain(function) => self.value(single_argument(function)?),
            Expr::Function(function) => self.computed_by(function),
            Expr::Identifier(ident) => self.marked(&ident.value),
            Expr::BinaryOp { left, right, .. } => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Some(computed(&[left, right]))
            }
            _ => None,
        }
    }

    /// The list of an `IN` or `ANY`.
    pub fn list(self, exprs: &[Expr]) -> Option<Value> {
        let values: Vec<Value> = exprs.iter().map(|expr| self.value(expr)).collect::<Option<_>>()?;
        match values.as_slice() {
            // One placeholder that the driver expands.
            [single] if matches!(single.shape, Shape::Array(_) | Shape::List(_)) => Some(single.clone()),
            _ => Some(Value::of(Shape::Array(values.into()))),
        }
    }

    /// Every bound value in an expression, whatever its form.
    pub fn all_in(self, expr: &impl std::fmt::Display) -> Vec<Value> {
        let text = expr.to_string();
        let mut values = Vec::new();
        for (index, _) in text.match_indices(['$', ':', '@']) {
            let name: String = text[index + 1..].chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
            if let (false, Some(value)) = (name.is_empty(), self.placeholder(&text[index..=index + name.len()])) {
                values.push(value);
            }
        }
        values.extend(text.split(|at: char| !at.is_alphanumeric() && at != '_').filter_map(|word| self.marked(word)));
        values
    }

    /// A function's result, where no column goes in.
    fn computed_by(self, function: &Function) -> Option<Value> {
        let FunctionArguments::List(list) = &function.args else {
            return matches!(function.args, FunctionArguments::None).then(Value::unknown);
        };
        let values: Vec<Value> = list.args.iter().map(|arg| self.value(argument(arg)?)).collect::<Option<_>>()?;
        Some(if values.is_empty() { Value::unknown() } else { computed(&values) })
    }

    fn literal(self, literal: &Literal) -> Option<Value> {
        Some(match literal {
            Literal::Placeholder(name) => return self.placeholder(name),
            Literal::Number(text, _) => Value::with_origin(Shape::Num(text.as_str().into()), Origin::Literal),
            Literal::Boolean(value) => Value::bool(*value),
            Literal::Null => Value::nullish(),
            other => {
                let text = other.clone().into_string()?;
                match self.marked(&text) {
                    Some(whole) => whole,
                    None => {
                        let inside: Vec<Value> = text
                            .split(|at: char| !at.is_alphanumeric() && at != '_')
                            .filter_map(|word| self.marked(word))
                            .collect();
                        if inside.is_empty() { Value::str(&text) } else { computed(&inside) }
                    }
                }
            }
        })
    }

    /// `hole_1003_`: the hole of a value that stands in the text itself.
    fn marked(self, word: &str) -> Option<Value> {
        let number: usize = word.strip_prefix(HOLE_MARK)?.strip_suffix('_')?.parse().ok()?;
        self.holes.get(number.checked_sub(FIRST_HOLE)?).cloned()
    }

    /// `$1`, `$1003`, `:name`, `@name`, `$name`
    fn placeholder(self, text: &str) -> Option<Value> {
        let name = text.trim_start_matches(['$', ':', '@']);
        let Ok(number) = name.parse::<usize>() else {
            return Some(self.values.and_then(|values| values.field(name).cloned()).unwrap_or_else(Value::unknown));
        };
        if let Some(hole) = number.checked_sub(FIRST_HOLE) {
            return self.holes.get(hole).cloned();
        }
        let Some(values) = self.values else { return Some(Value::unknown()) };
        Some(match &values.shape {
            Shape::Array(all) => number.checked_sub(1).and_then(|index| all.get(index)).cloned().unwrap_or_else(Value::unknown),
            Shape::List(each) => each.clone(),
            Shape::Nullish => Value::unknown(),
            // Which of the values it is cannot be told.
            _ => computed(std::slice::from_ref(values)),
        })
    }
}

/// Something computed from values.
pub(super) fn computed(values: &[Value]) -> Value {
    Value::with_origin(Shape::Unknown, Origin::derived(values.iter().map(|value| value.origin.clone())))
}

/// Functions that only change how a value is written: for a comparison they are the value.
pub(super) fn is_plain(function: &Function) -> bool {
    let name = super::last_name(&function.name);
    name.is_some_and(|name| ["lower", "upper", "trim", "btrim", "uuid", "unhex", "unnest"].contains(&name.as_str()))
}

/// The first argument of a call.
pub(super) fn single_argument(function: &Function) -> Option<&Expr> {
    match &function.args {
        FunctionArguments::List(list) => list.args.first().and_then(argument),
        _ => None,
    }
}

/// The expression of an argument.
pub(super) fn argument(arg: &FunctionArg) -> Option<&Expr> {
    match arg {
        FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => match arg {
            FunctionArgExpr::Expr(expr) => Some(expr),
            _ => None,
        },
    }
}
