//! Suppressions in comments: `// routewarden-ignore missing-ownership: the feed is public`.
//!
//! One stands above the statement that it speaks of, or at its end, and holds for all of it: above a route's registration it holds
//! for the whole handler. `routewarden-ignore-file` holds for the file. A suppression that hides nothing is told, so that none
//! outlives what it was written for.

use super::Severity;
use super::comments::code;
use crate::base::Span;

/// The rule id of what is told about suppressions that hide nothing.
pub const UNUSED: &str = "unused-suppression";

const MARK: &str = "routewarden-ignore";

/// A suppression in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Ids of rules.
    pub rules: Vec<String>,
    /// Why, as its author says.
    pub reason: Option<String>,
    /// The comment: absolute bytes.
    pub comment: Span,
    /// What it holds for: absolute bytes; all of the file where it is for the file.
    pub covers: Span,
    /// It is for the file.
    pub whole_file: bool,
}

/// What suppressions made of a file's findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppressed {
    /// Indices of the findings that are hidden.
    pub hidden: Vec<usize>,
    /// What is to be said of the suppressions themselves.
    pub remarks: Vec<Remark>,
}

/// Something to say of a suppression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The comment: absolute bytes.
    pub comment: Span,
    /// How bad.
    pub severity: Severity,
    /// One sentence, no full stop.
    pub message: String,
}

/// The suppressions in a text, in order.
pub fn suppressions(text: &str) -> Vec<Suppression> {
    // Nearly no file has one: a plain search is cheaper than reading the text.
    if !text.contains(MARK) {
        return Vec::new();
    }
    let code = code(text);
    let mut found = Vec::new();
    for (index, comment) in code.comments.iter().enumerate() {
        let Some(body) = text.get(comment.start as usize..comment.end as usize) else { continue };
        let Some((rules, reason, whole_file)) = read(body) else { continue };
        let covers = if whole_file {
            Some(Span::new(0, text.len() as u32))
        } else if code.has_code_before(comment.start as usize) {
            code.statement(code.line_start(comment.start as usize))
        } else {
            // Other comments may stand between it and what it speaks of.
            let from = code.comments.get(index).map_or(comment.end, |it| it.end);
            code.statement(from as usize)
        };
        let covers = covers.unwrap_or(Span::new(comment.end, comment.end));
        found.push(Suppression { rules, reason, comment: *comment, covers, whole_file });
    }
    found
}

/// Hides findings: each by its rule and the places (absolute bytes) at which a suppression of that rule takes it.
pub fn suppress(suppressions: &[Suppression], findings: &[(&str, Vec<Span>)]) -> Suppressed {
    let mut result = Suppressed::default();
    let takes = |it: &Suppression, rule: &str, (of, places): &(&str, Vec<Span>)| {
        rule == *of && (it.whole_file || places.iter().any(|place| it.covers.start <= place.start && place.start < it.covers.end))
    };
    for (index, finding) in findings.iter().enumerate() {
        if suppressions.iter().any(|it| it.rules.iter().any(|rule| takes(it, rule, finding))) {
            result.hidden.push(index);
        }
    }
    for suppression in suppressions {
        let idle: Vec<&str> = suppression
            .rules
            .iter()
            .filter(|rule| !findings.iter().any(|finding| takes(suppression, rule, finding)))
            .map(String::as_str)
            .collect();
        if !idle.is_empty() {
            let message = format!("this suppression of `{}` hides nothing", idle.join("`, `"));
            result.remarks.push(Remark { comment: suppression.comment, severity: Severity::Warning, message });
        } else if suppression.reason.is_none() {
            let message = "this suppression gives no reason: write one after a colon".to_owned();
            result.remarks.push(Remark { comment: suppression.comment, severity: Severity::Hint, message });
        }
    }
    result
}

/// Rules, reason, and whether it is for the file.
fn read(comment: &str) -> Option<(Vec<String>, Option<String>, bool)> {
    let body = comment.strip_prefix("//").unwrap_or_else(|| comment.trim_start_matches("/*").trim_end_matches("*/"));
    let body = body.trim_start_matches(['*', '!']).trim();
    let rest = body.strip_prefix(MARK)?;
    let (rest, whole_file) = match rest.strip_prefix("-file") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    if !rest.starts_with(|it: char| it.is_whitespace()) {
        return None;
    }
    let colon = rest.find(':').map(|at| (at, 1));
    let dashes = rest.find(" -- ").map(|at| (at, 4));
    let end = [colon, dashes].into_iter().flatten().min();
    let (list, reason) = match end {
        Some((at, width)) => (&rest[..at], rest[at + width..].trim()),
        None => (rest, ""),
    };
    let rules: Vec<String> = list.split([',', ' ']).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect();
    let reason = (!reason.is_empty()).then(|| reason.to_owned());
    (!rules.is_empty()).then_some((rules, reason, whole_file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(text: &str) -> Vec<String> {
        suppressions(text).iter().map(|it| text[it.covers.start as usize..it.covers.end as usize].to_owned()).collect()
    }

    fn place(text: &str, of: &str) -> Vec<Span> {
        let start = text.find(of).unwrap() as u32;
        vec![Span::new(start, start + of.len() as u32)]
    }

    #[test]
    fn above_a_statement_it_holds_for_all_of_it() {
        let text = "const a = 1;\n// routewarden-ignore missing-ownership: public feed\nrouter.get(\n  '/x;',\n  async (req) => {\n    read();\n  }\n)\nother();\n";
        assert_eq!(covered(text), ["router.get(\n  '/x;',\n  async (req) => {\n    read();\n  }\n)"]);
        let text = "// routewarden-ignore a: b\nexport async function GET() {\n  return x;\n}\nexport function POST() {}";
        assert_eq!(covered(text), ["export async function GET() {\n  return x;\n}"]);
    }

    #[test]
    fn a_statement_goes_on_with_its_chain_and_ends_without_a_semicolon() {
        let text = "// routewarden-ignore a: b\nconst { data } = await db\n  .from('x')\n  .select()\nnext()\n";
        assert_eq!(covered(text), ["const { data } = await db\n  .from('x')\n  .select()"]);
        let text = "f({\n  // routewarden-ignore a: b\n  where: { id },\n  data,\n})";
        assert_eq!(covered(text), ["where: { id },"]);
    }

    #[test]
    fn at_the_end_of_a_line_it_holds_for_the_statement_of_that_line() {
        let text = "one();\nawait db.x.delete({ // routewarden-ignore a -- cleaned by hand\n  where: { id },\n});\ntwo();";
        assert_eq!(covered(text), ["await db.x.delete({ // routewarden-ignore a -- cleaned by hand\n  where: { id },\n});"]);
        assert_eq!(suppressions(text)[0].reason.as_deref(), Some("cleaned by hand"));
    }

    #[test]
    fn block_comments_several_rules_and_files() {
        let text = "/* routewarden-ignore-file missing-validation, data-exposure: generated */\nx();";
        let found = &suppressions(text)[0];
        assert_eq!(found.rules, ["missing-validation", "data-exposure"]);
        assert!(found.whole_file);
        let result = suppress(&suppressions(text), &[("data-exposure", place(text, "x()")), ("missing-validation", vec![])]);
        assert_eq!(result, Suppressed { hidden: vec![0, 1], remarks: vec![] });
    }

    #[test]
    fn what_only_looks_like_a_comment_is_none() {
        let text = "const s = '// routewarden-ignore a: b';\nconst t = `// routewarden-ignore a ${f(`/* routewarden-ignore b */`)}`;\nconst r = /[/]\\/\\/ routewarden-ignore c/;\n";
        assert_eq!(suppressions(text), []);
        assert_eq!(suppressions("// routewarden-ignored a\n// routewarden-ignore\n"), []);
    }

    #[test]
    fn code_after_a_template_and_a_division_is_code_again() {
        let text = "const t = `${a}}`; const n = a / b; // routewarden-ignore a: b\nx / y;";
        assert_eq!(suppressions(text).len(), 1);
    }

    #[test]
    fn hides_its_own_rule_only_and_says_when_it_hides_nothing() {
        let text = "// routewarden-ignore missing-ownership: shared by design\nread();\nwrite();\n// routewarden-ignore data-exposure: old\ngone();\n// routewarden-ignore missing-validation\nraw();";
        let findings = [
            ("missing-ownership", place(text, "read()")),
            ("data-exposure", place(text, "read()")),
            ("missing-ownership", place(text, "write()")),
            ("missing-validation", place(text, "raw()")),
        ];
        let result = suppress(&suppressions(text), &findings);
        assert_eq!(result.hidden, [0, 3]);
        let messages: Vec<(&str, Severity)> = result.remarks.iter().map(|it| (it.message.as_str(), it.severity)).collect();
        assert_eq!(
            messages,
            [
                ("this suppression of `data-exposure` hides nothing", Severity::Warning),
                ("this suppression gives no reason: write one after a colon", Severity::Hint),
            ]
        );
    }
}
