//! Fingerprints: names of findings that survive moves of lines and new formatting.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use super::RouteName;

/// What a finding is recognized by.
#[derive(Clone, Copy, Debug)]
pub struct Trait<'a> {
    /// The rule's id.
    pub rule: &'a str,
    /// The file, relative to the workspace's root, with `/`.
    pub path: &'a str,
    /// The route.
    pub route: Option<&'a RouteName>,
    /// The source text of the flagged expression.
    pub text: &'a str,
}

/// One fingerprint for each finding, in their order: 16 hexadecimal digits. Of findings that are alike, the second and later ones are
/// told apart by their order.
pub fn fingerprints(findings: &[Trait<'_>]) -> Vec<String> {
    let mut seen: FxHashMap<u64, u32> = FxHashMap::default();
    findings
        .iter()
        .map(|finding| {
            let plain = hash(finding, 0);
            let repeats = seen.entry(plain).or_default();
            let value = if *repeats == 0 { plain } else { hash(finding, *repeats) };
            *repeats += 1;
            format!("{value:016x}")
        })
        .collect()
}

fn hash(finding: &Trait<'_>, ordinal: u32) -> u64 {
    let mut hash = Xxh3::new();
    let mut part = |text: &[u8]| {
        hash.update(text);
        hash.update(&[0]);
    };
    part(finding.rule.as_bytes());
    part(finding.path.as_bytes());
    if let Some(route) = finding.route {
        part(route.method.as_bytes());
        part(route.path.as_bytes());
    }
    part(normal(finding.text).as_bytes());
    part(&ordinal.to_le_bytes());
    hash.digest()
}

/// The text without what a formatter changes: white space, kinds of quotes, commas at the end of lists, semicolons.
fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            it if it.is_whitespace() || it == ';' => {}
            '\'' | '`' => out.push('"'),
            ')' | ']' | '}' => {
                if out.ends_with(',') {
                    out.pop();
                }
                out.push(letter);
            }
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rule: &str, text: &str) -> String {
        fingerprints(&[Trait { rule, path: "src/a.ts", route: None, text }]).remove(0)
    }

    #[test]
    fn formatting_changes_nothing_and_code_does() {
        let one = of("missing-ownership", "db.todo.delete({ where: { id: 'a' } })");
        assert_eq!(one, of("missing-ownership", "db.todo.delete({\n  where: { id: \"a\" },\n});"));
        assert_ne!(one, of("missing-ownership", "db.todo.delete({ where: { id: 'b' } })"));
        assert_ne!(one, of("data-exposure", "db.todo.delete({ where: { id: 'a' } })"));
        assert_eq!(one.len(), 16);
    }

    #[test]
    fn the_same_expression_twice_has_two_fingerprints() {
        let it = Trait { rule: "r", path: "a.ts", route: None, text: "x()" };
        let found = fingerprints(&[it, it, it]);
        assert!(found[0] != found[1] && found[1] != found[2] && found[0] != found[2]);
        assert_eq!(found[0], fingerprints(&[it])[0]);
    }
}
