//! A turn is one question and its answer; deltas are how an answer reaches a page.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Fault,
    fault::Checks,
    id::{BotId, ConversationId, FactId, PassageId, PropertyId, SourceId, TurnId},
};

pub const QUESTION_MAX: usize = 2000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Answered,
    /// Not on record; the realtor is offered instead.
    Unknown,
    SmallTalk,
    /// Declined on purpose (fair housing).
    Refused,
    /// No AI reply was possible: no credits, provider down, bot paused. Nothing was charged.
    Unavailable,
}

impl Outcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Unknown => "unknown",
            Self::SmallTalk => "small_talk",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Answered,
            Self::Unknown,
            Self::SmallTalk,
            Self::Refused,
            Self::Unavailable,
        ]
        .into_iter()
        .find(|o| o.as_str() == text)
    }
}

/// What an answer rests on: a fact on record or a passage of a source, with the words quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Citation {
    /// What the chip says: `Year built` or the source's title.
    pub label: String,
    /// The words of the source.
    pub quote: String,
    /// Where they stand: the page's address, the file's name, or the realtor's own entry.
    pub origin: String,
    pub source_id: Option<SourceId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub fact_id: Option<FactId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub passage_id: Option<PassageId>,
}

/// How a turn was made: stored with it, shown to the realtor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Receipt {
    /// `built-in` or the provider's model.
    pub engine: String,
    pub knowledge_version: i64,
    /// Facts and passages that were offered to the engine.
    pub facts_considered: u32,
    pub passages: Vec<PassageId>,
    /// Sentences the fact lock or the fair-housing check kept from the buyer, with the reason.
    pub withheld: Vec<Withheld>,
    /// What failed before the answer came.
    pub failures: Vec<String>,
    /// Milliseconds.
    pub first_token_ms: Option<i64>,
    pub total_ms: i64,
    pub price_version: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withheld {
    pub sentence: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub id: TurnId,
    pub conversation_id: ConversationId,
    pub question: String,
    pub answer: String,
    /// `None` while the answer is being made.
    pub outcome: Option<Outcome>,
    pub citations: Vec<Citation>,
    pub receipt: Receipt,
    /// Milli-credits.
    pub charged_milli: i64,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub bot_id: BotId,
    pub bot_name: String,
    pub property_id: Option<PropertyId>,
    pub property_address: Option<String>,
    pub turn_count: i64,
    pub unanswered_count: i64,
    /// Of a list of those that wait, the first that waits.
    pub first_question: String,
    pub lead_count: i64,
    pub started_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub summary: ConversationSummary,
    pub turns: Vec<Turn>,
}

/// One event of a streamed answer. Sent as Server-Sent Events named after the variant, with the
/// event id counting from 1 within the turn, so that a page can resume after its last one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Delta {
    /// The turn exists; the page may resume with this id.
    Started {
        turn_id: TurnId,
        conversation_id: ConversationId,
    },
    /// A whole sentence (or more) that passed every check.
    Text {
        text: String,
    },
    Citation {
        citation: Citation,
    },
    /// The end. `text` is the whole answer, for a page that lost something on the way.
    Done {
        outcome: Outcome,
        text: String,
    },
}

impl Delta {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::Text { .. } => "text",
            Self::Citation { .. } => "citation",
            Self::Done { .. } => "done",
        }
    }
}

/// A question as a buyer may ask it: trimmed, not empty, at most [`QUESTION_MAX`] characters.
pub fn check_question(text: &str) -> Result<String, Fault> {
    let mut checks = Checks::default();
    let text = checks.text("message_text", text, true, QUESTION_MAX);
    checks.finish().map(|()| text)
}
