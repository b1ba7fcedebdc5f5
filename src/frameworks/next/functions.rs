//! The functions that Next gives to server code.

use crate::base::Name;
use crate::frameworks::things::{promise, thing, value};
use crate::frameworks::web;
use crate::values::{Call, CallForm, Callback, CallbackResult, EventKind, Facts, Leaves, Outcome, Sink, Value};

/// The status of `NextResponse.redirect`.
const REDIRECT: u16 = 307;

/// What a function of Next (or of React on the server) means.
pub(super) fn call(package: &str, path: &[Name], call: &Call<'_>) -> Option<Outcome> {
    let path: Vec<&str> = path.iter().map(|it| it.as_str()).collect();
    let nothing = || Some(Outcome::value(Value::nullish()));
    let package = package.strip_suffix(".js").unwrap_or(package);
    match (package, path.as_slice()) {
        ("next/server", ["NextResponse"]) if call.form == CallForm::New => web::built("new", REDIRECT, call),
        ("next/server", ["NextResponse", method]) => web::built(method, REDIRECT, call),
        ("next/server", ["after" | "unstable_after"]) => {
            let function = call.args.first()?.clone();
            let later =
                Callback { function, args: Vec::new(), result: CallbackResult::Ignored, under: Facts::none(), maybe: false };
            Some(Outcome { callbacks: vec![later], ..Outcome::value(Value::nullish()) })
        }
        ("next/server", ["connection"]) => Some(Outcome::value(promise(Value::nullish()))),
        // Given as themselves, so that they are the same awaited (15 and later) and not.
        ("next/headers", [store @ ("cookies" | "headers")]) => Some(Outcome::value(value(thing(web::OWNER, store)))),
        ("next/navigation", ["redirect"]) => Some(redirect(call, 307)),
        ("next/navigation", ["permanentRedirect"]) => Some(redirect(call, 308)),
        ("next/navigation", ["notFound" | "forbidden" | "unauthorized"]) => {
            Some(Outcome { leaves: Leaves::Always, ..Outcome::default() })
        }
        ("next/cache", ["unstable_cache"]) | ("react", ["cache"]) => Some(Outcome::value(call.args.first()?.clone())),
        (
            "next/cache",
            [
                "revalidatePath" | "revalidateTag" | "updateTag" | "refresh" | "unstable_noStore" | "noStore" | "cacheLife"
                | "cacheTag" | "unstable_cacheLife" | "unstable_cacheTag",
            ],
        ) => nothing(),
        _ => None,
    }
}

/// `redirect()` throws: it leaves whatever it is in, unless it is caught.
fn redirect(call: &Call<'_>, status: u16) -> Outcome {
    let mut outcome = Outcome { leaves: Leaves::Always, ..Outcome::default() };
    if let Some(target) = call.args.first() {
        outcome.events.push(EventKind::Sink { kind: Sink::Redirect, value: target.clone() });
    }
    outcome.with_event(EventKind::Respond { body: Value::nullish(), status: Some(status) })
}
