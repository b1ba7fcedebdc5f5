//! What can be typed.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::findings::{Confidence, Severity};

/// Finds broken object-level authorization in TypeScript and JavaScript API routes.
#[derive(Debug, Parser)]
#[command(
    name = "routewarden",
    version,
    propagate_version = true,
    max_term_width = 100,
    after_help = "Exit codes: 0 nothing found at or above the threshold, 1 something found, 2 bad usage or configuration."
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the routes of a project and print what is wrong
    ///
    /// Reads the project that each PATH belongs to (the nearest folder upward with a package.json, else the repository), so that
    /// middleware, helpers and the database schema are known, and prints the findings that lie below the given paths.
    Check(CheckArgs),
    /// List all routes: where identity comes from, where it is enforced, what ties the data
    Routes(RoutesArgs),
    /// Print the page of a rule: what it means, examples, the fix
    Explain(ExplainArgs),
    /// Run the language server over standard input and output
    Lsp(LspArgs),
    /// Print a completion script for a shell
    #[command(after_help = "Example: routewarden completions zsh > ~/.zfunc/_routewarden")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// `check`
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Files or folders to report on
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print findings
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Apply fixes and report what remains; `--fix=review` also takes those that a person should look at afterwards
    #[arg(long, value_name = "KIND", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "safe")]
    pub fix: Option<FixKind>,
    /// The same as --fix=review
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Leave out findings that are less sure
    #[arg(long, value_name = "CONFIDENCE", value_enum, default_value_t = ConfidenceArg::Medium)]
    pub min_confidence: ConfidenceArg,
    /// Exit with 1 if there is a finding of this severity or a worse one
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t = SeverityArg::Warning)]
    pub fail_on: SeverityArg,
    /// The configuration file [default: routewarden.toml at the project's root]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Also print findings where something on the way could not be read and might have been the check
    #[arg(long)]
    pub show_unproven: bool,
    /// Colours in text; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// Print findings only: no summary, no notes
    #[arg(short, long)]
    pub quiet: bool,
}

/// `routes`
#[derive(Debug, clap::Args)]
pub struct RoutesArgs {
    /// Files or folders whose routes are listed
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How to print routes
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// The configuration file [default: routewarden.toml at the project's root]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Colours in text; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
}

/// `explain`
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The rule, as in `missing-ownership`
    #[arg(required_unless_present = "list")]
    pub rule: Option<String>,
    /// List all rules
    #[arg(long, conflicts_with = "rule")]
    pub list: bool,
}

/// `lsp`
#[derive(Debug, clap::Args)]
pub struct LspArgs {
    /// Accepted because some editors pass it; standard input and output are the only transport
    #[arg(long)]
    pub stdio: bool,
}

/// Output formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// One object, for programs
    Json,
}

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixKind {
    /// Those after which a legitimate request still works
    Safe,
    /// Also those that a person should look at
    Review,
}

/// How sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConfidenceArg {
    /// Something on the way could not be read
    NotProven,
    /// Rests on names
    Medium,
    /// Rests on code and schema
    High,
}

impl From<ConfidenceArg> for Confidence {
    fn from(it: ConfidenceArg) -> Self {
        match it {
            ConfidenceArg::NotProven => Confidence::NotProven,
            ConfidenceArg::Medium => Confidence::Medium,
            ConfidenceArg::High => Confidence::High,
        }
    }
}

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SeverityArg {
    /// Nice to know
    Hint,
    /// Worth knowing
    Info,
    /// Worth changing
    Warning,
    /// A stranger can use it
    Error,
}

impl From<SeverityArg> for Severity {
    fn from(it: SeverityArg) -> Self {
        match it {
            SeverityArg::Hint => Severity::Hint,
            SeverityArg::Info => Severity::Info,
            SeverityArg::Warning => Severity::Warning,
            SeverityArg::Error => Severity::Error,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_path_after_fix_is_a_path() {
        let of = |text: &str| match Args::try_parse_from(text.split(' ')).map(|it| it.command) {
            Ok(Command::Check(args)) => (args.fix, args.paths),
            other => panic!("{other:?}"),
        };
        assert_eq!(of("routewarden check --fix src"), (Some(FixKind::Safe), vec!["src".into()]));
        assert_eq!(of("routewarden check --fix=review"), (Some(FixKind::Review), vec![".".into()]));
    }
}
