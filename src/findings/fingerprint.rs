//! Fingerprints: names of findings that survive line moves, for baselines and code scanning.

use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use super::RouteName;

/// The fingerprint of a finding: of its rule, file, route, and the code around it without white space. 16 hexadecimal digits.
pub fn fingerprint(rule: &str, relative: &Path, route: Option<&RouteName>, code: &str) -> String {
    let mut hash = Xxh3::new();
    for part in [rule, &relative.to_string_lossy().replace('\\', "/")] {
        hash.update(part.as_bytes());
        hash.update(&[0]);
    }
    if let Some(route) = route {
        hash.update(route.method.as_bytes());
        hash.update(&[0]);
        hash.update(route.path.as_bytes());
        hash.update(&[0]);
    }
    for word in code.split_whitespace() {
        hash.update(word.as_bytes());
        hash.update(&[1]);
    }
    format!("{:016x}", hash.digest())
}

/// The fingerprint of the `nth` finding (from 1) beyond the first that has the same.
pub fn repeated(fingerprint: &str, nth: u32) -> String {
    let mut hash = Xxh3::new();
    hash.update(fingerprint.as_bytes());
    hash.update(&nth.to_le_bytes());
    format!("{:016x}", hash.digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_and_place_do_not_matter_and_code_does() {
        let of = |code| fingerprint("missing-ownership", Path::new("src/a.ts"), None, code);
        assert_eq!(of("a( b )"), of("a(\n    b )"));
        assert_ne!(of("a( b )"), of("a( c )"));
        assert_ne!(repeated(&of("a"), 1), repeated(&of("a"), 2));
    }
}
