//! What hangs on a client beside tables: storage, functions at the edge, administration of users.

use super::{base, client, mark, pending};
use crate::base::Name;
use crate::data::record;
use crate::schema::Schema;
use crate::values::{
    AccessId, Call, Effect, EventKind, Facts, Filter, Lib, Op, Origin, Outcome, Payload, Projection, Scalar, Shape, Truth, Value,
};

/// A method of a storage bucket. The path is the first argument; after the call's own arguments stands the bucket, which knows its
/// client's privilege.
pub(super) fn store(lib: &Lib, method: &str, call: &Call<'_>) -> Option<Outcome> {
    let kind = match method {
        "upload" | "update" | "move" | "copy" | "createSignedUploadUrl" | "uploadToSignedUrl" => Some(Effect::StorageWrite),
        "download" | "createSignedUrl" | "createSignedUrls" | "list" | "listV2" | "info" | "exists" => Some(Effect::StorageRead),
        "remove" => Some(Effect::StorageDelete),
        // Only puts an address together.
        "getPublicUrl" => None,
        _ => return None,
    };
    let mut outcome = Outcome::value(handed_over(Value::unknown()));
    if let Some(kind) = kind {
        let mut args = call.args.to_vec();
        args.push(client::derived(lib, "bucket", Vec::new()));
        outcome.events.push(EventKind::Effect { kind, args });
    }
    Some(outcome)
}

/// `functions.invoke(name, { body })`
pub(super) fn invoke(call: &Call<'_>) -> Outcome {
    Outcome::value(handed_over(Value::unknown())).with_event(EventKind::Effect { kind: Effect::Fetch, args: call.args.to_vec() })
}

fn handed_over(data: Value) -> Value {
    record::object([("data", data), ("error", record::error(Facts::none()))])
}

/// A method of `auth.admin`: an access to the users that the auth service keeps.
pub(super) fn administer(lib: &Lib, method: &str, call: &Call<'_>, schema: &Schema) -> Option<Outcome> {
    let op = match method {
        "createUser" | "inviteUserByEmail" => Op::Create,
        "deleteUser" => Op::Delete,
        // A link that signs somebody in changes what they can reach.
        "updateUserById" | "generateLink" => Op::Update,
        "listUsers" | "getUserById" => Op::Read,
        _ => return None,
    };
    let known = Name::new("auth.users");
    let entity = schema.find(known).map_or_else(|| Name::new("users"), |_| known);
    let mut query = base(lib, Some(entity), op);
    query.single = method != "listUsers";
    query.projection = Projection::whole();
    query.state.push((Name::new(mark::ADMIN), Value::str(method)));
    let (first, loc) = (call.args.first(), call.arg_locs.first().copied());
    let payload = |value: &Value, loc| Payload { value: value.clone(), loc, relation: Vec::new() };
    let mut events = Vec::new();
    match (method, first) {
        ("deleteUser" | "updateUserById" | "getUserById", Some(id)) => {
            query.filter = Filter::equal(Name::new("id"), id.clone(), loc);
            query.filter_loc = loc;
            query
                .payload
                .extend(call.args.get(1).filter(|_| op == Op::Update).map(|it| payload(it, call.arg_locs.get(1).copied())));
        }
        ("generateLink", Some(options)) => {
            query.filter = match options.field("email") {
                Some(email) => Filter::equal(Name::new("email"), email.clone(), loc),
                None => Filter::Opaque(vec![options.clone()]),
            };
        }
        ("inviteUserByEmail", Some(email)) => {
            query.payload.push(payload(&crate::data::target::object([(Name::new("email"), email.clone())]), loc));
            events.push(EventKind::Effect { kind: Effect::Mail, args: call.args.to_vec() });
        }
        ("createUser", Some(user)) => query.payload.push(payload(user, loc)),
        // Fifty a page unless the caller says how many.
        ("listUsers", options) => {
            query.limit = options
                .and_then(|it| it.field("perPage"))
                .cloned()
                .or_else(|| Some(Value::with_origin(Shape::Num("50".into()), Origin::Literal)))
        }
        _ => {}
    }
    Some(Outcome { events, ..pending(query) })
}

/// The `data` of an administrative call.
pub(super) fn administered(method: &str, access: AccessId) -> Value {
    match method {
        "listUsers" => record::object([("users", record::rows(access)), ("total", record::count(access))]),
        "generateLink" => {
            let link = record::computed(access, Shape::Scalar(Scalar::String)).with_truth(Truth::default());
            let properties = record::object([("action_link", link.clone()), ("email_otp", link.clone()), ("hashed_token", link)]);
            record::object([("user", record::maybe_row(access)), ("properties", properties)])
        }
        _ => record::object([("user", record::maybe_row(access))]),
    }
}
