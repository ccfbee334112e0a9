//! How much a request may send.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Request},
    http::{Method, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
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

/// An answer to HEAD has the headers of GET and no body. The router sees to that for handlers; answers made by layers
/// come past it.
pub async fn no_body_to_head(request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    let response = next.run(request).await;
    if head {
        response.map(|_| Body::empty())
    } else {
        response
    }
}
