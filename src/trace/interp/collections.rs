//! Methods of lists, strings and promises.

use super::Interp;
use crate::base::{Loc, Name};
use crate::values::{Checked, Fact, Facts, Key, Origin, Scalar, Shape, Truth, Value};

/// How long a list is followed element by element while code adds to it.
const MOST_ELEMENTS: usize = 32;
/// How many values of an array are compared with the one that is looked for.
const MOST_COMPARED: usize = 6;

impl Interp<'_> {
    /// A method of a list, a string or a promise; `None` if it is none of theirs.
    pub(super) fn call_collection(&mut self, of: &Value, name: Name, args: &[Value], locs: &[Loc], loc: Loc) -> Option<Value> {
        match (&of.shape, name.as_str()) {
            (Shape::Promise(_), "then" | "catch" | "finally") => return Some(self.promise_method(of, &name, args, loc)),
            (Shape::Query(query), "then" | "catch" | "finally") => {
                let query = query.clone();
                let value = self.run_query(&query, loc);
                return Some(self.promise_method(&Value::of(Shape::Promise(value)), &name, args, loc));
            }
            (Shape::Query(_), _) => return None,
            _ => {}
        }
        let is_list = matches!(of.shape, Shape::Array(_) | Shape::List(_) | Shape::Rows(_));
        let is_plain = matches!(
            of.shape,
            Shape::Unknown | Shape::Scalar(_) | Shape::Str(_) | Shape::Num(_) | Shape::Text { .. } | Shape::Row(_)
        );
        if !is_list && !is_plain {
            return None;
        }
        let function = args.first().filter(|it| it.is_callable() || matches!(it.shape, Shape::OneOf(_) | Shape::Lib(_))).cloned();
        let known_source = is_list || !matches!(of.origin, Origin::Unknown);
        match (name.as_str(), function) {
            ("map" | "flatMap", Some(function)) if known_source => Some(self.map(of, &function, loc)),
            ("forEach", Some(function)) if known_source => {
                self.map(of, &function, loc);
                Some(Value::nullish())
            }
            ("filter" | "sort" | "toSorted", Some(function)) if known_source => {
                self.run_on_elements(of, &function, loc);
                Some(of.clone())
            }
            ("find" | "findLast", Some(function)) if known_source => {
                let results = self.run_on_elements(of, &function, loc);
                let element = results.into_iter().map(|(element, result)| element.under(&result.truth.when_true));
                let found = element.reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown);
                let found = found.with_truth(Truth { known: None, ..found.truth.clone() });
                Some(found.join(&Value::nullish()))
            }
            ("some" | "every" | "findIndex", Some(function)) if known_source => {
                let results = self.run_on_elements(of, &function, loc);
                let truth = results.iter().map(|(element, result)| {
                    let facts = result.truth.when_true.union(&element.truth.when_true);
                    Truth { when_true: facts, when_false: result.truth.when_false.clone(), known: None }
                });
                let truth = truth.reduce(|one, other| one.either(&other)).unwrap_or_default();
                let truth = if name == "findIndex" { Truth::default() } else { truth };
                Some(Value::new(Shape::Scalar(Scalar::Bool), Origin::derived([of.origin.clone()]), truth))
            }
            ("reduce", Some(function)) if known_source => {
                let elements = self.elements(of, loc);
                let mut total = args.get(1).cloned().unwrap_or_else(Value::unknown);
                for element in elements {
                    let next = self.call_value(&function, vec![total.clone(), element], vec![loc; 2], None, loc, false);
                    self.revive();
                    total = next;
                }
                Some(total)
            }
            ("includes", None) => Some(self.includes(of, args)),
            ("has", None) if is_list => Some(self.includes(of, args)),
            ("at", None) if is_list => {
                let index = args.first().and_then(Value::as_number).unwrap_or(0.0);
                Some(self.element_at(of, if index < 0.0 { 0 } else { index as usize }))
            }
            ("slice" | "concat" | "reverse" | "flat" | "toReversed" | "with", _) if is_list => {
                let mut all = of.clone();
                if name == "concat" {
                    for arg in args {
                        all = all.join(arg);
                    }
                }
                Some(all)
            }
            ("pop" | "shift", _) if is_list => {
                let elements = self.elements(of, loc);
                Some(elements.into_iter().reduce(|one, other| one.join(&other)).unwrap_or_else(Value::nullish))
            }
            ("push" | "unshift", _) if is_list => {
                self.became = grown(of, args, name == "unshift");
                Some(Value::of(Shape::Scalar(Scalar::Number)))
            }
            ("join", _) if matches!(of.shape, Shape::Array(_)) => Some(joined(of, args.first())),
            ("join", _) if is_list => {
                Some(Value::with_origin(Shape::Scalar(Scalar::String), Origin::derived([of.origin.clone()])))
            }
            ("entries" | "values" | "keys", _) if is_list => Some(of.clone()),
            ("trim" | "trimStart" | "trimEnd" | "toLowerCase" | "toUpperCase" | "normalize", _) if is_plain && known_source => {
                // The same key in another spelling; only text has the method, but nothing was checked for the caller's good.
                Some(Value::new(of.shape.clone(), of.origin.clone(), of.truth.clone()))
            }
            ("toString" | "toHexString" | "valueOf", _) if is_plain && known_source => {
                Some(Value::new(Shape::Scalar(Scalar::String), of.origin.checked(Checked::Cast), of.truth.clone()))
            }
            // Ids and dates compare themselves.
            ("equals" | "isEqual", None) if is_plain && known_source && args.len() == 1 => {
                let truth = args.first().map(|other| super::eval::equality(of, other)).unwrap_or_default();
                let parts = std::iter::once(of.origin.clone()).chain(args.iter().map(|it| it.origin.clone()));
                Some(Value::new(Shape::Scalar(Scalar::Bool), Origin::derived(parts), truth))
            }
            ("toISOString" | "getTime" | "toFixed" | "toJSON", _) if is_plain && known_source => {
                Some(Value::with_origin(Shape::Scalar(Scalar::String), of.origin.clone()))
            }
            ("startsWith" | "endsWith", _) if is_plain => {
                Some(Value::with_origin(Shape::Scalar(Scalar::Bool), Origin::derived([of.origin.clone()])))
            }
            ("split", _) if is_plain && known_source => {
                let part = Value::new(Shape::Unknown, Origin::derived([of.origin.clone(), Origin::Unknown]), of.truth.clone());
                Some(Value::with_origin(Shape::List(part), Origin::derived([of.origin.clone()])))
            }
            ("replace" | "replaceAll", None) if replaced(of, args, name == "replace").is_some() => {
                replaced(of, args, name == "replace")
            }
            (
                "replace" | "replaceAll" | "slice" | "substring" | "substr" | "padStart" | "padEnd" | "charAt" | "repeat"
                | "concat",
                _,
            ) if is_plain && known_source => {
                let origins =
                    std::iter::once(of.origin.clone()).chain(args.iter().map(|it| it.origin.clone())).chain([Origin::Unknown]);
                Some(Value::new(Shape::Scalar(Scalar::String), Origin::derived(origins), Truth::default()))
            }
            ("match" | "matchAll" | "test", _) if is_plain && known_source => {
                let part = Value::with_origin(Shape::Unknown, Origin::derived([of.origin.clone(), Origin::Unknown]));
                let key = of.origin.key().filter(|key| matches!(key, Key::Client(..)));
                let truth = Truth::implies(Facts::of(key.map(Fact::Validated)));
                Some(Value::new(Shape::List(part), Origin::derived([of.origin.clone()]), truth))
            }
            _ => {
                let _ = locs;
                // A method of a value with a known source that is not known computes from it.
                if is_list || matches!(of.shape, Shape::Scalar(_) | Shape::Str(_) | Shape::Num(_) | Shape::Text { .. }) {
                    let origins = std::iter::once(of.origin.clone()).chain(args.iter().map(|it| it.origin.clone()));
                    return Some(Value::with_origin(Shape::Unknown, Origin::derived(origins.chain([Origin::Unknown]))));
                }
                None
            }
        }
    }

    /// Calls a function on each element; the facts of the calls do not stay, since there may be none.
    fn run_on_elements(&mut self, list: &Value, function: &Value, loc: Loc) -> Vec<(Value, Value)> {
        let elements = self.elements(list, loc);
        let mut results = Vec::new();
        for element in elements {
            let before = self.state.clone();
            let args = vec![element.clone(), Value::of(Shape::Scalar(Scalar::Number)), list.clone()];
            let result = self.call_value(function, args, vec![loc; 3], None, loc, false);
            let after = std::mem::take(&mut self.state);
            self.state = if self.dead { before } else { before.join(after) };
            self.dead = false;
            results.push((element, result));
        }
        results
    }

    fn map(&mut self, list: &Value, function: &Value, loc: Loc) -> Value {
        let results = self.run_on_elements(list, function, loc);
        if let Shape::Array(all) = &list.shape
            && all.len() == results.len()
        {
            let values: Vec<Value> = results.into_iter().map(|(_, result)| result).collect();
            let origin = Origin::mix(values.iter().map(|it| it.origin.clone()));
            return Value::with_origin(Shape::Array(values.into()), origin);
        }
        let one =
            results.into_iter().map(|(_, result)| result).reduce(|one, other| one.join(&other)).unwrap_or_else(Value::unknown);
        Value::with_origin(Shape::List(one.clone()), one.origin.clone())
    }

    fn revive(&mut self) {
        self.dead = false;
    }

    /// `list.includes(x)`, `text.includes(x)`
    fn includes(&mut self, of: &Value, args: &[Value]) -> Value {
        let mut facts = Vec::new();
        // `[row.senderId, row.recipientId].includes(user.id)`: it equals one of them.
        if let (Some(sought), Shape::Array(all)) = (args.first(), &of.shape)
            && (1..=MOST_COMPARED).contains(&all.len())
            && all.iter().all(|it| it.origin.key().is_some())
        {
            let equal = all.iter().map(|it| super::eval::equality(it, sought).when_true);
            let truth = equal.reduce(|one, other| one.either(&other)).map(Truth::implies).unwrap_or_default();
            let parts = std::iter::once(of.origin.clone()).chain([sought.origin.clone()]);
            return Value::new(Shape::Scalar(Scalar::Bool), Origin::derived(parts), truth);
        }
        if let (Some(key), Shape::Array(all)) = (args.first().and_then(|it| it.origin.key()), &of.shape) {
            if all.iter().all(|it| matches!(it.origin, Origin::Literal) || matches!(it.shape, Shape::Import(_))) {
                facts.push(Fact::Listed(key));
            }
        } else if let (Some(key), Shape::Builtin(_)) = (args.first().and_then(|it| it.origin.key()), &of.shape) {
            facts.push(Fact::Listed(key));
        } else if let (Some(key), Some(list)) = (args.first().and_then(|it| it.origin.key()), of.origin.key()) {
            // `post.editorIds.includes(user.id)`: one of the record's own list of principals.
            facts.push(Fact::equal(key, list));
        }
        let parts = std::iter::once(of.origin.clone()).chain(args.iter().map(|it| it.origin.clone()));
        Value::new(Shape::Scalar(Scalar::Bool), Origin::derived(parts), Truth::implies(Facts::of(facts)))
    }

    pub(super) fn promise_method(&mut self, promise: &Value, name: &str, args: &[Value], loc: Loc) -> Value {
        let inner = match &promise.shape {
            Shape::Promise(inner) => inner.clone(),
            _ => return Value::unknown(),
        };
        let gained = promise.truth.when_true.clone();
        match name {
            "then" => {
                let Some(function) = args.first() else { return promise.clone() };
                let before = self.state.clone();
                self.state.learn(&gained);
                let value = self.settle(inner, loc);
                let result = self.call_value(&function.clone(), vec![value], vec![loc], None, loc, true);
                let result = if self.dead { Value::unknown() } else { self.settle(result, loc) };
                let after = std::mem::take(&mut self.state);
                let facts = if self.dead { gained } else { after.facts.beyond(&before.facts) };
                let dead = std::mem::replace(&mut self.dead, false);
                self.state = if dead { before } else { before.join(after) };
                let chained = Value::new(
                    Shape::Promise(result),
                    Origin::Unknown,
                    Truth { when_true: facts, when_false: Facts::none(), known: Some(true) },
                );
                match args.get(1) {
                    Some(_) => self.promise_method(&chained, "catch", &args[1..], loc),
                    None => chained,
                }
            }
            "catch" => {
                let Some(function) = args.first() else { return promise.clone() };
                let before = self.state.clone();
                let error = Value::with_origin(Shape::Unknown, Origin::Exception);
                let result = self.call_value(&function.clone(), vec![error], vec![loc], None, loc, false);
                let result = if self.dead { None } else { Some(self.settle(result, loc)) };
                let after = std::mem::take(&mut self.state);
                let dead = std::mem::replace(&mut self.dead, false);
                self.state = if dead { before } else { before.join(after) };
                match result {
                    // The handler never comes back: what the promise proves stays.
                    None => promise.clone(),
                    Some(result) => Value::of(Shape::Promise(inner.under(&gained).join(&result))),
                }
            }
            _ => {
                if let Some(function) = args.first() {
                    self.call_value(&function.clone(), Vec::new(), Vec::new(), None, loc, false);
                    self.dead = false;
                }
                promise.clone()
            }
        }
    }
}

/// A list with more in it; `None` if nothing can be said of it.
fn grown(list: &Value, more: &[Value], before: bool) -> Option<Value> {
    let origin = Origin::mix(std::iter::once(&list.origin).chain(more.iter().map(|it| &it.origin)).cloned());
    let shape = match &list.shape {
        Shape::Array(all) if all.len() + more.len() <= MOST_ELEMENTS => {
            let (first, second) = if before { (more, &**all) } else { (&**all, more) };
            Shape::Array(first.iter().chain(second).cloned().collect())
        }
        Shape::Array(all) => Shape::List(all.iter().chain(more).cloned().reduce(|one, other| one.join(&other))?),
        Shape::List(element) => Shape::List(more.iter().fold(element.clone(), |one, other| one.join(other))),
        _ => return None,
    };
    Some(Value::new(shape, origin, list.truth.clone()))
}

/// The text of an array's elements; one that only some ways have is there with its separator or not at all.
fn joined(list: &Value, separator: Option<&Value>) -> Value {
    let Shape::Array(all) = &list.shape else { return Value::unknown() };
    let Some(separator) = separator.map_or(Some(","), Value::as_str) else {
        return Value::with_origin(Shape::Scalar(Scalar::String), Origin::derived([list.origin.clone()]));
    };
    let mut whole = Value::str("");
    for (index, element) in all.iter().enumerate() {
        let between = Value::str(if index == 0 { "" } else { separator });
        let there: Vec<Value> = element.alternatives().iter().filter(|it| it.shape != Shape::Nullish).cloned().collect();
        let always = there.len() == element.alternatives().len();
        let Some(value) = there.into_iter().reduce(|one, other| one.join(&other)) else { continue };
        let part = super::eval::concat(&between, &value);
        whole = super::eval::concat(&whole, &if always { part } else { part.join(&Value::str("")) });
    }
    whole
}

/// A known text in which a known one is replaced.
fn replaced(text: &Value, args: &[Value], once: bool) -> Option<Value> {
    let (whole, pattern, by) = (text.as_str()?, args.first()?.as_str()?, args.get(1)?);
    if pattern.is_empty() || !matches!(by.shape, Shape::Str(_) | Shape::Text { .. }) {
        return None;
    }
    let most = if once { 2 } else { MOST_ELEMENTS };
    let mut parts = whole.splitn(most, pattern);
    let first = Value::str(parts.next()?);
    Some(parts.fold(first, |so_far, part| super::eval::concat(&super::eval::concat(&so_far, by), &Value::str(part))))
}
