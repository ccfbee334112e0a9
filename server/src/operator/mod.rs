//! The pages of the platform's own people, who have a sign-in of their own: no session or token of a tenant opens one of these,
//! and theirs opens nothing of a tenant's.

mod enter;
mod look;
mod staff;

use axum::{
    Router,
    routing::{get, post},
};

use crate::state::State;

pub fn routes() -> Router<State> {
    Router::new()
        .route("/operator", get(look::home))
        .route("/operator/sign-in", get(enter::sign_in_page).post(enter::sign_in))
        .route("/operator/sign-out", post(enter::sign_out))
        .route("/operator/set-up/{token}", get(enter::set_up_page).post(enter::set_up))
        .route("/operator/organizations/{id}", get(look::organization))
        .route("/operator/organizations/{id}/licences/{account}", post(look::decide))
        .route(
            "/operator/organizations/{id}/licences/{account}/document",
            get(look::document),
        )
        .route("/operator/organizations/{id}/conversations", get(look::conversations))
        .route(
            "/operator/organizations/{id}/conversations/{conversation}",
            get(look::conversation),
        )
        .route("/operator/organizations/{id}/leads", get(look::leads))
}
