//! Codes as the console shows and changes them.

mod create;
mod delete;
mod form;
mod get;
mod list;

use chrono::{DateTime, Utc};
use domain::qr::{Code, CodeDesign};
use serde::{Deserialize, Serialize};

pub use create::*;
pub use delete::*;
pub use form::*;
pub use get::*;
pub use list::*;

use super::{bot::Choice, property::PropertyChoice, when::When};

/// What the form that makes a code offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOptions {
    pub bots: Vec<Choice>,
    pub properties: Vec<PropertyChoice>,
    /// The brand's colour, `#rrggbb`.
    pub colour: String,
    pub has_logo: bool,
}

/// One code, in the list and on its own page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeRow {
    pub id: String,
    /// Its label, else the property's address, else the bot's name.
    pub title: String,
    pub bot_id: String,
    pub bot: String,
    pub property: Option<String>,
    /// What the code says: the full address of `/q/{slug}`.
    pub address: String,
    pub design: CodeDesign,
    pub scans: i64,
    pub last_scan: Option<When>,
    pub created: When,
}

impl CodeRow {
    pub fn new(code: Code, address: String, now: DateTime<Utc>) -> Self {
        let named = [Some(&code.label), code.property_address.as_ref(), Some(&code.bot_name)];
        let title = named.into_iter().flatten().find(|name| !name.is_empty()).cloned();
        Self {
            id: code.id.to_string(),
            title: title.unwrap_or_default(),
            bot_id: code.bot_id.to_string(),
            bot: code.bot_name,
            property: code.property_address,
            address,
            design: code.design,
            scans: code.scan_count,
            last_scan: code.last_scan.map(|at| When::new(at, now)),
            created: When::new(code.created_at, now),
        }
    }
}
