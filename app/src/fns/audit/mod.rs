//! The audit log as its readers see it.

mod list;

use chrono::{DateTime, Utc};
use domain::{audit::Entry, page::Page};
use serde::{Deserialize, Serialize};

pub use list::*;

use super::when::When;

/// A page of the log, and the query of an address that asks for the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    pub page: Page<AuditRow>,
    pub query: String,
}

/// One entry in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// `Changed a member’s role`.
    pub what: String,
    /// What it was done to, as it was called then.
    pub target: Option<String>,
    /// `Role: realtor → admin`; may be empty.
    pub change: String,
    pub who: String,
    /// The network address they called from.
    pub address: Option<String>,
    pub at: When,
}

impl AuditRow {
    pub fn new(entry: Entry, now: DateTime<Utc>) -> Self {
        Self {
            what: entry.words().to_owned(),
            change: entry.change(),
            target: entry.target_name,
            who: entry.actor_name,
            address: entry.address,
            at: When::new(entry.at, now),
        }
    }
}
