//! The words of the files for facts, ways to leave, effects and sinks.

use serde::Deserialize;

use super::argument::ArgPath;
use crate::values::Part;

/// A fact as the files name it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub enum FactSpec {
    /// Nothing.
    #[default]
    None,
    /// The caller's credential was verified.
    Authenticated,
    /// A role or permission was checked.
    Role,
    /// The records with the key in this argument belong to the caller.
    Tied(ArgPath),
    /// A webhook's signature was verified.
    Signature,
    /// Its time stamp was checked, too.
    Fresh,
    /// This argument passed a check.
    Validated(ArgPath),
    /// This argument has no keys but those that a check allows.
    Closed(ArgPath),
    /// The declared parts of the request passed a check.
    ValidatedRequest,
    /// A limiter let it pass.
    Limited,
    /// A secret was compared.
    Secret,
    /// No query operators are left in this part of the request.
    Inert(Part),
    /// A token against cross-site requests was checked.
    Csrf,
}

impl TryFrom<String> for FactSpec {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let (name, argument) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')').ok_or_else(|| format!("`{text}` lacks its `)`"))?),
            None => (text.as_str(), ""),
        };
        Ok(match name {
            "none" => FactSpec::None,
            "authenticated" | "identity" => FactSpec::Authenticated,
            "role" => FactSpec::Role,
            "tied" => FactSpec::Tied(ArgPath::parse(argument)?),
            "verified-signature" => FactSpec::Signature,
            "fresh" => FactSpec::Fresh,
            "validated" if matches!(argument, "" | "request" | "declared fields") => FactSpec::ValidatedRequest,
            "validated" => FactSpec::Validated(ArgPath::parse(argument)?),
            "closed" => FactSpec::Closed(ArgPath::parse(argument)?),
            "inert" => FactSpec::Inert(match argument {
                "body" => Part::Body,
                "query" => Part::Query,
                other => return Err(format!("unknown part `{other}`")),
            }),
            "limited" => FactSpec::Limited,
            "secret-compared" => FactSpec::Secret,
            "csrf" => FactSpec::Csrf,
            _ => return Err(format!("unknown fact `{text}`")),
        })
    }
}

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum LeavesSpec {
    /// It throws.
    Throws,
    /// It sends the caller elsewhere.
    Redirects,
    /// It answers with this status.
    Answers(u16),
    /// It hands the error on.
    NextError,
    /// It tells a callback.
    Callback,
    /// It does not: its result must be tested.
    Never,
    /// It never comes back.
    Always,
}

impl TryFrom<String> for LeavesSpec {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.as_str() {
            "throws" => LeavesSpec::Throws,
            "redirects" => LeavesSpec::Redirects,
            "next(err)" => LeavesSpec::NextError,
            "callback" => LeavesSpec::Callback,
            "never" => LeavesSpec::Never,
            "always" => LeavesSpec::Always,
            other => match other.strip_prefix("answers:").and_then(|status| status.parse().ok()) {
                Some(status) => LeavesSpec::Answers(status),
                None => return Err(format!("unknown way to leave `{text}`")),
            },
        })
    }
}

/// Effects as the files name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectSpec {
    /// An e-mail.
    Mail,
    /// A text message.
    Sms,
    /// Money.
    Payment,
    /// A call of an AI model.
    Ai,
    /// Something stored.
    StorageWrite,
    /// Something read, or a link to it made.
    StorageRead,
    /// Something removed.
    StorageDelete,
    /// A job queued.
    Queue,
    /// A cache filled or emptied.
    Cache,
    /// A log line.
    Log,
    /// A request to another server.
    Fetch,
    /// A redirect.
    Redirect,
    /// HTML answered.
    Html,
    /// A token signed.
    SignToken,
    /// A session written.
    SessionWrite,
    /// A session's id renewed.
    SessionRenew,
    /// A cookie set.
    SetCookie,
    /// A file read.
    FileRead,
    /// A file written.
    FileWrite,
}

/// Kinds of sinks as the files name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SinkKind {
    /// An address to fetch.
    Url,
    /// A file path.
    Path,
    /// A shell command.
    Command,
    /// Code.
    Code,
    /// HTML.
    Html,
    /// A redirect.
    Redirect,
    /// A log line.
    Log,
    /// A header.
    Header,
    /// Who gets it.
    ToAddress,
    /// The key of a principal's object at a third party.
    OwnedId,
    /// What it costs.
    Price,
}
