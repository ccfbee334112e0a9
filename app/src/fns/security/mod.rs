//! Keeping one's own account: password, second factor, sessions, and proving again who one is.

mod begin_factor;
mod change_password;
mod confirm_factor;
mod end_sessions;
mod get;
mod passkeys;
mod prove;
mod provider;
mod remove_factor;
mod renew_codes;

use domain::security::Security;
use serde::{Deserialize, Serialize};

pub use begin_factor::*;
pub use change_password::*;
pub use confirm_factor::*;
pub use end_sessions::*;
pub use get::*;
pub use passkeys::*;
pub use prove::*;
pub use provider::*;
pub use remove_factor::*;
pub use renew_codes::*;

use super::when::When;

/// Where in a session new recovery codes stand, sealed, until they were shown.
#[cfg(feature = "ssr")]
const CODES_KEY: &str = "codes";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityView {
    pub security: Security,
    pub passkeys: Vec<PasskeyView>,
    /// What the sign-in provider is called, where there is one.
    pub provider: Option<String>,
    pub identities: Vec<IdentityView>,
    pub sessions: Vec<SessionView>,
    /// Recovery codes that were just made: shown now, and never again.
    pub codes: Vec<String>,
}

/// One of somebody's ways in: a passkey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PasskeyView {
    pub id: String,
    pub name: String,
    pub added: When,
    pub used: Option<When>,
}

/// One of somebody's ways in: an identity at the sign-in provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdentityView {
    pub id: String,
    /// As the provider said when it was linked.
    pub email: String,
    pub linked: When,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    pub id: String,
    /// `Firefox on Linux`, or what a program calls itself.
    pub on: String,
    pub address: Option<String>,
    pub is_this: bool,
    pub since: When,
    pub seen: When,
}

/// An app that is being set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentView {
    /// In groups of four.
    pub secret: String,
    /// The code to scan, as an SVG.
    pub picture: String,
}

/// Keeps new recovery codes until their page has shown them.
#[cfg(feature = "ssr")]
async fn keep_codes(codes: &[String]) -> Result<(), crate::AppError> {
    let sealed = engine::account::factor::conceal(&crate::ssr::enroller()?, &codes.join(" ")).await?;
    crate::ssr::remember(CODES_KEY, &sealed).await
}
