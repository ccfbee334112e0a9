//! Conversations, each answer with its receipt.

use axum::Json;
use chrono::{DateTime, Utc};
use domain::{
    chat::{Citation, ConversationSummary, Outcome, Receipt, Turn},
    id::{BotId, ConversationId, PropertyId, TurnId},
};
use engine::chat;
use serde::Serialize;

use crate::{
    error::ApiError,
    extract::{Caller, Id, List, Paging},
};

#[derive(Debug, Serialize)]
struct SummaryOut {
    conversation_id: ConversationId,
    bot_id: BotId,
    bot_name: String,
    property_id: Option<PropertyId>,
    property_address: Option<String>,
    turn_count: i64,
    unanswered_count: i64,
    first_question: String,
    lead_captured: bool,
    timestamp: DateTime<Utc>,
    last_active: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
pub(super) struct ConversationOut {
    #[serde(flatten)]
    summary: SummaryOut,
    messages: Vec<MessageOut>,
}

/// What one side said. An answer also tells how it was made.
#[derive(Debug, Serialize)]
struct MessageOut {
    role: &'static str,
    content: String,
    timestamp: DateTime<Utc>,
    turn_id: TurnId,
    #[serde(flatten)]
    answer: Option<AnswerOut>,
}

#[derive(Debug, Serialize)]
struct AnswerOut {
    /// `null` while the answer is being made.
    outcome: Option<Outcome>,
    citations: Vec<Citation>,
    receipt: Receipt,
    charged_milli: i64,
}

impl From<ConversationSummary> for SummaryOut {
    fn from(summary: ConversationSummary) -> Self {
        Self {
            conversation_id: summary.id,
            bot_id: summary.bot_id,
            bot_name: summary.bot_name,
            property_id: summary.property_id,
            property_address: summary.property_address,
            turn_count: summary.turn_count,
            unanswered_count: summary.unanswered_count,
            first_question: summary.first_question,
            lead_captured: summary.lead_count > 0,
            timestamp: summary.started_at,
            last_active: summary.last_at,
        }
    }
}

fn messages(turn: Turn) -> [MessageOut; 2] {
    let answer = AnswerOut {
        outcome: turn.outcome,
        citations: turn.citations,
        receipt: turn.receipt,
        charged_milli: turn.charged_milli,
    };
    [
        MessageOut {
            role: "user",
            content: turn.question,
            timestamp: turn.created_at,
            turn_id: turn.id,
            answer: None,
        },
        MessageOut {
            role: "assistant",
            content: turn.answer,
            timestamp: turn.finished_at.unwrap_or(turn.created_at),
            turn_id: turn.id,
            answer: Some(answer),
        },
    ]
}

/// `?unanswered=true` keeps those with a question nobody answered.
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = chat::conversations(&call, paging.flag("unanswered"), paging.after(), paging.limit).await?;
    Ok(paging.list(page, SummaryOut::from))
}

pub(super) async fn get(Caller(call): Caller, Id(id): Id<ConversationId>) -> Result<Json<ConversationOut>, ApiError> {
    let conversation = chat::conversation(&call, id).await?;
    let messages = conversation.turns.into_iter().flat_map(messages).collect();
    Ok(Json(ConversationOut {
        summary: conversation.summary.into(),
        messages,
    }))
}
