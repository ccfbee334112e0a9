//! Bots as the console shows and changes them.

mod choices;
mod delete;
mod get;
mod list;
mod pause;
mod publish;
mod set_ai;
mod set_origins;
mod update;

use chrono::{DateTime, Utc};
use domain::bot::{Bot, BotStatus, BotSummary, Tone};
use serde::{Deserialize, Serialize};

pub use choices::*;
pub use delete::*;
pub use get::*;
pub use list::*;
pub use pause::*;
pub use publish::*;
pub use set_ai::*;
pub use set_origins::*;
pub use update::*;

use super::when::When;

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BotRow {
    pub id: String,
    pub name: String,
    pub description: String,
    pub status: BotStatus,
    pub properties: i64,
    pub sources: i64,
    pub conversations: i64,
    /// The last question, if there was one.
    pub last_active: Option<When>,
}

impl BotRow {
    pub fn new(row: BotSummary, now: DateTime<Utc>) -> Self {
        Self {
            id: row.bot.id.to_string(),
            name: row.bot.name,
            description: row.bot.description,
            status: row.bot.status,
            properties: row.property_count,
            sources: row.source_count,
            conversations: row.conversation_count,
            last_active: row.last_active.map(|at| When::new(at, now)),
        }
    }
}

/// A bot's own page: what its realtor may change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BotView {
    pub id: String,
    pub name: String,
    pub description: String,
    pub status: BotStatus,
    pub greeting: String,
    pub tone: Tone,
    pub disclaimer: String,
    /// The sites that may show and ask it.
    pub origins: Vec<String>,
    /// The organization's own AI key that it is answered with; empty for none.
    pub own_ai: String,
    /// The keys to choose from, for those who may.
    pub own_ais: Vec<Choice>,
    /// `/p/{slug}`.
    pub porch: String,
}

impl From<Bot> for BotView {
    fn from(bot: Bot) -> Self {
        Self {
            id: bot.id.to_string(),
            porch: format!("/p/{}", bot.slug),
            name: bot.name,
            description: bot.description,
            status: bot.status,
            greeting: bot.conversation.greeting,
            tone: bot.conversation.tone,
            disclaimer: bot.conversation.disclaimer,
            origins: bot.origins,
            own_ai: bot.model.api_key_id.unwrap_or_default(),
            own_ais: Vec::new(),
        }
    }
}

/// One line of a select: an id and what a person reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
}
