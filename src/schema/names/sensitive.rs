//! Names of delicate fields.

use super::{Words, is_blob, is_principal_entity, is_text};
use crate::schema::{FieldType, Sensitivity};

/// How delicate a field is to read, by its name and type and the name of its entity.
pub fn sensitivity(entity: &str, field: &str, ty: &FieldType) -> Sensitivity {
    if matches!(ty, FieldType::Relation(_) | FieldType::Bool | FieldType::Enum(_)) {
        return Sensitivity::None;
    }
    let (entity, words) = (Entity::of(entity), Words::of(field));
    // Push addresses and the links that people share are no credentials, yet not everybody's either.
    if is_device_token(&words) || (is_share_token(&words, &entity) && is_text(ty)) {
        return Sensitivity::Personal;
    }
    if is_secret(&words, &entity, ty) {
        return Sensitivity::Secret;
    }
    if is_personal(&words, &entity, ty) { Sensitivity::Personal } else { Sensitivity::None }
}

/// The entity's name and what it says.
struct Entity<'a> {
    name: &'a str,
    words: Words,
}

impl<'a> Entity<'a> {
    fn of(name: &'a str) -> Self {
        Entity { name, words: Words::of(name).singular() }
    }
}

/// Last words that make a name one of something about the secret, not of the secret itself.
const ABOUT: &[&str] = &[
    "at",
    "on",
    "id",
    "ids",
    "type",
    "types",
    "expires",
    "expiry",
    "expiration",
    "expire",
    "exp",
    "expired",
    "count",
    "prefix",
    "suffix",
    "limit",
    "usage",
    "used",
    "method",
    "config",
    "required",
    "enabled",
    "disabled",
    "changed",
    "updated",
    "length",
    "policy",
    "attempts",
    "attempt",
    "name",
    "url",
    "date",
    "time",
    "version",
    "status",
    "in",
    "strength",
    "hint",
    "label",
    "description",
    "last4",
    "preview",
    "sent",
    "address",
    "symbol",
    "estimate",
    "budget",
    "endpoint",
    "provider",
    "issuer",
    "scope",
    "strategy",
    "kind",
    "format",
    "source",
    "quota",
    "rate",
    "ttl",
    "duration",
    "seconds",
    "protected",
    "protection",
];

/// First words of flags.
const FLAG: &[&str] = &[
    "is", "has", "enable", "enabled", "require", "requires", "required", "allow", "show", "force", "must", "can", "use", "uses",
    "ignore", "needs", "disable", "hide", "should",
];

fn is_secret(words: &Words, entity: &Entity, ty: &FieldType) -> bool {
    if !is_blob(ty) || words.ends(ABOUT) || words.starts(FLAG) {
        return false;
    }
    let about_model = words.any(&[
        "input",
        "output",
        "total",
        "max",
        "min",
        "prompt",
        "completion",
        "reasoning",
        "cached",
        "idempotency",
        "qr",
        "csrf",
        "display",
        "partial",
        "masked",
        "public",
        "publishable",
        "backed",
        "deduplication",
        "dedupe",
        "cache",
        "content",
        "lookup",
        "unsubscribe",
    ]);
    if words.any(&["password", "passwd", "pwd", "passphrase", "passcode", "mnemonic", "cvv", "cvc"]) {
        return true;
    }
    if about_model {
        return false;
    }
    words.any(&["token", "tokens"]) && !matches!(ty, FieldType::Json if words.ends(&["tokens"]))
        || words.any(&["secret", "secrets"])
        || words.any(&["hash", "hashed", "digest"]) && words.any(&["pass", "token", "key", "secret", "code", "pin", "otp"])
        || words.pair(&KEY_KINDS, &["key", "keys"])
        || words.any(&["apikey", "apikeys", "jwt", "salt", "totp", "otp"])
        || words.ends(&["credential", "credentials"])
        || words.is(&["key"]) && is_key_entity(entity)
        || words.is(&["hash"]) && entity.words.any(&["password", "token", "credential"])
        || words.is(&["code"])
            && is_text(ty)
            && entity.words.any(&["auth", "oauth", "verification", "otp", "reset", "magic", "login", "recovery", "backup"])
        || words.any(&["code", "codes"]) && words.any(&CODE_KINDS)
        || is_text(ty)
            && (words.is(&["pin", "pin code", "magic link"])
                || (words.ends(&["pin"]) && words.any(&["account", "card", "atm", "user", "security"])))
        || words.pair(&["card"], &["number"])
}

/// What stands before `key` in the name of a credential.
const KEY_KINDS: [&str; 13] = [
    "api",
    "access",
    "private",
    "encryption",
    "encrypted",
    "signing",
    "secret",
    "service",
    "master",
    "ssh",
    "pgp",
    "session",
    "license",
];

/// What stands beside `code` in the name of a credential. Invite codes are shown to a team's members and count as personal.
const CODE_KINDS: [&str; 18] = [
    "backup",
    "recovery",
    "verification",
    "verify",
    "reset",
    "auth",
    "authorization",
    "access",
    "login",
    "mfa",
    "magic",
    "confirmation",
    "sms",
    "activation",
    "security",
    "2fa",
    "factor",
    "pin",
];

fn is_key_entity(entity: &Entity) -> bool {
    entity.words.pair(&["api", "access"], &["key"]) || entity.words.any(&["token", "credential", "apikey"])
}

fn is_device_token(words: &Words) -> bool {
    words.any(&["token", "tokens"]) && words.any(&["push", "device", "fcm", "apns", "expo", "registration"])
}

/// Tokens of links that are handed out on purpose.
fn is_share_token(words: &Words, entity: &Entity) -> bool {
    (words.ends(&["token", "code", "slug"]) && words.any(&["share", "shared", "public", "embed", "view", "link", "invite"]))
        || words.pair(&["share"], &["key"])
        || (words.is(&["token"]) && entity.words.any(&["share", "link", "embed", "publication"]))
}

fn is_personal(words: &Words, entity: &Entity, ty: &FieldType) -> bool {
    let last_words = &words.0[words.0.len().saturating_sub(2)..];
    if words.ends(&["id", "ids"]) {
        return is_text(ty)
            && ((words.starts(&PAYERS) && !words.any(&["price", "product", "plan", "event"]))
                || words.pair(&["tax", "national", "vat"], &["id"])
                || words.pair(&["passport"], &["id"]));
    }
    if is_text(ty) && (words.ends(&["email", "emails", "mail"]) || last_words.join(" ") == "email address") {
        return true;
    }
    if words.ends(ABOUT_PERSON) || words.starts(FLAG) {
        return false;
    }
    is_contact(words, entity, ty)
        || is_of_a_life(words, ty)
        || is_trace(words, ty)
        || (words.any(&["internal", "admin", "private", "staff"])
            && words.ends(&["note", "notes", "comment", "comments", "memo", "remark", "remarks"]))
        || (is_text(ty) && words.pair(&["invite", "invitation"], &["code"]))
}

/// Ways to reach somebody.
fn is_contact(words: &Words, entity: &Entity, ty: &FieldType) -> bool {
    let dialled = is_text(ty) || matches!(ty, FieldType::Int);
    let phone = words.any(&["phone", "telephone", "phones", "msisdn", "whatsapp"])
        || words.is(&["mobile", "mobile number", "cell", "tel", "fax"])
        || words.pair(&["mobile", "contact"], &["number"]);
    if dialled && phone {
        return true;
    }
    let caller = is_principal_entity(entity.name);
    if caller && words.is(&["lat", "lng", "lon", "latitude", "longitude", "location"]) {
        return true;
    }
    if entity.words.any(&PLACES) && !caller {
        return false;
    }
    let street = words.any(&["street", "postcode"]) || words.pair(&["zip", "postal"], &["code"]) || words.is(&["zip", "postal"]);
    let address = words.any(&["address", "addresses", "address1", "address2"]) && !words.any(&NOT_POSTAL);
    (is_blob(ty) && address) || (is_text(ty) && street)
}

/// Numbers that the state or a bank knows somebody by, birth, health, pay.
fn is_of_a_life(words: &Words, ty: &FieldType) -> bool {
    let number = words.any(&["iban", "ssn", "passport", "dob", "gender", "salary", "religion", "ethnicity", "bic"])
        || words.pair(&["social"], &["security"])
        || words.pair(&["account", "routing", "insurance", "passport", "license"], &["number"]);
    let birth = words.any(&["birth", "birthday", "birthdate", "dob"]);
    let health = words.any(&["diagnosis", "diagnoses", "medication", "medications", "allergies", "prescription"])
        || words.pair(&["medical"], &["history", "notes", "record"]);
    match ty {
        FieldType::Date => birth,
        FieldType::Int => number,
        FieldType::Float => words.ends(&["salary"]),
        FieldType::Json | FieldType::Bytes => health,
        _ => is_text(ty) && (number || birth || health),
    }
}

/// What somebody leaves behind: addresses of machines, accounts at payment providers.
fn is_trace(words: &Words, ty: &FieldType) -> bool {
    let machine = words.is(&["ip", "last ip", "client ip", "remote ip"])
        || words.pair(&["ip"], &["address"])
        || words.pair(&["user"], &["agent"])
        || words.ends(&["fingerprint"]);
    let payer = words.starts(&PAYERS) && words.ends(&["customer", "subscription", "account"]);
    is_text(ty) && (machine || payer)
}

/// Payment providers whose ids lead to a person's account there.
const PAYERS: [&str; 12] = [
    "stripe",
    "paypal",
    "paddle",
    "lemon",
    "lemonsqueezy",
    "braintree",
    "polar",
    "razorpay",
    "mollie",
    "xendit",
    "paystack",
    "adyen",
];

/// Addresses that are not of a person's home.
const NOT_POSTAL: [&str; 11] = ["wallet", "crypto", "mac", "contract", "from", "to", "web", "url", "server", "token", "bind"];

/// Entities whose address is meant to be found.
const PLACES: [&str; 18] = [
    "venue",
    "store",
    "shop",
    "restaurant",
    "event",
    "location",
    "place",
    "property",
    "listing",
    "branch",
    "clinic",
    "hotel",
    "school",
    "office",
    "company",
    "hospital",
    "building",
    "warehouse",
];

/// Last words that make a name one of something about the person's datum.
const ABOUT_PERSON: &[&str] = &[
    "at",
    "verified",
    "confirmed",
    "enabled",
    "type",
    "label",
    "count",
    "settings",
    "quota",
    "country",
    "sent",
    "status",
    "visible",
    "required",
    "format",
    "template",
    "subject",
    "provider",
];

/// Whether the field says that a record may be seen by everybody (`published`, `isPublic`, `visibility`).
pub fn is_public_flag(name: &str) -> bool {
    let words = Words::of(name);
    words.is(&[
        "published",
        "is published",
        "published at",
        "public",
        "is public",
        "visibility",
        "visible",
        "is visible",
        "listed",
        "is listed",
        "public at",
        "is shared",
        "publicly visible",
        "publish",
        "privacy",
        "make public",
        "is open",
        "discoverable",
        "is discoverable",
        "date published",
        "publication date",
    ]) || words.starts(&["is"]) && words.ends(&["public", "published"])
        || words.any(&["public", "published"]) && words.ends(&["enabled", "visible", "access", "flag", "on"]) && words.len() <= 3
}

/// Whether the field holds an unguessable text that a link carries (`token`, `shareToken`, `publicSlug`, `inviteCode`).
pub fn is_share_token_field(name: &str) -> bool {
    let words = Words::of(name);
    if words.ends(ABOUT) && !words.is(&["share id", "public id", "public uid", "share url id"]) || words.starts(FLAG) {
        return false;
    }
    let handed_out = words.any(&[
        "share",
        "shared",
        "sharing",
        "public",
        "invite",
        "invitation",
        "embed",
        "secret",
        "magic",
        "unsubscribe",
        "confirmation",
        "verification",
        "reset",
        "activation",
        "access",
        "join",
        "preview",
        "guest",
        "view",
        "edit",
        "cancel",
        "download",
        "referral",
    ]);
    words.ends(&["token", "secret"]) && !words.any(&["csrf", "idempotency", "client"])
        || handed_out && words.ends(&["code", "slug", "key", "hash", "link", "nonce", "uuid", "uid"])
        || words.is(&["share id", "public id", "nonce"])
        || words.any(&["token", "secret", "key", "code"]) && words.any(&["hash", "hashed", "digest"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::FieldType::{Bool, Date, Int, Json, String as Text};

    fn each(names: &str, ty: &FieldType, expected: Sensitivity) {
        for name in names.split_whitespace() {
            let (entity, field) = name.split_once('.').unwrap_or(("Thing", name));
            assert_eq!(sensitivity(entity, field, ty), expected, "{name}");
        }
    }

    #[test]
    fn secrets_by_name() {
        each("password passwordHash sharePassword hashed_password user_pwd", &Text, Sensitivity::Secret);
        each("hashedKey tokenHash hashedToken hashedSecretKey keyHash cancelTokenHash", &Text, Sensitivity::Secret);
        each(
            "token access_token refresh_token id_token sessionToken oneTimeUseToken verificationToken encryptedToken",
            &Text,
            Sensitivity::Secret,
        );
        each("secret clientSecret totpSecret twoFactorSecret signingSecretKey webhookSecret", &Text, Sensitivity::Secret);
        each("apiKey privateKey secretAccessKey aiApiKey api_key", &Text, Sensitivity::Secret);
        each("credentials", &Json, Sensitivity::Secret);
        each("ApiKey.key AccessToken.key UserPassword.hash OAuthCode.code", &Text, Sensitivity::Secret);
        each("Credential.key", &Json, Sensitivity::Secret);
        each(
            "backupCodes twoFactorBackupCodes authorizationCode accessCode mfaLastUsedCode resetCode otp jwt salt",
            &Text,
            Sensitivity::Secret,
        );
    }

    #[test]
    fn what_only_sounds_secret() {
        each("enablePassword hasPassword isPasswordSet passwordRequired passwordChangedAt", &Text, Sensitivity::None);
        each("contentHash sha256Hash rawBodyHash payoutMethodHash lookupHash", &Text, Sensitivity::None);
        each(
            "token_type tokenExpiresAt refresh_token_expires_in tokenizerConfig tokenId tokenPrefix idempotencyToken qrToken",
            &Text,
            Sensitivity::None,
        );
        each("tokenCountEstimate inputTokens outputTokens maxTokens", &Int, Sensitivity::None);
        each("isSecret displaySecretKey ignoreCorsAndSecret secretReferenceId", &Text, Sensitivity::None);
        each("isSecret passwordSet", &Bool, Sensitivity::None);
        each(
            "apiKeyId createdByApiKeyId credentialId credentialPublicKey credentialDeviceType isEncrypted",
            &Text,
            Sensitivity::None,
        );
        each("key idempotencyKey publicKey deduplicationKey publishableKey sortKey", &Text, Sensitivity::None);
        each(
            "code errorCode sourceCode shortCode machinePreset responseCode currencyCode sessionId session_state",
            &Text,
            Sensitivity::None,
        );
        each("passwordExpiresAt", &Date, Sensitivity::None);
    }

    #[test]
    fn personal_by_name() {
        each("email inviteeEmail unverifiedNewEmail emailAddress", &Text, Sensitivity::Personal);
        each("emailAccountId emailVerified emailQuota emailSettings welcomeEmailSentAt emailId", &Text, Sensitivity::None);
        each(
            "phone phoneNumber mobile ipAddress userAgent Customer.address zip iban ssn passportNumber",
            &Text,
            Sensitivity::Personal,
        );
        each("birthDate dateOfBirth dob", &Date, Sensitivity::Personal);
        each("cryptoWalletAddress fromAddress phoneVerifiedAt Venue.address addressId", &Text, Sensitivity::None);
        each("stripeCustomerId stripeSubscriptionId paddle_customer_id taxId", &Text, Sensitivity::Personal);
        each("stripeCanceledAt", &Date, Sensitivity::None);
        each("customerId subscriptionId noteId internalId rejectionNote notes comment", &Text, Sensitivity::None);
        each("internalNotes adminNote privateComment", &Text, Sensitivity::Personal);
        each("shareToken inviteCode pushToken ShareLink.token", &Text, Sensitivity::Personal);
    }

    #[test]
    fn public_flags_and_share_tokens() {
        for name in ["published", "isPublic", "is_public", "visibility", "publishedAt", "isPublished"] {
            assert!(is_public_flag(name), "{name}");
        }
        for name in ["publisherId", "status", "active", "publicKey", "republished"] {
            assert!(!is_public_flag(name), "{name}");
        }
        for name in
            ["token", "shareToken", "share_token", "publicSlug", "inviteCode", "shareId", "resetToken", "tokenHash", "hashedKey"]
        {
            assert!(is_share_token_field(name), "{name}");
        }
        for name in ["slug", "code", "id", "tokenCount", "key", "tokenType", "csrfToken", "sessionId", "projectKey"] {
            assert!(!is_share_token_field(name), "{name}");
        }
    }
}
