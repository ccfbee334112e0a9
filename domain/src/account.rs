//! Registration and sign-in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fault::Checks,
    id::{AccountId, OrganizationId},
    tenancy::{NAME_MAX, Role},
    text::Email,
};

pub const PASSWORD_MIN: usize = 12;
pub const PASSWORD_MAX: usize = 128;

/// What a realtor gives to open an organization.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    pub org_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub password: String,
    #[serde(default)]
    pub license_number: Option<String>,
    #[serde(default)]
    pub license_state: Option<String>,
}

/// A registration whose every field was checked.
#[derive(Clone, Debug)]
pub struct CheckedRegistration {
    pub org_name: String,
    pub first_name: String,
    pub last_name: String,
    pub email: Email,
    pub password: String,
    pub license_number: Option<String>,
    pub license_state: Option<String>,
}

impl Registration {
    pub fn check(&self) -> Result<CheckedRegistration, Fault> {
        let mut checks = Checks::default();
        let org_name = checks.text("org_name", &self.org_name, true, NAME_MAX);
        let first_name = checks.text("first_name", &self.first_name, true, 50);
        let last_name = checks.text("last_name", &self.last_name, true, 50);
        let email = checks.take("email", self.email.parse());
        check_password(
            &mut checks,
            &self.password,
            &[&self.email, &self.org_name, &self.last_name],
        );
        let mut optional = |field: &str, value: &Option<String>, max| {
            let text = checks.text(field, value.as_deref().unwrap_or_default(), false, max);
            (!text.is_empty()).then_some(text)
        };
        let license_number = optional("license_number", &self.license_number, 40);
        let license_state = optional("license_state", &self.license_state, 40);
        match (email, checks.finish()) {
            (Some(email), Ok(())) => Ok(CheckedRegistration {
                org_name,
                first_name,
                last_name,
                email,
                password: self.password.clone(),
                license_number,
                license_state,
            }),
            (_, Err(fault)) => Err(fault),
            (None, Ok(())) => Err(Fault::internal()),
        }
    }
}

/// Length and context words instead of composition rules (OWASP ASVS 5.0 V6.2).
pub(crate) fn check_password(checks: &mut Checks, password: &str, context: &[&str]) {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return checks.push(
            "password",
            format!("Use at least {PASSWORD_MIN} characters; a short sentence works well."),
        );
    }
    if length > PASSWORD_MAX {
        return checks.push("password", format!("Use at most {PASSWORD_MAX} characters."));
    }
    let folded = password.to_lowercase();
    let mut distinct: Vec<char> = folded.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    let known = context
        .iter()
        .any(|word| !word.trim().is_empty() && folded == word.trim().to_lowercase());
    if distinct.len() < 5 || known {
        checks.push("password", "This is too easy to guess. Use a few unrelated words.");
    }
}

/// What is asked at sign-in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

/// The signed-in person, as the console shows it. Never holds the password's hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    pub user_id: AccountId,
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub role: Role,
    pub license_number: Option<String>,
    pub license_state: Option<String>,
    pub is_verified: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Profile {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good() -> Registration {
        Registration {
            org_name: " Harbour Homes ".into(),
            first_name: "Ana".into(),
            last_name: "Reyes".into(),
            email: "Ana@Example.com".into(),
            password: "a quiet street at dusk".into(),
            ..Registration::default()
        }
    }

    #[test]
    fn a_good_registration_is_trimmed_and_folded() {
        let checked = good().check().unwrap();
        assert_eq!(
            (checked.org_name.as_str(), checked.email.as_str()),
            ("Harbour Homes", "ana@example.com")
        );
        assert_eq!(checked.license_number, None);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let fault = Registration {
            password: "short".into(),
            ..Registration::default()
        }
        .check()
        .unwrap_err();
        let fields: Vec<_> = fault.fields.iter().map(|f| f.field.as_str()).collect();
        assert_eq!(fields, ["org_name", "first_name", "last_name", "email", "password"]);
        for weak in ["aaaaaaaaaaaaaaa", "ana@example.com"] {
            let fault = Registration {
                password: weak.into(),
                ..good()
            }
            .check()
            .unwrap_err();
            assert!(fault.for_field("password").is_some(), "{weak}");
        }
    }
}
