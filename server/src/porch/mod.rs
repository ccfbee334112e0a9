//! The buyer's routes. Nobody signs in: the address names the porch, a cookie gives a visitor their own conversation
//! back. Every one of them works without a script; `porch.js` only makes it quicker.

mod ask;
mod lead;
mod look;
mod me;
mod preview;
mod visitor;

use axum::{
    Router,
    routing::{get, post},
};

use crate::state::State;

/// What anybody may open.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/q/{code}", get(look::scan))
        .route("/p/{slug}", get(look::show))
        // Where a form was sent to stands in the address after an error; loading it anew leads to the page.
        .route("/p/{slug}/ask", post(ask::ask).get(look::back))
        .route("/p/{slug}/turns/{turn}", get(ask::resume))
        .route("/p/{slug}/lead", post(lead::leave).get(look::back))
        .route("/p/{slug}/me", get(me::show))
        .route("/p/{slug}/me.json", get(me::download))
        .route("/p/{slug}/me/withdraw", post(me::withdraw).get(look::back))
        .route("/p/{slug}/me/erase", post(me::erase).get(look::back))
        .route("/logo/{organization}", get(look::logo))
}

/// The realtor's own look at a porch before buyers see it, and photos, of which they see more than buyers do; belongs among the
/// routes where somebody is signed in.
pub fn preview_routes() -> Router<State> {
    Router::new()
        .route("/photo/{source}/{number}", get(look::photo))
        .route("/console/preview/{bot}", get(preview::show))
        .route("/console/preview/{bot}/ask", post(preview::ask))
}
