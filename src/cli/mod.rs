//! The command line.
//!
//! **Invariant:** nothing is decided here that the server would decide otherwise: both ask the same session.

mod args;
mod check;
mod explain;
mod fix;
mod output;
mod routes;
mod target;
mod write;

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::check::{ConfigError, STACK};

use args::{Args, Command};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Nothing at or above the threshold.
    Clean,
    /// Something at or above the threshold.
    Found,
}

/// Why a command could not do what it was asked: exit code 2.
#[derive(Debug)]
struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Failure { message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "\n  help: {help}"))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Failure { message: error.to_string(), help: error.help }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure::new(format!("the output could not be written: {error}"))
    }
}

/// Runs the command line and gives the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            // Help and version are "errors" of clap that belong on standard output.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    // Deep nesting needs the same stack here as in the server.
    let work = std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(move || command(args.command));
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic's message was printed by the hook.
        Ok(Err(_)) => ExitCode::from(101),
        Err(error) => failed(&Failure::new(format!("no thread could be started: {error}"))),
    }
}

fn command(command: Command) -> ExitCode {
    let ended = match command {
        Command::Lsp(_) => return crate::server::serve_stdio(),
        Command::Check(args) => check::run(&args),
        Command::Routes(args) => routes::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "routewarden", &mut script);
            output::all(&script).map(|()| Ended::Clean).map_err(Failure::from)
        }
    };
    match ended {
        Ok(Ended::Clean) => ExitCode::SUCCESS,
        Ok(Ended::Found) => ExitCode::from(1),
        Err(failure) => failed(&failure),
    }
}

fn failed(failure: &Failure) -> ExitCode {
    eprintln!("{failure}");
    ExitCode::from(2)
}

/// The working folder, to which printed paths are relative.
fn working_folder() -> Result<PathBuf, Failure> {
    std::env::current_dir().map_err(|error| Failure::new(format!("the working folder cannot be read: {error}")))
}
