//! Porchlight's web server: the REST API, the console's pages, the buyer's porch, and the command line.
//!
//! [`router`] is the whole of it without a socket; that is what tests call. It knows HTTP; the engine knows the rest.

pub mod api;
pub mod cli;
pub mod commands;
pub mod console;
pub mod demo;
pub mod error;
pub mod eval;
pub mod export;
pub mod extract;
pub mod files;
pub mod hooks;
pub mod kept;
pub mod layers;
pub mod operator;
pub mod pages;
pub mod porch;
pub mod reference;
pub mod serve;
pub mod sessions;
pub mod settings;
pub mod state;
pub mod verify;

pub use serve::serve;
pub use state::State;

use std::sync::Arc;

use axum::{
    Extension, Router,
    middleware::{from_fn, from_fn_with_state},
};

use extract::BODY_MAX;
use layers::body::at_most;

/// Every route with its layers.
pub fn router(state: State) -> Router {
    let api = Router::new().nest("/v1", api::routes()).nest("/api", api::routes());
    let pages = pages::routes(&state).layer(from_fn_with_state(state.clone(), console::pictures));
    let pages = at_most(
        pages.merge(console::routes()).merge(porch::preview_routes()),
        app::ssr::FORM_MAX,
    )
    .merge(console::file_forms())
    .layer(from_fn(app::ssr::visit));
    let signed_in = with_sessions(api.merge(pages), &state);
    let open = at_most(
        porch::routes()
            .merge(operator::routes())
            .merge(files::routes())
            .merge(hooks::routes()),
        BODY_MAX,
    )
    .merge(api::health::routes())
    .merge(pages::problems())
    .merge(reference::routes());
    let lost = with_sessions(pages::lost(&state).layer(from_fn(app::ssr::visit)), &state).with_state(state.clone());
    let routes = signed_in.merge(open).fallback_service(pages::files(&state, lost));
    layers::around(routes, &state).with_state(state)
}

/// Routes where it matters who is signed in. Innermost last: who it is is known before a page is visited.
fn with_sessions(routes: Router<State>, state: &State) -> Router<State> {
    routes
        .layer(from_fn_with_state(state.clone(), sessions::identify))
        .layer(Extension(state.engine.clone()))
        .layer(Extension(Arc::clone(&state.quotas)))
        .layer(sessions::layer(&state.engine))
}
