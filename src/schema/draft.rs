//! What a reader hands on, before the entities know each other.

use crate::base::{FileId, ItemId, Name, Span};

use super::{Entity, EntityClass, EntityRole, Field, FieldDefault, FieldType, Procedure, Relation, Schema, Sensitivity, Unique};

/// One file for a reader.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The file.
    pub file: FileId,
    /// Its text.
    pub text: &'a str,
}

/// What one reader found: entities with what their own text says. Roles, owners, sensitivity and privileges come in [`Schema::build`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// In order of the text.
    pub entities: Vec<Entity>,
    /// Entities that are classes of the project: file, item, class.
    pub classes: Vec<(FileId, ItemId, EntityClass)>,
    /// Enums by name.
    pub enums: Vec<(Name, Vec<Name>)>,
    /// Database functions.
    pub procedures: Vec<Procedure>,
}

impl Entity {
    /// An entity of that source (`prisma`, `sql`, `drizzle`) with nothing in it.
    pub fn new(name: Name, source: &str) -> Self {
        Entity {
            name,
            table: None,
            source: Name::new(source),
            fields: Vec::new(),
            uniques: Vec::new(),
            declared: None,
            security: None,
            methods: Vec::new(),
            role: EntityRole::Content,
            owners: Vec::new(),
        }
    }

    /// Adds a set of unique fields, unless it is there.
    pub fn add_unique(&mut self, fields: Vec<Name>, name: Option<Name>, primary: bool) {
        match self.uniques.iter_mut().find(|it| it.fields == fields) {
            Some(unique) => {
                unique.primary |= primary;
                unique.name = unique.name.or(name);
            }
            None if !fields.is_empty() => self.uniques.push(Unique { fields, name, primary }),
            None => {}
        }
    }

    /// Whether one column alone is unique.
    pub fn is_unique(&self, column: Name) -> bool {
        self.uniques.iter().any(|it| it.fields == [column])
    }
}

impl Field {
    /// A required field without a default.
    pub fn new(name: Name, ty: FieldType, span: Span) -> Self {
        Field {
            name,
            column: None,
            ty,
            nullable: false,
            list: false,
            default: None,
            max_length: None,
            sensitivity: Sensitivity::None,
            privilege: None,
            hidden: None,
            span,
        }
    }

    /// The relation that it is, if it is one.
    pub fn relation(&self) -> Option<&Relation> {
        match &self.ty {
            FieldType::Relation(relation) => Some(relation),
            _ => None,
        }
    }

    /// A column of the entity, not a relation.
    pub fn is_scalar(&self) -> bool {
        self.relation().is_none()
    }

    /// Written by the database or the client library.
    pub fn is_generated(&self) -> bool {
        self.default == Some(FieldDefault::Generated)
    }
}

impl Schema {
    /// The entity of exactly that name.
    pub fn named(&self, name: Name) -> Option<&Entity> {
        self.entities.iter().find(|it| it.name == name)
    }
}
