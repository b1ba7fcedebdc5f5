//! Rule pages: the one place in this room that knows where they come from.

use crate::rules;

pub use crate::rules::page_url;

/// A rule's page in Markdown.
pub fn page(rule: &str) -> Option<&'static str> {
    rules::find(rule).map(|it| it.page)
}

/// All rules with a page, sorted.
pub fn rule_ids() -> Vec<&'static str> {
    let mut ids = rules::ids();
    ids.sort_unstable();
    ids
}

/// A page in short: what stands before the first section, and the section `What it means`.
pub fn short(page: &str) -> String {
    let mut kept = String::new();
    let mut wanted = true;
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            wanted = heading.trim() == "What it means";
            continue;
        }
        if wanted && !line.starts_with("# ") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_in_short_keeps_the_lead_and_the_meaning() {
        let page = "# id\n\nLead.\n\n## Why\n\nx\n\n## What it means\n\nMeaning.\n\n## Fix\n\ny\n";
        assert_eq!(short(page), "Lead.\n\n\nMeaning.");
    }
}
