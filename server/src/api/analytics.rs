//! What happened, day by day.

use axum::Json;
use chrono::NaiveDate;
use domain::{
    analytics::{ConversationDay, LeadDay, ScanDay, Span},
    id::{BotId, CodeId, PropertyId},
};
use engine::{Call, analytics};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    error::ApiError,
    extract::{Caller, Question},
};

/// A day is one of UTC.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Days {
    /// The first day; else thirty days in all.
    #[param(format = Date, pattern = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-")]
    start_date: Option<String>,
    /// The last day, at most a year after the first; else today.
    #[param(format = Date, pattern = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-")]
    end_date: Option<String>,
    /// Only those of this bot.
    #[param(format = Uuid)]
    bot_id: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ScanDays {
    /// The first day; else thirty days in all.
    #[param(format = Date, pattern = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-")]
    start_date: Option<String>,
    /// The last day, at most a year after the first; else today.
    #[param(format = Date, pattern = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-")]
    end_date: Option<String>,
    /// Only visits through this code.
    #[param(format = Uuid)]
    qr_id: Option<String>,
    /// Only visits through codes of this property.
    #[param(format = Uuid)]
    property_id: Option<String>,
}

/// Days without any visit are left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ScanAnalytics)]
pub(super) struct ScansOut {
    start_date: NaiveDate,
    end_date: NaiveDate,
    total_scans: i64,
    total_counted: i64,
    days: Vec<ScanDay>,
}

/// Days without anything are left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationAnalytics)]
pub(super) struct ConversationsOut {
    start_date: NaiveDate,
    end_date: NaiveDate,
    total_conversations: i64,
    total_questions: i64,
    total_unanswered: i64,
    days: Vec<ConversationDay>,
}

/// Days without any lead are left out.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeadAnalytics)]
pub(super) struct LeadsOut {
    start_date: NaiveDate,
    end_date: NaiveDate,
    total_leads: i64,
    days: Vec<LeadDay>,
}

fn id<T: std::str::FromStr>(name: &str, text: Option<&String>) -> Result<Option<T>, ApiError> {
    let id = text.map(|text| text.parse::<T>());
    id.transpose().map_err(|_| ApiError::field(name, "This is not an id."))
}

fn span(call: &Call, first: Option<&String>, last: Option<&String>) -> Result<Span, ApiError> {
    Ok(analytics::span(
        call,
        first.map(String::as_str),
        last.map(String::as_str),
    )?)
}

/// Count the visits through QR codes
///
/// Those by people, a day at a time. What crawlers and link previews open is left out.
#[utoipa::path(
    get,
    path = "/analytics/qr_scans",
    operation_id = "get_scan_analytics",
    tag = "Analytics",
    responses((status = 200, body = ScansOut)),
)]
pub(super) async fn scans(
    Caller(call): Caller,
    Question(asked): Question<ScanDays>,
) -> Result<Json<ScansOut>, ApiError> {
    let span = span(&call, asked.start_date.as_ref(), asked.end_date.as_ref())?;
    let code = id::<CodeId>("qr_id", asked.qr_id.as_ref())?;
    let property = id::<PropertyId>("property_id", asked.property_id.as_ref())?;
    let days = analytics::scans(&call, span, code, property).await?;
    Ok(Json(ScansOut {
        start_date: span.first,
        end_date: span.last,
        total_scans: days.iter().map(|day| day.scans).sum(),
        total_counted: days.iter().map(|day| day.counted).sum(),
        days,
    }))
}

/// Count conversations and questions
///
/// Those of buyers, a day at a time.
#[utoipa::path(
    get,
    path = "/analytics/conversations",
    operation_id = "get_conversation_analytics",
    tag = "Analytics",
    responses((status = 200, body = ConversationsOut)),
)]
pub(super) async fn conversations(
    Caller(call): Caller,
    Question(asked): Question<Days>,
) -> Result<Json<ConversationsOut>, ApiError> {
    let span = span(&call, asked.start_date.as_ref(), asked.end_date.as_ref())?;
    let bot = id::<BotId>("bot_id", asked.bot_id.as_ref())?;
    let days = analytics::conversations(&call, span, bot).await?;
    Ok(Json(ConversationsOut {
        start_date: span.first,
        end_date: span.last,
        total_conversations: days.iter().map(|day| day.conversations).sum(),
        total_questions: days.iter().map(|day| day.questions).sum(),
        total_unanswered: days.iter().map(|day| day.unanswered).sum(),
        days,
    }))
}

/// Count leads
///
/// A day at a time.
#[utoipa::path(
    get,
    path = "/analytics/leads",
    operation_id = "get_lead_analytics",
    tag = "Analytics",
    responses((status = 200, body = LeadsOut)),
)]
pub(super) async fn leads(Caller(call): Caller, Question(asked): Question<Days>) -> Result<Json<LeadsOut>, ApiError> {
    let span = span(&call, asked.start_date.as_ref(), asked.end_date.as_ref())?;
    let bot = id::<BotId>("bot_id", asked.bot_id.as_ref())?;
    let days = analytics::leads(&call, span, bot).await?;
    Ok(Json(LeadsOut {
        start_date: span.first,
        end_date: span.last,
        total_leads: days.iter().map(|day| day.leads).sum(),
        days,
    }))
}
