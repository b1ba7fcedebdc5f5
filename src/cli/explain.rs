//! `routewarden explain`

use crate::report;

use super::args::ExplainArgs;
use super::{Ended, Failure, output};

pub fn run(args: &ExplainArgs) -> Result<Ended, Failure> {
    let Some(rule) = &args.rule else {
        let mut list = report::rule_ids().join("\n");
        list.push('\n');
        output::all(list.as_bytes())?;
        return Ok(Ended::Clean);
    };
    let page = report::page(rule).ok_or_else(|| unknown(rule))?;
    output::all(page.as_bytes())?;
    Ok(Ended::Clean)
}

fn unknown(rule: &str) -> Failure {
    let near = report::rule_ids().into_iter().map(|it| (distance(it, rule), it)).min();
    let failure = Failure::new(format!("there is no rule `{rule}`"));
    match near {
        Some((distance, near)) if distance <= rule.len() / 2 => failure.help(format!("did you mean `{near}`?")),
        _ => failure.help("`routewarden explain --list` lists all rules"),
    }
}

/// How many letters have to be changed, put in or taken out (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("missing-ownership", "missing-ownershp"), 1);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
