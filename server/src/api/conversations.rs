//! Conversations, each answer with its receipt.

use axum::Json;
use chrono::{DateTime, Utc};
use domain::{
    chat::{Citation, ConversationSummary, Outcome, Receipt, Turn},
    id::{BotId, ConversationId, PropertyId, TurnId},
};
use engine::chat;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::ApiError,
    extract::{Caller, Id, List, Paging},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationSummary)]
struct SummaryOut {
    conversation_id: ConversationId,
    bot_id: BotId,
    bot_name: String,
    property_id: Option<PropertyId>,
    property_address: Option<String>,
    turn_count: i64,
    unanswered_count: i64,
    /// Of a list of those that wait, the first that waits.
    first_question: String,
    lead_captured: bool,
    timestamp: DateTime<Utc>,
    last_active: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(super) struct ConversationOut {
    #[serde(flatten)]
    summary: SummaryOut,
    messages: Vec<MessageOut>,
}

/// What one side said. An answer also tells how it was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "role", rename_all = "snake_case")]
#[schema(as = ConversationMessage)]
enum MessageOut {
    User(QuestionOut),
    Assistant(ReplyOut),
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Question)]
struct QuestionOut {
    content: String,
    timestamp: DateTime<Utc>,
    turn_id: TurnId,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Answer)]
struct ReplyOut {
    content: String,
    timestamp: DateTime<Utc>,
    turn_id: TurnId,
    /// `null` while the answer is being made.
    outcome: Option<Outcome>,
    citations: Vec<Citation>,
    receipt: Receipt,
    /// Milli-credits.
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
    [
        MessageOut::User(QuestionOut {
            content: turn.question,
            timestamp: turn.created_at,
            turn_id: turn.id,
        }),
        MessageOut::Assistant(ReplyOut {
            content: turn.answer,
            timestamp: turn.finished_at.unwrap_or(turn.created_at),
            turn_id: turn.id,
            outcome: turn.outcome,
            citations: turn.citations,
            receipt: turn.receipt,
            charged_milli: turn.charged_milli,
        }),
    ]
}

/// List conversations
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/conversations",
    operation_id = "list_conversations",
    tag = "Conversations",
    params(("unanswered" = Option<bool>, Query, description = "Only those with a question that nobody answered.")),
    responses((
        status = 200,
        body = [SummaryOut],
        links(("read" = (operation_id = "get_conversation", parameters(("id" = "$response.body#/0/conversation_id"))))),
    )),
)]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = chat::conversations(&call, paging.flag("unanswered")?, paging.after(), paging.limit).await?;
    paging.list(page, SummaryOut::from)
}

/// Read a conversation
///
/// With what was said, and of each answer what it rests on and how it was made.
#[utoipa::path(
    get,
    path = "/conversations/{id}",
    operation_id = "get_conversation",
    tag = "Conversations",
    responses((status = 200, body = ConversationOut)),
)]
pub(super) async fn get(Caller(call): Caller, Id(id): Id<ConversationId>) -> Result<Json<ConversationOut>, ApiError> {
    let conversation = chat::conversation(&call, id).await?;
    let messages = conversation.turns.into_iter().flat_map(messages).collect();
    Ok(Json(ConversationOut {
        summary: conversation.summary.into(),
        messages,
    }))
}
