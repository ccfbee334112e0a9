//! What every request passes on its way in and out.

pub mod body;
pub mod headers;
pub mod observe;
pub mod origin;
pub mod rate;

use std::any::Any;

use axum::{
    Router,
    body::Body,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{error::ApiError, state::State};

/// Puts the layers around a finished router, the outermost last.
pub fn around(router: Router<State>, state: &State) -> Router<State> {
    router
        .layer(from_fn_with_state(state.clone(), rate::limit))
        .layer(from_fn_with_state(state.clone(), origin::check))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(from_fn_with_state(state.clone(), observe::observe))
        .layer(from_fn(body::no_body_to_head))
}

#[allow(clippy::needless_pass_by_value)]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(format!("a handler panicked: {}", text.unwrap_or("without a text"))).into_response()
}
