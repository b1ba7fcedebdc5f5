//! JSON with comments and trailing commas, as `tsconfig.json` and `deno.jsonc` are written.

use serde_json::Value;

/// Parses JSON that may hold comments, trailing commas and a byte order mark.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let text = text.trim_start_matches('\u{feff}');
    serde_json::from_str(text).or_else(|_| serde_json::from_slice(&blanked(text.as_bytes())))
}

/// The text with comments and trailing commas turned into spaces, so that positions in errors stay right.
fn blanked(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut at = 0;
    let mut comma = None;
    while let Some(byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'"', _) => {
                comma = None;
                at += 1;
                while text.get(at).is_some_and(|it| *it != b'"') {
                    at += if text.get(at) == Some(&b'\\') { 2 } else { 1 };
                }
            }
            (b'/', Some(b'/')) => {
                while text.get(at).is_some_and(|it| *it != b'\n') {
                    out[at] = b' ';
                    at += 1;
                }
                continue;
            }
            (b'/', Some(b'*')) => {
                let end = text[at + 2..].windows(2).position(|it| it == b"*/").map_or(text.len(), |it| at + it + 4);
                for byte in &mut out[at..end] {
                    if *byte != b'\n' {
                        *byte = b' ';
                    }
                }
                at = end;
                continue;
            }
            (b',', _) => comma = Some(at),
            (b'}' | b']', _) => {
                if let Some(comma) = comma.take() {
                    out[comma] = b' ';
                }
            }
            (byte, _) if !byte.is_ascii_whitespace() => comma = None,
            _ => {}
        }
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn comments_and_trailing_commas_are_no_error() {
        let text = "\u{feff}{ // a\n \"paths\": { \"@/*\": [\"./src/*\", /* b */ ], }, \"url\": \"https://x//y,}\", }";
        let value = parse(text).unwrap();
        assert_eq!(value["paths"]["@/*"][0], "./src/*");
        assert_eq!(value["url"], "https://x//y,}");
    }

    #[test]
    fn half_written_text_is_an_error_and_no_panic() {
        for text in ["", "{", "\"\\", "/*", "{\"a\": \"b\\", "//", "{,", "]"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
