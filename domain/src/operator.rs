//! The platform's own people, and the access to its buyers' words that an organization gives them for a while.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    account::check_password,
    fault::Checks,
    id::{AccountId, OrganizationId},
    licence::Licence,
};

/// How long the link holds that sets an operator up.
pub const LINK_FOR: TimeDelta = TimeDelta::hours(24);
/// A session of an operator is over then, however much it is used.
pub const SESSION_FOR: TimeDelta = TimeDelta::minutes(30);
/// The longest that support may look, in minutes.
pub const GRANT_MAX: i64 = 60;

/// What an operator gives to be set up. The code is what their app shows already.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SetUpForm {
    pub name: String,
    pub password: String,
    pub code: String,
}

impl SetUpForm {
    /// The form with its texts trimmed. `email` is the operator's own: no password.
    pub fn check(&self, email: &str) -> Result<Self, Fault> {
        let mut checks = Checks::default();
        let name = checks.text("name", &self.name, true, 80);
        check_password(&mut checks, &self.password, &[email, &self.name]);
        checks.finish()?;
        Ok(Self {
            name,
            password: self.password.clone(),
            code: self.code.trim().to_owned(),
        })
    }
}

/// What is asked of an operator at sign-in, all at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OperatorSignIn {
    pub email: String,
    pub password: String,
    pub code: String,
}

/// What an organization lets support look for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GrantForm {
    pub reason: String,
    /// A whole number; empty is an hour.
    #[serde(default)]
    pub minutes: String,
}

impl GrantForm {
    /// Why, and for how long.
    pub fn check(&self) -> Result<(String, TimeDelta), Fault> {
        let mut checks = Checks::default();
        let reason = checks.text("reason", &self.reason, true, 300);
        let minutes = match self.minutes.trim() {
            "" => Some(GRANT_MAX),
            text => text.parse().ok().filter(|minutes| (1..=GRANT_MAX).contains(minutes)),
        };
        checks.ensure(minutes.is_some(), "minutes", format!("Give 1 to {GRANT_MAX} minutes."));
        checks.finish()?;
        Ok((reason, TimeDelta::minutes(minutes.unwrap_or(GRANT_MAX))))
    }
}

/// Access that is given now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    pub reason: String,
    pub granted_by: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// An organization as operators see it: counts, and nothing that a buyer said.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    pub id: OrganizationId,
    pub name: String,
    pub plan: String,
    pub created_at: DateTime<Utc>,
    pub members: i64,
    pub bots: i64,
    pub published: i64,
    pub properties: i64,
    pub conversations: i64,
    pub leads: i64,
    /// Background work that was given up.
    pub failed_jobs: i64,
    /// When one of its people was last here.
    pub last_seen: Option<DateTime<Utc>>,
}

/// How the platform is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    pub organizations: i64,
    pub waiting_jobs: i64,
    pub failed_jobs: i64,
    pub waiting_letters: i64,
    pub failed_letters: i64,
    /// Licences that somebody is to look at.
    pub licences: i64,
}

/// A licence that an operator looks at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LicenceCase {
    pub account: AccountId,
    pub name: String,
    pub licence: Licence,
    /// Since when somebody is to look at it.
    pub review_since: Option<DateTime<Utc>>,
}

/// What an operator decides about a licence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionForm {
    /// `verify` or `refuse`.
    pub decision: String,
    /// Why; needed either way, and told to the holder where it is refused.
    pub reason: String,
    /// The last day, `2027-04-30`, where the register has one.
    #[serde(default)]
    pub expires_on: String,
}

/// A decision that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub verify: bool,
    pub reason: String,
    pub expires_on: Option<chrono::NaiveDate>,
}

impl DecisionForm {
    pub fn check(&self) -> Result<Decision, Fault> {
        let mut checks = Checks::default();
        let reason = checks.text("reason", &self.reason, true, 300);
        let known = matches!(self.decision.as_str(), "verify" | "refuse");
        checks.ensure(known, "decision", "Choose to verify or to refuse.");
        let expires_on = match self.expires_on.trim() {
            "" => None,
            text => {
                let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
                checks.take(
                    "expires_on",
                    day.map_err(|_| Fault::invalid("Give a day as 2027-04-30.")),
                )
            }
        };
        checks.finish()?;
        Ok(Decision {
            verify: self.decision == "verify",
            reason,
            expires_on,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_looks_for_an_hour_at_most() {
        let form = |minutes: &str| GrantForm {
            reason: " A lead is missing ".into(),
            minutes: minutes.into(),
        };
        assert_eq!(
            form("").check(),
            Ok(("A lead is missing".into(), TimeDelta::minutes(60)))
        );
        assert_eq!(form("5").check().unwrap().1, TimeDelta::minutes(5));
        for bad in ["0", "61", "-1", "1.5", "an hour", "99999999999999999999"] {
            assert!(form(bad).check().unwrap_err().for_field("minutes").is_some(), "{bad}");
        }
        assert!(GrantForm::default().check().unwrap_err().for_field("reason").is_some());
    }

    #[test]
    fn a_decision_has_a_reason() {
        let form = DecisionForm {
            decision: "verify".into(),
            reason: "Seen in the register".into(),
            expires_on: "2027-04-30".into(),
        };
        let decision = form.check().unwrap();
        assert!(decision.verify && decision.expires_on.is_some());
        let bad = DecisionForm {
            decision: "perhaps".into(),
            reason: String::new(),
            expires_on: "2027-02-30".into(),
        };
        let fault = bad.check().unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["reason", "decision", "expires_on"]);
    }
}
