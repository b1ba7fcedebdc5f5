//! `routewarden.toml`.

mod error;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;
use toml::Spanned;

pub use error::ConfigError;

use super::read;
use super::system::System;

/// The name of the configuration file.
pub const FILE_NAME: &str = "routewarden.toml";

/// The project's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Rule id → how it is reported, for the rules that the file names.
    pub rules: BTreeMap<String, Level>,
    /// Globs of files, relative to the file's folder, in which nothing is reported. They are still read where others import them.
    pub exclude: Vec<String>,
    /// If there are any, nothing is reported elsewhere.
    pub include: Vec<String>,
    /// What the user says of functions that the analysis cannot know.
    pub trust: Trust,
    /// `[[call]]` entries in the form of the catalogue, not looked at here.
    pub calls: Vec<Declaration>,
    /// `[[object]]` entries, likewise.
    pub objects: Vec<Declaration>,
    /// `[[builder]]` entries, likewise.
    pub builders: Vec<Declaration>,
    /// `[[modifier]]` entries, likewise.
    pub modifiers: Vec<Declaration>,
    /// Findings below it are not shown.
    pub min_confidence: Option<Certainty>,
    /// Findings at or above it make the command fail.
    pub fail_on: Option<Level>,
    globs: Globs,
}

/// How a rule is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not at all.
    Off,
    /// Nice to know.
    Hint,
    /// Worth knowing.
    Info,
    /// Worth changing.
    Warning,
    /// A stranger can use it.
    Error,
}

/// How sure a finding has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Something unknown might have been the check.
    NotProven,
    /// It rests on names.
    Medium,
    /// It rests on code and schema.
    High,
}

/// The short form of declarations. Functions are written as `package#export` or `path/to/file.ts#export`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Trust {
    /// They enforce that somebody is signed in.
    pub authenticates: Vec<String>,
    /// They look for an identity and let everybody pass.
    pub optional: Vec<String>,
    /// They do not enforce anything, although the catalogue or the code says so.
    pub not_authenticates: Vec<String>,
    /// They enforce a role.
    pub roles: Vec<String>,
    /// They tie their arguments to the identity.
    pub ties: Vec<String>,
    /// They limit the rate.
    pub limits: Vec<String>,
    /// They reject invalid input.
    pub validates: Vec<String>,
    /// They verify a webhook's signature.
    pub webhooks: Vec<String>,
    /// Headers that a proxy sets and that it strips from clients' requests: an identity.
    pub headers_from_gateway: Vec<String>,
    /// Routes that are public on purpose: `GET /api/catalog/**`.
    pub public: Vec<String>,
}

/// An entry in the form of the catalogue and where it stands, for messages about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The entry.
    pub value: toml::Value,
    /// 1-based line of the file.
    pub line: u32,
}

impl Config {
    /// Parses the text of the file at `path`. `rules` are the ids of all rules; none of them means that they are not checked.
    pub fn parse(path: &Path, text: &str, rules: &[&str]) -> Result<Config, ConfigError> {
        let written: Written = toml::from_str(text).map_err(|it| ConfigError::of_toml(path, text, &it))?;
        for rule in written.rules.keys() {
            let id: &str = rule.get_ref();
            if !rules.is_empty() && !rules.contains(&id) {
                return Err(ConfigError::unknown_rule(path, text, rule.span(), id, rules));
            }
        }
        let globs = Globs {
            include: set(path, text, &written.include)?,
            exclude: set(path, text, &written.exclude)?,
            has_include: !written.include.is_empty(),
            below: PathBuf::new(),
        };
        let declared = |list: Vec<Spanned<toml::Value>>| -> Vec<Declaration> {
            let declaration =
                |it: Spanned<toml::Value>| Declaration { line: error::line_col(text, it.span().start).0, value: it.into_inner() };
            list.into_iter().map(declaration).collect()
        };
        let plain = |list: Vec<Spanned<String>>| list.into_iter().map(Spanned::into_inner).collect();
        Ok(Config {
            rules: written.rules.into_iter().map(|(rule, level)| (rule.into_inner(), level)).collect(),
            exclude: plain(written.exclude),
            include: plain(written.include),
            trust: written.trust,
            calls: declared(written.call),
            objects: declared(written.object),
            builders: declared(written.builder),
            modifiers: declared(written.modifier),
            min_confidence: written.min_confidence,
            fail_on: written.fail_on,
            globs,
        })
    }

    /// Looks for the file in `root` and the folders above it, up to the repository's.
    pub fn find(system: &dyn System, root: &Path) -> Option<PathBuf> {
        for folder in root.ancestors() {
            let path = folder.join(FILE_NAME);
            if system.is_file(&path) {
                return Some(path);
            }
            if system.exists(&folder.join(".git")) {
                break;
            }
        }
        None
    }

    /// Reads the nearest file. Without one it is the default; with a broken one it is the default and the error.
    ///
    /// `named` is read in place of the nearest one.
    pub fn read(
        system: &dyn System,
        root: &Path,
        named: Option<&Path>,
        rules: &[&str],
    ) -> (Config, Option<PathBuf>, Option<ConfigError>) {
        let found = named.map(Path::to_path_buf).or_else(|| Config::find(system, root));
        let Some(path) = found else { return (Config::default(), None, None) };
        let parsed = match read::text(system, &path, read::MAX_FILE_BYTES) {
            Ok((text, _)) => Config::parse(&path, &text, rules),
            Err(note) => Err(ConfigError::unreadable(&path, note.problem.to_string())),
        };
        match parsed {
            Ok(mut config) => {
                config.globs.below(path.parent().unwrap_or(root), root);
                (config, Some(path), None)
            }
            Err(error) => (Config::default(), Some(path), Some(error)),
        }
    }

    /// How the rule is reported, if the file says so.
    pub fn level(&self, rule: &str) -> Option<Level> {
        self.rules.get(rule).copied()
    }

    /// Whether findings in this file (relative to the analysed root) are wanted.
    pub fn covers(&self, relative: &Path) -> bool {
        let path = self.globs.rooted(relative);
        (!self.globs.has_include || self.globs.include.is_match(&path)) && !self.globs.exclude.is_match(&path)
    }

    /// A schema counts whatever `include` names, since routes are included and tables are not.
    pub(super) fn covers_schema(&self, relative: &Path) -> bool {
        !self.globs.exclude.is_match(self.globs.rooted(relative))
    }
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Level>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    include: Vec<Spanned<String>>,
    #[serde(default)]
    trust: Trust,
    #[serde(default)]
    call: Vec<Spanned<toml::Value>>,
    #[serde(default)]
    object: Vec<Spanned<toml::Value>>,
    #[serde(default)]
    builder: Vec<Spanned<toml::Value>>,
    #[serde(default)]
    modifier: Vec<Spanned<toml::Value>>,
    min_confidence: Option<Certainty>,
    fail_on: Option<Level>,
}

/// Compiled `include` and `exclude`. They follow from the lists, so comparing the lists compares them.
#[derive(Clone, Debug, Default)]
struct Globs {
    include: Arc<GlobSet>,
    exclude: Arc<GlobSet>,
    has_include: bool,
    /// The analysed root below the folder of the configuration file, which the globs are relative to.
    below: PathBuf,
}

impl PartialEq for Globs {
    fn eq(&self, other: &Self) -> bool {
        self.below == other.below
    }
}

impl Globs {
    fn below(&mut self, folder: &Path, root: &Path) {
        self.below = root.strip_prefix(folder).unwrap_or(Path::new("")).to_path_buf();
    }

    fn rooted(&self, relative: &Path) -> PathBuf {
        self.below.join(relative)
    }
}

/// A pattern without a slash matches at any depth and a folder stands for all below it, as in ignore files.
fn set(path: &Path, text: &str, patterns: &[Spanned<String>]) -> Result<Arc<GlobSet>, ConfigError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let written: &str = pattern.get_ref();
        let plain = written.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/');
        let anywhere = !written.trim_end_matches('/').contains('/');
        let head = if anywhere { "**/" } else { "" };
        for tail in ["", "/**"] {
            let glob = GlobBuilder::new(&format!("{head}{plain}{tail}")).literal_separator(true).build();
            set.add(glob.map_err(|it| ConfigError::glob(path, text, pattern.span(), written, it.kind()))?);
        }
    }
    set.build().map(Arc::new).map_err(|it| ConfigError::unreadable(path, it.to_string()))
}
