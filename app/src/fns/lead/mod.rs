//! Leads as the realtor reads them.

mod list;

use chrono::{DateTime, Utc};
use domain::lead::Lead;
use serde::{Deserialize, Serialize};

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
    pub left: When,
}

impl LeadRow {
    pub fn new(lead: Lead, now: DateTime<Utc>) -> Self {
        Self {
            id: lead.id.to_string(),
            name: lead.name,
            email: lead.email,
            phone: lead.phone,
            message: lead.message,
            bot: lead.bot_name,
            property: lead.property_address,
            conversation_id: lead.conversation_id.map(|id| id.to_string()),
            left: When::new(lead.created_at, now),
        }
    }
}
