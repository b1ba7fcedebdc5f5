//! Members of an identity.

use super::{Fact, Facts, Identity, IdentityPart, Origin, Shape, Truth, Value};
use crate::base::Name;

/// Objects whose `id` is the principal's own: the user below a session, the claims of a token.
const PRINCIPALS: &[&str] =
    &["user", "account", "principal", "currentUser", "profile", "claims", "payload", "data", "passport", "me"];

/// Objects whose `id` is the tenant's.
const TENANTS: &[&str] = &["org", "organization", "organisation", "tenant", "team", "workspace", "company", "activeOrganization"];

impl IdentityPart {
    /// What the member `name` of an identity is, read below `path`.
    pub fn of_member(path: &[Name], name: Name) -> Self {
        match name.as_str() {
            "userId" | "user_id" | "sub" | "uid" | "accountId" => IdentityPart::Id,
            "id" | "_id" => match path.last() {
                None => IdentityPart::Id,
                Some(owner) if PRINCIPALS.contains(&owner.as_str()) => IdentityPart::Id,
                Some(owner) if TENANTS.contains(&owner.as_str()) => IdentityPart::Tenant,
                Some(_) => IdentityPart::Other,
            },
            "orgId"
            | "org_id"
            | "tenantId"
            | "tenant_id"
            | "teamId"
            | "team_id"
            | "workspaceId"
            | "workspace_id"
            | "organizationId"
            | "organization_id"
            | "organisationId"
            | "companyId"
            | "company_id"
            | "activeOrganizationId" => IdentityPart::Tenant,
            "email" => IdentityPart::Email,
            "role" | "roles" | "isAdmin" | "is_admin" | "admin" | "permissions" | "orgRole" | "scope" | "scopes" => {
                IdentityPart::Role
            }
            name if PRINCIPALS.contains(&name) => IdentityPart::Whole,
            _ => IdentityPart::Other,
        }
    }
}

impl Identity {
    /// The member `name` of it.
    #[must_use]
    pub fn member(&self, name: Name) -> Identity {
        let part = IdentityPart::of_member(&self.path, name);
        Identity { part, path: self.path.iter().copied().chain([name]).collect(), nullable: self.nullable }
    }
}

impl Value {
    /// The member `name` of an identity or of a part of it; `None` for any other value.
    ///
    /// A member that names the principal (its id, its e-mail, the user in a session) is there only for a verified caller, so
    /// testing it proves what testing the identity would.
    pub fn identity_member(&self, name: Name) -> Option<Value> {
        let Origin::Identity(identity) = &self.origin else { return None };
        let member = identity.member(name);
        let mut proves = self.truth.when_true.clone();
        if matches!(member.part, IdentityPart::Id | IdentityPart::Email | IdentityPart::Whole) {
            proves = proves.union(&Facts::one(Fact::Authenticated));
        }
        Some(Value::new(Shape::Unknown, Origin::Identity(member), Truth::implies(proves)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(path: &[&str]) -> Option<IdentityPart> {
        let mut value = Value::with_origin(Shape::Unknown, Origin::identity(true));
        for name in path {
            value = value.identity_member(Name::new(name))?;
        }
        match &value.origin {
            Origin::Identity(identity) => Some(identity.part),
            _ => None,
        }
    }

    #[test]
    fn an_id_is_the_principals_only_below_the_principal() {
        assert_eq!(part(&["id"]), Some(IdentityPart::Id));
        assert_eq!(part(&["user", "id"]), Some(IdentityPart::Id));
        assert_eq!(part(&["session", "userId"]), Some(IdentityPart::Id));
        assert_eq!(part(&["organization", "id"]), Some(IdentityPart::Tenant));
        assert_eq!(part(&["subscription", "id"]), Some(IdentityPart::Other));
        assert_eq!(part(&["role"]), Some(IdentityPart::Role));
    }

    #[test]
    fn the_presence_of_an_id_authenticates_and_that_of_a_cart_does_not() {
        let bag = Value::new(Shape::Unknown, Origin::identity(true), Truth::always(true));
        let proves =
            |name: &str| bag.identity_member(Name::new(name)).is_some_and(|it| it.truth.when_true.has(&Fact::Authenticated));
        assert!(proves("userId") && proves("user"));
        assert!(!proves("cart"));
    }
}
