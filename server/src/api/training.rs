//! Training a property's bot, and how far that is.

use axum::{Json, http::StatusCode, response::IntoResponse};
use domain::{
    Fault, FaultCode,
    id::{JobId, PropertyId, SourceId},
    training::{JobStatus, Source},
};
use engine::{
    Call, listing,
    training::{self, Target},
};
use serde::{Deserialize, Serialize};

use super::number::Used;
use crate::{
    error::ApiError,
    extract::{Caller, Id, IdempotencyKey, Input, Upload},
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct UrlIn {
    url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TextIn {
    text_content: String,
}

/// The work goes on in the background: the price is reserved, and charged when it is done.
#[derive(Debug, Serialize)]
struct Accepted {
    message: &'static str,
    job_id: JobId,
    source_id: SourceId,
    #[serde(flatten)]
    used: Used,
}

pub(super) async fn url(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    key: IdempotencyKey,
    Input(body): Input<UrlIn>,
) -> Result<impl IntoResponse, ApiError> {
    let target = target(&call, id).await?;
    let source = training::add_url(&call, target, &body.url, key.of("train.url")?).await?;
    Ok(accepted(&call, &source))
}

pub(super) async fn knowledge_base(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    key: IdempotencyKey,
    Input(body): Input<TextIn>,
) -> Result<impl IntoResponse, ApiError> {
    let target = target(&call, id).await?;
    let source = training::add_text(&call, target, &body.text_content, key.of("train.knowledge_base")?).await?;
    Ok(accepted(&call, &source))
}

pub(super) async fn document(
    Caller(call): Caller,
    Id(id): Id<PropertyId>,
    key: IdempotencyKey,
    upload: Upload,
) -> Result<impl IntoResponse, ApiError> {
    let target = target(&call, id).await?;
    let file = upload
        .file
        .ok_or_else(|| ApiError::field("file", "Choose a file: PDF, DOCX, HTML or TXT."))?;
    let kind = file.content_type.as_deref();
    let source = training::add_file(&call, target, &file.name, kind, file.bytes, key.of("train.document")?).await?;
    Ok(accepted(&call, &source))
}

pub(super) async fn status(Caller(call): Caller, Id(id): Id<JobId>) -> Result<Json<JobStatus>, ApiError> {
    Ok(Json(training::job_status(&call, id).await?))
}

/// The bot that answers for the property learns.
async fn target(call: &Call, id: PropertyId) -> Result<Target, ApiError> {
    let property = listing::get(call, id).await?;
    let no_bot = || {
        Fault::new(
            FaultCode::Conflict,
            "No bot answers for this property yet. Set its bot_id first, then train.",
        )
    };
    let bot = property.bot_id.ok_or_else(no_bot)?;
    Ok(Target {
        bot,
        property: Some(property.id),
    })
}

fn accepted(call: &Call, source: &Source) -> impl IntoResponse + use<> {
    let message = "Training has begun. Ask for the job's status to see how far it is.";
    let used = call.engine().config().prices.source.into();
    (
        StatusCode::ACCEPTED,
        Json(Accepted {
            message,
            job_id: source.job_id,
            source_id: source.id,
            used,
        }),
    )
}
