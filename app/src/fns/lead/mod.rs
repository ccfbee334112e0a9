//! Leads as the realtor reads them.

mod erase;
mod list;

use chrono::{DateTime, Utc};
use domain::lead::{Consent, Lead};
use serde::{Deserialize, Serialize};

pub use erase::*;
pub use list::*;

use super::when::When;

/// One row of the list: everything a buyer left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadRow {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub message: String,
    pub bot: String,
    pub property: Option<String>,
    pub conversation_id: Option<String>,
    /// To what they agreed.
    pub consents: Vec<ConsentRow>,
    pub may_erase: bool,
    pub left: When,
}

/// A way a buyer may be reached, or might once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsentRow {
    pub channel: String,
    pub text: String,
    pub version: String,
    pub given: When,
    pub withdrawn: Option<When>,
}

impl LeadRow {
    pub fn new(lead: Lead, may_erase: bool, now: DateTime<Utc>) -> Self {
        let consent = |consent: Consent| ConsentRow {
            channel: consent.channel.words().to_owned(),
            text: consent.text,
            version: consent.version,
            given: When::new(consent.given_at, now),
            withdrawn: consent.withdrawn_at.map(|at| When::new(at, now)),
        };
        Self {
            id: lead.id.to_string(),
            name: lead.name,
            email: lead.email,
            phone: lead.phone,
            message: lead.message,
            bot: lead.bot_name,
            property: lead.property_address,
            conversation_id: lead.conversation_id.map(|id| id.to_string()),
            consents: lead.consents.into_iter().map(consent).collect(),
            may_erase,
            left: When::new(lead.created_at, now),
        }
    }
}
