//! Leads.

use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, ConversationId, LeadId, PropertyId},
    lead::Lead,
};
use engine::lead;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    error::ApiError,
    extract::{Caller, List, Paging},
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
    Ok(paging.list(page, LeadOut::from))
}
