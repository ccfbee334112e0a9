//! Requests that change something and carry a cookie must come from our own pages.
//!
//! A browser sends cookies along with forms that other sites post. It also says where a request comes from; that is
//! checked here. Requests with an access token are exempt: no browser adds one by itself.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
};
use domain::{Fault, FaultCode};

use crate::{error::ApiError, state::State};

pub fn refusal(state: &State, request: &Request) -> Option<ApiError> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let headers = request.headers();
    // A form of ours may sign somebody in who brings no cookie: another site must not do that for them. What says nothing of
    // where it comes from, and brings no cookie, is no browser.
    let ours = ["/_fn/", "/console/", "/p/", "/operator/"]
        .iter()
        .any(|form| request.uri().path().starts_with(form));
    let says = headers.contains_key("sec-fetch-site") || headers.contains_key(header::ORIGIN);
    let judged = headers.contains_key(header::COOKIE) || ours && says;
    if safe || !judged || carries_token(headers) || is_our_own(headers, &state.engine.config().public_url) {
        return None;
    }
    let detail = "This request came from another site, so it was not carried out. Open the page here and try again.";
    Some(Fault::new(FaultCode::Forbidden, detail).into())
}

/// Browsers repeat a password of theirs (`Basic`), but no token.
fn carries_token(headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given
        .and_then(|value| value.get(..7))
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
}

/// True when the browser says that the request comes from this site: by `Sec-Fetch-Site`, else by `Origin`, else by
/// `Referer`. A request that says nothing is refused.
fn is_our_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    let Some(from) = text(header::ORIGIN).or_else(|| text(header::REFERER)) else {
        return false;
    };
    let from = authority(from);
    from.is_some() && (from == text(header::HOST) || from == authority(public_url))
}

/// `host:port` of an address, as it is written there.
fn authority(address: &str) -> Option<&str> {
    let rest = address
        .strip_prefix("https://")
        .or_else(|| address.strip_prefix("http://"))?;
    rest.split(['/', '?', '#'])
        .next()
        .filter(|authority| !authority.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_proves_that_no_browser_sent_it() {
        assert!(carries_token(&headers(&[("authorization", "Bearer abc")])));
        for no in ["Basic YTpi", "Bearer", "Digest bearer "] {
            assert!(!carries_token(&headers(&[("authorization", no)])), "{no}");
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn other_sites_are_told_from_our_own() {
        let ours = |pairs: &[(&'static str, &'static str)]| is_our_own(&headers(pairs), "https://porch.example");
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(ours(&[("origin", "https://porch.example")]));
        assert!(ours(&[("origin", "http://10.0.0.2:3000"), ("host", "10.0.0.2:3000")]));
        assert!(ours(&[("referer", "https://porch.example/bots?x=1")]));
        for other in [
            &[][..],
            &[("sec-fetch-site", "cross-site"), ("origin", "https://porch.example")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "null"), ("host", "null")],
            &[("origin", "https://porch.example.evil.test")],
            &[("origin", "https://porch.example:8443")],
            &[("origin", "https://evil.test"), ("referer", "https://porch.example/")],
            &[("referer", "https://evil.test/https://porch.example/")],
        ] {
            assert!(!ours(other), "{other:?}");
        }
    }
}
