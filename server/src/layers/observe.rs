//! The outermost layer: an id for each request, failures written out, one line in the log.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request, State as Shared},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{error, state::State};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What takes longer is worth a warning.
const SLOW: Duration = Duration::from_secs(1);

/// Takes over the caller's `x-request-id` or mints one; answers and log lines carry it. Neither bodies nor query
/// strings are logged.
pub async fn observe(Shared(state): Shared<State>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = given(request.headers()).unwrap_or_else(|| state.engine.clock().new_id::<Uuid>().to_string());
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_else(|| "unmatched".into());
    let span = tracing::info_span!("request", id = %id);
    // Pages that say what went wrong name it.
    let value = HeaderValue::from_str(&id).ok();
    if let Some(value) = value.clone() {
        request.headers_mut().insert(REQUEST_ID, value);
    }
    async move {
        let mut response = error::finish(next.run(request).await, &id);
        if let Some(value) = value {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        let (status, taken) = (response.status().as_u16(), started.elapsed());
        let duration_us = taken.as_micros() as u64;
        if taken > SLOW {
            tracing::warn!(%method, route, status, duration_us, "Slow: {method} {route} {status}");
        } else if status >= 500 || !matches!(route.as_str(), "/healthz" | "/readyz") {
            tracing::info!(%method, route, status, duration_us, "{method} {route} {status}");
        }
        response
    }
    .instrument(span)
    .await
}

/// A short plain id; anything else could forge lines of the log.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    plain.then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ids_are_taken_over() {
        let id = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(value));
            given(&headers)
        };
        assert_eq!(id("abc-1_2.3").as_deref(), Some("abc-1_2.3"));
        assert_eq!(id("a b"), None);
        assert_eq!(id(""), None);
    }
}
