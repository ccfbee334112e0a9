//! The web application's pages, rendered here and brought to life in the browser, and the files they load.

use std::{
    convert::Infallible,
    hash::{DefaultHasher, Hash, Hasher},
};

use app::App;
use axum::{
    Json, Router,
    body::Body,
    extract::{Path, Request},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use leptos::{nonce::Nonce, prelude::*};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::services::ServeDir;

use crate::{error::ApiError, state::State};

/// The pages and the server functions behind them.
pub fn routes(state: &State) -> Router<State> {
    let options = state.leptos.clone();
    let shell = move || app::ssr::shell(&options);
    Router::new()
        .leptos_routes_with_context(state, generate_route_list(App), use_our_nonce, shell)
        .layer(from_fn(kept_by_nobody))
}

/// The renderer makes a nonce of its own; the one that the security headers name takes its place.
fn use_our_nonce() {
    let ours = with_context::<Parts, _>(|parts| parts.extensions.get::<Nonce>().cloned()).flatten();
    if let Some(nonce) = ours {
        provide_context(nonce);
    }
}

/// Pages show one person's data as it is now: no browser keeps it for whoever sits down next.
async fn kept_by_nobody(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// What stands at no address: a page that says so, and a short answer where no page was asked for.
pub fn lost(state: &State) -> Router<State> {
    let options = state.leptos.clone();
    let render = leptos_axum::render_app_async_with_context(use_our_nonce, move || app::ssr::shell(&options));
    let page = move |request: Request| {
        let render = render.clone();
        async move {
            if !is_for_a_page(request.method(), request.uri().path()) {
                return ApiError::not_found("page").into_response();
            }
            let mut response: Response = render(request).await;
            if response.status() == StatusCode::OK {
                *response.status_mut() = StatusCode::NOT_FOUND;
            }
            response
        }
    };
    Router::new().fallback(any(page))
}

fn is_for_a_page(method: &Method, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    (method == Method::GET || method == Method::HEAD) && !last.contains('.')
}

/// The browser's half, compressed beforehand; what is no file goes to `lost`.
///
/// Names carry no hash of the content, so a browser asks each time whether its copy still holds, by its tag.
pub fn files(state: &State, lost: Router) -> Router {
    let folder = ServeDir::new(&*state.leptos.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(lost);
    Router::new().fallback_service(folder).layer(from_fn(tagged))
}

async fn tagged(request: Request, next: Next) -> Result<Response, Infallible> {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    say_charset(response.headers_mut());
    let Some(tag) = tag(response.status(), response.headers()) else {
        return Ok(response);
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::ETAG, tag.clone());
    if known.is_some_and(|known| known == tag) {
        headers.remove(header::CONTENT_LENGTH);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(response.map(|_| Body::empty()));
    }
    Ok(response)
}

/// All texts of ours are UTF-8.
fn say_charset(headers: &mut HeaderMap) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if let Some(kind @ ("text/css" | "text/javascript")) = kind
        && let Ok(said) = HeaderValue::from_str(&format!("{kind}; charset=utf-8"))
    {
        headers.insert(header::CONTENT_TYPE, said);
    }
}

/// A tag for a file as it was sent: when it was made, how long it is, how it is compressed.
fn tag(status: StatusCode, headers: &HeaderMap) -> Option<HeaderValue> {
    let made = headers
        .get(header::LAST_MODIFIED)
        .filter(|_| status == StatusCode::OK)?;
    let mut hasher = DefaultHasher::new();
    (
        made,
        headers.get(header::CONTENT_LENGTH),
        headers.get(header::CONTENT_ENCODING),
    )
        .hash(&mut hasher);
    HeaderValue::from_str(&format!("\"{:016x}\"", hasher.finish())).ok()
}

/// What a problem's `type` leads to: its title.
pub fn problems() -> Router<State> {
    let explain = |Path(slug): Path<String>| async move {
        let words = slug.replace('-', " ");
        let plain = slug.len() <= 40 && slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        match plain {
            true => Ok(Json(
                serde_json::json!({ "type": format!("/problems/{slug}"), "title": words }),
            )),
            false => Err(ApiError::not_found("problem")),
        }
    };
    Router::new().route("/problems/{slug}", get(explain))
}
