//! What a user can set in the editor.

use serde::Deserialize;
use serde_json::Value;

use crate::check::Report;
use crate::findings::Confidence;

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Findings that are less sure are not shown.
    pub least: Confidence,
    /// Whether routes have their posture above them.
    pub code_lens: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings { least: Confidence::Medium, code_lens: true }
    }
}

/// The settings as they are sent; what is absent stays as it was.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Sent {
    min_confidence: Option<SentConfidence>,
    code_lens: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SentConfidence {
    NotProven,
    Medium,
    High,
}

impl Settings {
    /// These settings with what the client sent, either as it is or under `routewarden`.
    pub fn with(mut self, sent: Option<&Value>) -> Self {
        let Some(sent) = sent.filter(|it| it.is_object()) else { return self };
        let sent = sent.get("routewarden").unwrap_or(sent);
        match Sent::deserialize(sent) {
            Ok(sent) => {
                match sent.min_confidence {
                    Some(SentConfidence::NotProven) => self.least = Confidence::NotProven,
                    Some(SentConfidence::Medium) => self.least = Confidence::Medium,
                    Some(SentConfidence::High) => self.least = Confidence::High,
                    None => {}
                }
                self.code_lens = sent.code_lens.unwrap_or(self.code_lens);
            }
            Err(error) => tracing::warn!("settings are ignored: {error}"),
        }
        self
    }

    /// Whether a finding is shown.
    pub fn shows(&self, report: &Report) -> bool {
        report.confidence >= self.least
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn settings_come_with_and_without_their_section_and_nonsense_changes_nothing() {
        let base = Settings::default();
        assert_eq!(base.clone().with(Some(&json!({"minConfidence": "high"}))).least, Confidence::High);
        assert!(!base.clone().with(Some(&json!({"routewarden": {"codeLens": false, "other": 1}}))).code_lens);
        assert_eq!(base.clone().with(Some(&json!({"minConfidence": "very"}))), base);
        assert_eq!(base.clone().with(Some(&json!(null))), base);
    }
}
