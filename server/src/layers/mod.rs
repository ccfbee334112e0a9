//! What every request passes on its way in and out.

pub mod body;
pub mod headers;
pub mod observe;
pub mod origin;
pub mod rate;

use std::{any::Any, panic::AssertUnwindSafe};

use axum::{
    Router,
    body::Body,
    extract::{Request, State as Shared},
    http::Method,
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
        let said = headers::begin(&mut request);
        request.extensions_mut().insert(address);
        let refused = origin::refusal(&state, &request)
            .or_else(|| rate::refusal(&state, &address, &request))
            .or_else(|| asks_for_nothing(&request));
        let response = match refused {
            Some(refused) => refused.into_response(),
            None => answered(next, request).await,
        };
        let response = seen.end(said.end(&state, response));
        // The router leaves the body out for handlers; answers made here come past it.
        match head {
            true => response.map(|_| Body::empty()),
            false => response,
        }
    }
    .instrument(span)
    .await
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
