//! What names say where a schema does not: delicate fields, privileged fields, owners, roles.
//!
//! Patterns match whole words, never parts of them, and each has the filter that keeps its false hits low: a bare `token` in
//! `tokenCount` or `key` in `sortKey` says nothing.

mod entities;
mod owners;
mod privileged;
mod sensitive;
mod words;

pub(in crate::schema) use entities::{is_interaction, is_plain_user};
pub use entities::{is_membership_entity, is_principal_entity, is_tenant_entity};
pub use owners::{OwnerKind, Part, is_owner_column, part};
pub(in crate::schema) use owners::{is_editor_column, is_participant_column};
pub use privileged::{is_role_field, privilege};
pub use sensitive::{is_public_flag, is_share_token_field, sensitivity};
pub use words::{lower_first, plural, singular, words};

use crate::schema::FieldType;

/// The words of a name, with the questions that patterns ask of them.
struct Words(Vec<String>);

impl Words {
    fn of(name: &str) -> Self {
        Words(words(name))
    }

    /// One of the words is one of these.
    fn any(&self, of: &[&str]) -> bool {
        self.0.iter().any(|word| of.contains(&word.as_str()))
    }

    /// The last word is one of these.
    fn ends(&self, of: &[&str]) -> bool {
        self.0.last().is_some_and(|word| of.contains(&word.as_str()))
    }

    /// The first word is one of these.
    fn starts(&self, of: &[&str]) -> bool {
        self.0.first().is_some_and(|word| of.contains(&word.as_str()))
    }

    /// The words are exactly one of these, joined by a space.
    fn is(&self, of: &[&str]) -> bool {
        of.contains(&self.0.join(" ").as_str())
    }

    /// The two stand side by side somewhere.
    fn pair(&self, first: &[&str], second: &[&str]) -> bool {
        self.0.windows(2).any(|two| first.contains(&two[0].as_str()) && second.contains(&two[1].as_str()))
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    /// The same with every word in the singular.
    fn singular(mut self) -> Self {
        for word in &mut self.0 {
            *word = singular(word);
        }
        self
    }
}

/// Text, or a type that the schema does not say.
fn is_text(ty: &FieldType) -> bool {
    matches!(ty, FieldType::String | FieldType::Uuid | FieldType::Other)
}

/// Text, or something that can hold text.
fn is_blob(ty: &FieldType) -> bool {
    is_text(ty) || matches!(ty, FieldType::Json | FieldType::Bytes)
}

/// A number, or a type that the schema does not say.
fn is_number(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Int | FieldType::Float | FieldType::Other)
}

/// A flag: a boolean, or a number that stands for one in SQLite and MySQL.
fn is_flag(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Bool | FieldType::Int | FieldType::Other)
}
