//! Interned identifiers.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use dashmap::DashSet;

/// An identifier or property key, interned for the life of the process: one pointer, compared by address.
///
/// Ordered by text, so that sorted output does not depend on the order of interning.
#[derive(Clone, Copy)]
pub struct Name(&'static str);

static NAMES: LazyLock<DashSet<&'static str, rustc_hash::FxBuildHasher>> = LazyLock::new(DashSet::default);

impl Name {
    /// Interns `text`.
    pub fn new(text: &str) -> Self {
        if let Some(known) = NAMES.get(text) {
            return Name(*known);
        }
        // Two threads may race here: `insert` keeps the first, and the second look-up returns that one.
        NAMES.insert(Box::leak(text.to_owned().into_boxed_str()));
        Name(NAMES.get(text).map_or("", |known| *known))
    }

    /// The text.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl std::ops::Deref for Name {
    type Target = str;
    fn deref(&self) -> &str {
        self.0
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Name {}
impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}
impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}
impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.as_ptr() as usize).hash(state);
    }
}
impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(other.0)
    }
}
impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Name::new(text)
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn interning_keeps_identity_and_orders_by_text() {
        let (a, b) = (Name::new("beta"), Name::new("alpha"));
        assert_eq!(a, Name::new(&String::from("beta")));
        assert_ne!(a, b);
        assert!(b < a);
    }

    #[test]
    fn equal_text_from_an_empty_slice_is_one_name() {
        assert_eq!(Name::new(""), Name::new("x").as_str().get(..0).map_or(Name::new("y"), Name::new));
    }
}
