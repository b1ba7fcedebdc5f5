//! Where a value comes from.

use std::sync::Arc;

use crate::base::{Loc, Name};

/// The source of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// Nothing is known.
    #[default]
    Unknown,
    /// Written in the code.
    Literal,
    /// A text in the code, written here, that stands in where a setting is absent (`process.env.SECRET || "secret"`).
    Fallback(Loc),
    /// `process.env.X`.
    Env(Name),
    /// Written by the client.
    Client(Client),
    /// The principal as the server derived it, or a part of it.
    Identity(Identity),
    /// A record that an access returned, or a part of it.
    Row(RowPath),
    /// A caught exception, or a part of it.
    Exception,
    /// A random or time-based value.
    Generated {
        /// Whether it can be guessed (`Math.random()`, `Date.now()`).
        guessable: bool,
    },
    /// Computed from others (concatenation, hash, an unknown call): no longer the same key, but still influenced by them.
    Derived(Arc<[Origin]>),
    /// One of several, by the way that was taken.
    Mix(Arc<[Origin]>),
}

/// A value that the client wrote.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Client {
    /// Which part of the request.
    pub part: Part,
    /// Keys below it; `*` is an element of an array.
    pub path: Arc<[Name]>,
    /// What has been checked of it.
    pub checked: Checked,
}

/// Parts of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// The body, in any encoding.
    Body,
    /// A form field or file.
    Form,
    /// A header.
    Header,
    /// A cookie that nobody verified.
    Cookie,
    /// The request itself, its URL or method.
    Request,
    /// An argument of a call that the framework exposes (server action, procedure).
    Argument,
    /// The payload of a token that was decoded and not verified.
    UnverifiedToken,
}

/// How far a client value has been checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Checked {
    /// As it came.
    #[default]
    Raw,
    /// Made a scalar by a cast (`Number(x)`, `String(x)`): its type is known, its content is not.
    Cast,
    /// Its type was tested (`typeof x === "string"`, `Array.isArray`, `instanceof`).
    Typed,
    /// It went through a validation schema.
    Schema,
    /// Compared with a closed list.
    Listed,
}

/// What of the identity a value is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// The role of the value.
    pub part: IdentityPart,
    /// The keys from the identity to it, as the code names them (empty for the identity itself).
    pub path: Arc<[Name]>,
    /// Absent unless the identity is enforced (a session that may be null).
    pub nullable: bool,
}

/// Parts of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdentityPart {
    /// The principal as an object.
    Whole,
    /// Its id.
    Id,
    /// The id of the tenant it acts for.
    Tenant,
    /// Its e-mail address.
    Email,
    /// Its role or permissions.
    Role,
    /// Anything else of it.
    Other,
}

/// A record, or a field of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RowPath {
    /// The access that returned it.
    pub access: AccessId,
    /// Fields and relations below the record; empty for the record itself.
    pub path: Arc<[Name]>,
}

/// Index of an access in its trace, in the order of execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessId(pub u32);

/// A value as a key: two values with the same key are the same value, whatever casts lie between.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// A client value.
    Client(Part, Arc<[Name]>),
    /// Part of the identity.
    Identity(IdentityPart, Arc<[Name]>),
    /// A field of a record.
    Row(AccessId, Arc<[Name]>),
    /// An environment variable.
    Env(Name),
}

impl Origin {
    /// A client value at `path` of `part`, unchecked.
    pub fn client(part: Part, path: &[Name]) -> Self {
        Origin::Client(Client { part, path: path.into(), checked: Checked::Raw })
    }

    /// The principal itself.
    pub fn identity(nullable: bool) -> Self {
        Origin::Identity(Identity { part: IdentityPart::Whole, path: Arc::from([]), nullable })
    }

    /// The key that this origin is, if it is one single thing.
    pub fn key(&self) -> Option<Key> {
        match self {
            Origin::Client(client) => Some(Key::Client(client.part, client.path.clone())),
            Origin::Identity(identity) => Some(Key::Identity(identity.part, identity.path.clone())),
            Origin::Row(row) => Some(Key::Row(row.access, row.path.clone())),
            Origin::Env(name) => Some(Key::Env(*name)),
            _ => None,
        }
    }

    /// All single origins that this one is made of, itself if it is single.
    pub fn leaves(&self) -> Vec<&Origin> {
        fn collect<'a>(origin: &'a Origin, into: &mut Vec<&'a Origin>) {
            match origin {
                Origin::Mix(parts) | Origin::Derived(parts) => parts.iter().for_each(|part| collect(part, into)),
                single => into.push(single),
            }
        }
        let mut leaves = Vec::new();
        collect(self, &mut leaves);
        leaves
    }

    /// The client values in it.
    pub fn clients(&self) -> impl Iterator<Item = &Client> {
        self.leaves().into_iter().filter_map(|origin| match origin {
            Origin::Client(client) => Some(client),
            _ => None,
        })
    }

    /// The parts of the identity in it.
    pub fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.leaves().into_iter().filter_map(|origin| match origin {
            Origin::Identity(identity) => Some(identity),
            _ => None,
        })
    }

    /// Whether the client has a hand in it.
    pub fn is_client(&self) -> bool {
        self.clients().next().is_some()
    }

    /// Whether every part of it belongs to the identity (an absent fallback aside).
    pub fn is_identity(&self) -> bool {
        let leaves = self.leaves();
        leaves.iter().any(|origin| matches!(origin, Origin::Identity(_)))
            && leaves.iter().all(|origin| matches!(origin, Origin::Identity(_) | Origin::Literal))
    }

    /// Several origins as one of them: flat, sorted, without repeats.
    pub fn mix(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self::fold(origins, false)
    }

    /// A value computed from `origins`. Of nothing but literals comes a literal.
    pub fn derived(origins: impl IntoIterator<Item = Origin>) -> Self {
        Self::fold(origins, true)
    }

    fn fold(origins: impl IntoIterator<Item = Origin>, derived: bool) -> Self {
        let mut parts: Vec<Origin> = Vec::new();
        for origin in origins {
            match origin {
                Origin::Mix(inner) => parts.extend(inner.iter().cloned()),
                Origin::Derived(inner) if derived => parts.extend(inner.iter().cloned()),
                single => parts.push(single),
            }
        }
        parts.sort();
        parts.dedup();
        // Long mixes say no more than short ones and cost time at every join.
        parts.truncate(12);
        match parts.len() {
            0 => Origin::Unknown,
            1 if !derived || matches!(parts[0], Origin::Literal | Origin::Unknown) => parts.remove(0),
            _ if derived && parts.iter().all(|part| *part == Origin::Literal) => Origin::Literal,
            _ if derived => Origin::Derived(parts.into()),
            _ => Origin::Mix(parts.into()),
        }
    }

    /// The same origin with at least `checked` on every client value.
    pub fn checked(&self, checked: Checked) -> Self {
        match self {
            Origin::Client(client) => Origin::Client(Client { checked: client.checked.max(checked), ..client.clone() }),
            Origin::Mix(parts) => Origin::Mix(parts.iter().map(|part| part.checked(checked)).collect()),
            Origin::Derived(parts) => Origin::Derived(parts.iter().map(|part| part.checked(checked)).collect()),
            other => other.clone(),
        }
    }
}
