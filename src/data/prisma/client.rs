//! How clients are made and passed on, and what they offer beside models.

use std::sync::Arc;

use super::{ID, extension, raw};
use crate::base::Name;
use crate::data::sql::{Piece, SqlText, fragment};
use crate::data::target;
use crate::schema::Schema;
use crate::values::{Call, CallForm, Callback, CallbackResult, Facts, Import, Lib, Outcome, Shape, Value};

/// A call of something that `@prisma/client`, a generated client or a companion package exports.
pub(super) fn exported(call: &Call<'_>, import: &Import, path: &[Name]) -> Option<Outcome> {
    let names: Vec<&str> = path.iter().map(|name| name.as_str()).collect();
    match names.as_slice() {
        // Generated clients live anywhere; the class's name is fixed.
        [.., "PrismaClient"] if call.form == CallForm::New => Some(Outcome::value(made(call))),
        [.., "Prisma", "sql"] if target::is_tag(call) => Some(value_of(SqlText::template(call.quasis?, call.args), call)),
        [.., "Prisma", "raw"] => {
            // What of it is the client's is told where a statement takes it in.
            Some(value_of(SqlText::of(call.args.first()?), call))
        }
        [.., "Prisma", "join"] => Some(value_of(joined(call)?, call)),
        [.., "Prisma", "validator"] => Some(Outcome::value(thing("same", Vec::new(), call))),
        [.., "Prisma", "defineExtension"] => Some(Outcome::value(call.args.first()?.clone())),
        [.., "enhance" | "getEnhancedPrisma"] if import.package.contains("zenstack") => {
            // It enforces the access policies of its schema for the user that it is given.
            let client = call.args.first()?.as_lib().filter(|lib| lib.owner == *ID)?;
            let mut client = client.clone();
            client.data.push((Name::new("privilege"), Value::str("user")));
            Some(Outcome::value(Value::of(Shape::Lib(Arc::new(client)))))
        }
        // Prisma's own extensions cache, scale and count; they filter nothing.
        _ if import.package.starts_with("@prisma/extension-") => Some(Outcome::value(target::object([]))),
        _ => None,
    }
}

/// A method of the client itself, or of a transaction.
pub(super) fn method(call: &Call<'_>, lib: &Lib, method: Name, schema: &Schema) -> Option<Outcome> {
    let itself = || Value::of(Shape::Lib(Arc::new(Lib { path: Arc::from([]), ..lib.clone() })));
    match method.as_str() {
        "$transaction" => {
            let first = call.args.first()?;
            if target::elements(first).is_some() {
                // The interpreter runs the queries of an array that is handed to it.
                return Some(Outcome::value(first.clone()));
            }
            let callback = Callback {
                function: first.clone(),
                args: vec![itself()],
                result: CallbackResult::Value,
                under: Facts::none(),
                maybe: false,
            };
            Some(Outcome { callbacks: vec![callback], ..Outcome::default() })
        }
        "$extends" => Some(extension::extended(lib, call)),
        "$on" | "$connect" | "$disconnect" | "$use" => Some(Outcome::value(Value::nullish())),
        "$queryRaw" | "$executeRaw" | "$queryRawUnsafe" | "$executeRawUnsafe" | "$queryRawTyped" | "$runCommandRaw" => {
            Some(raw::run(call, lib, method, schema))
        }
        _ => extension::method(lib, Name::new("$client"), method, call),
    }
}

fn made(call: &Call<'_>) -> Value {
    let omit = call.args.first().and_then(|options| options.field("omit")).cloned();
    thing("client", omit.into_iter().map(|omit| (Name::new("omit"), omit)).collect(), call)
}

fn thing(kind: &str, data: Vec<(Name, Value)>, call: &Call<'_>) -> Value {
    let (owner, kind) = (Name::new(ID), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path: Arc::from([]), data, made: Some(call.loc), cell: None })))
}

fn value_of(text: SqlText, call: &Call<'_>) -> Outcome {
    Outcome::value(text.into_value(ID, call.loc))
}

/// `Prisma.join(values, separator)`: fragments one after the other, or a list that is bound.
fn joined(call: &Call<'_>) -> Option<SqlText> {
    let first = call.args.first()?;
    let parts = target::elements(first).unwrap_or(std::slice::from_ref(first));
    let fragments: Vec<Vec<Piece>> = parts.iter().filter_map(fragment).collect();
    if fragments.is_empty() {
        return Some(SqlText::pieces(vec![Piece::Bound(first.clone())]));
    }
    let separator = call.args.get(1).and_then(Value::as_str).unwrap_or(",");
    let mut pieces = Vec::new();
    for (index, fragment) in fragments.into_iter().enumerate() {
        if index > 0 {
            pieces.push(Piece::Text(separator.into()));
        }
        pieces.extend(fragment);
    }
    Some(SqlText::pieces(pieces))
}
