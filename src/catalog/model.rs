//! The form of a catalogue file. Every struct refuses fields that it does not know: a misspelt claim must not be a silent one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::argument::{ArgPath, Args, Number};
use super::condition::Condition;
use super::index::Index;
use super::schema_form::{BuilderEntry, ModifierEntry};
use super::terms::{EffectSpec, FactSpec, LeavesSpec, SinkKind};

/// All catalogue files, ours and the user's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    /// In order of precedence: what comes first wins.
    pub files: Vec<CatalogFile>,
    /// The short declarations of the user.
    pub trust: Trust,
    /// Versions of packages as the project names them: `next-auth` → `^4.24.0`.
    pub(super) versions: BTreeMap<String, String>,
    pub(super) index: Index,
}

/// One catalogue file.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CatalogFile {
    /// Specifiers it speaks of; `*` stands for any text.
    pub packages: Vec<String>,
    /// Exports that stand for the whole package (`z` of zod).
    pub namespaces: Vec<String>,
    /// Versions of the first package that it is true of, as a semver requirement; absent: all.
    pub versions: Option<String>,
    /// The version at which the facts were read.
    pub checked: Option<String>,
    /// Things that are made once and used later.
    #[serde(rename = "object")]
    pub objects: Vec<ObjectEntry>,
    /// Calls.
    #[serde(rename = "call")]
    pub calls: Vec<CallEntry>,
    /// Calls that make validation schemas.
    #[serde(rename = "builder")]
    pub builders: Vec<BuilderEntry>,
    /// Calls that change validation schemas.
    #[serde(rename = "modifier")]
    pub modifiers: Vec<ModifierEntry>,
    /// Claims of the file with a source to try them on.
    #[serde(rename = "test")]
    pub tests: Vec<TestEntry>,
}

/// A thing that is made once and used later.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ObjectEntry {
    /// Its id: `@id.member` in the calls.
    pub id: String,
    /// Who makes its values, if not the catalogue: the id of a framework or data layer.
    pub owner: Option<String>,
    /// Its kind to that owner; absent: `id`.
    pub kind: Option<String>,
    /// Calls whose result it is.
    pub made_by: Vec<String>,
    /// Members that are other objects: name → id.
    pub members: BTreeMap<String, String>,
    /// A session: it is always there, and its fields prove.
    pub bag: bool,
    /// Its methods give it back unless an entry says otherwise (`body('x').isString().trim()`).
    pub chain: bool,
    /// What a database lets it do.
    pub privilege: Option<String>,
    /// Text for the hover.
    pub note: Option<String>,
}

/// A call, or a variant of one below `when`: a variant replaces the fields that it names.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CallEntry {
    /// Where it is: `pkg#export`, `#export` of any package of the file, `@object.member`, `request.member`, `global.fetch`.
    pub call: Calls,
    /// The condition of a variant.
    #[serde(rename = "if")]
    pub condition: Option<Condition>,
    /// How it is applied.
    pub form: Option<Form>,
    /// It gives a promise.
    #[serde(rename = "async")]
    pub is_async: Option<bool>,
    /// What its arguments are.
    pub args: Option<Args>,
    /// What comes out.
    pub gives: Option<Gives>,
    /// What testing the result proves.
    pub proof: Option<Vec<Proof>>,
    /// What holds when the next statement runs.
    pub after: Option<Vec<FactSpec>>,
    /// How it fails.
    pub leaves: Option<LeavesSpec>,
    /// What it leaves on the request.
    pub writes: Option<Vec<Write>>,
    /// What it costs or hands on.
    pub effect: Option<Vec<EffectSpec>>,
    /// Arguments that must not be client values.
    pub sinks: Option<Vec<SinkEntry>>,
    /// It limits.
    pub limit: Option<Limit>,
    /// It validates.
    pub validates: Option<Validates>,
    /// It hashes.
    pub hash: Option<Hash>,
    /// It makes something random.
    pub random: Option<Random>,
    /// Settings that it makes.
    pub setting: Option<Vec<Setting>>,
    /// Functions in its arguments that it runs.
    pub runs: Option<Vec<Run>>,
    /// The option with patterns of paths for which the middleware does nothing.
    pub except: Option<ArgPath>,
    /// How those paths are written; absent: as path-to-regexp and regular expressions are.
    pub paths: Option<PathLanguage>,
    /// The middleware that it gives has `.unless({ path })`.
    pub unless: Option<bool>,
    /// What is weak about it, for other rules: `expiry`, `algorithms`.
    pub weak: Option<String>,
    /// The argument that names the role asked for, or `metadata`.
    pub role_of: Option<String>,
    /// Rules that it silences.
    pub silences: Option<Vec<String>>,
    /// Its name is unmistakable: it may be recognised on a thing of unknown make.
    pub loose: bool,
    /// Text for the hover.
    pub note: Option<String>,
    /// A link.
    pub see: Option<String>,
    /// Variants by argument.
    pub when: Vec<CallEntry>,
}

/// One target or several.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Calls(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Calls {
    fn from(value: OneOrMany) -> Self {
        match value {
            OneOrMany::One(target) => Calls(vec![target]),
            OneOrMany::Many(targets) => Calls(targets),
        }
    }
}

/// How a call is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Called, with or without `new`.
    #[default]
    Call,
    /// Called with `new`.
    New,
    /// A tag of a template.
    Tag,
    /// A handler goes in, a handler comes out.
    Wrapper,
    /// It is itself a middleware.
    Middleware,
    /// It gives a middleware.
    MiddlewareFactory,
    /// It registers for the app from here on.
    Plugin,
    /// A decorator.
    Decorator,
    /// A class with `canActivate`.
    GuardClass,
    /// A set-up call whose argument holds functions.
    Config,
    /// A property that is read.
    Property,
    /// A short declaration: what it is shows in how it is called.
    Auto,
}

/// How an option names paths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PathLanguage {
    /// Patterns of path-to-regexp, and regular expressions.
    #[default]
    Pattern,
    /// Beginnings of paths, and regular expressions; `/` is only itself.
    Prefix,
}

/// The value that comes out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Gives {
    /// What it is.
    pub kind: GivesKind,
    /// Path to it in the result; empty: the result itself.
    pub at: String,
    /// Path of the principal's id below it, alternatives with `|`.
    pub id: Option<String>,
    /// Path of the tenant's id below it.
    pub tenant: Option<String>,
    /// Path of the role below it.
    pub role: Option<String>,
    /// Path of the e-mail address below it.
    pub email: Option<String>,
    /// It may be absent.
    pub nullable: bool,
    /// Whether fields that nobody declared may be in it.
    pub fields: Option<Fields>,
    /// The object's id, for `client` and `session-bag`.
    pub object: Option<String>,
    /// The argument that passes through, for `passes`; the one with the patterns, for `path-test`.
    pub arg: Option<ArgPath>,
    /// Members of the result that are objects of the catalogue: name → id.
    pub members: BTreeMap<String, String>,
}

/// Kinds of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivesKind {
    /// Nothing is said.
    #[default]
    Unknown,
    /// The principal, from a verified credential.
    Identity,
    /// Some principal, by an argument: not the caller.
    PrincipalLookup,
    /// The content of a token that nobody verified: the client's words.
    ClaimsUnverified,
    /// A session that is always there and whose fields prove.
    SessionBag,
    /// `true` or `false`.
    Boolean,
    /// What the validation let through.
    Validated,
    /// An object with fields to test.
    Result,
    /// An array with parts to test.
    Tuple,
    /// A list of errors, truthy also when it is empty.
    ErrorsList,
    /// An object of the catalogue.
    Client,
    /// Something random.
    Random,
    /// A hash.
    Hash,
    /// A signed token.
    Token,
    /// A condition for a query.
    Filter,
    /// An argument.
    Passes,
    /// Computed from the arguments and from what made the object.
    Derived,
    /// The object it was called on, which remembers the arguments.
    Itself,
    /// A function that tells whether the path of a request is matched by patterns.
    PathTest,
}

/// Whether undeclared fields may be in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fields {
    /// Declared fields only.
    Closed,
    /// Any.
    Open,
}

/// What testing a part of the result proves.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Proof {
    /// The path whose truth proves; empty: the result itself.
    pub truth: Option<String>,
    /// The path whose falsehood proves.
    pub falsehood: Option<String>,
    /// What it proves.
    pub gives: FactSpec,
}

/// What a middleware leaves on the request.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Write {
    /// Where: `req.user`, `ctx.state.user`, `c.var.user`; the first name is the request.
    pub to: String,
    /// The argument that renames the last key.
    pub to_option: Option<ArgPath>,
    /// What: `identity`, `identity?`, `claims`, `bag:<object>`, `object:<object>`, `validated:<schema>`, `file`.
    pub value: String,
}

/// An argument that must not be a client value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SinkEntry {
    /// Which.
    pub arg: ArgPath,
    /// As what.
    pub kind: SinkKind,
}

/// What a limiter allows.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Limit {
    /// Requests in a window.
    pub max: Option<Number>,
    /// The window in milliseconds.
    pub window_ms: Option<Number>,
    /// `ip`, or the argument that holds or makes the key.
    pub key: Option<String>,
    /// Where counts are kept.
    pub store: Option<String>,
    /// `call`, `chain` or `app-after`.
    pub scope: Option<String>,
    /// The route's own option.
    pub route_option: Option<String>,
}

/// How a call validates.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Validates {
    /// The schema: an argument, or `self` (the default).
    pub schema: Option<ArgPath>,
    /// The value.
    pub value: Option<ArgPath>,
    /// What happens to keys that the schema does not name; `schema`: as it says itself.
    pub unknown_keys: Option<UnknownKeysSpec>,
    /// Path of the validated value in the result; `in-place`: the value itself, all its keys still in it.
    pub out: String,
    /// `schema`, where types are as the schema says.
    pub types: Option<String>,
}

/// What happens to undeclared keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownKeysSpec {
    /// Dropped.
    Strip,
    /// Kept.
    Keep,
    /// Refused.
    Reject,
    /// As the schema says.
    Schema,
}

/// How good a hash is for passwords.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hash {
    /// `password`, `fast` or `keyed`.
    pub class: HashClass,
    /// Its cost.
    pub cost: Option<Number>,
    /// The least cost that is good.
    pub min: Option<f64>,
}

/// Classes of hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HashClass {
    /// Slow on purpose.
    Password,
    /// Fast.
    Fast,
    /// With a key.
    Keyed,
}

/// How good a random value is.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Random {
    /// Its bits.
    pub bits: Option<Number>,
    /// From a generator that nobody can predict.
    pub secure: bool,
}

/// A setting that a call makes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Setting {
    /// Its name for the rules: `cookie.httpOnly`.
    pub name: String,
    /// The option that sets it.
    pub option: Option<ArgPath>,
    /// Its value without the option.
    pub default: Option<toml::Value>,
}

/// A function in the arguments that a call runs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Run {
    /// Where it stands; `*` is each element of an array.
    pub function: ArgPath,
    /// What it gets: `request`, `identity`, `identity?`, `object:<id>`, `client:body`, `err`, `unknown`.
    #[serde(default)]
    pub args: Vec<String>,
    /// It always runs, and what it returns is what the call gives.
    #[serde(default)]
    pub answers: bool,
}

/// A claim of a file, with a source to try it on: `tests/catalog.rs` runs it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TestEntry {
    /// Where the source stands in its project; absent: `src/app.ts`.
    pub path: Option<String>,
    /// A small file with routes; `// finds: rule` ends each line that must be flagged.
    pub source: String,
    /// The rules of which nothing else may be found.
    pub rules: Vec<String>,
    /// The version of the file's first package that the project names.
    pub version: Option<String>,
}

/// `[trust]` of the configuration: short declarations.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Trust {
    /// Functions that let only verified callers pass.
    pub authenticates: Vec<String>,
    /// Functions that give an identity or none.
    pub optional: Vec<String>,
    /// Functions that let only a role pass.
    pub roles: Vec<String>,
    /// Functions that let pass only the owner of what they are handed.
    pub ties: Vec<String>,
    /// Limiters.
    pub limits: Vec<String>,
    /// Functions that refuse an invalid request.
    pub validates: Vec<String>,
    /// Functions that refuse a webhook without a valid signature.
    pub webhooks: Vec<String>,
    /// Functions that prove nothing, whatever our own files say.
    pub not_authenticates: Vec<String>,
    /// Headers that a proxy sets after it stripped the client's own.
    pub headers_from_gateway: Vec<String>,
    /// Routes that are public by purpose: `GET /api/catalog/**`.
    pub public: Vec<String>,
}
