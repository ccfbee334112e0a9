//! Leads.

use axum::Json;
use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, ConversationId, LeadId, PropertyId},
    lead::{Consent, Lead},
};
use engine::{lead, privacy};
use serde::Serialize;
use utoipa::ToSchema;

use super::chatbots::Message;
use crate::{
    error::ApiError,
    extract::{Caller, Id, List, Paging},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lead)]
struct LeadOut {
    lead_id: LeadId,
    bot_id: BotId,
    bot_name: String,
    property_id: Option<PropertyId>,
    property_address: Option<String>,
    conversation_id: Option<ConversationId>,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    message: String,
    /// To what the buyer agreed, by the way they are reached.
    consents: Vec<Consent>,
    created_at: DateTime<Utc>,
}

impl From<Lead> for LeadOut {
    fn from(lead: Lead) -> Self {
        Self {
            lead_id: lead.id,
            bot_id: lead.bot_id,
            bot_name: lead.bot_name,
            property_id: lead.property_id,
            property_address: lead.property_address,
            conversation_id: lead.conversation_id,
            name: lead.name,
            email: lead.email,
            phone: lead.phone,
            message: lead.message,
            consents: lead.consents,
            created_at: lead.created_at,
        }
    }
}

/// List leads
///
/// Buyers who left a way to be reached, newest first.
#[utoipa::path(get, path = "/leads", operation_id = "list_leads", tag = "Leads", responses((status = 200, body = [LeadOut])))]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = lead::list(&call, paging.after(), paging.limit).await?;
    paging.list(page, LeadOut::from)
}

/// Erase a lead
///
/// What the buyer left and what was said in the conversation it came from are removed for good; what was counted stays. For the
/// owner and admins.
#[utoipa::path(
    delete,
    path = "/leads/{id}",
    operation_id = "erase_lead",
    tag = "Leads",
    responses((status = 200, body = Message)),
)]
pub(super) async fn erase(Caller(call): Caller, Id(id): Id<LeadId>) -> Result<Json<Message>, ApiError> {
    privacy::erase_lead(&call, id).await?;
    Ok(Json(Message {
        message: "Lead erased.",
    }))
}
