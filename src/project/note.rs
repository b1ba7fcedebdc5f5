//! What could not be read as it stands, for the person to see.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Something about a file that makes the analysis know less than it could.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoadNote {
    /// Absolute path.
    pub path: Arc<Path>,
    /// What.
    pub problem: Problem,
}

/// What is the matter with a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Problem {
    /// It was left out for its size.
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The most that is read.
        most: u64,
    },
    /// It was read with `U+FFFD` in the place of bytes that are no text.
    NotUtf8,
    /// The system refused to read it: why.
    Unreadable(String),
    /// A `package.json` or the like could not be understood: why.
    Malformed(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::TooLarge { bytes, most } => {
                write!(f, "not read: {:.1} MiB, and files over {:.1} MiB are left out", mebibytes(*bytes), mebibytes(*most))
            }
            Problem::NotUtf8 => f.write_str("not valid UTF-8: read with replacement characters"),
            Problem::Unreadable(why) => write!(f, "not read: {why}"),
            Problem::Malformed(why) => write!(f, "not understood: {why}"),
        }
    }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1024 * 1024)
}
