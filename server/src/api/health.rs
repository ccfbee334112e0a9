//! Whether the process lives, and whether it can work.

use axum::{Json, Router, extract, response::IntoResponse, routing::get};
use engine::Engine;
use serde_json::json;

use crate::{error::ApiError, state::State};

pub fn routes() -> Router<State> {
    Router::new()
        .route("/healthz", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/readyz", get(ready))
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
}

/// 503 while the store cannot be written, and from the moment the process was told to stop.
async fn ready(extract::State(engine): extract::State<Engine>) -> Result<impl IntoResponse, ApiError> {
    match engine.is_ready().await {
        true => Ok(Json(json!({ "status": "ready" }))),
        false => Err(ApiError::stopping()),
    }
}
