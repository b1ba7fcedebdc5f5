//! Row level security: what the database itself lets a client do.

use super::columns::Table;
use crate::base::Name;
use crate::schema::{Policy, PolicyCommand, Schema};
use crate::values::{Access, Op, Privilege};

/// What row level security makes of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    /// It does not apply, or lets everything pass.
    None,
    /// Only records that a policy allows can be reached.
    Policies,
    /// The client is the caller's own, and the project holds no policies to read: they live in the database.
    Elsewhere,
}

/// Whether row level security limits the access to what the caller may reach.
pub fn cover(schema: &Schema, table: Table<'_>, access: &Access) -> Cover {
    if !matches!(access.query.client.privilege, Privilege::User | Privilege::Anonymous) {
        return Cover::None;
    }
    let Some(security) = table.entity.and_then(|it| it.security.as_ref()) else {
        let written_down = schema.entities.iter().any(|it| it.security.as_ref().is_some_and(|security| security.enabled));
        return if written_down { Cover::None } else { Cover::Elsewhere };
    };
    if !security.enabled {
        return Cover::None;
    }
    let open = commands(access.query.op).iter().any(|command| {
        security.policies.iter().filter(|it| applies(it, *command)).any(|policy| {
            let test = if *command == PolicyCommand::Insert { policy.check.as_ref() } else { policy.using.as_ref() };
            test.is_some_and(|it| it.always)
        })
    });
    if open { Cover::None } else { Cover::Policies }
}

/// Whether a policy for inserts looks at the column before it lets a record in.
pub fn checks_column(table: Table<'_>, column: Name) -> bool {
    let Some(security) = table.entity.and_then(|it| it.security.as_ref()) else { return false };
    let inserts = || security.policies.iter().filter(|it| applies(it, PolicyCommand::Insert));
    // `for all using (…)` without `with check` checks new records with what `using` says.
    let test = |policy: &'_ Policy| policy.check.clone().or_else(|| policy.using.clone());
    security.enabled && inserts().all(|it| test(it).is_some_and(|test| test.columns.contains(&column)))
}

fn commands(op: Op) -> &'static [PolicyCommand] {
    match op {
        Op::Read | Op::Count | Op::Call => &[PolicyCommand::Select],
        Op::Create => &[PolicyCommand::Insert],
        Op::Update => &[PolicyCommand::Update],
        Op::Upsert => &[PolicyCommand::Insert, PolicyCommand::Update],
        Op::Delete => &[PolicyCommand::Delete],
    }
}

fn applies(policy: &Policy, command: PolicyCommand) -> bool {
    let for_clients = policy.roles.is_empty() || policy.roles.iter().any(|it| *it != "service_role" && *it != "postgres");
    policy.permissive && for_clients && (policy.command == PolicyCommand::All || policy.command == command)
}
