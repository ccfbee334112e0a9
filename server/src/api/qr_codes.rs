//! QR codes and their pictures.

use axum::{
    Json,
    extract::Query,
    http::{StatusCode, header},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, CodeId, OrganizationId, PropertyId},
    qr::{Code, CodeDesign, CodeForm},
};
use engine::{Call, qr};
use serde::{Deserialize, Serialize};

use super::chatbots::Message;
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Paging},
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CodeIn {
    bot_id: String,
    property_id: Option<String>,
    label: Option<String>,
    custom_design: Option<DesignIn>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DesignIn {
    foreground: Option<String>,
    background: Option<String>,
    with_logo: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct CodeOut {
    qr_id: CodeId,
    organization_id: OrganizationId,
    bot_id: BotId,
    property_id: Option<PropertyId>,
    label: String,
    /// The address that the code carries.
    qr_code_url: String,
    /// Where its picture is; `image.svg` beside it.
    image_path: String,
    custom_design: CodeDesign,
    scan_count: i64,
    last_scan: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
struct CodeCreated {
    qr_id: CodeId,
    qr_code_url: String,
    image_path: String,
    message: &'static str,
    qr_code: CodeOut,
}

pub(super) async fn create(Caller(call): Caller, Input(body): Input<CodeIn>) -> Result<impl IntoResponse, ApiError> {
    let design = body.custom_design.unwrap_or_default();
    let form = CodeForm {
        bot_id: body.bot_id,
        property_id: body.property_id.unwrap_or_default(),
        label: body.label.unwrap_or_default(),
        foreground: design.foreground.unwrap_or_default(),
        background: design.background.unwrap_or_default(),
        with_logo: design.with_logo.then(|| "on".into()),
    };
    let code = CodeOut::of(&call, qr::create(&call, &form).await?);
    let out = CodeCreated {
        qr_id: code.qr_id,
        qr_code_url: code.qr_code_url.clone(),
        image_path: code.image_path.clone(),
        message: "QR code created.",
        qr_code: code,
    };
    Ok((StatusCode::CREATED, Json(out)))
}

pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = qr::list(&call, paging.filter("bot_id")?, paging.after(), paging.limit).await?;
    Ok(paging.list(page, |code| CodeOut::of(&call, code)))
}

pub(super) async fn get(Caller(call): Caller, Id(id): Id<CodeId>) -> Result<Json<CodeOut>, ApiError> {
    Ok(Json(CodeOut::of(&call, qr::get(&call, id).await?)))
}

pub(super) async fn delete(Caller(call): Caller, Id(id): Id<CodeId>) -> Result<Json<Message>, ApiError> {
    qr::delete(&call, id).await?;
    Ok(Json(Message {
        message: "QR code deleted.",
    }))
}

#[derive(Debug, Deserialize)]
pub(super) struct Size {
    /// Pixels of a side.
    size: Option<u32>,
}

pub(super) async fn png(
    Caller(call): Caller,
    Id(id): Id<CodeId>,
    size: Result<Query<Size>, axum::extract::rejection::QueryRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let Query(Size { size }) = size.map_err(|_| ApiError::field("size", "Give a size in pixels, 128 to 2048."))?;
    Ok((
        [(header::CONTENT_TYPE, "image/png")],
        qr::png(&call, id, size.unwrap_or(512)).await?,
    ))
}

pub(super) async fn svg(Caller(call): Caller, Id(id): Id<CodeId>) -> Result<impl IntoResponse, ApiError> {
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], qr::svg(&call, id).await?))
}

impl CodeOut {
    fn of(call: &Call, code: Code) -> Self {
        Self {
            qr_id: code.id,
            organization_id: call.organization(),
            bot_id: code.bot_id,
            property_id: code.property_id,
            label: code.label,
            qr_code_url: qr::address(call.engine(), &code.slug),
            image_path: format!("/v1/qr_codes/{}/image.png", code.id),
            custom_design: code.design,
            scan_count: code.scan_count,
            last_scan: code.last_scan,
            created_at: code.created_at,
        }
    }
}
