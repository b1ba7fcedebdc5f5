//! Policies as migrations make and change them.

use sqlparser::ast::{
    AlterPolicy, AlterPolicyOperation, CreatePolicy, CreatePolicyCommand, CreatePolicyType, DropPolicy, Expr, Owner,
};

use super::proof::Prover;
use super::{AUTH_USERS, Reader, Text, fold, key};
use crate::base::{FileId, Name, Span};
use crate::schema::{Draft, Policy, PolicyCommand};

/// A policy with its expressions; what they prove is asked when all tables and functions are known.
pub struct RawPolicy {
    pub name: Name,
    pub command: PolicyCommand,
    pub roles: Vec<Name>,
    pub permissive: bool,
    pub using: Option<Expr>,
    pub check: Option<Expr>,
    declared: (FileId, Span),
}

impl Reader {
    pub fn create_policy(&mut self, create: CreatePolicy, text: &Text<'_>) {
        let Some(table) = key(&create.table_name).filter(|it| !is_platform(it)) else { return };
        let policy = RawPolicy {
            name: fold(&create.name),
            command: match create.command {
                None | Some(CreatePolicyCommand::All) => PolicyCommand::All,
                Some(CreatePolicyCommand::Select) => PolicyCommand::Select,
                Some(CreatePolicyCommand::Insert) => PolicyCommand::Insert,
                Some(CreatePolicyCommand::Update) => PolicyCommand::Update,
                Some(CreatePolicyCommand::Delete) => PolicyCommand::Delete,
            },
            roles: roles(create.to.as_deref().unwrap_or(&[])),
            permissive: create.policy_type != Some(CreatePolicyType::Restrictive),
            using: create.using,
            check: create.with_check,
            declared: text.whole(),
        };
        let table = self.table(table);
        table.policies.retain(|it| it.name != policy.name);
        table.policies.push(policy);
    }

    pub fn alter_policy(&mut self, alter: AlterPolicy) {
        let Some(table) = key(&alter.table_name).filter(|it| !is_platform(it)) else { return };
        let name = fold(&alter.name);
        let Some(policy) = self.table(table).policies.iter_mut().find(|it| it.name == name) else { return };
        match alter.operation {
            AlterPolicyOperation::Rename { new_name } => policy.name = fold(&new_name),
            AlterPolicyOperation::Apply { to, using, with_check } => {
                if let Some(to) = to {
                    policy.roles = roles(&to);
                }
                policy.using = using.or(policy.using.take());
                policy.check = with_check.or(policy.check.take());
            }
        }
    }

    pub fn drop_policy(&mut self, drop: &DropPolicy) {
        let (Some(table), name) = (key(&drop.table_name), fold(&drop.name)) else { return };
        for table in self.tables.iter_mut().filter(|it| it.key == table) {
            table.policies.retain(|it| it.name != name);
        }
    }

    /// Everything that the statements left behind.
    pub fn finish(mut self) -> Draft {
        let asking = self.asking();
        let prover = Prover::new(&self.tables, &asking, self.functions.iter().map(|it| it.name).collect());
        let security: Vec<_> = self
            .tables
            .iter()
            .map(|table| {
                let mut security = Reader::security(table);
                security.policies = table
                    .policies
                    .iter()
                    .map(|it| Policy {
                        name: it.name,
                        command: it.command,
                        roles: it.roles.clone(),
                        permissive: it.permissive,
                        using: it.using.as_ref().map(|expr| prover.test(expr, it.command, table)),
                        check: it.check.as_ref().map(|expr| prover.test(expr, it.command, table)),
                        declared: Some(it.declared),
                    })
                    .collect();
                security
            })
            .collect();
        for (table, security) in self.tables.iter_mut().zip(security) {
            table.entity.security = Some(security);
        }
        self.relate();
        let procedures = self.procedures(&asking);
        let mut entities: Vec<_> = self.tables.into_iter().map(|it| it.entity).collect();
        for entity in entities.iter_mut().filter(|it| it.name == AUTH_USERS && it.declared.is_none()) {
            entity.security = None;
        }
        Draft { entities, enums: self.enums, procedures, ..Draft::default() }
    }
}

fn roles(owners: &[Owner]) -> Vec<Name> {
    owners
        .iter()
        .filter_map(|it| match it {
            Owner::Ident(name) => Some(fold(name)),
            _ => None,
        })
        .filter(|it| *it != "public")
        .collect()
}

/// Tables of the platform, whose columns no migration declares.
fn is_platform(table: &str) -> bool {
    table.split_once('.').is_some_and(|(schema, _)| ["storage", "realtime", "auth", "cron", "vault"].contains(&schema))
}
