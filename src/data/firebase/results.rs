//! Snapshots: what a read gives.

use std::sync::Arc;

use super::{KEY, reference, thing};
use crate::base::Name;
use crate::data::record;
use crate::values::{
    AccessId, Call, Callback, CallbackResult, Facts, Filter, Lib, Op, Origin, Outcome, Query, RowPath, Scalar, Shape, Truth,
    Value,
};

/// What comes out of a query.
pub(super) fn of(layer: &str, query: &Query, access: AccessId) -> Value {
    match query.op {
        Op::Create => {
            let mut own = query.clone();
            own.op = Op::Read;
            own.payload.clear();
            own.filter = Filter::equal(Name::new(KEY), field(access, KEY), None);
            own.single = true;
            reference(layer, "doc", own)
        }
        Op::Count => {
            let data = record::object([("count", record::count(access))]);
            thing(layer, "snapshot", vec![(Name::new("row"), data)], None)
        }
        op if op.writes() => Value::unknown(),
        _ if query.single => snapshot(layer, access, record::maybe_row(access)),
        _ => thing(layer, "snapshots", vec![(Name::new("each"), snapshot(layer, access, record::row(access)))], None),
    }
}

fn snapshot(layer: &str, access: AccessId, row: Value) -> Value {
    let truth = row.truth.clone();
    let found = Value::new(Shape::Scalar(Scalar::Bool), Origin::derived([row.origin.clone()]), Truth { known: None, ..truth });
    let data = vec![(Name::new("row"), row), (Name::new("found"), found), (Name::new("key"), field(access, KEY))];
    thing(layer, "snapshot", data, None)
}

/// A field of the access's record.
fn field(access: AccessId, name: &str) -> Value {
    let path: Arc<[Name]> = name.split('.').map(Name::new).collect();
    Value::new(Shape::Unknown, Origin::Row(RowPath { access, path }), Truth::default())
}

/// A member of a snapshot.
pub(super) fn member(lib: &Lib, name: Name) -> Option<Value> {
    match (lib.kind.as_str(), lib.path.as_ref()) {
        ("snapshot", []) => match name.as_str() {
            "exists" => lib.get("found").cloned(),
            "id" | "key" => lib.get("key").cloned(),
            _ => None,
        },
        ("snapshots", []) => {
            let each = lib.get("each")?;
            let found = each.as_lib()?.get("found")?;
            match name.as_str() {
                "docs" => Some(Value::of(Shape::List(each.clone()))),
                "size" => Some(Value::new(Shape::Scalar(Scalar::Number), found.origin.clone(), found.truth.clone())),
                "empty" => Some(Value::new(Shape::Scalar(Scalar::Bool), found.origin.clone(), found.truth.negated())),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A method of a snapshot.
pub(super) fn method(lib: &Lib, method: Name, call: &Call<'_>) -> Option<Outcome> {
    if lib.kind == "snapshots" {
        let each = lib.get("each")?;
        return match method.as_str() {
            "forEach" => Some(Outcome {
                callbacks: vec![Callback {
                    function: call.args.first()?.clone(),
                    args: vec![each.clone()],
                    result: CallbackResult::Ignored,
                    under: Facts::none(),
                    maybe: true,
                }],
                ..Outcome::value(Value::nullish())
            }),
            _ => read(each.as_lib()?, method, call, true),
        };
    }
    read(lib, method, call, false)
}

fn read(lib: &Lib, method: Name, call: &Call<'_>, many: bool) -> Option<Outcome> {
    let row = lib.get("row")?;
    let rows = || match &row.origin {
        Origin::Row(at) if many => record::rows(at.access),
        _ => row.clone(),
    };
    match method.as_str() {
        "data" | "val" | "toJSON" => Some(Outcome::value(rows())),
        "exists" => Some(Outcome::value(lib.get("found")?.clone())),
        "get" | "child" => match &row.origin {
            Origin::Row(at) => Some(Outcome::value(field(at.access, call.args.first()?.as_str()?))),
            _ => None,
        },
        _ => None,
    }
}
