//! Calls built by hand, one for each shape that a library can have, and what a user would see of them.

use std::sync::Arc;

use super::{Catalog, Declarations, Trust, builtin, validated};
use crate::base::{FileId, ItemId, Loc, Name, Node};
use crate::values::*;

fn loc() -> Loc {
    Loc { file: FileId(0), item: ItemId(0), node: Node::Start }
}

fn import(package: &str, path: &[&str]) -> Value {
    let path = path.iter().map(|name| Name::new(name)).collect();
    Value::of(Shape::Import(Arc::new(Import { package: Name::new(package), path, unresolved: false })))
}

fn thing(owner: &str, kind: &str, path: &[&str]) -> Value {
    let path = path.iter().map(|name| Name::new(name)).collect();
    let (owner, kind) = (Name::new(owner), Name::new(kind));
    Value::of(Shape::Lib(Arc::new(Lib { owner, kind, path, data: Vec::new(), made: None, cell: None })))
}

fn object(fields: &[(&str, Value)]) -> Value {
    let mut object = Object::default();
    fields.iter().for_each(|(name, value)| object.set(Name::new(name), value.clone(), None));
    Value::of(Shape::Object(Arc::new(object)))
}

fn function() -> Value {
    let closure = Closure {
        file: FileId(0),
        item: ItemId(0),
        function: crate::ir::FnId(0),
        captured: Arc::from([]),
        scopes: Arc::from([]),
        this: None,
        bound: Arc::from([]),
    };
    Value::of(Shape::Closure(Arc::new(closure)))
}

fn ask_of(catalog: &Catalog, callee: &Value, method: Option<&str>, args: &[Value], awaited: bool) -> Option<Outcome> {
    let locs = vec![loc(); args.len()];
    catalog.call(&Call {
        callee,
        method: method.map(Name::new),
        args,
        arg_locs: &locs,
        form: CallForm::Call,
        loc: loc(),
        awaited,
        quasis: None,
        facts: &Facts::none(),
    })
}

fn ask(callee: &Value, method: Option<&str>, args: &[Value]) -> Outcome {
    ask_of(builtin(), callee, method, args, true).unwrap_or_else(|| panic!("nothing is known of {callee:?} {method:?}"))
}

fn given(outcome: &Outcome) -> Value {
    outcome.value.clone().map_or_else(Value::unknown, |value| value.awaited())
}

fn member(value: &Value, path: &str) -> Value {
    path.split('.').fold(value.clone(), |value, name| match super::argument::below(&value, Name::new(name)) {
        super::Found::Value(value) => value,
        other => panic!("{name}: {other:?}"),
    })
}

fn body(name: &str) -> Value {
    Value::client(Part::Body, &[Name::new(name)])
}

fn authenticates(value: &Value) -> bool {
    value.truth.when_true.has(&Fact::Authenticated)
}

fn part(value: &Value) -> Option<IdentityPart> {
    match &value.origin {
        Origin::Identity(identity) => Some(identity.part),
        _ => None,
    }
}

fn marks(outcome: &Outcome) -> Vec<&str> {
    let mark = |event: &EventKind| match event {
        EventKind::Marked { mark, .. } => Some(mark.as_str()),
        _ => None,
    };
    outcome.events.iter().filter_map(mark).collect()
}

fn effects(outcome: &Outcome) -> Vec<Effect> {
    let effect = |event: &EventKind| match event {
        EventKind::Effect { kind, .. } => Some(*kind),
        _ => None,
    };
    outcome.events.iter().filter_map(effect).collect()
}

#[test]
fn a_session_that_is_asked_for_enforces_nothing_until_it_is_tested() {
    let outcome = ask(&import("next-auth", &["getServerSession"]), None, &[Value::unknown()]);
    assert!(outcome.after.is_empty() && outcome.leaves == Leaves::Never);
    let session = given(&outcome);
    assert!(authenticates(&session) && session.truth.known.is_none());
    let user = member(&session, "user");
    assert!(authenticates(&user));
    assert_eq!(part(&member(&user, "id")), Some(IdentityPart::Id));
    assert_eq!(part(&member(&user, "email")), Some(IdentityPart::Email));
    assert!(outcome.events.iter().any(|event| matches!(event, EventKind::IdentityLookup { .. })));
}

#[test]
fn a_promise_of_a_session_is_always_there_and_proves_nothing() {
    let outcome = ask_of(builtin(), &import("next-auth", &["getServerSession"]), None, &[], false).unwrap();
    let promise = outcome.value.unwrap();
    assert!(promise.truth.known == Some(true) && !authenticates(&promise));
}

#[test]
fn however_jsonwebtoken_is_imported_it_demands_a_valid_token() {
    for path in [&["verify"][..], &["default", "verify"], &["*", "verify"], &["*", "default", "verify"]] {
        let outcome = ask(&import("jsonwebtoken", path), None, &[body("token"), Value::unknown()]);
        assert!(outcome.after.has(&Fact::Authenticated) && outcome.leaves == Leaves::May);
        assert_eq!(part(&member(&given(&outcome), "sub")), Some(IdentityPart::Id));
    }
    let outcome = ask(&import("jsonwebtoken", &["default"]), Some("verify"), &[body("token"), Value::unknown()]);
    assert!(outcome.after.has(&Fact::Authenticated));
}

#[test]
fn jsonwebtoken_with_a_callback_guards_the_callback_only() {
    let outcome = ask(&import("jsonwebtoken", &["verify"]), None, &[body("token"), Value::unknown(), function()]);
    assert!(outcome.after.is_empty() && outcome.leaves == Leaves::Never);
    let [callback] = &outcome.callbacks[..] else { panic!("{:?}", outcome.callbacks) };
    assert!(callback.args[0].truth.when_false.has(&Fact::Authenticated));
    assert!(authenticates(&callback.args[1]));
}

#[test]
fn a_decoded_token_stays_the_clients_word() {
    let outcome = ask(&import("jsonwebtoken", &["decode"]), None, &[body("token")]);
    assert!(matches!(&given(&outcome).origin, Origin::Client(client) if client.part == Part::UnverifiedToken));
    assert_eq!(marks(&outcome), ["weak:unverified"]);
}

#[test]
fn a_token_of_another_server_is_not_the_clients_word() {
    let outcome = ask(&import("jsonwebtoken", &["decode"]), None, &[Value::unknown()]);
    assert_eq!(given(&outcome).origin, Origin::Unknown);
}

#[test]
fn verifiers_of_webhooks_throw_or_must_be_tested() {
    let verified = |facts: &Facts| facts.has(&Fact::Signature);
    let validate = ask(&import("@polar-sh/sdk/webhooks", &["validateEvent"]), None, &[body("b"), body("h"), Value::unknown()]);
    assert!(verified(&validate.after));
    let tested = ask(&import("@octokit/webhooks-methods", &["verify"]), None, &[Value::unknown(), body("b"), body("s")]);
    assert!(!verified(&tested.after) && verified(&given(&tested).awaited().truth.when_true));
    let detached = ask(&import("tweetnacl", &["default", "sign", "detached", "verify"]), None, &[body("b")]);
    assert!(!verified(&detached.after) && verified(&given(&detached).truth.when_true));
}

#[test]
fn weak_options_are_marked_only_where_they_are_known() {
    let verify = import("jsonwebtoken", &["verify"]);
    let lax = object(&[("ignoreExpiration", Value::bool(true))]);
    assert_eq!(marks(&ask(&verify, None, &[body("t"), Value::unknown(), lax])), ["weak:expiry"]);
    assert!(marks(&ask(&verify, None, &[body("t"), Value::unknown(), Value::unknown()])).is_empty());
    assert_eq!(marks(&ask(&verify, None, &[body("t"), Value::str("secret"), Value::unknown()])), ["secret:token"]);
    let old = builtin().for_versions([("jsonwebtoken", "^8.5.1")]);
    let outcome = ask_of(&old, &verify, None, &[body("t"), Value::unknown()], false).unwrap();
    assert_eq!(marks(&outcome), ["weak:algorithms"]);
}

#[test]
fn supabase_answers_with_a_user_or_an_error_and_never_throws() {
    for (callee, method) in
        [(thing("supabase", "client", &["auth"]), Some("getUser")), (thing("supabase", "client", &["auth", "getUser"]), None)]
    {
        let outcome = ask(&callee, method, &[]);
        assert!(outcome.leaves == Leaves::Never && outcome.after.is_empty());
        let result = given(&outcome);
        assert_eq!(result.truth.known, Some(true));
        let user = member(&result, "data.user");
        assert!(authenticates(&user));
        assert_eq!(part(&member(&user, "id")), Some(IdentityPart::Id));
        assert_eq!(part(&member(&user, "app_metadata.role")), Some(IdentityPart::Role));
        assert!(member(&result, "error").truth.when_false.has(&Fact::Authenticated));
    }
}

#[test]
fn supabase_get_session_is_no_identity() {
    let outcome = ask(&thing("supabase", "client", &["auth"]), Some("getSession"), &[]);
    let id = member(&given(&outcome), "data.session.user.id");
    assert!(matches!(&id.origin, Origin::Client(client) if client.part == Part::UnverifiedToken));
    assert_eq!(marks(&outcome), ["weak:unverified-session"]);
}

#[test]
fn clerk_gives_an_object_that_is_always_there() {
    let auth = given(&ask(&import("@clerk/nextjs/server", &["auth"]), None, &[]));
    assert!(auth.truth.known == Some(true) && !authenticates(&auth));
    assert!(authenticates(&member(&auth, "userId")));
    assert_eq!(part(&member(&auth, "userId")), Some(IdentityPart::Id));
    assert_eq!(part(&member(&auth, "orgId")), Some(IdentityPart::Tenant));
    let protect = import("@clerk/nextjs/server", &["auth"]);
    let admin = object(&[("role", Value::str("org:admin"))]);
    assert!(ask(&protect, Some("protect"), &[admin]).after.has(&Fact::Role));
    let plain = ask(&protect, Some("protect"), &[]);
    assert!(plain.after.has(&Fact::Authenticated) && !plain.after.has(&Fact::Role));
    let unawaited = ask_of(builtin(), &protect, Some("protect"), &[], false).unwrap();
    assert!(unawaited.after.is_empty());
}

#[test]
fn next_auth_around_a_handler_only_attaches_the_session() {
    let made = given(&ask(&import("next-auth", &["default"]), None, &[object(&[])]));
    let Shape::Lib(lib) = &made.shape else { panic!("{made:?}") };
    let auth = Value::of(Shape::Lib(Arc::new(Lib { path: Arc::from([Name::new("auth")]), ..(**lib).clone() })));
    let session = ask(&auth, None, &[]);
    assert!(authenticates(&member(&given(&session), "user")));

    let handler = given(&ask(&auth, None, &[function()]));
    let request = thing("next", "request", &[]);
    let run = ask(&handler, None, &[request.clone(), Value::unknown()]);
    assert!(run.after.is_empty());
    assert_eq!(run.callbacks.len(), 1);
    let (to, key, value) = &run.writes[0];
    assert!(*to == request && *key == "auth" && authenticates(value));
    assert_eq!(part(&member(value, "user.id")), Some(IdentityPart::Id));
}

#[test]
fn passport_answers_401_and_goes_on_with_the_user() {
    let middleware = given(&ask(&import("passport", &["default", "authenticate"]), None, &[Value::str("jwt")]));
    let (request, response, next) =
        (thing("express", "request", &[]), thing("express", "response", &[]), thing("express", "next", &[]));
    let run = ask(&middleware, None, &[request, response, next]);
    assert!(run.after.has(&Fact::Authenticated) && run.leaves == Leaves::May);
    assert_eq!(run.next, Some(None));
    let (_, key, user) = &run.writes[0];
    assert!(*key == "user" && user.truth.known == Some(true));
}

#[test]
fn passport_with_a_callback_enforces_nothing() {
    let args = [Value::str("jwt"), object(&[]), function()];
    let middleware = given(&ask(&import("passport", &["authenticate"]), None, &args));
    let run = ask(&middleware, None, &[thing("express", "request", &[])]);
    assert!(run.after.is_empty() && run.writes.is_empty() && run.next.is_none());
    assert!(authenticates(&run.callbacks[0].args[1]));
    assert!(run.callbacks[0].args[0].truth.when_false.is_empty());
}

#[test]
fn optional_authentication_leaves_an_identity_that_may_be_absent() {
    let options = object(&[("credentialsRequired", Value::bool(false))]);
    let middleware = given(&ask(&import("express-jwt", &["expressjwt"]), None, &[options]));
    let run = ask(&middleware, None, &[thing("express", "request", &[])]);
    assert!(run.after.is_empty());
    let (_, key, value) = &run.writes[0];
    assert!(*key == "auth" && value.truth.known.is_none() && authenticates(value));
    // An option that cannot be read is not trusted to enforce.
    let unread = object(&[("credentialsRequired", Value::unknown())]);
    let middleware = given(&ask(&import("express-jwt", &["expressjwt"]), None, &[unread]));
    assert!(ask(&middleware, None, &[thing("express", "request", &[])]).after.is_empty());
}

#[test]
fn a_session_bag_is_always_there_and_its_user_proves() {
    let session = given(&ask(&import("iron-session", &["getIronSession"]), None, &[Value::unknown(), Value::unknown()]));
    assert!(session.truth.known == Some(true) && !authenticates(&session));
    let lib = session.as_lib().unwrap();
    let field = |name: &str| builtin().member(lib, Name::new(name));
    assert!(authenticates(&field("userId").unwrap()) && authenticates(&field("isLoggedIn").unwrap()));
    assert!(!authenticates(&field("cart").unwrap()));
    assert!(field("save").is_none());
    assert_eq!(effects(&ask(&session, Some("save"), &[])), [Effect::SessionWrite, Effect::SetCookie]);
}

#[test]
fn express_session_puts_a_bag_on_the_request() {
    let middleware = given(&ask(&import("express-session", &["default"]), None, &[object(&[])]));
    let run = ask(&middleware, None, &[thing("express", "request", &[]), Value::unknown(), thing("express", "next", &[])]);
    assert!(run.after.is_empty() && run.next == Some(None));
    let (_, key, bag) = &run.writes[0];
    assert!(*key == "session" && bag.as_lib().is_some_and(|lib| lib.kind == "express-session"));
    assert!(marks(&run).contains(&"setting:cookie.secure"));
}

#[test]
fn zod_lets_declared_fields_through_and_nothing_else() {
    let schema = zod_object(&[("title", zod("string")), ("count", given(&ask(&zod("number"), Some("optional"), &[])))]);
    let raw = Value::client(Part::Body, &[]);
    let outcome = ask(&schema, Some("parse"), std::slice::from_ref(&raw));
    assert!(outcome.leaves == Leaves::May && outcome.after.has(&Fact::Validated(raw.origin.key().unwrap())));
    assert!(outcome.events.iter().any(|event| matches!(event, EventKind::Validated { enforced: true, .. })));
    let value = given(&outcome);
    let fields = value.as_object().unwrap();
    assert!(fields.is_closed() && fields.names().eq([Name::new("title"), Name::new("count")]));
    let title = value.field("title").unwrap();
    assert_eq!(title.shape, Shape::Scalar(Scalar::String));
    assert!(
        matches!(&title.origin, Origin::Client(client) if client.checked == Checked::Schema && *client.path == [Name::new("title")])
    );
}

#[test]
fn safe_parse_proves_nothing_until_its_success_is_tested() {
    let schema = zod_object(&[("title", zod("string"))]);
    let raw = Value::client(Part::Body, &[]);
    let outcome = ask(&schema, Some("safeParse"), std::slice::from_ref(&raw));
    let proves = Fact::Validated(raw.origin.key().unwrap());
    assert!(outcome.after.is_empty() && outcome.leaves == Leaves::Never);
    let result = given(&outcome);
    assert!(result.truth.known == Some(true) && !result.truth.when_true.has(&proves));
    assert!(member(&result, "success").truth.when_true.has(&proves));
    assert!(member(&result, "error").truth.when_false.has(&proves));
    assert!(member(&result, "data").as_object().unwrap().is_closed());
    assert!(outcome.events.iter().any(|event| matches!(event, EventKind::Validated { enforced: false, .. })));
}

#[test]
fn passthrough_keeps_the_raw_object_below_the_declared_fields() {
    let schema = given(&ask(&zod_object(&[("title", zod("string"))]), Some("passthrough"), &[]));
    let value = given(&ask(&schema, Some("parse"), &[Value::client(Part::Body, &[])]));
    let [spread] = &value.as_object().unwrap().spreads[..] else { panic!("{value:?}") };
    assert!(matches!(&spread.origin, Origin::Client(client) if client.checked == Checked::Raw));
}

#[test]
fn pick_omit_extend_and_partial_change_the_keys() {
    let base = zod_object(&[("title", zod("string")), ("role", zod("string"))]);
    let yes = Value::bool(true);
    let names = |schema: &Value| {
        let value = given(&ask(schema, Some("parse"), &[Value::client(Part::Body, &[])]));
        value.as_object().unwrap().names().map(|name| name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(names(&given(&ask(&base, Some("omit"), &[object(&[("role", yes.clone())])]))), ["title"]);
    assert_eq!(names(&given(&ask(&base, Some("pick"), &[object(&[("role", yes)])]))), ["role"]);
    assert_eq!(names(&given(&ask(&base, Some("extend"), &[object(&[("price", zod("number"))])]))), ["title", "role", "price"]);
    let partial = given(&ask(&base, Some("partial"), &[]));
    let Shape::Validator(validator) = &partial.shape else { panic!("{partial:?}") };
    assert!(matches!(&**validator, Validator::Object { fields, .. } if fields.iter().all(|(.., optional)| *optional)));
}

#[test]
fn an_enum_is_a_closed_list_whose_members_can_be_read() {
    let members = Value::of(Shape::Array([Value::str("user"), Value::str("editor")].into()));
    let role = given(&ask(&import("zod", &["z", "enum"]), None, &[members]));
    let value = given(&ask(&role, Some("parse"), &[body("role")]));
    assert!(matches!(&value.origin, Origin::Client(client) if client.checked == Checked::Listed));
    assert_eq!(value.alternatives().iter().filter_map(Value::as_str).collect::<Vec<_>>(), ["user", "editor"]);
}

#[test]
fn joi_refuses_other_keys_and_yup_keeps_them() {
    let joi = given(&ask(&import("joi", &["default", "object"]), None, &[object(&[("a", joi_string())])]));
    let result = given(&ask_of(builtin(), &joi, Some("validate"), &[Value::client(Part::Body, &[])], false).unwrap());
    assert!(member(&result, "value").as_object().unwrap().is_closed());
    assert!(!member(&result, "error").truth.when_false.is_empty());

    let text = given(&ask(&import("yup", &["*", "string"]), None, &[]));
    let yup = given(&ask(&import("yup", &["*", "object"]), None, &[object(&[("a", text)])]));
    let outcome = ask(&yup, Some("validate"), &[Value::client(Part::Body, &[])]);
    assert!(outcome.leaves == Leaves::May && !given(&outcome).as_object().unwrap().is_closed());
    let strip = object(&[("stripUnknown", Value::bool(true))]);
    assert!(given(&ask(&yup, Some("validate"), &[Value::client(Part::Body, &[]), strip])).as_object().unwrap().is_closed());
}

#[test]
fn valibot_takes_the_schema_as_its_first_argument() {
    let text = given(&ask(&import("valibot", &["*", "string"]), None, &[]));
    let piped = given(&ask(&import("valibot", &["*", "pipe"]), None, &[text, Value::unknown()]));
    let schema = given(&ask(&import("valibot", &["*", "object"]), None, &[object(&[("a", piped)])]));
    let outcome = ask(&import("valibot", &["*", "parse"]), None, &[schema, Value::client(Part::Body, &[])]);
    assert_eq!(given(&outcome).field("a").unwrap().shape, Shape::Scalar(Scalar::String));
}

#[test]
fn an_environment_that_is_validated_stays_the_environment() {
    let env = Value::of(Shape::Builtin(Arc::from([Name::new("process"), Name::new("env")])));
    let value = given(&ask(&zod_object(&[("JWT_SECRET", zod("string"))]), Some("parse"), &[env]));
    assert_eq!(value.field("JWT_SECRET").unwrap().origin, Origin::Env(Name::new("JWT_SECRET")));
}

#[test]
fn express_validator_rejects_only_where_its_result_is_tested() {
    let chain = given(&ask(&import("express-validator", &["body"]), None, &[Value::str("email")]));
    let chain = given(&ask(&chain, Some("isEmail"), &[]));
    let request = thing("express", "request", &[]);
    let run = ask(&chain, None, &[request.clone(), Value::unknown(), thing("express", "next", &[])]);
    assert!(run.after.is_empty() && run.next == Some(None));
    let result = given(&ask(&import("express-validator", &["validationResult"]), None, std::slice::from_ref(&request)));
    let empty = given(&ask(&result, Some("isEmpty"), &[]));
    assert!(empty.truth.when_true.iter().any(|fact| matches!(fact, Fact::Validated(Key::Client(Part::Body, _)))));
    let data = given(&ask(&import("express-validator", &["matchedData"]), None, &[request]));
    assert!(matches!(&data.origin, Origin::Client(client) if client.checked == Checked::Schema));
}

#[test]
fn a_limiter_in_the_chain_limits_and_says_how_much() {
    let options = object(&[("max", Value::with_origin(Shape::Num("100".into()), Origin::Literal))]);
    let limiter = given(&ask(&import("express-rate-limit", &["default"]), None, &[options]));
    let run = ask(&limiter, None, &[thing("express", "request", &[])]);
    assert!(run.after.has(&Fact::Limited));
    let limits = run.events.iter().find_map(|event| match event {
        EventKind::Marked { mark, args } if *mark == "limit" => Some(args.clone()),
        _ => None,
    });
    assert_eq!(limits.unwrap()[0].as_number(), Some(100.0));
}

#[test]
fn a_limiters_verdict_must_be_tested() {
    let limiter = given(&ask(&import("@upstash/ratelimit", &["Ratelimit"]), None, &[object(&[])]));
    let result = given(&ask(&limiter, Some("limit"), &[Value::str("x")]));
    assert!(result.truth.known == Some(true));
    assert!(member(&result, "success").truth.when_true.has(&Fact::Limited));
}

#[test]
fn stripe_verifies_and_spends_however_the_client_was_found() {
    let stripe = given(&ask(&import("stripe", &["default"]), None, &[Value::unknown()]));
    let lib = stripe.as_lib().unwrap();
    let webhooks = Value::of(Shape::Lib(Arc::new(Lib { path: Arc::from([Name::new("webhooks")]), ..lib.clone() })));
    let args = [Value::unknown(), Value::unknown(), Value::unknown()];
    assert!(ask(&webhooks, Some("constructEvent"), &args).after.has(&Fact::Signature));
    // Through an injected field nothing is known of the object but the method's unmistakable name.
    assert!(ask(&Value::unknown(), Some("constructEvent"), &args).after.has(&Fact::Signature));
    let refunds = Value::of(Shape::Lib(Arc::new(Lib { path: Arc::from([Name::new("refunds")]), ..lib.clone() })));
    let outcome = ask(&refunds, Some("create"), &[object(&[("payment_intent", body("id"))])]);
    assert_eq!(effects(&outcome), [Effect::Payment]);
    assert_eq!(marks(&outcome), ["sink:owned-id"]);
}

#[test]
fn hashes_and_random_values_say_how_good_they_are() {
    let hash = import("bcryptjs", &["default", "hash"]);
    let rounds = Value::with_origin(Shape::Num("4".into()), Origin::Literal);
    assert_eq!(marks(&ask(&hash, None, &[body("password"), rounds])), ["hash:weak-cost"]);
    assert_eq!(marks(&ask(&hash, None, &[body("password")])), ["hash:password"]);
    let compared = given(&ask(&import("bcrypt", &["compare"]), None, &[body("password"), Value::unknown()]));
    assert!(compared.truth.when_true.has(&Fact::Secret));
    let six = Value::with_origin(Shape::Num("6".into()), Origin::Literal);
    let id = |args: &[Value]| given(&ask(&import("nanoid", &["nanoid"]), None, args)).origin.clone();
    assert_eq!(id(&[]), Origin::Generated { guessable: false });
    // Short, but not to be worked out from the ones before.
    assert_eq!(id(&[six]), Origin::Generated { guessable: false });
}

#[test]
fn a_keyed_digest_remembers_the_secret_and_what_was_signed() {
    let secret = Value::new(Shape::Unknown, Origin::Env(Name::new("SECRET")), Truth::default());
    let hmac = given(&ask(&import("node:crypto", &["createHmac"]), None, &[Value::str("sha256"), secret.clone()]));
    let hmac = given(&ask(&hmac, Some("update"), &[Value::client(Part::Body, &[])]));
    let digest = given(&ask(&hmac, Some("digest"), &[Value::str("hex")]));
    assert!(digest.origin.is_client() && digest.origin.leaves().contains(&&secret.origin));
}

#[test]
fn a_known_middleware_that_proves_nothing_passes_on() {
    for (package, path) in [("helmet", "default"), ("cors", "default"), ("express", "json"), ("morgan", "default")] {
        let middleware = given(&ask(&import(package, &[path]), None, &[]));
        let run = ask(&middleware, None, &[thing("express", "request", &[])]);
        assert!(run.after.is_empty() && run.next == Some(None), "{package}");
    }
    assert!(builtin().knows_package("cors") && !builtin().knows_package("@acme/auth"));
}

#[test]
fn a_declared_function_of_the_project_is_found_by_the_end_of_its_path() {
    let declaration: toml::Value = toml::from_str(
        r#"
        call = "src/lib/auth.ts#requireOrgMember"
        async = true
        gives = { kind = "identity", id = "accountRef", tenant = "orgId" }
        after = ["authenticated", "tied(0)"]
        leaves = "throws"
        "#,
    )
    .unwrap();
    let catalog =
        builtin().with_user(&Declarations { calls: vec![declaration], ..Declarations::default() }, &Trust::default()).unwrap();
    assert!(catalog.declared("src/lib/other.ts", "requireOrgMember").is_none());
    let entry = catalog.declared("apps/web/src/lib/auth.ts", "requireOrgMember").unwrap();
    let facts = Facts::none();
    let key = Value::client(Part::Path, &["orgId".into()]);
    let (args, callee) = ([key.clone()], function());
    let call = Call {
        callee: &callee,
        method: None,
        args: &args,
        arg_locs: &[loc()],
        form: CallForm::Call,
        loc: loc(),
        awaited: true,
        quasis: None,
        facts: &facts,
    };
    let outcome = catalog.apply(entry, &call);
    assert!(outcome.after.has(&Fact::Tied(key.origin.key().unwrap())));
    assert_eq!(part(&member(&given(&outcome), "accountRef")), Some(IdentityPart::Id));
}

#[test]
fn a_trusted_guard_is_what_its_call_shows() {
    let trust = Trust {
        authenticates: vec!["@acme/auth#guard".into()],
        not_authenticates: vec!["jsonwebtoken#verify".into()],
        ..Trust::default()
    };
    let catalog = builtin().with_user(&Declarations::default(), &trust).unwrap();
    let guard = import("@acme/auth", &["guard"]);
    let request = thing("express", "request", &[]);
    let next = thing("express", "next", &[]);
    let run = |callee: &Value, args: &[Value]| ask_of(&catalog, callee, None, args, true).unwrap();
    // As a middleware.
    let as_middleware = run(&guard, &[request.clone(), Value::unknown(), next.clone()]);
    assert!(as_middleware.after.has(&Fact::Authenticated) && as_middleware.next == Some(None));
    // As a wrapper.
    let wrapped = given(&run(&guard, &[function()]));
    let inside = run(&wrapped, std::slice::from_ref(&request));
    assert!(inside.callbacks.len() == 1 && inside.callbacks[0].under.has(&Fact::Authenticated));
    // As a question.
    assert!(run(&guard, std::slice::from_ref(&request)).after.has(&Fact::Authenticated));
    // As a factory.
    let made = ask_of(&catalog, &guard, None, &[object(&[])], false).unwrap().value.unwrap();
    assert!(run(&made, &[request, Value::unknown(), next]).after.has(&Fact::Authenticated));
    // The user's word wins over ours.
    assert!(run(&import("jsonwebtoken", &["verify"]), &[body("t"), Value::unknown()]).after.is_empty());
    assert!(catalog.knows_package("@acme/auth"));
}

#[test]
fn a_validated_literal_object_keeps_what_is_known_of_its_fields() {
    let schema =
        Validator::Object { fields: vec![("id".into(), Validator::Scalar(Scalar::String), false)], unknown: UnknownKeys::Strip };
    let id = Value::client(Part::Path, &["id".into()]);
    let value = validated(&schema, &object(&[("id", id), ("extra", Value::str("x"))]));
    assert!(matches!(&value.field("id").unwrap().origin, Origin::Client(client) if client.part == Part::Path));
    assert!(value.field("extra").is_none());
}

fn zod(name: &str) -> Value {
    given(&ask(&import("zod", &["z", name]), None, &[]))
}

fn zod_object(fields: &[(&str, Value)]) -> Value {
    given(&ask(&import("zod", &["z", "object"]), None, &[object(fields)]))
}

fn joi_string() -> Value {
    given(&ask(&import("joi", &["default", "string"]), None, &[]))
}

#[test]
fn a_declared_check_ties_what_it_is_handed_and_a_declared_object_has_methods() {
    let trust = Trust { ties: vec!["@acme/auth#assertOwner".into()], ..Trust::default() };
    let of = |text: &str| toml::from_str::<toml::Value>(text).unwrap();
    let declarations = Declarations {
        objects: vec![of("id = \"acme\"\nmade-by = [\"@acme/auth#Client\"]")],
        calls: vec![of("call = \"@acme.verify\"\nafter = [\"authenticated\"]\nleaves = \"throws\"")],
        ..Declarations::default()
    };
    let catalog = builtin().with_user(&declarations, &trust).unwrap();
    let key = Value::client(Part::Path, &["id".into()]);
    let check = ask_of(&catalog, &import("@acme/auth", &["assertOwner"]), None, std::slice::from_ref(&key), true).unwrap();
    assert!(check.after.has(&Fact::Tied(key.origin.key().unwrap())));
    let client = given(&ask_of(&catalog, &import("@acme/auth", &["Client"]), None, &[], false).unwrap());
    assert!(ask_of(&catalog, &client, Some("verify"), &[body("token")], true).unwrap().after.has(&Fact::Authenticated));
}
