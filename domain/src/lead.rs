//! A lead is a buyer who left a way to be reached.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fault::Checks,
    id::{BotId, ConversationId, LeadId, PropertyId},
    text::{Email, Phone},
};

/// What a buyer leaves. An email address or a telephone number is needed, not both.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadForm {
    pub name: String,
    pub email: String,
    pub phone: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct CheckedLead {
    pub name: String,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub message: String,
}

impl LeadForm {
    pub fn check(&self) -> Result<CheckedLead, Fault> {
        let mut checks = Checks::default();
        let name = checks.text("name", &self.name, true, 100);
        let message = checks.text("message", &self.message, false, 2000);
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
        let email = given(&self.email).map(|e| checks.take("email", e.parse::<Email>()));
        let phone = given(&self.phone).map(|p| checks.take("phone", p.parse::<Phone>()));
        if email.is_none() && phone.is_none() {
            checks.push(
                "email",
                "Leave an email address or a telephone number, so that the realtor can reach you.",
            );
        }
        checks.finish()?;
        Ok(CheckedLead {
            name,
            email: email.flatten(),
            phone: phone.flatten(),
            message,
        })
    }
}

/// Of the words of [`consent_text`]: another one with other words.
pub const CONSENT_VERSION: &str = "1";

/// The words a buyer agrees to by sending the form; stored with the lead.
pub fn consent_text(realtor: &str) -> String {
    format!("By sending this you agree that {realtor} may contact you about this home. Your details go to nobody else.")
}

/// A way to reach a buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Phone,
}

impl Channel {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Email, Self::Phone].into_iter().find(|it| it.as_str() == text)
    }
    /// As a page calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Phone => "Telephone",
        }
    }
}

/// That a buyer agreed to be reached one way: kept also when it is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    pub channel: Channel,
    /// The very words that were agreed to.
    pub text: String,
    /// Of the words.
    pub version: String,
    pub given_at: DateTime<Utc>,
    /// From then on they may not be reached this way.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lead {
    pub id: LeadId,
    pub bot_id: BotId,
    pub bot_name: String,
    pub property_id: Option<PropertyId>,
    pub property_address: Option<String>,
    pub conversation_id: Option<ConversationId>,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub message: String,
    /// To what they agreed, by the way they are reached.
    pub consents: Vec<Consent>,
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_be_reached_is_enough_and_needed() {
        let form = |email: &str, phone: &str| LeadForm {
            name: "Sam".into(),
            email: email.into(),
            phone: phone.into(),
            message: String::new(),
        };
        assert!(form("sam@example.com", "").check().is_ok());
        assert!(form("", "555 010 2000").check().is_ok());
        assert!(form("", " ").check().unwrap_err().for_field("email").is_some());
        assert!(
            form("sam@", "555 010 2000")
                .check()
                .unwrap_err()
                .for_field("email")
                .is_some()
        );
    }
}
