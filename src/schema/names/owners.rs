//! Names of columns that say whose a record is.

use super::Words;

/// Whom an owner column names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    /// A user.
    User,
    /// An organization, workspace, team.
    Tenant,
    /// A record that the owner is found through (`projectId`, `list_id`).
    Parent,
}

/// What a principal named by a column has to do with the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Whose it is.
    Owner,
    /// Took part in it (`sender`, `recipient`, `uploadedBy`): stands in where no owner is named.
    Participant,
    /// Handled it (`updatedBy`, `assignee`, `invitedBy`): says whose it is only where nothing else does.
    Actor,
}

/// Whom a column names as owner, for projects whose schema does not say it.
pub fn is_owner_column(name: &str) -> Option<OwnerKind> {
    let words = Words::of(name);
    let key = ["id", "uuid", "uid", "ref", "sub"];
    let bare: Vec<&str> = words.0.iter().map(String::as_str).collect();
    let (stem, keyed) = match bare.split_last() {
        Some((last, stem)) if !stem.is_empty() && key.contains(last) => (stem.join(" "), true),
        _ => (bare.join(" "), false),
    };
    let stem = stem.as_str();
    let user = [
        "user",
        "owner",
        "owner user",
        "user owner",
        "created by",
        "created by user",
        "creator",
        "creator user",
        "author",
        "author user",
        "clerk user",
        "auth user",
        "app user",
    ];
    let keyed_user =
        ["auth", "firebase", "profile", "seller", "host", "buyer", "owner profile", "author profile", "clerk", "account owner"];
    let tenant = ["organization", "organisation", "org", "team", "workspace", "tenant"];
    let keyed_tenant = ["company", "account", "store", "business", "household", "space", "clerk org", "owner org", "owner team"];
    let parent = [
        "project",
        "environment",
        "folder",
        "document",
        "board",
        "list",
        "channel",
        "conversation",
        "thread",
        "album",
        "collection",
        "notebook",
        "chat",
        "room",
        "note",
        "parent",
    ];
    if words.is(&["uid"]) || user.contains(&stem) {
        return Some(OwnerKind::User);
    }
    if keyed && keyed_user.contains(&stem) {
        return Some(OwnerKind::User);
    }
    if tenant.contains(&stem) || (keyed && keyed_tenant.contains(&stem)) {
        return Some(OwnerKind::Tenant);
    }
    (keyed && parent.contains(&stem)).then_some(OwnerKind::Parent)
}

/// Whether the column names somebody who took part (`uploadedBy`, `sender_id`), for columns that no reference explains.
pub(in crate::schema) fn is_participant_column(name: &str) -> bool {
    let words = Words::of(name);
    let person = words.starts(&["uploader", "sender", "recipient", "receiver", "requester", "submitter", "reporter"]);
    (person && words.ends(&["id"]) && (words.len() == 2 || words.any(&["user"])))
        || words.pair(&["uploaded", "sent", "requested", "submitted", "reported"], &["by"])
}

/// Whether the column names who changed the record last or judged it: never its owner.
pub(in crate::schema) fn is_editor_column(name: &str) -> bool {
    Words::of(name).any(&[
        "updated", "modified", "edited", "deleted", "archived", "approved", "reviewed", "verified", "resolved", "changed",
        "locked",
    ])
}

/// What the principal in a column or relation of that name has to do with the record. Only asked of columns that lead to one.
pub fn part(name: &str) -> Part {
    let words = Words::of(name);
    if words.any(&["owner", "author", "creator"]) || words.pair(&["created"], &["by"]) {
        return Part::Owner;
    }
    if words.any(&[
        "sender",
        "recipient",
        "receiver",
        "uploader",
        "requester",
        "requestor",
        "submitter",
        "reporter",
        "from",
        "to",
        "uploaded",
        "sent",
        "requested",
        "submitted",
        "reported",
        "participant",
        "initiator",
        "payer",
        "payee",
        "caller",
        "callee",
    ]) && !words.any(&["assigned"])
    {
        return Part::Participant;
    }
    let actor = words.any(&[
        "assignee",
        "reviewer",
        "approver",
        "inviter",
        "invitee",
        "editor",
        "modifier",
        "updater",
        "deleter",
        "manager",
        "supervisor",
        "moderator",
        "referrer",
        "assigned",
        "referred",
        "mentioned",
        "follower",
        "following",
        "target",
        "actor",
        "operator",
        "verifier",
        "handler",
        "admin",
        "blocked",
        "blocker",
        "watcher",
        "viewer",
        "responder",
        "parent",
        "impersonated",
        "impersonator",
        "mentor",
        "sponsor",
        "substitute",
    ]) || (words.0.len() > 1
        && words.any(&["by"])
        && !words.any(&[
            "owned",
            "created",
            "authored",
            "posted",
            "written",
            "added",
            "submitted",
            "booked",
            "placed",
            "ordered",
            "bought",
        ]));
    if actor { Part::Actor } else { Part::Owner }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_columns_by_name() {
        for name in [
            "userId",
            "user_id",
            "user",
            "uid",
            "userUuid",
            "ownerId",
            "owner",
            "owner_user_id",
            "createdBy",
            "createdById",
            "created_by",
            "creatorId",
            "authorId",
            "author",
            "clerkUserId",
        ] {
            assert_eq!(is_owner_column(name), Some(OwnerKind::User), "{name}");
        }
        for name in [
            "organizationId",
            "organisationId",
            "orgId",
            "org_id",
            "teamId",
            "workspaceId",
            "tenant_id",
            "companyId",
            "accountId",
        ] {
            assert_eq!(is_owner_column(name), Some(OwnerKind::Tenant), "{name}");
        }
        for name in ["projectId", "folder_id", "listId", "boardId"] {
            assert_eq!(is_owner_column(name), Some(OwnerKind::Parent), "{name}");
        }
        for name in [
            "authorizationId",
            "updatedBy",
            "invitedBy",
            "companyName",
            "company",
            "userAgent",
            "id",
            "stripeAccountId",
            "ownership",
            "list",
            "userName",
        ] {
            assert_eq!(is_owner_column(name), None, "{name}");
        }
    }

    #[test]
    fn parts_of_principals() {
        for name in ["userId", "owner", "authorId", "createdBy", "creatorId", "sellerId", "patient_id", "created_by_user_id"] {
            assert_eq!(part(name), Part::Owner, "{name}");
        }
        for name in ["senderId", "recipientId", "uploadedBy", "uploaderId", "toUserId"] {
            assert_eq!(part(name), Part::Participant, "{name}");
        }
        for name in
            ["updatedBy", "updated_by_id", "invitedById", "assigneeId", "reviewedBy", "deletedBy", "referred_by", "assignedToId"]
        {
            assert_eq!(part(name), Part::Actor, "{name}");
        }
    }
}
