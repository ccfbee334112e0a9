//! QR codes and their pictures.

use axum::{
    Json,
    extract::Query,
    http::{StatusCode, header},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, CodeId, OrganizationId, PropertyId, ScanId},
    qr::{Code, CodeChange, CodeDesign, CodeForm, ScanRecord, Visitor},
};
use engine::{Call, qr};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{chatbots::Message, failures::Invalid};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Object, Paging, Versioned, etag},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewQrCode, examples(json!({
    "bot_id": "0197f0c5-8d5e-7a31-9f0e-3f6c1d2b4a59",
    "label": "Sign in the front yard",
    "custom_design": { "foreground": "#0b3d3a" },
})))]
pub(super) struct CodeIn {
    /// The bot that it leads to.
    #[serde(default)]
    #[schema(required, format = Uuid)]
    bot_id: String,
    /// The one of the bot's properties that it stands in front of.
    property_id: Option<PropertyId>,
    #[schema(max_length = 100)]
    label: Option<String>,
    #[schema(value_type = Option<DesignIn>)]
    custom_design: Option<Object<DesignIn>>,
}

/// How it looks. A design that cannot be read by a telephone is refused.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCodeDesign)]
struct DesignIn {
    #[schema(pattern = "^(#[0-9A-Fa-f]{6})?$")]
    foreground: Option<String>,
    #[schema(pattern = "^(#[0-9A-Fa-f]{6})?$")]
    background: Option<String>,
    /// With the organization's logo in the middle.
    #[serde(default)]
    with_logo: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QrCode)]
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

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QrCodeCreated)]
struct CodeCreated {
    qr_id: CodeId,
    qr_code_url: String,
    image_path: String,
    message: &'static str,
    qr_code: CodeOut,
}

/// Make a QR code
#[utoipa::path(
    post,
    path = "/qr_codes",
    operation_id = "create_qr_code",
    tag = "QR codes",
    responses((
        status = 201,
        body = CodeCreated,
        links(
            ("read" = (operation_id = "get_qr_code", parameters(("id" = "$response.body#/qr_id")))),
            ("png" = (operation_id = "get_qr_code_png", parameters(("id" = "$response.body#/qr_id")))),
            ("svg" = (operation_id = "get_qr_code_svg", parameters(("id" = "$response.body#/qr_id")))),
            ("ask" = (operation_id = "ask", parameters(("qr_id" = "$response.body#/qr_id")))),
            ("update" = (operation_id = "update_qr_code", parameters(("id" = "$response.body#/qr_id")))),
            ("scans" = (operation_id = "list_scans", parameters(("id" = "$response.body#/qr_id")))),
            ("delete" = (operation_id = "delete_qr_code", parameters(("id" = "$response.body#/qr_id")))),
        ),
    )),
)]
pub(super) async fn create(Caller(call): Caller, Input(body): Input<CodeIn>) -> Result<impl IntoResponse, ApiError> {
    let design = body.custom_design.map(|Object(design)| design).unwrap_or_default();
    let form = CodeForm {
        bot_id: body.bot_id,
        property_id: body.property_id.map(|id| id.to_string()).unwrap_or_default(),
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

/// List QR codes
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/qr_codes",
    operation_id = "list_qr_codes",
    tag = "QR codes",
    params(("bot_id" = Option<BotId>, Query, description = "Only those that lead to this bot.")),
    responses((status = 200, body = [CodeOut])),
)]
pub(super) async fn list(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    let page = qr::list(&call, paging.filter("bot_id")?, paging.after(), paging.limit).await?;
    paging.list(page, |code| CodeOut::of(&call, code))
}

/// Read a QR code
#[utoipa::path(
    get,
    path = "/qr_codes/{id}",
    operation_id = "get_qr_code",
    tag = "QR codes",
    responses((status = 200, body = CodeOut)),
)]
pub(super) async fn get(Versioned(call): Versioned, Id(id): Id<CodeId>) -> Result<impl IntoResponse, ApiError> {
    Ok(tagged(&call, qr::get(&call, id).await?))
}

/// Delete a QR code
///
/// A sign that still shows it leads to a page that says so.
#[utoipa::path(
    delete,
    path = "/qr_codes/{id}",
    operation_id = "delete_qr_code",
    tag = "QR codes",
    responses((status = 200, body = Message)),
)]
pub(super) async fn delete(Versioned(call): Versioned, Id(id): Id<CodeId>) -> Result<Json<Message>, ApiError> {
    qr::delete(&call, id).await?;
    Ok(Json(Message {
        message: "QR code deleted.",
    }))
}

/// What is absent or `null` stays as it is. The address that the code carries never changes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QrCodeChange, examples(json!({ "label": "Sign in the front yard" })))]
pub(super) struct ChangeIn {
    /// Another of its bot's properties.
    property_id: Option<PropertyId>,
    #[schema(max_length = 100)]
    label: Option<String>,
    #[schema(value_type = Option<DesignChangeIn>)]
    custom_design: Option<Object<DesignChangeIn>>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CodeDesignChange)]
struct DesignChangeIn {
    #[schema(pattern = "^(#[0-9A-Fa-f]{6})?$")]
    foreground: Option<String>,
    #[schema(pattern = "^(#[0-9A-Fa-f]{6})?$")]
    background: Option<String>,
    with_logo: Option<bool>,
}

/// Change a QR code
///
/// What it is called, which property it stands in front of, how it looks. A design that cannot be read by a telephone is refused.
#[utoipa::path(
    put,
    path = "/qr_codes/{id}",
    operation_id = "update_qr_code",
    tag = "QR codes",
    responses((status = 200, body = CodeOut)),
)]
pub(super) async fn update(
    Versioned(call): Versioned,
    Id(id): Id<CodeId>,
    Input(body): Input<ChangeIn>,
) -> Result<impl IntoResponse, ApiError> {
    let design = body.custom_design.map(|Object(design)| design).unwrap_or_default();
    let change = CodeChange {
        label: body.label,
        property_id: body.property_id,
        foreground: design.foreground,
        background: design.background,
        with_logo: design.with_logo,
    };
    Ok(tagged(&call, qr::change(&call, id, change).await?))
}

fn tagged(call: &Call, code: Code) -> impl IntoResponse + use<> {
    let version = qr::version(&code);
    let out = CodeOut::of(call, code);
    (etag(version, &out), Json(out))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scan)]
struct ScanOut {
    scan_id: ScanId,
    timestamp: DateTime<Utc>,
    /// `phone`, `tablet`, `computer`, `bot` or `other`, as far as the browser tells.
    device: String,
    referrer: Option<String>,
    /// Where about, when the server can tell.
    place: Option<String>,
    visitor: Visitor,
    /// The first visit of a person within the hour. Only these are charged.
    counted: bool,
}

impl From<ScanRecord> for ScanOut {
    fn from(scan: ScanRecord) -> Self {
        Self {
            scan_id: scan.id,
            timestamp: scan.at,
            device: scan.device,
            referrer: scan.referrer,
            place: scan.place,
            visitor: scan.visitor,
            counted: scan.counted,
        }
    }
}

/// List the visits through a QR code
///
/// Newest first. No visitor can be told from another by them.
#[utoipa::path(
    get,
    path = "/qr_codes/{id}/scans",
    operation_id = "list_scans",
    tag = "QR codes",
    responses((status = 200, body = [ScanOut])),
)]
pub(super) async fn scans(Caller(call): Caller, Id(id): Id<CodeId>, paging: Paging) -> Result<List, ApiError> {
    let page = qr::scans(&call, id, paging.after(), paging.limit).await?;
    paging.list(page, ScanOut::from)
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Size {
    /// Pixels of a side.
    #[param(minimum = 128, maximum = 2048, default = 512)]
    size: Option<u32>,
}

/// Get the picture of a QR code, as PNG
#[utoipa::path(
    get,
    path = "/qr_codes/{id}/image.png",
    operation_id = "get_qr_code_png",
    tag = "QR codes",
    responses((status = 200, body = [u8], content_type = "image/png"), Invalid),
)]
pub(super) async fn png(
    Caller(call): Caller,
    Id(id): Id<CodeId>,
    size: Result<Query<Size>, axum::extract::rejection::QueryRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let size = size.map_or(None, |Query(Size { size })| Some(size.unwrap_or(512)));
    let size = size.filter(|size| (128..=2048).contains(size));
    let size = size.ok_or_else(|| ApiError::field("size", "Give a size in pixels, 128 to 2048."))?;
    Ok(([(header::CONTENT_TYPE, "image/png")], qr::png(&call, id, size).await?))
}

/// Get the picture of a QR code, as SVG
#[utoipa::path(
    get,
    path = "/qr_codes/{id}/image.svg",
    operation_id = "get_qr_code_svg",
    tag = "QR codes",
    responses((status = 200, body = String, content_type = "image/svg+xml")),
)]
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
