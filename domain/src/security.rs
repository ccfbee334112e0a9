//! Keeping an account to its person: sessions, second factors, passwords that are changed or forgotten.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    account::check_password,
    fault::Checks,
    id::{IdentityId, PasskeyId, SessionId},
    text::Email,
};

/// How long it holds that somebody has proved who they are, for what takes over an account.
pub const PROVED_FOR: TimeDelta = TimeDelta::minutes(5);
/// How long a link to set a new password holds.
pub const RESET_FOR: TimeDelta = TimeDelta::minutes(30);
/// How long a link that confirms an address holds.
pub const VERIFY_FOR: TimeDelta = TimeDelta::days(3);
/// Codes that stand in for a lost second factor, once each.
pub const RECOVERY_CODES: usize = 10;

/// One of somebody's own sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: SessionId,
    /// A program's access token, and no browser.
    pub is_program: bool,
    /// The browser or program, as it calls itself.
    pub agent: String,
    pub address: Option<String>,
    pub created_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
    /// The session that asks.
    pub is_this: bool,
}

/// The most passkeys of one account.
pub const PASSKEYS_MAX: usize = 20;

/// One of somebody's own passkeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    pub id: PasskeyId,
    /// As its person calls it.
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

/// A new passkey.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PasskeyForm {
    pub name: String,
    /// What the authenticator has said, as JSON; empty where no script ran.
    #[serde(default)]
    pub credential: String,
}

impl PasskeyForm {
    /// The name, as it is kept.
    pub fn check(&self) -> Result<String, Fault> {
        let mut checks = Checks::default();
        let name = checks.text("name", &self.name, true, 60);
        checks.finish()?;
        Ok(name)
    }
}

/// One of somebody's identities at the sign-in provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityRow {
    pub id: IdentityId,
    /// The address that the provider has said, so that people tell theirs apart.
    pub email: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What is asked of somebody who has forgotten their password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ForgottenForm {
    pub email: String,
}

impl ForgottenForm {
    pub fn check(&self) -> Result<Email, Fault> {
        let mut checks = Checks::default();
        let email = checks.take("email", self.email.parse());
        checks.finish()?;
        email.ok_or_else(Fault::internal)
    }
}

/// A new password for an account whose link was followed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResetForm {
    pub password: String,
}

impl ResetForm {
    /// `email` is the account's own: no password.
    pub fn check(&self, email: &str) -> Result<(), Fault> {
        let mut checks = Checks::default();
        check_password(&mut checks, &self.password, &[email]);
        checks.finish()
    }
}

/// A new password in place of the one that is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PasswordForm {
    pub current_password: String,
    pub password: String,
}

impl PasswordForm {
    pub fn check(&self, email: &str) -> Result<(), Fault> {
        let mut checks = Checks::default();
        checks.ensure(
            !self.current_password.is_empty(),
            "current_password",
            "Please fill this in.",
        );
        check_password(&mut checks, &self.password, &[email]);
        let same = !self.password.is_empty() && self.password == self.current_password;
        checks.ensure(!same, "password", "This is the password you have now.");
        checks.finish()
    }
}

/// What is typed in where a code is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    /// Six digits of an authenticator app.
    Totp(String),
    /// One of the recovery codes, in capitals without dashes.
    Recovery(String),
}

/// The length of a recovery code, without its dashes: 24 letters and digits of base 32 carry 120 bits, so many that a fast hash
/// gives none of them away.
pub const RECOVERY_LENGTH: usize = 24;
/// The same of codes that were made before.
const RECOVERY_LENGTH_ONCE: usize = 16;

/// A code as it is typed, with blanks and dashes as people like them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FactorForm {
    pub code: String,
}

impl FactorForm {
    pub fn check(&self) -> Result<Code, Fault> {
        let typed = self.code.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let typed: String = typed.map(|c| c.to_ascii_uppercase()).collect();
        let digits = typed.bytes().all(|b| b.is_ascii_digit());
        match typed.len() {
            0 => Err(Fault::field("code", "Please fill this in.")),
            6 if digits => Ok(Code::Totp(typed)),
            RECOVERY_LENGTH | RECOVERY_LENGTH_ONCE if typed.is_ascii() => Ok(Code::Recovery(typed)),
            _ => Err(Fault::field(
                "code",
                "Type the six digits that your app shows, or one of your recovery codes.",
            )),
        }
    }
}

/// What somebody proves with that it is still them: the code of their app, or, without one, their password.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProofForm {
    #[serde(default)]
    pub password: String,
    #[serde(default)]
    pub code: String,
}

/// How somebody's account is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    pub email: String,
    pub is_email_verified: bool,
    /// An authenticator app is asked for at sign-in.
    pub has_totp: bool,
    pub passkeys: Vec<PasskeyRow>,
    /// This server can have passkeys.
    pub takes_passkeys: bool,
    /// Recovery codes that were not used yet.
    pub recovery_codes: i64,
    /// This server asks everybody for a second factor.
    pub is_factor_required: bool,
    /// Whether they have proved within minutes who they are.
    pub has_proved: bool,
}

impl Security {
    /// More than the password is asked for at sign-in.
    pub const fn has_factor(&self) -> bool {
        self.has_totp || !self.passkeys.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let of = |code: &str| FactorForm { code: code.into() }.check();
        assert_eq!(of(" 123 456 "), Ok(Code::Totp("123456".into())));
        assert_eq!(of("abcd-efgh-2345-6789"), Ok(Code::Recovery("ABCDEFGH23456789".into())));
        for bad in ["", "12345", "1234567", "abcdef", "ABCD-EFGH"] {
            assert!(of(bad).unwrap_err().for_field("code").is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_new_password_is_another_one() {
        let form = |current: &str, new: &str| PasswordForm {
            current_password: current.into(),
            password: new.into(),
        };
        let good = "a lane with old trees";
        assert_eq!(form("a quiet street at dusk", good).check("ana@example.com"), Ok(()));
        for (form, field) in [
            (form("", good), "current_password"),
            (form(good, good), "password"),
            (form(good, "short"), "password"),
            (form(good, "ana@example.com"), "password"),
        ] {
            assert!(
                form.check("ana@example.com").unwrap_err().for_field(field).is_some(),
                "{form:?}"
            );
        }
    }
}
