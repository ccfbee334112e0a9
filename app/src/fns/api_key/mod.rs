//! API keys of one's own.

mod create;
mod list;
mod revoke;

use domain::api_key::KeyScope;
use serde::{Deserialize, Serialize};

pub use create::*;
pub use list::*;
pub use revoke::*;

use super::when::When;

/// Where in a session a new key stands, sealed, until it was shown.
#[cfg(feature = "ssr")]
const NEW_KEY: &str = "api_key";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeysView {
    pub keys: Vec<KeyRow>,
    /// One that was just made: shown now, and never again.
    pub new: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRow {
    pub id: String,
    pub name: String,
    pub scopes: Vec<KeyScope>,
    pub made: When,
    pub ends: When,
    pub has_ended: bool,
    pub used: Option<When>,
}

#[cfg(feature = "ssr")]
impl KeyRow {
    fn new(key: domain::api_key::ApiKey, now: chrono::DateTime<chrono::Utc>) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            scopes: key.scopes.list(),
            made: When::new(key.created_at, now),
            ends: When::ahead(key.expires_at),
            has_ended: key.expires_at <= now,
            used: key.used_at.map(|at| When::new(at, now)),
        }
    }
}
