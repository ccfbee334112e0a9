//! How much a request may send.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Request},
    http::header,
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use http_body_util::Limited;

use crate::{error::ApiError, state::State};

/// For uploads: the largest file and the rest of its form.
pub const UPLOAD_MAX: usize = domain::training::FILE_MAX + 1024 * 1024;

/// Holds bodies of these routes to `limit` bytes, told or counted.
pub fn at_most(routes: axum::Router<State>, limit: usize) -> axum::Router<State> {
    let guard = move |request: Request, next: Next| async move {
        let told = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if told.is_some_and(|told| told > limit as u64) {
            return ApiError::too_large(limit).into_response();
        }
        next.run(request.map(|body| Body::new(Limited::new(body, limit)))).await
    };
    routes.layer(from_fn(guard)).layer(DefaultBodyLimit::disable())
}
