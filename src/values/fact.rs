//! What is known on the current path, and what a value's truth adds to it.

use std::sync::Arc;

use super::{Key, Part};
use crate::base::Name;

/// One thing that holds on the current path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fact {
    /// The caller's credential was verified.
    Authenticated,
    /// The value is truthy: a record was found, a flag is set.
    Holds(Key),
    /// The value equals a literal (`user.role === "ADMIN"`).
    Is(Key, Name),
    /// A setting or a role differs from a literal (`process.env.NODE_ENV !== "production"`, `user.role !== "user"`).
    IsNot(Key, Name),
    /// The value is one of a closed list (`roles.includes(member.role)`).
    Listed(Key),
    /// The two values are equal, the smaller key first (`row.userId === user.id`).
    Equal(Key, Key),
    /// A declared check ties the records with this key to the caller.
    Tied(Key),
    /// A role, permission or policy of the caller was checked by a library or a declared guard.
    Role,
    /// A client value passed a check that could have rejected it.
    Validated(Key),
    /// A client's object has no keys but those that a check allows.
    Closed(Key),
    /// One of these sets holds, by the way that was taken (`isOwner || isMember`). None of them is empty or contains another.
    AnyOf(Arc<[Facts]>),
    /// A rate limiter let the request pass.
    Limited,
    /// A webhook's signature was verified.
    Signature,
    /// A shared secret was compared.
    Secret,
    /// What the client wrote in this part of the request holds no query operators: its parser makes no objects, or a sanitizer took them out.
    Inert(Part),
    /// The caught exception is of a kind that the code asked for, not just any.
    Recognised,
}

impl Fact {
    /// Two values are equal.
    pub fn equal(one: Key, other: Key) -> Self {
        if one <= other { Fact::Equal(one, other) } else { Fact::Equal(other, one) }
    }
}

/// A set of facts, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Facts(Option<Arc<[Fact]>>);

impl Facts {
    /// No facts.
    pub fn none() -> Self {
        Facts(None)
    }

    /// These facts.
    pub fn of(facts: impl IntoIterator<Item = Fact>) -> Self {
        let mut all: Vec<Fact> = facts.into_iter().collect();
        all.sort();
        all.dedup();
        if all.is_empty() { Facts(None) } else { Facts(Some(all.into())) }
    }

    /// One fact.
    pub fn one(fact: Fact) -> Self {
        Facts(Some(Arc::from([fact])))
    }

    /// The facts in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Fact> {
        self.as_slice().iter()
    }

    /// The facts in order.
    pub fn as_slice(&self) -> &[Fact] {
        self.0.as_deref().unwrap_or(&[])
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether `fact` is among them, on every way.
    pub fn has(&self, fact: &Fact) -> bool {
        self.as_slice().binary_search(fact).is_ok() || self.on_every_way(|facts| facts.has(fact))
    }

    /// Whether some fact of the kind is among them, on every way.
    pub fn any(&self, is: &dyn Fn(&Fact) -> bool) -> bool {
        self.iter().any(is) || self.on_every_way(|facts| facts.any(is))
    }

    fn on_every_way(&self, holds: impl Fn(&Facts) -> bool) -> bool {
        self.iter().any(|fact| matches!(fact, Fact::AnyOf(ways) if ways.iter().all(&holds)))
    }

    /// What holds where either of the two does: what both have, and otherwise that one of the rests holds.
    #[must_use]
    pub fn either(&self, other: &Facts) -> Facts {
        if self == other {
            return self.clone();
        }
        let common = self.intersection(other);
        let (ours, theirs) = (self.beyond(&common), other.beyond(&common));
        if ours.is_empty() || theirs.is_empty() {
            return common;
        }
        let mut ways: Vec<Facts> = Vec::new();
        for facts in [ours, theirs] {
            match facts.as_slice() {
                [Fact::AnyOf(inner)] => ways.extend(inner.iter().cloned()),
                _ => ways.push(facts),
            }
        }
        ways.sort();
        ways.dedup();
        if ways.len() > MOST_WAYS { common } else { common.union(&Facts::one(Fact::AnyOf(ways.into()))) }
    }

    /// The ways as plain sets without [`Fact::AnyOf`], at most 16; of more, only what they share is kept.
    pub fn ways(&self) -> Vec<Facts> {
        let mut all = vec![Facts::of(self.iter().filter(|fact| !matches!(fact, Fact::AnyOf(_))).cloned())];
        for fact in self.iter() {
            if let Fact::AnyOf(ways) = fact {
                let inner: Vec<Facts> = ways.iter().flat_map(Facts::ways).collect();
                if all.len() * inner.len() <= 16 {
                    all = all.iter().flat_map(|base| inner.iter().map(|way| base.union(way))).collect();
                }
            }
        }
        all
    }

    /// Both sets together.
    #[must_use]
    pub fn union(&self, other: &Facts) -> Facts {
        if self.is_empty() || self == other {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        Facts::of(self.iter().chain(other.iter()).cloned())
    }

    /// What both sets have.
    #[must_use]
    pub fn intersection(&self, other: &Facts) -> Facts {
        if self == other {
            return self.clone();
        }
        Facts::of(self.iter().filter(|fact| other.has(fact)).cloned())
    }

    /// What this set has beyond `other`.
    #[must_use]
    pub fn beyond(&self, other: &Facts) -> Facts {
        if other.is_empty() {
            return self.clone();
        }
        Facts::of(self.iter().filter(|fact| !other.has(fact)).cloned())
    }
}

/// More ways than this are not told apart.
const MOST_WAYS: usize = 4;

/// What testing a value proves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Truth {
    /// Holds where the value is truthy.
    pub when_true: Facts,
    /// Holds where it is falsy.
    pub when_false: Facts,
    /// The outcome of the test, where it is certain: objects and promises are truthy, `null` is falsy.
    pub known: Option<bool>,
}

impl Truth {
    /// A value whose truth implies `facts`.
    pub fn implies(facts: Facts) -> Self {
        Truth { when_true: facts, ..Truth::default() }
    }

    /// A value that is always truthy, or always falsy.
    pub fn always(outcome: bool) -> Self {
        Truth { known: Some(outcome), ..Truth::default() }
    }

    /// `!value`
    #[must_use]
    pub fn negated(&self) -> Self {
        Truth { when_true: self.when_false.clone(), when_false: self.when_true.clone(), known: self.known.map(|it| !it) }
    }

    /// `self && other`
    #[must_use]
    pub fn and(&self, other: &Truth) -> Self {
        let when_false = match (self.known, other.known) {
            (Some(true), _) => other.when_false.clone(),
            (_, Some(true)) => self.when_false.clone(),
            // The right side is only reached where the left one is true.
            _ => self.when_false.either(&self.when_true.union(&other.when_false)),
        };
        let known = match (self.known, other.known) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        Truth { when_true: self.when_true.union(&other.when_true), when_false, known }
    }

    /// `self || other`
    #[must_use]
    pub fn or(&self, other: &Truth) -> Self {
        self.negated().and(&other.negated()).negated()
    }

    /// One of the two, by the way that was taken; an alternative that cannot have the tested outcome does not weaken it.
    #[must_use]
    pub fn either(&self, other: &Truth) -> Self {
        let side = |outcome: bool, ours: &Facts, theirs: &Facts| match (self.known, other.known) {
            (Some(known), _) if known != outcome => theirs.clone(),
            (_, Some(known)) if known != outcome => ours.clone(),
            _ => ours.either(theirs),
        };
        Truth {
            when_true: side(true, &self.when_true, &other.when_true),
            when_false: side(false, &self.when_false, &other.when_false),
            known: if self.known == other.known { self.known } else { None },
        }
    }

    /// The same value, reached only where `facts` held.
    #[must_use]
    pub fn under(&self, facts: &Facts) -> Self {
        Truth { when_true: self.when_true.union(facts), when_false: self.when_false.union(facts), known: self.known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth() -> Truth {
        Truth::implies(Facts::one(Fact::Authenticated))
    }

    #[test]
    fn a_missing_session_on_the_other_way_does_not_weaken_a_found_one() {
        let found_or_null = auth().either(&Truth::always(false));
        assert!(found_or_null.when_true.has(&Fact::Authenticated));
    }

    #[test]
    fn or_proves_only_what_both_sides_prove() {
        let either = auth().or(&Truth::implies(Facts::one(Fact::Role)));
        assert!(!either.when_true.has(&Fact::Authenticated) && !either.when_true.has(&Fact::Role));
        assert!(either.when_true.any(&|fact| matches!(fact, Fact::Authenticated | Fact::Role)));
        assert_eq!(either.when_true.ways().len(), 2);
        let both = auth().and(&Truth::implies(Facts::one(Fact::Role)));
        assert!(both.when_true.has(&Fact::Authenticated) && both.when_true.has(&Fact::Role));
    }

    #[test]
    fn the_failed_guard_clause_proves_both_of_its_parts() {
        // if (!session || !role) return …
        let clause = auth().negated().or(&Truth::implies(Facts::one(Fact::Role)).negated());
        assert!(clause.when_false.has(&Fact::Authenticated) && clause.when_false.has(&Fact::Role));
    }
}
