//! Outermost: an id for each request, failures written out, one line in the log.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method},
    response::Response,
};
use tracing::Span;
use uuid::Uuid;

use crate::{error, state::State};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What takes longer is worth a warning.
const SLOW: Duration = Duration::from_secs(1);

/// A request under way, for its line in the log.
pub struct Seen {
    started: Instant,
    id: String,
    header: Option<HeaderValue>,
    method: Method,
    route: Option<MatchedPath>,
}

/// Takes over the caller's `x-request-id` or mints one; answers and log lines carry it, and so do pages that say what
/// went wrong. Neither bodies nor query strings are logged.
pub fn begin(state: &State, request: &mut Request) -> (Seen, Span) {
    let id = given(request.headers()).unwrap_or_else(|| state.engine.clock().new_id::<Uuid>().to_string());
    let span = tracing::info_span!("request", id = %id);
    let header = HeaderValue::from_str(&id).ok();
    if let Some(header) = header.clone() {
        request.headers_mut().insert(REQUEST_ID, header);
    }
    let seen = Seen {
        started: Instant::now(),
        id,
        header,
        method: request.method().clone(),
        route: request.extensions().get::<MatchedPath>().cloned(),
    };
    (seen, span)
}

impl Seen {
    pub fn end(self, response: Response) -> Response {
        let mut response = error::finish(response, &self.id);
        if let Some(header) = self.header {
            response.headers_mut().insert(REQUEST_ID, header);
        }
        let (status, taken) = (response.status().as_u16(), self.started.elapsed());
        let (method, duration_us) = (self.method, taken.as_micros() as u64);
        let route = self.route.as_ref().map_or("unmatched", MatchedPath::as_str);
        if taken > SLOW {
            tracing::warn!(%method, route, status, duration_us, "Slow: {method} {route} {status}");
        } else if status >= 500 || !matches!(route, "/healthz" | "/readyz") {
            tracing::info!(%method, route, status, duration_us, "{method} {route} {status}");
        }
        response
    }
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
