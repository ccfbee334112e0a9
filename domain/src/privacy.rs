//! How long what buyers said and left is kept.

use serde::{Deserialize, Serialize};

use crate::{Fault, fault::Checks};

/// The most days that can be set: ten years.
pub const DAYS_MAX: i64 = 3_650;

/// After so many days it is erased; `None` is never. What was counted stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Retention {
    /// From the last question on.
    pub conversation_days: Option<i64>,
    pub lead_days: Option<i64>,
}

/// The same as typed; an empty field is never.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetentionForm {
    pub conversation_days: String,
    pub lead_days: String,
}

impl RetentionForm {
    pub fn check(&self) -> Result<Retention, Fault> {
        let mut checks = Checks::default();
        let mut days = |field: &'static str, text: &str| match text.trim() {
            "" => None,
            text => {
                let days = text.parse().ok().filter(|days| (1..=DAYS_MAX).contains(days));
                if days.is_none() {
                    checks.push(
                        field,
                        format!("Give a whole number of days from 1 to {DAYS_MAX}, or nothing to keep them."),
                    );
                }
                days
            }
        };
        let found = Retention {
            conversation_days: days("conversation_days", &self.conversation_days),
            lead_days: days("lead_days", &self.lead_days),
        };
        checks.finish().map(|()| found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_nothing_is_never() {
        let check = |conversation: &str, lead: &str| {
            RetentionForm {
                conversation_days: conversation.into(),
                lead_days: lead.into(),
            }
            .check()
        };
        let days = check(" 30 ", "").unwrap();
        assert_eq!((days.conversation_days, days.lead_days), (Some(30), None));
        for bad in ["0", "-1", "1.5", "3651", "a year"] {
            assert!(
                check(bad, "").unwrap_err().for_field("conversation_days").is_some(),
                "{bad}"
            );
            assert!(check("", bad).unwrap_err().for_field("lead_days").is_some(), "{bad}");
        }
    }
}
