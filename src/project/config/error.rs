//! What is wrong with a configuration file, and the way out.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What is wrong with a configuration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// 1-based.
    pub line: u32,
    /// 1-based, in Unicode scalar values.
    pub column: u32,
    /// What is wrong; one line, no full stop.
    pub message: String,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl ConfigError {
    pub(super) fn unknown_rule(path: &Path, text: &str, at: Range<usize>, id: &str, rules: &[&str]) -> Self {
        let help = match nearest(id, rules) {
            Some(rule) => format!("did you mean `{rule}`?"),
            None => "`routewarden explain --list` lists all rules".to_owned(),
        };
        Self::at(path, text, at.start, format!("unknown rule `{id}`"), Some(help))
    }

    pub(super) fn glob(path: &Path, text: &str, at: Range<usize>, glob: &str, why: &globset::ErrorKind) -> Self {
        let help = "globs are written as in .gitignore: `src/legacy/**`, `**/*.gen.ts`".to_owned();
        Self::at(path, text, at.start, format!("`{glob}` is no valid glob: {why}"), Some(help))
    }

    /// A complaint about a line of a file (1-based), found where its parts are put to use.
    pub fn in_line(path: &Path, line: u32, message: String) -> Self {
        ConfigError { path: path.to_path_buf(), line, column: 1, message, help: None }
    }

    pub(super) fn unreadable(path: &Path, why: String) -> Self {
        ConfigError { path: path.to_path_buf(), line: 1, column: 1, message: why, help: None }
    }

    pub(super) fn of_toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |it| it.start);
        // serde names all that it expected in the same line; the nearest one is what helps.
        let line = error.message().lines().collect::<Vec<_>>().join(", ");
        let Some((what, expected)) = line.split_once(", expected ").filter(|(it, _)| it.starts_with("unknown ")) else {
            return Self::at(path, text, start, line, None);
        };
        let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let asked = what.split('`').nth(1).unwrap_or_default();
        let what = what.replace("unknown variant", "unknown value");
        let help = match nearest(asked, &names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("it is one of {}", names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")),
        };
        Self::at(path, text, start, what, Some(help))
    }

    fn at(path: &Path, text: &str, byte: usize, message: String, help: Option<String>) -> Self {
        let (line, column) = line_col(text, byte);
        ConfigError { path: path.to_path_buf(), line, column, message, help }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.path.display(), self.line, self.column, self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}

impl std::error::Error for ConfigError {}

/// 1-based line and column of a byte.
pub(super) fn line_col(text: &str, byte: usize) -> (u32, u32) {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// The name that was probably meant: at most a third of its letters differ.
fn nearest<'a>(asked: &str, names: &[&'a str]) -> Option<&'a str> {
    let distances = names.iter().map(|name| (distance(asked, name), *name));
    let (distance, name) = distances.min()?;
    let is_part = asked.len() >= 4 && (name.starts_with(asked) || asked.starts_with(name));
    (distance * 3 <= name.chars().count().max(3) || is_part).then_some(name)
}

/// Insertions, deletions and replacements between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = replaced.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
