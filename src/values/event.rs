//! What happens in a trace, in order.

use std::sync::Arc;

use super::{Access, Facts, Value};
use crate::base::{Loc, Name};

/// Something that happened, with what held at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// What held.
    pub facts: Facts,
    /// Where.
    pub loc: Loc,
    /// The calls on the way from the handler to it, outermost first.
    pub stack: Arc<[Loc]>,
}

/// Kinds of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A read or write of an entity.
    Access(Access),
    /// An answer goes out.
    Respond {
        /// Its body.
        body: Value,
        /// Its status, where it is a literal; 200 where none is written.
        status: Option<u16>,
    },
    /// Something that costs money, reputation or space, or hands data on.
    Effect {
        /// What.
        kind: Effect,
        /// The call's arguments.
        args: Vec<Value>,
    },
    /// An identity was looked up; it may be absent.
    IdentityLookup {
        /// What came out.
        value: Value,
    },
    /// An identity or permission check was called and its promise never awaited before it was tested or dropped.
    Unawaited {
        /// The call's name.
        what: Name,
    },
    /// A value was tested by a branch (`if (!session)`); its facts decide.
    Tested {
        /// The value.
        value: Value,
    },
    /// A client value went through a validation schema.
    Validated {
        /// The value before.
        value: Value,
        /// Whether failing leaves or its result was tested.
        enforced: bool,
    },
    /// Something ran that the analysis does not know, and that could have been the check.
    Unknown {
        /// Its name in the code.
        what: Name,
        /// The package or file it comes from, where known.
        from: Option<Name>,
        /// It got what tells records or callers apart: the request, the caller, a record, a value of path, query or body.
        of_records: bool,
    },
    /// The trace was cut: too deep or too long.
    Budget,
    /// An answer of refusal (4xx) was sent and the code went on.
    RefusalWentOn {
        /// Its status.
        status: u16,
    },
    /// A value reached a place where a client value is dangerous.
    Sink {
        /// Which place.
        kind: Sink,
        /// The value.
        value: Value,
    },
    /// A token was signed, a password hashed, a setting made: what the catalogue says of it, for rules of settings.
    Marked {
        /// The mark's name (`sign-token`, `hash:fast`, `weak:algorithms`).
        mark: Name,
        /// The call's arguments.
        args: Vec<Value>,
    },
}

/// Effects that cost or hand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// An e-mail.
    Mail,
    /// A text message.
    Sms,
    /// Money.
    Payment,
    /// A call of an AI model.
    Ai,
    /// A file written.
    StorageWrite,
    /// A file read or a link to one made.
    StorageRead,
    /// A file or object removed.
    StorageDelete,
    /// A job queued.
    Queue,
    /// A request to another server.
    Fetch,
    /// A log line.
    Log,
    /// A session written.
    SessionWrite,
    /// A token signed.
    SignToken,
    /// A cookie set.
    SetCookie,
}

/// Places where a client value is dangerous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sink {
    /// The text of an SQL query.
    Sql,
    /// The text of a filter.
    Filter,
    /// A place in a filter that takes a value or an object of operators.
    Operators,
    /// Code that a database runs.
    Script,
    /// An address that the server fetches.
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
    /// A name of a table, column or procedure.
    Identifier,
}
