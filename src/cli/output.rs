//! Standard output: colours where a terminal reads them, and a reader that went away is not an error.

use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};

use super::args::Colour;

/// Where a command prints.
pub struct Output {
    stream: AutoStream<io::StdoutLock<'static>>,
    colour: bool,
}

impl Output {
    /// Standard output. Machine formats have no colours whatever was asked for: ask for `Never`.
    pub fn new(colour: Colour) -> Self {
        let stdout = io::stdout();
        let choice = match colour {
            Colour::Auto => AutoStream::choice(&stdout),
            Colour::Always => ColorChoice::AlwaysAnsi,
            Colour::Never => ColorChoice::Never,
        };
        Output { stream: AutoStream::new(stdout.lock(), choice), colour: choice != ColorChoice::Never }
    }

    /// Whether what is printed may hold colours.
    pub fn colour(&self) -> bool {
        self.colour
    }

    /// Prints with `print`; whatever fails because the reader is gone counts as printed.
    pub fn print(&mut self, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match print(&mut self.stream).and_then(|()| self.stream.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    }
}

/// Prints bytes as they are.
pub fn all(bytes: &[u8]) -> io::Result<()> {
    Output::new(Colour::Never).print(|out| out.write_all(bytes))
}
