//! Names of fields that clients must not set.

use super::{Words, is_flag, is_number, sensitivity};
use crate::schema::{EntityRole, FieldPrivilege, FieldType, Sensitivity};

/// Why clients must not set a field, by its name and type and what its entity is. Owner columns follow from the schema, not from here.
pub fn privilege(entity: &str, role: EntityRole, field: &str, ty: &FieldType) -> Option<FieldPrivilege> {
    let (thing, words) = (Words::of(entity).singular(), Words::of(field));
    if is_identity(&words, role) {
        return Some(FieldPrivilege::Identity);
    }
    // When a code runs out is as much the server's word as the code.
    let handed_out = words.ends(&["token"]) && sensitivity(entity, field, ty) == Sensitivity::Personal;
    let runs_out =
        words.any(&["reset", "verification", "otp", "lockout"]) && words.ends(&["expires", "expiry", "at", "exp", "expiration"]);
    if sensitivity(entity, field, ty) == Sensitivity::Secret || handed_out || (role == EntityRole::Principal && runs_out) {
        return Some(FieldPrivilege::Secret);
    }
    if is_role(&words, &thing, role, ty) {
        return Some(FieldPrivilege::Role);
    }
    if is_money(&words, &thing, role, ty) {
        return Some(FieldPrivilege::Money);
    }
    is_status(&words, &thing, role, ty).then_some(FieldPrivilege::Status)
}

/// Users, tenants, and what ties them.
fn is_party(role: EntityRole) -> bool {
    role != EntityRole::Content
}

fn is_identity(words: &Words, role: EntityRole) -> bool {
    words.is(&["id", "uuid"])
        || (words.len() <= 3
            && words.any(&["created", "updated", "modified", "inserted"])
            && words.ends(&["at", "on", "date", "time"]))
        || words.is(&["created", "updated"])
        || (role == EntityRole::Principal
            && words.ends(&["id", "sub"])
            && words.any(&[
                "google",
                "github",
                "facebook",
                "apple",
                "auth0",
                "clerk",
                "supabase",
                "firebase",
                "cognito",
                "oauth",
                "auth",
                "provider",
                "sso",
                "external",
                "twitter",
                "discord",
                "microsoft",
                "saml",
            ]))
}

fn is_role(words: &Words, thing: &Words, role: EntityRole, ty: &FieldType) -> bool {
    let caller = matches!(role, EntityRole::Principal | EntityRole::Membership);
    let holds_rights =
        is_party(role) || thing.any(&["role", "token", "credential", "apikey"]) || thing.pair(&["api", "access"], &["key"]);
    let names_role = words.ends(&["role", "roles"]) && !words.starts(&["default", "job"])
        || words.pair(&["role", "roles"], &["id", "ids"])
        || words.pair(&["access"], &["level"])
        || words.is(&["permission", "user type", "account type"]);
    let administers = words.ends(&["admin", "superadmin", "superuser", "staff", "moderator", "root"])
        && !words.starts(&["allow", "notify", "require", "show"])
        || words.pair(&["super"], &["admin", "user"]) && words.len() <= 3;
    caller && names_role
        || administers && (matches!(ty, FieldType::Bool) || words.starts(&["is"]) && is_flag(ty))
        || holds_rights
            && words.ends(&["permissions", "scopes", "abilities", "acl", "flags", "capabilities"])
            && (!words.ends(&["flags"]) || words.any(&["feature"]))
}

/// Entities that are about what somebody pays.
const BILLS: [&str; 18] = [
    "order",
    "invoice",
    "payment",
    "cart",
    "transaction",
    "charge",
    "refund",
    "payout",
    "purchase",
    "checkout",
    "sale",
    "booking",
    "subscription",
    "wallet",
    "credit",
    "ledger",
    "billing",
    "commission",
];

fn is_money(words: &Words, thing: &Words, role: EntityRole, ty: &FieldType) -> bool {
    let account = matches!(role, EntityRole::Principal | EntityRole::Tenant)
        || thing.any(&["account", "subscription", "billing", "license", "wallet", "credit"]);
    // A meal plan or a workout plan is content.
    let plan_is_content = thing.any(&["plan", "meal", "training", "workout", "lesson"]);
    if account && !plan_is_content && !matches!(ty, FieldType::Relation(_)) {
        let paid_for = words.ends(&["plan", "tier", "premium", "pro", "subscription"]) && !words.any(&["notify", "show"])
            || words.starts(&["plan", "tier", "subscription", "trial", "premium"])
                && !words.ends(&["email", "emails", "name", "description"])
                && !words.any(&["admin", "user", "member", "notify"])
            || words.is(&["customer id", "billing customer id", "billing id", "payment customer id"])
            || words.any(&["stripe", "paypal", "paddle", "lemonsqueezy", "polar"]) && words.ends(&["id", "customer", "status"]);
        if paid_for {
            return true;
        }
    }
    let holds_value = is_party(role)
        || thing
            .any(&["account", "wallet", "balance", "gift", "coupon", "voucher", "usage", "counter", "credit", "ledger", "pack"]);
    if holds_value
        && (is_number(ty) || matches!(ty, FieldType::Json))
        && words.any(&[
            "credit", "credits", "balance", "quota", "quotas", "limit", "limits", "usage", "seats", "points", "wallet", "coins",
        ])
        && !words.ends(&["type", "at", "settings", "alert", "warning", "date", "interval"])
    {
        return true;
    }
    if !thing.any(&BILLS) {
        return false;
    }
    let amount = is_number(ty)
        && (words.ends(&["price", "amount", "total", "subtotal", "cost", "discount", "fee", "tax", "refunded", "paid"])
            || words.any(&["price", "amount", "total", "subtotal", "discount", "cost", "fee"])
                && words.ends(&["cents", "usd", "eur", "value", "paid", "due"]));
    let paid = matches!(ty, FieldType::Bool | FieldType::Date | FieldType::Other)
        && (words.is(&["paid", "is paid", "paid at", "refunded", "is refunded", "refunded at"]));
    amount || paid
}

fn is_status(words: &Words, thing: &Words, role: EntityRole, ty: &FieldType) -> bool {
    let flag_or_date = is_flag(ty) || matches!(ty, FieldType::Date);
    let told = words.ends(&["verified", "approved"]) || words.pair(&["verified", "approved"], &["at", "on"]);
    let told = told && !thing.any(&["preference", "setting", "notification"]);
    if flag_or_date && told && !words.any(&["notify", "only", "require", "requires", "show"]) {
        return true;
    }
    let state = matches!(ty, FieldType::String | FieldType::Enum(_) | FieldType::Int | FieldType::Other);
    if state && words.ends(&["status"]) {
        let graded = thing.any(&[
            "payment",
            "order",
            "subscription",
            "payout",
            "application",
            "refund",
            "transaction",
            "kyc",
            "charge",
            "credit",
        ]);
        // `marital status` and the like are the user's own words.
        let own = role == EntityRole::Principal && (words.len() == 1 || words.any(&["account", "user", "kyc", "verification"]));
        return (graded && words.len() <= 2) || own || words.any(&["payment", "kyc", "verification", "approval", "moderation"]);
    }
    if state && words.is(&["state"]) {
        return thing.any(&["payment", "order", "subscription", "payout", "refund", "transaction"]);
    }
    let shut_out = words.any(&["banned", "blocked", "suspended", "locked", "deactivated"])
        && !words.any(&["users", "domains", "list", "reason"]);
    let switched = role == EntityRole::Principal
        && (words.is(&["is active", "active", "disabled at", "is disabled", "disabled", "is enabled"]) && flag_or_date
            || words.any(&["attempts", "attempt"]) && words.any(&["login", "failed"]) && is_number(ty));
    is_party(role) && shut_out && flag_or_date || switched
}

/// Whether the field says what its holder may do: a role, an administrator's flag, permissions.
pub fn is_role_field(name: &str) -> bool {
    let words = Words::of(name);
    words.ends(&[
        "role",
        "roles",
        "permission",
        "permissions",
        "admin",
        "superadmin",
        "superuser",
        "staff",
        "moderator",
        "scopes",
        "abilities",
    ]) || words.pair(&["access"], &["level"])
        || words.pair(&["role", "roles"], &["id", "ids", "name"])
        || words.is(&["user type", "account type", "is owner", "can edit", "can write", "can manage", "can delete"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::EntityRole::{Content, Membership, Principal, Tenant};
    use crate::schema::FieldType::{Bool, Date, Int, Json, String as Text};

    fn each(role: EntityRole, names: &str, ty: &FieldType, expected: Option<FieldPrivilege>) {
        for name in names.split_whitespace() {
            let (entity, field) = name.split_once('.').unwrap_or(("User", name));
            assert_eq!(privilege(entity, role, field, ty), expected, "{name}");
        }
    }

    #[test]
    fn roles_and_rights() {
        use FieldPrivilege::Role;
        each(Principal, "role orgRole teamRole roles roleId", &Text, Some(Role));
        each(Membership, "TeamMember.role ListShare.permission", &Text, Some(Role));
        each(Content, "Invite.role Recipient.role Message.role", &Text, None);
        each(Principal, "isAdmin admin superAdmin isStaff", &Bool, Some(Role));
        each(Principal, "adminEmail adminId premiumAdminId", &Text, None);
        each(Principal, "allowOrgAdminAnalytics", &Bool, None);
        each(Content, "ApiKey.scopes", &Text, Some(Role));
        each(Membership, "TeamMember.permissions", &Json, Some(Role));
        each(Content, "Account.scope Chart.timeScope Link.linkScope", &Text, None);
    }

    #[test]
    fn money() {
        use FieldPrivilege::Money;
        each(Principal, "plan planTier subscriptionTier premiumTier trialStatus stripeCustomerId", &Text, Some(Money));
        each(Content, "MealPlan.plan Lesson.plan Page.tier", &Text, None);
        each(Principal, "credits balance emailQuota usageCostInCents points", &Int, Some(Money));
        each(Tenant, "Workspace.seatsLimit Workspace.usage", &Int, Some(Money));
        each(Tenant, "Organization.limits", &Json, Some(Money));
        each(Content, "Queue.concurrencyLimit Chat.message_limit Expense.amount Link.totalClicks Product.price", &Int, None);
        each(Content, "Order.total Payment.amount Order.discount Cart.totalPrice Order.priceCents", &Int, Some(Money));
        each(Content, "Order.paid Invoice.isPaid", &Bool, Some(Money));
    }

    #[test]
    fn states() {
        use FieldPrivilege::Status;
        each(Principal, "emailVerified verified isVerified approved", &Bool, Some(Status));
        each(Principal, "emailVerified verifiedAt bannedAt lockedAt", &Date, Some(Status));
        each(Principal, "isVerifyEmailEnabled notifyWhenApproved", &Bool, None);
        each(Content, "Order.status Payment.paymentStatus Subscription.state", &Text, Some(Status));
        each(Content, "Task.status Draft.state Address.state", &Text, None);
        each(Principal, "status accountStatus", &Text, Some(Status));
        each(Principal, "maritalStatus state", &Text, None);
        each(Principal, "isActive banned blocked", &Bool, Some(Status));
        each(Content, "Rule.enabled Note.archived Page.locked Task.active", &Bool, None);
        each(Content, "Task.priority Photo.rating Post.featured", &Int, None);
    }

    #[test]
    fn identity_and_secrets() {
        each(Content, "Todo.id Todo.createdAt Todo.updated_at", &Text, Some(FieldPrivilege::Identity));
        each(Principal, "googleId clerk_id", &Text, Some(FieldPrivilege::Identity));
        each(Principal, "passwordHash resetToken", &Text, Some(FieldPrivilege::Secret));
        each(Principal, "name email bio avatarUrl timezone", &Text, None);
    }

    #[test]
    fn role_fields() {
        for name in ["role", "roles", "isAdmin", "orgRole", "permissions", "accessLevel", "is_superuser"] {
            assert!(is_role_field(name), "{name}");
        }
        for name in ["name", "adminEmail", "roleplay", "status"] {
            assert!(!is_role_field(name), "{name}");
        }
    }
}
