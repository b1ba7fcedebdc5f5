//! How a file is written: quotes, semicolons, indentation.

/// The habits of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// The quote of strings.
    pub quote: char,
    /// Statements end with a semicolon.
    pub semicolons: bool,
    /// One step of indentation.
    pub indent: Indent,
}

/// One step of indentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Indent {
    /// That many spaces.
    Spaces(usize),
    /// A tab.
    Tab,
}

impl Style {
    /// The habits that most lines of a text show.
    pub fn of(text: &str) -> Self {
        let (mut single, mut double, mut ended, mut open) = (0, 0, 0, 0);
        let mut smallest: Option<usize> = None;
        let mut tabs = 0;
        for line in text.lines().take(400) {
            single += line.matches('\'').count();
            double += line.matches('"').count();
            let trimmed = line.trim_end();
            if trimmed.starts_with("import ") || trimmed.starts_with("const ") || trimmed.starts_with("export ") {
                if trimmed.ends_with(';') {
                    ended += 1;
                } else if trimmed.ends_with(')') || trimmed.ends_with('"') || trimmed.ends_with('\'') {
                    open += 1;
                }
            }
            if line.starts_with('\t') {
                tabs += 1;
            }
            let spaces = line.len() - line.trim_start_matches(' ').len();
            if spaces >= 2 && !line.trim_start().starts_with('*') {
                smallest = Some(smallest.map_or(spaces, |it| it.min(spaces)));
            }
        }
        Style {
            quote: if single > double { '\'' } else { '"' },
            semicolons: ended >= open,
            indent: if tabs > 0 && smallest.is_none() { Indent::Tab } else { Indent::Spaces(smallest.unwrap_or(2).min(8)) },
        }
    }

    /// A string literal.
    pub fn string(self, text: &str) -> String {
        format!("{0}{text}{0}", self.quote)
    }

    /// The end of a statement.
    pub fn end(self) -> &'static str {
        if self.semicolons { ";" } else { "" }
    }

    /// One step of indentation.
    pub fn step(self) -> String {
        match self.indent {
            Indent::Spaces(count) => " ".repeat(count),
            Indent::Tab => "\t".to_owned(),
        }
    }
}

/// The white space at the beginning of the line that holds a byte.
pub(super) fn indentation(text: &str, byte: usize) -> &str {
    let start = text[..byte].rfind('\n').map_or(0, |it| it + 1);
    let line = &text[start..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

#[cfg(test)]
mod tests {
    use super::{Indent, Style, indentation};

    #[test]
    fn the_style_is_that_of_most_lines() {
        let style = Style::of("import a from 'a'\nconst b = f('x')\nfunction g() {\n    return 1\n}\n");
        assert_eq!(style, Style { quote: '\'', semicolons: false, indent: Indent::Spaces(4) });
        let style = Style::of("import a from \"a\";\nfunction g() {\n\treturn 1;\n}\n");
        assert_eq!(style, Style { quote: '"', semicolons: true, indent: Indent::Tab });
    }

    #[test]
    fn indentation_is_that_of_the_line() {
        assert_eq!(indentation("a\n    b c", 8), "    ");
    }
}
