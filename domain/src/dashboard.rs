//! What the first page of the console shows.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    chat::Outcome,
    id::{BotId, ConversationId},
    lead::Lead,
    ledger::Balance,
};

/// A number of the last 30 days and of the 30 days before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    pub now: i64,
    pub before: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecentQuestion {
    pub conversation_id: ConversationId,
    pub bot_id: BotId,
    pub bot_name: String,
    pub question: String,
    pub outcome: Option<Outcome>,
    pub asked_at: DateTime<Utc>,
}

/// The first-run checklist: what is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstRun {
    pub bot: bool,
    pub listing: bool,
    pub knowledge: bool,
    pub question: bool,
    pub code: bool,
}

impl FirstRun {
    pub const fn is_complete(self) -> bool {
        self.bot && self.listing && self.knowledge && self.question && self.code
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    pub scans: Trend,
    pub conversations: Trend,
    pub leads: Trend,
    pub balance: Balance,
    /// Conversations a day, the last 30 days, days without any left out.
    pub daily: Vec<(NaiveDate, i64)>,
    pub recent_questions: Vec<RecentQuestion>,
    pub recent_leads: Vec<Lead>,
    pub first_run: FirstRun,
}
