//! Names of entities that can call, of tenants and of memberships.

use super::Words;

/// Whether the name is one of those who can call (`User`, `profiles`, `auth.users`). Weak ones (`Account`, `Member`, `Customer`) need
/// the schema to confirm it.
pub fn is_principal_entity(name: &str) -> bool {
    is_plain_user(name)
        || Words::of(name).singular().is(&[
            "account",
            "user account",
            "profile",
            "user profile",
            "public profile",
            "member",
            "customer",
            "admin",
            "administrator",
            "person",
            "employee",
            "identity",
            "client",
            "principal",
            "staff",
            "seller",
            "vendor",
            "merchant",
            "patient",
            "doctor",
            "student",
            "teacher",
            "driver",
            "player",
            "author",
        ])
}

/// Whether the name says user and nothing else.
pub(in crate::schema) fn is_plain_user(name: &str) -> bool {
    let words = Words::of(name).singular();
    words.is(&[
        "user",
        "auth user",
        "app user",
        "admin user",
        "site user",
        "platform user",
        "end user",
        "internal user",
        "portal user",
        "staff user",
        "system user",
        "db user",
        "local user",
        "customer user",
    ])
}

/// Whether the name is one of a principal above users (`Organization`, `teams`, `Workspace`).
pub fn is_tenant_entity(name: &str) -> bool {
    Words::of(name).singular().is(&[
        "organization",
        "organisation",
        "org",
        "team",
        "workspace",
        "tenant",
        "company",
        "space",
        "household",
        "family",
        "business",
        "agency",
        "customer organization",
    ])
}

/// Whether the name says that records tie users to something else (`WorkspaceMember`, `list_shares`, `UserOnTeam`, `team_users`).
pub fn is_membership_entity(name: &str) -> bool {
    let words = Words::of(name).singular();
    if words.any(&["invite", "invitation", "request", "link", "log", "event", "history", "audit", "token"])
        || is_interaction(name)
    {
        return false;
    }
    let tie = [
        "member",
        "membership",
        "collaborator",
        "participant",
        "share",
        "access",
        "grant",
        "permission",
        "editor",
        "viewer",
        "acl",
        "assignment",
    ];
    (words.len() > 1 && words.ends(&tie))
        || words.is(&["membership", "member", "collaborator", "participant", "share", "collaboration"])
        || (words.len() == 2 && (words.starts(&["user"]) || words.ends(&["user"])) && !is_plain_user(name) && words.any(&TIED))
        || (words.len() == 3 && words.any(&["on", "in", "to"]) && words.any(&["user", "member", "profile"]))
}

/// What users are put into: the other half of a name like `TeamUser`.
const TIED: [&str; 18] = [
    "organization",
    "organisation",
    "org",
    "team",
    "workspace",
    "tenant",
    "company",
    "space",
    "group",
    "project",
    "board",
    "list",
    "room",
    "channel",
    "conversation",
    "chat",
    "household",
    "store",
];

/// Whether the name says that somebody did something with a record (likes, votes, follows, redeems): a pair of keys that grants nothing.
pub(in crate::schema) fn is_interaction(name: &str) -> bool {
    Words::of(name).singular().any(&[
        "like",
        "vote",
        "upvote",
        "favorite",
        "favourite",
        "bookmark",
        "star",
        "reaction",
        "follow",
        "follower",
        "following",
        "view",
        "read",
        "redemption",
        "rating",
        "review",
        "notification",
        "progress",
        "enrollment",
        "enrolment",
        "attendance",
        "attendee",
        "rsvp",
        "registration",
        "purchase",
        "order",
        "wishlist",
        "save",
        "seen",
        "receipt",
        "visit",
        "click",
        "impression",
        "download",
        "block",
        "mute",
        "report",
        "completion",
        "achievement",
        "badge",
        "answer",
        "response",
        "preference",
        "setting",
        "subscription",
        "subscriber",
        "usage",
        "counter",
        "watch",
        "watcher",
        "friend",
        "friendship",
        "cart",
        "score",
        "streak",
        "session",
        "tag",
        "hide",
        "dismissal",
        "pin",
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_by_name() {
        for name in ["User", "users", "auth.users", "Profile", "profiles", "Account", "UserProfile", "customers"] {
            assert!(is_principal_entity(name), "{name}");
        }
        for name in ["Todo", "UserSession", "TeamUser", "AccountBalance", "UserSetting"] {
            assert!(!is_principal_entity(name), "{name}");
        }
        for name in ["Organization", "organisations", "Team", "workspaces", "Company"] {
            assert!(is_tenant_entity(name), "{name}");
        }
        for name in ["TeamMember", "OrganizationInvite", "Todo"] {
            assert!(!is_tenant_entity(name), "{name}");
        }
        for name in [
            "WorkspaceMember",
            "Membership",
            "list_shares",
            "UserOnTeam",
            "UsersOnTeams",
            "team_users",
            "ListShare",
            "ConversationParticipant",
        ] {
            assert!(is_membership_entity(name), "{name}");
        }
        for name in ["PostLike", "Comment", "TeamInvite", "share_links", "UserSettings", "User", "coupon_redemptions"] {
            assert!(!is_membership_entity(name), "{name}");
        }
    }
}
