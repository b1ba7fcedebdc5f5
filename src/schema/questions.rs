//! What rules and fixes ask of an entity.

use super::names::{self, OwnerKind};
use super::{
    Entity, EntityRole, Field, FieldDefault, FieldPrivilege, OwnerPath, PolicyCommand, Relation, RowSecurity, Schema, Sensitivity,
};
use crate::base::Name;

impl Entity {
    /// Its own columns that name the owner: a user first, then a tenant.
    pub fn owner_column_names(&self) -> Vec<Name> {
        let mut out = Vec::new();
        for path in self.owners.iter().filter(|it| it.steps.is_empty()) {
            if !out.contains(&path.column) {
                out.push(path.column);
            }
        }
        out
    }

    /// Fields that a client may set: columns that are neither privileged nor secret nor written by the database.
    pub fn writable_fields(&self) -> Vec<&Field> {
        self.fields
            .iter()
            .filter(|it| it.is_scalar() && it.privilege.is_none() && it.sensitivity < Sensitivity::Secret)
            .filter(|it| !matches!(it.default, Some(FieldDefault::Generated | FieldDefault::Caller)))
            .collect()
    }

    /// Columns that may be shown to the record's owner: everything but secrets.
    pub fn safe_fields(&self) -> Vec<&Field> {
        self.fields.iter().filter(|it| it.is_scalar() && it.sensitivity < Sensitivity::Secret).collect()
    }

    /// Columns whose leak is worth a word, with how delicate they are.
    pub fn sensitive_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|it| it.is_scalar() && it.sensitivity > Sensitivity::None)
    }

    /// Columns that clients must not set, the id and time stamps left out.
    pub fn privileged_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|it| it.privilege.is_some_and(|it| it != FieldPrivilege::Identity))
    }

    /// The relation that a name in an embedding means: the field's name, `table!key`, `table!column`, `table!inner`, or the key's column.
    pub fn embedded(&self, text: &str) -> Option<(&Field, &Relation)> {
        let name = Name::new(text);
        if let Some(found) = self.relation(name) {
            return Some(found);
        }
        let mut parts = text.split('!');
        let target = Name::new(parts.next().unwrap_or(""));
        let hints: Vec<Name> = parts.filter(|it| !["inner", "left"].contains(it)).map(Name::new).collect();
        let relations = || self.fields.iter().filter_map(|it| it.relation().map(|relation| (it, relation)));
        if let Some(found) = relations().find(|(_, it)| hints.iter().any(|hint| it.label == Some(*hint) || it.fields == [*hint]))
        {
            return Some(found);
        }
        self.relation(target).or_else(|| relations().find(|(_, it)| it.fields == [target])).or_else(|| {
            // `users` where the two keys to it are told apart by `users!key`: only without a doubt.
            let mut of_target =
                relations().filter(|(field, it)| it.to == target || field.name.split('!').next() == Some(target.as_str()));
            of_target.next().filter(|_| of_target.next().is_none())
        })
    }
}

impl OwnerPath {
    /// The relations and the column, joined by dots, for people (`list.members.userId`).
    pub fn display(&self) -> String {
        let mut out = String::new();
        for step in &self.steps {
            out.push_str(&step.relation);
            out.push('.');
        }
        out + &self.column
    }
}

impl Schema {
    /// Whether the path ends at a tenant, so that its column holds a tenant's id and not a user's.
    pub fn ends_at_tenant(&self, path: &OwnerPath) -> bool {
        match path.principal.and_then(|it| self.named(it)) {
            Some(entity) => entity.role == EntityRole::Tenant,
            None => names::is_owner_column(&path.column) == Some(OwnerKind::Tenant),
        }
    }

    /// The other side of a relation: its entity, field and relation there.
    pub fn inverse(&self, entity: &Entity, field: &Field) -> Option<(&Entity, &Field, &Relation)> {
        let ours = field.relation()?;
        let other = self.named(ours.to)?;
        let back = |(it, theirs): &(&Field, &Relation)| {
            let other_side =
                theirs.fields.is_empty() != ours.fields.is_empty() || (ours.fields.is_empty() && it.list && field.list);
            let itself = other.name == entity.name && it.name == field.name;
            theirs.to == entity.name && theirs.label == ours.label && other_side && !itself
        };
        other
            .fields
            .iter()
            .filter_map(|it| it.relation().map(|relation| (it, relation)))
            .find(back)
            .map(|(it, relation)| (other, it, relation))
    }

    /// The function of that name.
    pub fn procedure(&self, name: Name) -> Option<&super::Procedure> {
        self.procedures.iter().find(|it| it.name == name)
    }
}

impl RowSecurity {
    /// Whether every row that a signed-in caller reaches by the command is tied to the caller: security is on, and each permissive policy
    /// for the command that is open to signed-in callers ties (none at all lets nobody through).
    pub fn ties(&self, command: PolicyCommand) -> bool {
        let applies = |it: &&super::Policy| it.command == command || it.command == PolicyCommand::All;
        let reached =
            |it: &&super::Policy| it.roles.is_empty() || it.roles.iter().any(|role| *role == "authenticated" || *role == "anon");
        let proves = |it: &super::Policy| {
            match command {
                PolicyCommand::Insert => it.check.as_ref().or(it.using.as_ref()),
                _ => it.using.as_ref(),
            }
            .is_some_and(|test| test.ties)
        };
        let restricted = self.policies.iter().filter(applies).any(|it| !it.permissive && it.roles.is_empty() && proves(it));
        self.enabled
            && (restricted || self.policies.iter().filter(applies).filter(reached).filter(|it| it.permissive).all(proves))
    }
}
