//! Coming to a porch and looking at it.

use axum::{
    Extension,
    extract::State as Shared,
    http::{HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use engine::{
    Call, Engine, porch,
    qr::{self, Visit},
};

use super::visitor::{Failed, Visitor};
use crate::{
    error::ApiError,
    extract::{ClientAddress, Names},
};

/// A sign is scanned: the visit is on record before the answer goes out.
pub(super) async fn scan(
    Shared(engine): Shared<Engine>,
    Names(code): Names<String>,
    address: ClientAddress,
    visitor: Visitor,
) -> Result<Response, Failed> {
    let visit = Visit {
        address: address.0,
        user_agent: visitor.header(header::USER_AGENT).unwrap_or_default().to_owned(),
        referrer: visitor.header(header::REFERER).map(str::to_owned),
    };
    let porch = qr::scan(&engine, &code, &visit)
        .await
        .map_err(|error| visitor.failed(error))?;
    let headers = [(header::LOCATION, porch.as_str()), (header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// From the address that a form was sent to, to its page.
pub(super) async fn back(uri: Uri) -> Redirect {
    Redirect::to(uri.path().rsplit_once('/').map_or("/", |(page, _)| page))
}

/// The page, with the visitor's conversation so far.
pub(super) async fn show(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
) -> Result<Response, Failed> {
    let door = visitor.open(&engine, &slug, None).await?;
    let mut visit = visitor.visit(&door);
    visit.lead_sent = visitor.has_sent();
    door.page(StatusCode::OK, &visit)
        .await
        .map_err(|error| visitor.failed(error))
}

/// An organization's logo for its public pages.
pub(super) async fn logo(
    Shared(engine): Shared<Engine>,
    Names(organization): Names<String>,
) -> Result<Response, ApiError> {
    let logo = porch::logo(&engine, &organization)
        .await?
        .ok_or_else(|| ApiError::not_found("logo"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    Ok((headers, logo).into_response())
}

/// A photo of a listing. The number of a source's photo never comes to mean another picture; one that was taken away is gone
/// from browsers soon, and was kept nowhere between.
pub(super) async fn photo(
    Shared(engine): Shared<Engine>,
    caller: Option<Extension<Call>>,
    Names((source, number)): Names<(String, String)>,
) -> Result<Response, ApiError> {
    let caller = caller.map(|Extension(call)| call);
    let found = match (source.parse(), number.parse()) {
        (Ok(source), Ok(number)) => porch::photo(&engine, caller.as_ref(), source, number).await?,
        _ => None,
    };
    let (photo, is_public) = found.ok_or_else(|| ApiError::not_found("photo"))?;
    let kept = if is_public { "private, max-age=300" } else { "no-store" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, HeaderValue::from_static(kept)),
    ];
    Ok((headers, photo).into_response())
}
