//! Who may ask the public chat from a script of their own site: those on the bot's list, and nobody with cookies. Nothing else
//! here answers scripts of other sites at all.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use engine::porch;

use crate::state::State;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("content-type, last-event-id, x-user-session-id");
const SHOWN: HeaderValue = HeaderValue::from_static("retry-after, x-request-id, x-user-session-id");
/// For how long a browser need not ask again, in seconds.
const HOLDS: HeaderValue = HeaderValue::from_static("600");

/// A request to the public chat, for what its answer says to browsers.
pub struct Asked {
    /// The site that asks, where it is on the list.
    allowed: Option<HeaderValue>,
    preflight: bool,
}

/// `None` for every other address.
pub async fn begin(state: &State, method: &Method, path: &str, headers: &HeaderMap) -> Option<Asked> {
    let code = code(path)?;
    let origin = headers.get(header::ORIGIN);
    let preflight =
        *method == Method::OPTIONS && origin.is_some() && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let allowed = match origin.and_then(|origin| origin.to_str().ok()) {
        // A code that cannot be looked up lists nobody; the answer itself says what is wrong.
        Some(origin) => porch::lists(&state.engine, code, origin).await.unwrap_or_default(),
        None => false,
    };
    Some(Asked {
        allowed: origin.filter(|_| allowed).cloned(),
        preflight,
    })
}

/// The code in an address of the public chat.
fn code(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/v1").or_else(|| path.strip_prefix("/api"))?;
    rest.strip_prefix("/public/chat/")?.split('/').next()
}

impl Asked {
    /// The answer to a browser that asks beforehand.
    pub fn preflight(&self) -> Option<Response> {
        self.preflight.then(|| StatusCode::NO_CONTENT.into_response())
    }

    /// Who is not on the list is told nothing; caches are told that it depends on who asks.
    pub fn end(self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = self.allowed else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HOLDS);
        } else {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, SHOWN);
        }
    }
}
