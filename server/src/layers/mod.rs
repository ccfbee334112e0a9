//! What every request passes on its way in and out.

pub mod body;
pub mod cors;
pub mod headers;
pub mod observe;
pub mod origin;
pub mod quota;
pub mod rate;

use std::{any::Any, convert::Infallible, panic::AssertUnwindSafe};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    extract::{Request, State as Shared},
    http::{HeaderValue, Method, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use tracing::Instrument;

use crate::{error::ApiError, extract::ClientAddress, state::State};

/// Puts the layer around a finished router.
pub fn around(router: Router<State>, state: &State) -> Router<State> {
    router.layer(from_fn_with_state(state.clone(), pass))
}

/// One layer for all of it: each layer of a router costs every request some allocations and a copy of what it holds.
async fn pass(Shared(state): Shared<State>, address: ClientAddress, mut request: Request, next: Next) -> Response {
    let head = request.method() == Method::HEAD;
    let (seen, span) = observe::begin(&state, &mut request);
    async move {
        if head {
            // Answered as a GET is, by whatever answers it.
            *request.method_mut() = Method::GET;
        }
        let said = headers::begin(&mut request);
        request.extensions_mut().insert(address);
        let asked = cors::begin(&state, request.method(), request.uri().path(), request.headers()).await;
        let refused = origin::wrong_host(&state, &request)
            .or_else(|| origin::refusal(&state, &request))
            .or_else(|| rate::refusal(&state, &address, &request))
            .or_else(|| asks_for_nothing(&request));
        let preflight = asked.as_ref().and_then(cors::Asked::preflight);
        let mut response = match (refused, preflight) {
            (Some(refused), _) => refused.into_response(),
            (None, Some(preflight)) => preflight,
            (None, None) => answered(next, request).await,
        };
        if let Some(asked) = asked {
            asked.end(response.headers_mut());
        }
        let response = seen.end(said.end(&state, response));
        match head {
            true => without_body(response),
            false => response,
        }
    }
    .instrument(span)
    .await
}

/// The answer to a HEAD, which says how long a GET's is, where that is known beforehand.
fn without_body(mut response: Response) -> Response {
    let Some(length) = response.body().size_hint().exact() else {
        // Of one that is plainly empty the router would say that it is.
        let nothing = futures::stream::empty::<Result<Bytes, Infallible>>();
        return response.map(|_| Body::from_stream(nothing));
    };
    let length = HeaderValue::from(length);
    response.headers_mut().entry(header::CONTENT_LENGTH).or_insert(length);
    response.map(|_| Body::empty())
}

/// No name and no text of ours has a NUL in it, and PostgreSQL takes none as a question.
fn asks_for_nothing(request: &Request) -> Option<ApiError> {
    let uri = request.uri();
    if uri.path().contains("%00") {
        return Some(ApiError::not_found("address"));
    }
    let query = uri.query().is_some_and(|query| query.contains("%00"));
    query.then(|| ApiError::invalid("The address has a character (NUL) that no text has. Take it out and try again."))
}

/// A handler that panics is one answer of 500, not a connection that breaks.
async fn answered(next: Next, request: Request) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => panicked(&*panic).into_response(),
    }
}

fn panicked(panic: &(dyn Any + Send)) -> ApiError {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(format!("a handler panicked: {}", text.unwrap_or("without a text")))
}
