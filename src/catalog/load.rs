//! Reading the files: ours from the program itself, the user's from the configuration.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use super::argument::{ArgPath, Start};
use super::index::Index;
use super::model::{CallEntry, Calls, Catalog, CatalogFile, Form, Gives, GivesKind, Proof, Trust};
use super::terms::{FactSpec, LeavesSpec};

/// Lists the files of `libraries/` by name.
macro_rules! libraries {
    ($($name:literal),+ $(,)?) => {
        /// Every file of `libraries/`: its name and its text.
        const LIBRARIES: &[(&str, &str)] = &[$(($name, include_str!(concat!("libraries/", $name, ".toml")))),+];
    };
}

libraries![
    "accesscontrol",
    "ai",
    "ajv",
    "anthropic",
    "argon2",
    "arktype",
    "auth0-nextjs",
    "aws-jwt-verify",
    "aws-s3",
    "bcrypt",
    "better-auth",
    "body-parser",
    "casbin",
    "casl",
    "class-validator",
    "clerk",
    "cloudflare-worker-jwt",
    "cookie-session",
    "drizzle-zod",
    "effect-schema",
    "express-jwt",
    "express-oauth2-jwt-bearer",
    "express-openid-connect",
    "express-rate-limit",
    "express-session",
    "express-validator",
    "fastify-auth",
    "fastify-jwt",
    "fastify-plugins",
    "fastify-rate-limit",
    "fastify-session",
    "firebase-admin",
    "globals",
    "hono",
    "hono-auth-js",
    "hono-clerk-auth",
    "iron-session",
    "joi",
    "jose",
    "jsonwebtoken",
    "jwt-decode",
    "kinde",
    "koa-auth",
    "koa-middleware",
    "limiters",
    "loggers",
    "lucia",
    "multer",
    "next-auth",
    "node-child-process",
    "node-crypto",
    "node-fs",
    "nodemailer",
    "openai",
    "oslo",
    "passport",
    "permit",
    "plain-middleware",
    "qstash",
    "random-ids",
    "rate-limiter-flexible",
    "resend",
    "sendgrid",
    "stack-auth",
    "stripe",
    "superstruct",
    "supabase-auth",
    "svix",
    "twilio",
    "typebox",
    "upstash-ratelimit",
    "valibot",
    "vercel-blob",
    "vine",
    "webhooks",
    "workos-authkit",
    "yup",
    "zod",
    "zod-express",
];

/// What the user declares in the catalogue's form.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declarations {
    /// `[[call]]`
    pub calls: Vec<toml::Value>,
    /// `[[object]]`
    pub objects: Vec<toml::Value>,
    /// `[[builder]]`
    pub builders: Vec<toml::Value>,
    /// `[[modifier]]`
    pub modifiers: Vec<toml::Value>,
}

/// Why a catalogue or a declaration could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogError {
    /// The file of the catalogue, or the place in the configuration (`call 2`, `trust.limits`).
    pub place: String,
    /// What is wrong, in the reader's words.
    pub message: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for CatalogError {}

/// Our own files. One that does not parse is left out; a test refuses it.
pub fn builtin() -> &'static Catalog {
    static BUILTIN: LazyLock<Catalog> = LazyLock::new(|| {
        let files = LIBRARIES.iter().filter_map(|(name, text)| parse(name, text).ok()).collect();
        Catalog::of(files, Trust::default(), BTreeMap::new())
    });
    &BUILTIN
}

/// Reads one file.
fn parse(name: &str, text: &str) -> Result<CatalogFile, CatalogError> {
    let wrong = |message: String| CatalogError { place: name.to_owned(), message };
    let mut file: CatalogFile = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    spell_out(&mut file);
    if let Some(versions) = &file.versions {
        semver::VersionReq::parse(versions).map_err(|error| wrong(format!("versions: {error}")))?;
    }
    file.calls.iter().try_for_each(|entry| check(entry).map_err(&wrong))?;
    Ok(file)
}

/// Writes `#export` out for every package of the file, so that a target names one thing.
fn spell_out(file: &mut CatalogFile) {
    let packages = &file.packages;
    let expand = |targets: &mut Vec<String>| {
        *targets = std::mem::take(targets)
            .into_iter()
            .flat_map(|target| match target.strip_prefix('#') {
                Some(export) => packages.iter().map(|package| format!("{package}#{export}")).collect(),
                None => vec![target],
            })
            .collect();
    };
    file.calls.iter_mut().for_each(|entry| expand(&mut entry.call.0));
    file.builders.iter_mut().for_each(|entry| expand(&mut entry.call.0));
    file.modifiers.iter_mut().for_each(|entry| expand(&mut entry.call.0));
    file.objects.iter_mut().for_each(|entry| expand(&mut entry.made_by));
}

/// What the form of an entry cannot say by its types.
fn check(entry: &CallEntry) -> Result<(), String> {
    if entry.call.0.is_empty() {
        return Err("an entry without `call`".into());
    }
    if entry.condition.is_some() {
        return Err(format!("`{}`: `if` stands in a variant only", entry.call.0[0]));
    }
    for target in &entry.call.0 {
        let well_formed = target.contains('#')
            || ["@", "request.", "ctx.", "app.", "global."]
                .iter()
                .any(|prefix| target.len() > prefix.len() && target.starts_with(prefix));
        if !well_formed {
            return Err(format!("`{target}` is no target: write `package#export`, `path/to/file.ts#export` or `@object.member`"));
        }
    }
    match entry.when.iter().find(|variant| variant.condition.is_none() || !variant.call.0.is_empty() || !variant.when.is_empty())
    {
        Some(_) => Err(format!("`{}`: a variant needs `if`, and neither `call` nor `when`", entry.call.0[0])),
        None => Ok(()),
    }
}

impl Catalog {
    fn of(files: Vec<CatalogFile>, trust: Trust, versions: BTreeMap<String, String>) -> Self {
        let index = Index::build(&files, |file| in_use(file, &versions));
        Catalog { files, trust, versions, index }
    }

    /// This catalogue with the user's declarations before it: a declaration wins over our own file.
    pub fn with_user(&self, declarations: &Declarations, trust: &Trust) -> Result<Catalog, CatalogError> {
        let mut user = CatalogFile {
            objects: read_all("object", &declarations.objects)?,
            builders: read_all("builder", &declarations.builders)?,
            modifiers: read_all("modifier", &declarations.modifiers)?,
            ..CatalogFile::default()
        };
        for (index, mut entry) in read_all::<CallEntry>("call", &declarations.calls)?.into_iter().enumerate() {
            check(&entry).map_err(|message| CatalogError { place: format!("call {}", index + 1), message })?;
            // What an object's method does shows in its entry; a function alone may be a middleware, too.
            if entry.call.0.iter().all(|target| !target.starts_with('@') || target.contains('#')) {
                entry.form.get_or_insert(Form::Auto);
            }
            user.calls.push(entry);
        }
        user.calls.extend(short(trust)?);
        let makers = user.objects.iter().flat_map(|it| &it.made_by);
        let schemas = user.builders.iter().flat_map(|it| &it.call.0).chain(user.modifiers.iter().flat_map(|it| &it.call.0));
        for target in user.calls.iter().flat_map(|entry| &entry.call.0).chain(makers).chain(schemas) {
            if let Some((package, _)) = target.split_once('#')
                && !user.packages.iter().any(|it| it == package)
            {
                user.packages.push(package.to_owned());
            }
        }
        let files = std::iter::once(user).chain(self.files.iter().cloned()).collect();
        Ok(Catalog::of(files, trust.clone(), self.versions.clone()))
    }

    /// This catalogue for a project that names these versions of packages (`next-auth` → `^4.24.0`).
    #[must_use]
    pub fn for_versions<'a>(&self, versions: impl IntoIterator<Item = (&'a str, &'a str)>) -> Catalog {
        let versions = versions.into_iter().map(|(name, version)| (name.to_owned(), version.to_owned())).collect();
        Catalog::of(self.files.clone(), self.trust.clone(), versions)
    }
}

/// The entries of one table of the configuration.
fn read_all<T: serde::de::DeserializeOwned>(table: &str, declared: &[toml::Value]) -> Result<Vec<T>, CatalogError> {
    let read = |(index, value): (usize, &toml::Value)| {
        let wrong = |error: toml::de::Error| CatalogError {
            place: format!("{table} {}", index + 1),
            message: error.message().to_owned(),
        };
        value.clone().try_into().map_err(wrong)
    };
    declared.iter().enumerate().map(read).collect()
}

/// Whether a file speaks of the version that the project names; without one, of the newest.
fn in_use(file: &CatalogFile, versions: &BTreeMap<String, String>) -> bool {
    let Some(wanted) = file.versions.as_deref().and_then(|text| semver::VersionReq::parse(text).ok()) else { return true };
    let named = file.packages.iter().find_map(|package| versions.get(package)).and_then(|text| lowest(text));
    wanted.matches(&named.unwrap_or(semver::Version::new(u64::MAX, 0, 0)))
}

/// The lowest version of a range as `package.json` writes it (`^4.24.0`, `~1.2`, `5`).
pub fn lowest(range: &str) -> Option<semver::Version> {
    let text = range.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let mut numbers = text[..end].split('.').map(|part| part.parse::<u64>().unwrap_or(0));
    let major = numbers.next().filter(|_| end > 0)?;
    Some(semver::Version::new(major, numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)))
}

/// The entries that the short lists stand for.
fn short(trust: &Trust) -> Result<Vec<CallEntry>, CatalogError> {
    let identity = |nullable| Some(Gives { kind: GivesKind::Identity, nullable, ..Gives::default() });
    let guard = |after: &[FactSpec]| CallEntry {
        after: Some(after.to_vec()),
        leaves: Some(LeavesSpec::Throws),
        form: Some(Form::Auto),
        ..CallEntry::default()
    };
    // Whatever it is handed belongs to the caller afterwards.
    let mut ties = vec![FactSpec::Authenticated];
    ties.extend((0..4).map(|index| FactSpec::Tied(ArgPath { start: Start::Arg(index), path: Vec::new() })));
    let meant = [
        // First, so that it wins over everything else.
        ("not-authenticates", &trust.not_authenticates, CallEntry { form: Some(Form::Auto), ..CallEntry::default() }),
        ("roles", &trust.roles, CallEntry { gives: identity(false), ..guard(&[FactSpec::Authenticated, FactSpec::Role]) }),
        ("authenticates", &trust.authenticates, CallEntry { gives: identity(false), ..guard(&[FactSpec::Authenticated]) }),
        (
            "optional",
            &trust.optional,
            CallEntry {
                gives: identity(true),
                proof: Some(vec![Proof { truth: Some(String::new()), falsehood: None, gives: FactSpec::Authenticated }]),
                form: Some(Form::Auto),
                ..CallEntry::default()
            },
        ),
        ("ties", &trust.ties, guard(&ties)),
        ("limits", &trust.limits, guard(&[FactSpec::Limited])),
        ("validates", &trust.validates, guard(&[FactSpec::ValidatedRequest])),
        ("webhooks", &trust.webhooks, guard(&[FactSpec::Signature])),
    ];
    let mut entries = Vec::new();
    for (list, targets, entry) in meant {
        for target in targets {
            let entry = CallEntry { call: Calls(vec![target.clone()]), ..entry.clone() };
            check(&entry).map_err(|message| CatalogError { place: format!("trust.{list}"), message })?;
            entries.push(entry);
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test reads the disk itself")]
    fn every_file_is_listed_and_every_listed_file_reads() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/libraries");
        let mut found: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".toml").to_owned())
            .collect();
        found.sort();
        let mut listed: Vec<&str> = LIBRARIES.iter().map(|(name, _)| *name).collect();
        listed.sort_unstable();
        assert_eq!(found, listed);
        for (name, text) in LIBRARIES {
            if let Err(error) = parse(name, text) {
                panic!("{error}");
            }
        }
    }

    #[test]
    fn every_object_that_an_entry_names_exists() {
        let catalog = builtin();
        for file in &catalog.files {
            for entry in &file.calls {
                for target in &entry.call.0 {
                    if let Some(rest) = target.strip_prefix('@').filter(|rest| !rest.contains('#')) {
                        let id = rest.split('.').next().unwrap_or(rest);
                        assert!(id == "schema" || catalog.index.object_by_id(id).is_some(), "{target}");
                    }
                }
                for gives in entry.gives.iter().chain(entry.when.iter().filter_map(|variant| variant.gives.as_ref())) {
                    if let Some(id) = &gives.object {
                        assert!(catalog.index.object_by_id(id).is_some(), "{id}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_misspelt_field_of_a_declaration_is_an_error_that_says_which() {
        let declaration: toml::Value = toml::from_str("call = \"@acme/auth#guard\"\naftr = [\"authenticated\"]").unwrap();
        let error = builtin()
            .with_user(&Declarations { calls: vec![declaration], ..Declarations::default() }, &Trust::default())
            .unwrap_err();
        assert!(error.to_string().contains("call 1") && error.to_string().contains("aftr"), "{error}");
    }

    #[test]
    fn a_target_without_export_is_refused() {
        let trust = Trust { limits: vec!["src/throttle.ts".into()], ..Trust::default() };
        let error = builtin().with_user(&Declarations::default(), &trust).unwrap_err();
        assert_eq!(error.place, "trust.limits");
    }
}
