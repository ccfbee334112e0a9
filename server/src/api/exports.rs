//! All data of an organization in one file.

use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};
use engine::{Call, privacy};
use tokio_util::io::ReaderStream;

use crate::{error::ApiError, extract::Caller};

/// Export all data of one's organization
///
/// A ZIP of JSON files, each a list: members, bots, properties, knowledge, codes, conversations with every turn, leads with
/// consents, moves of credits, the audit log. For the owner, who must have signed in within the last five minutes.
#[utoipa::path(
    get,
    path = "/exports/organization",
    operation_id = "export_organization",
    tag = "People",
    responses((status = 200, body = [u8], content_type = "application/zip")),
)]
pub(super) async fn organization(Caller(call): Caller) -> Result<Response, ApiError> {
    zip(&call).await
}

/// The file, sent as it is read.
pub(crate) async fn zip(call: &Call) -> Result<Response, ApiError> {
    let file = tokio::fs::File::from_std(privacy::export(call).await?);
    let headers = [
        (header::CONTENT_TYPE, "application/zip"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"organization.zip\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}
