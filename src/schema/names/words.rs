//! Splitting names into words, and English number.

/// The words of a name in lower case: `stripeCustomerID` → `stripe customer id`, `user_ids` → `user ids`, `APIKeyV2` → `api key v2`.
///
/// A plural acronym stays one word (`userIDs` → `user ids`); digits belong to the word before them.
pub fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    for (at, &ch) in chars.iter().enumerate() {
        if !ch.is_alphanumeric() {
            out.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = at.checked_sub(1).map(|it| chars[it]);
        let after = chars.get(at + 1).copied();
        let starts = ch.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(char::is_lowercase) && !ends_plural_acronym(&chars, at + 1))
            });
        if starts && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        word.extend(ch.to_lowercase());
    }
    out.extend((!word.is_empty()).then_some(word));
    out
}

/// Whether the lower-case letter at `at` is the `s` of a plural acronym (`IDs`, `URLs`).
fn ends_plural_acronym(chars: &[char], at: usize) -> bool {
    chars.get(at) == Some(&'s') && !chars.get(at + 1).is_some_and(|it| it.is_lowercase())
}

/// The singular of an English noun, where it looks like a plural; keeps case.
pub fn singular(name: &str) -> String {
    let lower = name.to_lowercase();
    for (plural, singular) in IRREGULAR {
        if lower.ends_with(plural) && boundary(name, name.len().saturating_sub(plural.len())) {
            return replace_end(name, plural.len(), singular);
        }
    }
    if ["ss", "us", "is", "news", "series", "status"].iter().any(|end| lower.ends_with(end)) || lower.len() < 3 {
        return name.to_owned();
    }
    if lower.ends_with("ies") && lower.len() > 4 {
        return replace_end(name, 3, "y");
    }
    if ["sses", "shes", "ches", "xes", "zzes", "uses"].iter().any(|end| lower.ends_with(end))
        && !["houses", "causes", "uses", "clauses", "caches"].iter().any(|end| lower.ends_with(end))
    {
        return replace_end(name, 2, "");
    }
    if lower.ends_with('s') { replace_end(name, 1, "") } else { name.to_owned() }
}

/// The plural of an English noun in the singular; keeps case.
pub fn plural(name: &str) -> String {
    let lower = name.to_lowercase();
    for (plural, singular) in IRREGULAR {
        if lower.ends_with(singular) && boundary(name, name.len().saturating_sub(singular.len())) {
            return replace_end(name, singular.len(), plural);
        }
    }
    let vowel_before_y = lower.chars().rev().nth(1).is_some_and(|it| "aeiou".contains(it));
    if lower.ends_with('y') && !vowel_before_y {
        return replace_end(name, 1, "ies");
    }
    if ["s", "x", "sh", "ch", "zz"].iter().any(|end| lower.ends_with(end)) {
        return format!("{name}es");
    }
    format!("{name}s")
}

/// Nouns whose plural is not regular: plural, singular.
const IRREGULAR: &[(&str, &str)] =
    &[("people", "person"), ("children", "child"), ("men", "man"), ("media", "medium"), ("data", "datum"), ("indices", "index")];

/// Whether a word starts at byte `at`: `men` must not be found in `payment`'s end.
fn boundary(name: &str, at: usize) -> bool {
    at == 0
        || name.get(..at).is_some_and(|head| head.ends_with(|it: char| !it.is_alphanumeric()))
        || name.get(at..).is_some_and(|tail| tail.starts_with(char::is_uppercase))
}

fn replace_end(name: &str, drop: usize, with: &str) -> String {
    let kept = name.len().saturating_sub(drop);
    let head = name.get(..kept).unwrap_or(name);
    let upper = name.get(kept..).is_some_and(|tail| tail.starts_with(char::is_uppercase));
    let mut out = head.to_owned();
    let mut chars = with.chars();
    if upper && let Some(first) = chars.next() {
        out.extend(first.to_uppercase());
    }
    out.extend(chars);
    out
}

/// The name with its first letter in lower case, as a Prisma client names its delegates.
pub fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_at_case_separators_and_acronyms() {
        for (name, expected) in [
            ("stripeCustomerId", "stripe customer id"),
            ("stripe_customer_id", "stripe customer id"),
            ("APIKey", "api key"),
            ("apiKeyV2", "api key v2"),
            ("userIDs", "user ids"),
            ("sha256Hash", "sha256 hash"),
            ("OAuth2Token", "o auth2 token"),
            ("HTMLBody", "html body"),
            ("auth.users", "auth users"),
            ("_id", "id"),
            ("URL", "url"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }

    #[test]
    fn number_goes_both_ways() {
        for (one, many) in [
            ("Todo", "Todos"),
            ("category", "categories"),
            ("company", "companies"),
            ("Address", "Addresses"),
            ("Branch", "Branches"),
            ("box", "boxes"),
            ("person", "people"),
            ("userPerson", "userPeople"),
            ("key", "keys"),
            ("payment", "payments"),
            ("note", "notes"),
            ("house", "houses"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(singular(many), one);
        }
        for same in ["status", "news", "class", "bus", "analysis"] {
            assert_eq!(singular(same), same);
        }
    }
}
