//! What others tell us: events of the payment provider.

use axum::{
    Router,
    body::Bytes,
    extract::State as Shared,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use engine::{Engine, purchase};

use crate::{error::ApiError, state::State};

/// These routes know no session; what is sent to them is signed.
pub fn routes() -> Router<State> {
    Router::new().route("/hooks/stripe", post(stripe))
}

/// An answer that is no success has the provider send the event again.
async fn stripe(Shared(engine): Shared<Engine>, headers: HeaderMap, body: Bytes) -> Result<StatusCode, ApiError> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok());
    match purchase::take_event(&engine, &body, signature.unwrap_or_default()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::invalid(
            "This event is not signed by the payment provider, or was signed more than five minutes ago.",
        )),
    }
}
