//! The REST API, a file a noun. The same routes answer under `/v1` and `/api`.
//!
//! Handlers know HTTP and nothing of the business: they take a [`crate::extract::Caller`], call the engine's use case
//! and shape the answer. To add a route, add the handler to its noun's file and a line to [`parts`]; its address, what it
//! answers and what it is for stand beside it, and what it takes describes itself.

mod analytics;
mod api_configurations;
mod api_keys;
pub(crate) mod audit;
mod auth;
mod chat;
mod chatbots;
mod conversations;
mod credits;
pub mod document;
pub(crate) mod exports;
mod failures;
pub mod health;
pub(crate) mod keyed;
mod leads;
mod license;
mod number;
mod organizations;
mod people;
mod properties;
mod purchases;
mod qr_codes;
mod schema;
mod sources;
mod training;
mod webhooks;

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, header},
    middleware::{Next, from_fn},
    response::Response,
};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    error::ApiError,
    extract::{BODY_MAX, described, unless_known},
    layers::{
        body::{UPLOAD_MAX, at_most},
        quota::Slot,
    },
    state::State,
};

/// Routes and their description: there is no way in here for a handler that does not describe itself.
macro_rules! handlers {
    ($($noun:ident::$handler:ident),+ $(,)?) => {
        OpenApiRouter::<State>::default()$(.routes(described($noun::$handler, utoipa_axum::routes!($noun::$handler))))+
    };
}

/// All routes, without their prefix, and what they say of themselves.
fn parts() -> (Router<State>, OpenApi) {
    let ordinary = handlers![
        auth::register,
        auth::login,
        auth::refresh,
        auth::logout,
        auth::me,
        organizations::me,
        organizations::get,
        organizations::set_branding,
        organizations::set_own_branding,
        license::get,
        license::set,
        api_keys::list,
        api_keys::create,
        api_keys::get,
        api_keys::revoke,
        people::members,
        people::change,
        people::sign_out,
        people::invitations,
        people::invite,
        people::revoke,
        chatbots::list,
        chatbots::create,
        chatbots::get,
        chatbots::update,
        chatbots::delete,
        properties::list,
        properties::create,
        properties::search,
        properties::get,
        properties::update,
        properties::delete,
        training::url,
        training::knowledge_base,
        training::url_content,
        training::status,
        sources::list,
        sources::get,
        sources::file,
        sources::delete,
        qr_codes::list,
        qr_codes::create,
        qr_codes::get,
        qr_codes::update,
        qr_codes::delete,
        qr_codes::scans,
        qr_codes::png,
        qr_codes::svg,
        chat::ask,
        chat::resume,
        conversations::list,
        conversations::get,
        leads::list,
        analytics::scans,
        analytics::conversations,
        analytics::leads,
        leads::erase,
        exports::organization,
        audit::list,
        api_configurations::list,
        api_configurations::create,
        api_configurations::get,
        api_configurations::update,
        api_configurations::delete,
        api_configurations::test,
        webhooks::list,
        webhooks::create,
        webhooks::get,
        webhooks::update,
        webhooks::delete,
        webhooks::roll_secret,
        webhooks::test,
        webhooks::deliveries,
        webhooks::replay,
        credits::balance,
        credits::transactions,
        purchases::buy,
        purchases::list,
        purchases::get,
        document::get,
    ];
    let uploads = handlers![
        training::document,
        training::image,
        training::upload_document,
        license::document
    ];
    let (ordinary, mut described) = ordinary.split_for_parts();
    let (uploads, of_uploads) = uploads.split_for_parts();
    described.merge(of_uploads);
    (
        at_most(ordinary, BODY_MAX).merge(at_most(uploads, UPLOAD_MAX)),
        described,
    )
}

/// All routes, without their prefix.
pub fn routes() -> Router<State> {
    parts()
        .0
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .fallback(|| async { ApiError::not_found("address in this API") })
        .layer(from_fn(answered))
}

/// Answers of the API are somebody's own: no cache on the way may keep them, and they say what is left of the caller's quotas.
/// Who has kept one is told whether it still holds.
async fn answered(mut request: Request, next: Next) -> Response {
    let has_one = request.headers().contains_key(header::IF_NONE_MATCH);
    let asked = (request.method().is_safe() && has_one).then(|| request.headers().clone());
    let quotas = Slot::put_into(&mut request);
    let mut response = next.run(request).await;
    if let Some(asked) = asked {
        response = unless_known(&asked, response);
    }
    quotas.tell(response.headers_mut());
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
