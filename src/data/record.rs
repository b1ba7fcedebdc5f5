//! What comes out of a query.

use std::sync::Arc;

use crate::base::Name;
use crate::values::{AccessId, Fact, Facts, Key, Op, Origin, Query, Row, RowPath, Scalar, Shape, Truth, Value};

/// That the access found something.
pub(super) fn found(access: AccessId) -> Facts {
    Facts::one(Fact::Holds(Key::Row(access, Arc::from([]))))
}

/// Where a record of the access comes from.
fn origin(access: AccessId) -> Origin {
    Origin::Row(RowPath { access, path: Arc::from([]) })
}

fn of_access(access: AccessId) -> Arc<Row> {
    Arc::new(Row { at: RowPath { access, path: Arc::from([]) }, without: Vec::new() })
}

/// A record that may be absent; its truth proves that it was found.
pub(super) fn maybe_row(access: AccessId) -> Value {
    Value::new(Shape::Row(of_access(access)), origin(access), Truth::implies(found(access)))
}

/// A record that is there wherever the call comes back.
pub(super) fn row(access: AccessId) -> Value {
    let truth = Truth { when_true: found(access), ..Truth::always(true) };
    Value::new(Shape::Row(of_access(access)), origin(access), truth)
}

/// Records; the list itself is always there.
pub(super) fn rows(access: AccessId) -> Value {
    Value::with_origin(Shape::Rows(of_access(access)), origin(access))
}

/// A number of records: that it is not zero proves that there is one.
pub(super) fn count(access: AccessId) -> Value {
    let origin = Origin::derived([origin(access)]);
    Value::new(Shape::Scalar(Scalar::Number), origin, Truth::implies(found(access)))
}

/// The records of a statement; of one that counts, its one row of numbers.
pub(super) fn of_statement(query: &Query, access: AccessId) -> Value {
    if query.op != Op::Count {
        return rows(access);
    }
    let counted = query.state.iter().filter(|(key, _)| *key == super::sql::COUNTED);
    let columns = counted.filter_map(|(_, name)| Some((Name::new(name.as_str()?), count(access))));
    Value::of(Shape::Array(Arc::from([super::target::object(columns)])))
}

/// Something computed from the records.
pub(super) fn computed(access: AccessId, shape: Shape) -> Value {
    Value::with_origin(shape, Origin::derived([origin(access)]))
}

/// The error of a result that carries it as a value: its message tells what went wrong inside. `when_none` holds where it is absent.
pub(super) fn error(when_none: Facts) -> Value {
    Value::new(Shape::Unknown, Origin::Exception, Truth { when_false: when_none, ..Truth::default() })
}

/// `{ [key]: value, … }`
pub(super) fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    super::target::object(fields.map(|(key, value)| (Name::new(key), value)))
}
