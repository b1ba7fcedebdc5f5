//! Suppressions: comments that say that a finding is known and why it may stay.
//!
//! `// routewarden-ignore missing-ownership: shared by design` stands above a statement or at the end of its line and holds for the whole
//! statement; `// routewarden-ignore-file missing-validation: generated` holds for the file. ` -- ` may stand in place of the colon.

use crate::base::Span;

/// A comment that suppresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Rule ids; none means every rule.
    pub rules: Vec<String>,
    /// Why; may be empty.
    pub reason: String,
    /// Absolute bytes of `routewarden-ignore …` in the comment.
    pub span: Span,
    /// It holds for the whole file.
    pub whole_file: bool,
    /// Code stands before it in its line: it holds for the statement there, else for the one that follows.
    pub trailing: bool,
}

const MARK: &str = "routewarden-ignore";

/// The suppressions in a text, in order.
pub fn suppressions(text: &str) -> Vec<Suppression> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(MARK).map(|it| it + from) {
        from = at + MARK.len();
        let line_start = text[..at].rfind('\n').map_or(0, |it| it + 1);
        let line_end = text[at..].find('\n').map_or(text.len(), |it| at + it);
        let before = &text[line_start..at];
        let Some(opens) = before.rfind("//").max(before.rfind("/*")) else { continue };
        // Between the comment's opening and the mark stands nothing else.
        if !before[opens + 2..].trim_matches(['*', ' ', '\t']).is_empty() {
            continue;
        }
        let mut rest = &text[from..line_end];
        let whole_file = rest.starts_with("-file");
        if whole_file {
            rest = &rest["-file".len()..];
        }
        if !rest.is_empty() && !rest.starts_with([' ', '\t', ':']) {
            continue;
        }
        let rest = rest.split("*/").next().unwrap_or("").trim();
        let (names, reason) = match (rest.split_once(':'), rest.split_once(" -- ")) {
            (_, Some((names, reason))) if !names.contains(':') => (names, reason),
            (Some((names, reason)), _) => (names, reason),
            _ => (rest, ""),
        };
        let rules = names.split([',', ' ']).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
        let trailing = !before[..opens].trim().trim_end_matches('{').trim().is_empty();
        let end = at + text[at..line_end].trim_end().trim_end_matches("*/").trim_end().len();
        found.push(Suppression {
            rules,
            reason: reason.trim().to_owned(),
            span: Span::new(at as u32, end as u32),
            whole_file,
            trailing,
        });
    }
    found
}

impl Suppression {
    /// Whether it speaks of that rule.
    pub fn names(&self, rule: &str) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|it| it == rule)
    }
}

#[cfg(test)]
mod tests {
    use super::suppressions;

    #[test]
    fn rules_reason_and_reach_are_read() {
        let found = suppressions(
            "// routewarden-ignore missing-ownership, data-exposure: shared by design\nf(); // routewarden-ignore missing-validation -- typed upstream\n/* routewarden-ignore-file unbounded-list: small tables */\n",
        );
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].rules, ["missing-ownership", "data-exposure"]);
        assert_eq!(found[0].reason, "shared by design");
        assert!(!found[0].trailing && !found[0].whole_file);
        assert_eq!((found[1].reason.as_str(), found[1].trailing), ("typed upstream", true));
        assert!(found[2].whole_file && found[2].reason == "small tables");
    }

    #[test]
    fn text_that_only_mentions_the_mark_is_no_suppression() {
        assert!(suppressions("const help = \"write routewarden-ignore above the line\";\n// see routewarden-ignore\n").is_empty());
        assert!(suppressions("// routewarden-ignored\n").is_empty());
    }
}
