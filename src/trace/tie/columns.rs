//! What the columns of tables name: records of other tables, principals, the record itself.
//!
//! The schema is asked first; where it says nothing, the names of columns do.

use crate::base::Name;
use crate::schema::names::{self, OwnerKind};
use crate::schema::{Entity, EntityRole, FieldType, Schema};
use crate::values::IdentityPart;

/// A table as a query names it.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    /// One name for all spellings.
    pub name: Name,
    /// What the schema says of it.
    pub entity: Option<&'a Entity>,
}

/// A column that identifies records: what a key that was checked stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The table's one name.
    pub table: Name,
    /// The column.
    pub column: Name,
}

/// A column at the end of a path of relations.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// The table it is in.
    pub table: Table<'a>,
    /// Its name.
    pub name: Name,
    /// What it says of the end holds for the record at the start, too: the way leads through no list of mere children.
    pub firm: bool,
}

/// Questions about columns.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// The entities.
    pub schema: &'a Schema,
}

impl<'a> Columns<'a> {
    /// The table of that name.
    pub fn table(self, name: Name) -> Table<'a> {
        match self.schema.find(name) {
            Some(entity) => Table { name: entity.name, entity: Some(entity) },
            None => Table { name: plain_name(&names::words(&name)), entity: None },
        }
    }

    /// Whether a value of the column selects one record at most.
    pub fn is_key(self, table: Table<'a>, column: Name) -> bool {
        match table.entity {
            Some(entity) => {
                let unique = |it: &crate::schema::Unique| it.fields.len() == 1 && it.fields[0] == column;
                entity.uniques.iter().any(unique) || (entity.primary_key().is_none() && is_id(column))
            }
            None => is_id(column),
        }
    }

    /// The column's own target: the key of another table if it is a foreign key, itself otherwise.
    pub fn target(self, table: Table<'a>, column: Name) -> Target {
        self.foreign(table, column).unwrap_or(Target { table: table.name, column: own_column(table, column) })
    }

    /// The key of the other table that the column holds.
    pub fn foreign(self, table: Table<'a>, column: Name) -> Option<Target> {
        if let Some(entity) = table.entity {
            let relation = entity.foreign_key(column).or_else(|| {
                // Some layers compare the relation itself with the key (`where: { owner: id }`).
                entity.relation(column).filter(|(field, relation)| !field.list && !relation.fields.is_empty())
            });
            if let Some((_, relation)) = relation {
                let to = self.table(relation.to);
                let key = relation.references.first().copied().or_else(|| to.entity.and_then(Entity::primary_key));
                return Some(Target { table: to.name, column: key.unwrap_or_else(|| Name::new("id")) });
            }
            // The key itself may be named like a foreign key (`user_id` as primary key of `users`).
            if entity.primary_key() == Some(column) {
                return None;
            }
        }
        let words = names::words(column.as_str());
        let (last, stem) = words.split_last()?;
        if stem.is_empty() || !matches!(last.as_str(), "id" | "uuid" | "uid") {
            return None;
        }
        let to = self.by_words(stem)?;
        let key = to.entity.and_then(Entity::primary_key).unwrap_or_else(|| Name::new("id"));
        Some(Target { table: to.name, column: key })
    }

    fn by_words(self, stem: &[String]) -> Option<Table<'a>> {
        let camel: String = stem.iter().enumerate().map(|(at, word)| if at == 0 { word.clone() } else { upper(word) }).collect();
        let spellings = [camel, stem.join("_"), stem.last().cloned().unwrap_or_default()];
        let known = spellings.iter().find_map(|it| self.schema.find(Name::new(it)));
        match known {
            Some(entity) => Some(Table { name: entity.name, entity: Some(entity) }),
            None if names::is_owner_column(&stem.join("_")).is_some() || !self.schema.known => {
                Some(Table { name: plain_name(stem), entity: None })
            }
            None => None,
        }
    }

    /// The table that the relation of that name leads to, and whether to many.
    pub fn relation(self, table: Table<'a>, name: Name) -> Option<(Table<'a>, bool)> {
        if let Some(entity) = table.entity {
            if let Some((field, relation)) = entity.relation(name) {
                return Some((self.table(relation.to), field.list));
            }
            // Layers without relations of their own name the related table.
            let other = self.table(name);
            let theirs = other.entity?;
            let to_one =
                entity.fields.iter().any(|it| matches!(&it.ty, FieldType::Relation(to) if to.to == theirs.name && !it.list));
            return Some((other, !to_one));
        }
        Some((self.table(name), false))
    }

    /// Whether what holds for one of the related records says whose the record is.
    pub fn firm(self, table: Table<'a>, relation: Name, to: Table<'a>, many: bool) -> bool {
        if !many {
            return true;
        }
        let on_owner_path = table
            .entity
            .is_some_and(|it| it.owners.iter().any(|path| path.steps.first().is_some_and(|step| step.relation == relation)));
        let role = to.entity.map(|it| it.role);
        on_owner_path
            || matches!(role, None | Some(EntityRole::Membership | EntityRole::Principal | EntityRole::Tenant))
            || self.shares(to)
    }

    /// Whether the table does nothing but tie principals to another one, as its columns say (`noteId`, `email`, `access`).
    fn shares(self, table: Table<'a>) -> bool {
        table.entity.is_some_and(|entity| {
            entity.uniques.iter().any(|it| it.primary && it.fields.len() == 2)
                && entity.fields.iter().any(|it| names::words(&it.name).iter().any(|word| word == "email"))
        })
    }

    /// The column at the end of a path below a record.
    pub fn walk(self, table: Table<'a>, path: &[Name]) -> Option<Column<'a>> {
        let (last, relations) = path.split_last()?;
        let mut at = Column { table, name: *last, firm: true };
        for name in relations {
            let (to, many) = self.relation(at.table, *name)?;
            at.firm &= self.firm(at.table, *name, to, many);
            at.table = to;
        }
        Some(at)
    }

    /// Whether the column holds this part of the caller where the record is the caller's.
    pub fn names_caller(self, table: Table<'a>, column: Name, part: IdentityPart) -> bool {
        match part {
            IdentityPart::Role => return false,
            IdentityPart::Email => return names::words(&column).iter().any(|word| matches!(word.as_str(), "email" | "mail")),
            _ => {}
        }
        if self.names_principal(table, column) {
            return true;
        }
        // A verified claim that names a record (`boardId` in the token) is as good as the record.
        matches!(part, IdentityPart::Other | IdentityPart::Tenant)
            && (self.foreign(table, column).is_some() || self.is_key(table, column))
    }

    /// Whether the column names a principal: a user or a tenant.
    pub fn names_principal(self, table: Table<'a>, column: Name) -> bool {
        if self.is_principal(table) && self.is_key(table, column) {
            return true;
        }
        if let Some(entity) = table.entity {
            if entity.owners.iter().any(|path| path.steps.is_empty() && path.column == column) {
                return true;
            }
            if let Some(target) = self.foreign(table, column) {
                return self.is_principal(self.table(target.table));
            }
        }
        matches!(names::is_owner_column(&column), Some(OwnerKind::User | OwnerKind::Tenant))
    }

    /// Whether its records can call, or are a tenant of those who can.
    pub fn is_principal(self, table: Table<'a>) -> bool {
        match table.entity {
            Some(entity) => matches!(entity.role, EntityRole::Principal | EntityRole::Tenant),
            None => names::is_principal_entity(&table.name),
        }
    }

    /// Whether its records tie principals to other records.
    pub fn is_membership(self, table: Table<'a>) -> bool {
        table.entity.is_some_and(|it| it.role == EntityRole::Membership) || self.shares(table)
    }
}

fn own_column(table: Table<'_>, column: Name) -> Name {
    // Document databases spell the key in two ways.
    if table.entity.is_none_or(|it| it.primary_key().is_none()) && is_id(column) { Name::new("id") } else { column }
}

fn is_id(column: Name) -> bool {
    matches!(column.as_str(), "id" | "_id" | "uuid" | "ID")
}

fn plain_name(words: &[String]) -> Name {
    let mut text = words.concat();
    if let Some(last) = words.last() {
        text.truncate(text.len() - last.len());
        text.push_str(&names::singular(last));
    }
    Name::new(&text)
}

fn upper(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
