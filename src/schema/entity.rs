//! What an entity is.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::base::{FileId, ItemId, Name, Span};
use crate::ir::FnId;

/// All entities of the project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// In order of sources and of the text.
    pub entities: Vec<Entity>,
    /// Enums by name.
    pub enums: Vec<(Name, Vec<Name>)>,
    /// Every name an entity goes by (`Todo`, `todo`, `todos`, `public.todos`) → index into `entities`.
    pub by_name: FxHashMap<Name, u32>,
    /// Database functions by name.
    pub procedures: Vec<Procedure>,
    /// Entities that are classes of the project, by where the class stands.
    pub classes: FxHashMap<(FileId, ItemId), EntityClass>,
    /// Whether any schema source was found: without one, names stand in at lower confidence.
    pub known: bool,
}

/// An entity that is a class of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityClass {
    /// The entity's name.
    pub name: Name,
    /// Columns that reads leave out unless they are asked for.
    pub hidden: Vec<Name>,
    /// Relations that come along with every record that is found.
    pub eager: Vec<Name>,
}

/// A table, model or collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The name in the code (`Todo`), or the table's where there is only that.
    pub name: Name,
    /// The table's name, where it differs.
    pub table: Option<Name>,
    /// Which kind of source it came from (`prisma`, `sql`, `supabase-types`).
    pub source: Name,
    /// Fields and relations in order.
    pub fields: Vec<Field>,
    /// Sets of fields that are unique together (primary keys included), with the name of a compound key where it has one.
    pub uniques: Vec<Unique>,
    /// Where it is declared: file and absolute bytes.
    pub declared: Option<(FileId, Span)>,
    /// Row level security, for sources that can say it.
    pub security: Option<RowSecurity>,
    /// Functions of its records and of its model, for sources that are code.
    pub methods: Vec<Method>,
    /// What it is.
    pub role: EntityRole,
    /// Ways from it to a principal, best first: those that end at a user before those that end at a tenant ([`Schema::ends_at_tenant`]),
    /// then the shorter ones, but a team's members before the record's maker. Empty for a public entity.
    pub owners: Vec<OwnerPath>,
}

/// What an entity is to the app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntityRole {
    /// A user or the like: who can call.
    Principal,
    /// An organization, workspace, team: a principal above users.
    Tenant,
    /// Ties users to another entity (`WorkspaceMember`, `ListShare`).
    Membership,
    /// Anything else.
    #[default]
    Content,
}

/// A column, or a relation that the code can name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name in the code.
    pub name: Name,
    /// The column's name, where it differs.
    pub column: Option<Name>,
    /// What it holds.
    pub ty: FieldType,
    /// May be null.
    pub nullable: bool,
    /// A list of them.
    pub list: bool,
    /// Has a default, or is written by the database.
    pub default: Option<FieldDefault>,
    /// Longest text, where the schema says it.
    pub max_length: Option<u32>,
    /// How delicate it is to read.
    pub sensitivity: Sensitivity,
    /// Why clients must not set it, if so.
    pub privilege: Option<FieldPrivilege>,
    /// Whether records come without it unless it is asked for.
    pub hidden: Option<Hidden>,
    /// Where it is declared: absolute bytes in the entity's file.
    pub span: Span,
}

/// How a field is kept from answers by the schema itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    /// Reads leave it out unless they name it.
    FromReads,
    /// It is taken out when a record is turned into JSON.
    FromJson,
}

/// A function that the schema gives its records or its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name.
    pub name: Name,
    /// Of the model, not of a record.
    pub is_static: bool,
    /// Its file, item and function.
    pub code: (FileId, ItemId, FnId),
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    String,
    /// A whole number.
    Int,
    /// Another number.
    Float,
    /// A boolean.
    Bool,
    /// A date or time.
    Date,
    /// JSON.
    Json,
    /// Bytes.
    Bytes,
    /// A UUID.
    Uuid,
    /// An enum, by name.
    Enum(Name),
    /// Another entity.
    Relation(Relation),
    /// Something else.
    Other,
}

/// A relation to another entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// The other entity's name.
    pub to: Name,
    /// This entity's columns that hold the key; empty on the side that does not.
    pub fields: Vec<Name>,
    /// The other entity's columns that they name.
    pub references: Vec<Name>,
    /// The relation's name, where several lie between the same two.
    pub label: Option<Name>,
}

/// Where a field's value comes from if nobody writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldDefault {
    /// A constant.
    Constant(Arc<str>),
    /// The database or the client library makes it (id, time stamp).
    Generated,
    /// The caller's own id (`auth.uid()`).
    Caller,
}

/// How delicate a field is to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Nothing special.
    #[default]
    None,
    /// Personal or internal: e-mail, phone, notes, payment ids. Delicate where it is another principal's.
    Personal,
    /// A secret: password, hash, token.
    Secret,
}

/// Why clients must not set a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldPrivilege {
    /// The record's id or time stamps.
    Identity,
    /// Who owns it.
    Owner,
    /// Roles, permissions, administration.
    Role,
    /// Credits, plans, prices, paid states.
    Money,
    /// Verified, approved, banned.
    Status,
    /// A secret.
    Secret,
}

/// Fields that are unique together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    /// The fields.
    pub fields: Vec<Name>,
    /// The key's name in selectors, where it has one.
    pub name: Option<Name>,
    /// The primary key.
    pub primary: bool,
}

/// A way from an entity to a principal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerPath {
    /// Relations from the entity, nearest first; empty where the entity's own column names the owner.
    pub steps: Vec<OwnerStep>,
    /// The column at the end that holds the principal's id.
    pub column: Name,
    /// The principal's entity, where the schema says it.
    pub principal: Option<Name>,
    /// Known by its name only, not by the schema.
    pub by_name: bool,
}

/// One relation on an owner path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerStep {
    /// The relation's field on the entity before it.
    pub relation: Name,
    /// The entity it leads to.
    pub to: Name,
    /// It leads to many (through a membership).
    pub many: bool,
    /// The column on the entity before it that holds the key, if it is on this side.
    pub key: Option<Name>,
    /// The column that the key names on the other entity, or, for `many`, the other entity's column that names this one.
    pub references: Option<Name>,
}

/// Row level security of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowSecurity {
    /// `enable row level security`
    pub enabled: bool,
    /// Its policies.
    pub policies: Vec<Policy>,
    /// Columns that API roles may update, where grants say so.
    pub updatable: Option<Vec<Name>>,
}

/// A policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub name: Name,
    /// For which commands.
    pub command: PolicyCommand,
    /// Roles it is for; empty for all.
    pub roles: Vec<Name>,
    /// Permissive, or restrictive.
    pub permissive: bool,
    /// What `using` says, where it is there.
    pub using: Option<PolicyTest>,
    /// What `with check` says, where it is there.
    pub check: Option<PolicyTest>,
    /// Absolute bytes in its file.
    pub declared: Option<(FileId, Span)>,
}

/// Commands of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyCommand {
    /// `all`
    All,
    /// `select`
    Select,
    /// `insert`
    Insert,
    /// `update`
    Update,
    /// `delete`
    Delete,
}

/// What a policy's expression proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTest {
    /// It is true for every row.
    pub always: bool,
    /// It ties the row to the caller (`auth.uid() = user_id`, membership).
    pub ties: bool,
    /// Columns of the row that it ties to the caller or checks through another table (`user_id`, `note_id` of an `exists`).
    pub columns: Vec<Name>,
}

/// A database function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Its name, without schema.
    pub name: Name,
    /// `security definer`: it bypasses row level security.
    pub definer: bool,
    /// Its body asks who calls (`auth.uid()`).
    pub asks_caller: bool,
    /// It can be called by clients (not a trigger function, not revoked).
    pub callable: bool,
    /// Absolute bytes in its file.
    pub declared: Option<(FileId, Span)>,
}

impl Schema {
    /// The entity that goes by `name` in any spelling a data layer uses.
    pub fn find(&self, name: Name) -> Option<&Entity> {
        self.by_name.get(&name).map(|index| &self.entities[*index as usize])
    }

    /// The members of an enum.
    pub fn members(&self, name: Name) -> Option<&[Name]> {
        self.enums.iter().find(|(it, _)| *it == name).map(|(_, members)| members.as_slice())
    }
}

impl Entity {
    /// The field of that name, in the code or in the database.
    pub fn field(&self, name: Name) -> Option<&Field> {
        self.fields
            .iter()
            .find(|field| field.name == name)
            .or_else(|| self.fields.iter().find(|field| field.column == Some(name)))
    }

    /// The relation at that field, or the one to the entity of that name.
    pub fn relation(&self, name: Name) -> Option<(&Field, &Relation)> {
        let of = |field: &Field| matches!(&field.ty, FieldType::Relation(_));
        self.fields.iter().filter(|field| of(field)).find(|field| field.name == name).and_then(|field| match &field.ty {
            FieldType::Relation(relation) => Some((field, relation)),
            _ => None,
        })
    }

    /// The relation whose key is in that column.
    pub fn foreign_key(&self, column: Name) -> Option<(&Field, &Relation)> {
        self.fields.iter().find_map(|field| match &field.ty {
            FieldType::Relation(relation) if relation.fields.len() == 1 && relation.fields[0] == column => {
                Some((field, relation))
            }
            _ => None,
        })
    }

    /// The primary key, if it is one column.
    pub fn primary_key(&self) -> Option<Name> {
        self.uniques.iter().find(|unique| unique.primary && unique.fields.len() == 1).map(|unique| unique.fields[0])
    }

    /// Whether records of it belong to somebody.
    pub fn is_owned(&self) -> bool {
        !self.owners.is_empty()
    }
}
