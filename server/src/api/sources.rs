//! Sources: what a bot was trained on, and what was read from it.

use axum::Json;
use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, FactId, JobId, PassageId, PropertyId, SourceId},
    training::{Passage, Source, SourceDetail, SourceKind, SourceState, StoredFact},
};
use engine::training;
use serde::Serialize;
use utoipa::ToSchema;

use super::chatbots::Message;
use crate::{
    error::ApiError,
    extract::{Caller, Id, List, Paging},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Source)]
pub(super) struct SourceOut {
    source_id: SourceId,
    bot_id: BotId,
    property_id: Option<PropertyId>,
    source_type: SourceKind,
    /// The page's title, the file's name, or the first words of the text.
    title: String,
    /// The page's address or the file's name.
    source_identifier: String,
    status: SourceState,
    /// Of a hundred.
    progress: i64,
    /// What is going on, or why it failed and what to do.
    details: String,
    fact_count: i64,
    passage_count: i64,
    job_id: JobId,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Source> for SourceOut {
    fn from(source: Source) -> Self {
        Self {
            source_id: source.id,
            bot_id: source.bot_id,
            property_id: source.property_id,
            source_type: source.kind,
            title: source.title,
            source_identifier: source.locator,
            status: source.state,
            progress: source.progress,
            details: source.message,
            fact_count: source.fact_count,
            passage_count: source.passage_count,
            job_id: source.job_id,
            created_at: source.created_at,
            finished_at: source.finished_at,
        }
    }
}

/// A source with all that was read from it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceDetail)]
pub(super) struct DetailOut {
    #[serde(flatten)]
    source: SourceOut,
    facts: Vec<FactOut>,
    passages: Vec<PassageOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fact)]
struct FactOut {
    fact_id: FactId,
    property_id: Option<PropertyId>,
    /// What it says something about, such as `bedrooms`.
    field: String,
    label: String,
    /// As a person reads it: `$489,000`, `1,176 sq ft`.
    value: String,
    /// The words of the source that it was read from.
    quote: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passage)]
struct PassageOut {
    passage_id: PassageId,
    heading: Option<String>,
    text: String,
}

impl From<StoredFact> for FactOut {
    fn from(stored: StoredFact) -> Self {
        Self {
            fact_id: stored.id,
            property_id: stored.property_id,
            field: stored.fact.key.as_str().to_owned(),
            label: stored.fact.name().to_owned(),
            value: stored.fact.display(),
            quote: stored.fact.span.quote,
        }
    }
}

impl From<Passage> for PassageOut {
    fn from(passage: Passage) -> Self {
        Self {
            passage_id: passage.id,
            heading: passage.heading,
            text: passage.text,
        }
    }
}

impl From<SourceDetail> for DetailOut {
    fn from(detail: SourceDetail) -> Self {
        Self {
            source: detail.source.into(),
            facts: detail.facts.into_iter().map(FactOut::from).collect(),
            passages: detail.passages.into_iter().map(PassageOut::from).collect(),
        }
    }
}

/// List sources
///
/// What bots were trained on, newest first.
#[utoipa::path(
    get,
    path = "/sources",
    operation_id = "list_sources",
    tag = "Training",
    params(("bot_id" = Option<BotId>, Query, description = "Only those of this bot.")),
    responses((
        status = 200,
        body = [SourceOut],
        links(("read" = (operation_id = "get_source", parameters(("id" = "$response.body#/0/source_id"))))),
    )),
)]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = training::list(&call, paging.filter("bot_id")?, paging.after(), paging.limit).await?;
    paging.list(page, SourceOut::from)
}

/// Read a source
///
/// With the facts and passages that were read from it.
#[utoipa::path(
    get,
    path = "/sources/{id}",
    operation_id = "get_source",
    tag = "Training",
    responses((status = 200, body = DetailOut)),
)]
pub(super) async fn get(Caller(call): Caller, Id(id): Id<SourceId>) -> Result<Json<DetailOut>, ApiError> {
    Ok(Json(training::source(&call, id).await?.into()))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FileLink)]
pub(super) struct LinkOut {
    /// For whoever has it, without a token.
    url: String,
    expires_at: DateTime<Utc>,
}

/// Get a link to a source's file
///
/// What was read, as it came: the page, the file or the text. The link holds for five minutes.
#[utoipa::path(
    get,
    path = "/sources/{id}/file",
    operation_id = "get_source_file",
    tag = "Training",
    responses((status = 200, body = LinkOut)),
)]
pub(super) async fn file(Caller(call): Caller, Id(id): Id<SourceId>) -> Result<Json<LinkOut>, ApiError> {
    let link = training::file_link(&call, id).await?;
    Ok(Json(LinkOut {
        url: format!("{}{}", call.engine().config().public_url, link.path),
        expires_at: link.expires_at,
    }))
}

/// Remove a source
///
/// From the next question on nothing of it is answered.
#[utoipa::path(
    delete,
    path = "/sources/{id}",
    operation_id = "delete_source",
    tag = "Training",
    responses((status = 200, body = Message)),
)]
pub(super) async fn delete(Caller(call): Caller, Id(id): Id<SourceId>) -> Result<Json<Message>, ApiError> {
    training::remove(&call, id).await?;
    Ok(Json(Message {
        message: "Source removed.",
    }))
}
