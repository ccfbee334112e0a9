//! The REST API, a file a noun. The same routes answer under `/v1` and `/api`.
//!
//! Handlers know HTTP and nothing of the business: they take a [`crate::extract::Caller`], call the engine's use case
//! and shape the answer. To add a route, add the handler to its noun's file and a line to [`routes`].

pub(crate) mod audit;
mod auth;
mod chat;
mod chatbots;
mod conversations;
mod credits;
pub mod health;
mod leads;
mod number;
mod people;
mod properties;
mod qr_codes;
mod training;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
    response::Response,
    routing::{delete, get, post, put},
};

use crate::{
    error::ApiError,
    extract::BODY_MAX,
    layers::body::{UPLOAD_MAX, at_most},
    state::State,
};

/// All routes, without their prefix.
pub fn routes() -> Router<State> {
    let ordinary = Router::new()
        .route("/auth/register", post(auth::register))
        .route("/auth/login", post(auth::login))
        .route("/auth/refresh", post(auth::refresh))
        .route("/auth/logout", post(auth::logout))
        .route("/users/me", get(auth::me))
        .route("/chatbots", get(chatbots::list).post(chatbots::create))
        .route(
            "/chatbots/{id}",
            get(chatbots::get).put(chatbots::update).delete(chatbots::delete),
        )
        .route("/properties", get(properties::list).post(properties::create))
        .route(
            "/properties/{id}",
            get(properties::get).put(properties::update).delete(properties::delete),
        )
        .route("/properties/{id}/train/url", post(training::url))
        .route("/properties/{id}/train/knowledge_base", post(training::knowledge_base))
        .route("/training_jobs/{id}/status", get(training::status))
        .route("/qr_codes", get(qr_codes::list).post(qr_codes::create))
        .route("/qr_codes/{id}", get(qr_codes::get).delete(qr_codes::delete))
        .route("/qr_codes/{id}/image.png", get(qr_codes::png))
        .route("/qr_codes/{id}/image.svg", get(qr_codes::svg))
        .route("/credits/balance", get(credits::balance))
        .route("/credits/transactions", get(credits::transactions))
        .route("/leads", get(leads::list))
        .route("/members", get(people::members))
        .route("/members/{id}", put(people::change))
        .route("/members/{id}/sessions", delete(people::sign_out))
        .route("/invitations", get(people::invitations).post(people::invite))
        .route("/invitations/{id}", delete(people::revoke))
        .route("/audit", get(audit::list))
        .route("/conversations", get(conversations::list))
        .route("/conversations/{id}", get(conversations::get))
        .route("/public/chat/{qr_id}", post(chat::ask))
        .route("/public/chat/{qr_id}/turns/{turn_id}", get(chat::resume));
    let uploads = Router::new().route("/properties/{id}/train/document", post(training::document));
    at_most(ordinary, BODY_MAX)
        .merge(at_most(uploads, UPLOAD_MAX))
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .fallback(|| async { ApiError::not_found("address in this API") })
        .layer(from_fn(never_stored))
}

/// Answers of the API are somebody's own; no cache on the way may keep them.
async fn never_stored(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
