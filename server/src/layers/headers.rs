//! Headers that keep a page to itself.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use leptos::nonce::Nonce;

use crate::{error, state::State};

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Forms posted within the site must keep their Origin and Referer.
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    ),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Who may show a page in a frame: a handler puts it into its answer. Without it, nobody.
#[derive(Clone, Debug)]
pub enum Framed {
    /// A page of our own.
    Here,
    /// These sites, as browsers write them; none, where there are none.
    By(Vec<String>),
}

/// What a policy says of that, and what is said beside it to browsers that do not read it.
fn framing(framed: Option<Framed>) -> (String, Option<&'static str>) {
    match framed {
        Some(Framed::Here) => ("'self'".into(), Some("SAMEORIGIN")),
        // The other header has no words for other sites.
        Some(Framed::By(sites)) if !sites.is_empty() => (sites.join(" "), None),
        Some(Framed::By(_)) | None => ("'none'".into(), Some("DENY")),
    }
}

/// What the answer's headers depend on, known before there is one.
pub struct Said {
    nonce: Nonce,
    by_a_person: bool,
}

/// Mints the nonce of this request, which pages find as an extension and put on their inline scripts and styles.
pub fn begin(request: &mut Request) -> Said {
    let nonce = Nonce::new();
    request.extensions_mut().insert(nonce.clone());
    Said {
        nonce,
        by_a_person: is_by_a_person(request),
    }
}

impl Said {
    /// Says what the page may do. A handler that has set one of the headers itself knows better.
    pub fn end(self, state: &State, mut response: Response) -> Response {
        if self.by_a_person {
            response = error::as_page(response, &self.nonce);
        }
        let (ancestors, others) = framing(response.extensions_mut().remove::<Framed>());
        let headers = response.headers_mut();
        if let Some(others) = others {
            let others = HeaderValue::from_static(others);
            headers.entry(header::X_FRAME_OPTIONS).or_insert(others);
        }
        for (name, value) in ALWAYS {
            headers.entry(name).or_insert(value);
        }
        if state.engine.config().public_url.starts_with("https://") {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
        }
        if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
            && let Some(policy) = policy(headers, &self.nonce, &ancestors)
        {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            // A page that is kept would be shown again with its old nonce.
            if is_html(headers) {
                let nobody = HeaderValue::from_static("no-store");
                headers.entry(header::CACHE_CONTROL).or_insert(nobody);
            }
        }
        response
    }
}

/// A browser that opens a page or sends a plain form, and not a program.
fn is_by_a_person(request: &Request) -> bool {
    let path = request.uri().path();
    let accept = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let programs = ["/v1/", "/api/"].iter().any(|prefix| path.starts_with(prefix));
    !programs && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Only a page needs to run anything. Photos are copies of our own.
fn policy(headers: &HeaderMap, nonce: &str, ancestors: &str) -> Option<HeaderValue> {
    if !is_html(headers) {
        return HeaderValue::from_str(&format!("default-src 'none'; frame-ancestors {ancestors}")).ok();
    }
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors {ancestors}"
    );
    HeaderValue::from_str(&policy).ok()
}
