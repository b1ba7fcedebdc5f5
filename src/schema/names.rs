//! STAND-IN for the schema room's `names`, with its signatures: drop this file at the merge.

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

/// The words of a name in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower_before = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            lower_before = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || (letter.is_uppercase() && lower_before) {
            words.push(String::new());
        }
        if let Some(last) = words.last_mut() {
            last.extend(letter.to_lowercase());
        }
        lower_before = letter.is_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The singular of a word or of the last word of a name.
pub fn singular(name: &str) -> String {
    name.strip_suffix("ies")
        .map(|stem| format!("{stem}y"))
        .or_else(|| name.strip_suffix('s').map(str::to_owned))
        .unwrap_or_else(|| name.to_owned())
}

/// Whom a column names as owner, for projects whose schema does not say it.
pub fn is_owner_column(name: &str) -> Option<OwnerKind> {
    let joined = words(name).join(" ");
    let stem = joined.strip_suffix(" id").unwrap_or(&joined);
    match stem {
        "user" | "owner" | "author" | "created by" | "creator" | "uid" => Some(OwnerKind::User),
        "org" | "organization" | "team" | "workspace" | "tenant" | "account" => Some(OwnerKind::Tenant),
        "project" | "list" | "folder" | "board" if joined != stem => Some(OwnerKind::Parent),
        _ => None,
    }
}

/// Whether the field says what its holder may do.
pub fn is_role_field(name: &str) -> bool {
    words(name)
        .last()
        .is_some_and(|word| ["role", "roles", "permission", "permissions", "admin", "staff"].contains(&word.as_str()))
}

/// Whether the field says that a record may be seen by everybody.
pub fn is_public_flag(name: &str) -> bool {
    ["published", "public", "is public", "is published", "published at", "visibility"].contains(&words(name).join(" ").as_str())
}

/// Whether the field holds an unguessable text that a link carries.
pub fn is_share_token_field(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|word| word == "token") || ["public slug", "invite code"].contains(&words.join(" ").as_str())
}

/// Whether an entity of that name is who can call.
pub fn is_principal_entity(name: &str) -> bool {
    ["user", "users", "profile", "profiles", "account", "accounts", "customer", "customers"]
        .contains(&name.to_lowercase().as_str())
}
