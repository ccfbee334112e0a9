//! Requests must be for our own host; those that change something and carry a cookie must come from our own pages.
//!
//! A page of somebody else's whose name leads to this machine (DNS rebinding) is a site of its own to a browser, which sends its
//! name as the host. What is asked for under another name than ours is not answered.
//!
//! A browser sends cookies along with forms that other sites post. It also says where a request comes from; that is
//! checked here. Requests with an access token are exempt: no browser adds one by itself.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
};
use domain::{Fault, FaultCode};
use engine::config::Mode;

use crate::{error::ApiError, state::State};

/// The 404 for a host that is not ours.
pub fn wrong_host(state: &State, request: &Request) -> Option<ApiError> {
    let config = state.engine.config();
    let hosts: Vec<_> = request.headers().get_all(header::HOST).iter().collect();
    let named = match hosts.as_slice() {
        // Only HTTP/1.0 names none.
        [] => None,
        [one] => Some(one.to_str().unwrap_or_default()),
        _ => Some(""),
    };
    let asked = request.uri().authority().map(|authority| authority.as_str());
    let is_ours = |host: &str| is_our_host(host, &config.public_url, config.mode == Mode::Demo);
    if named.into_iter().chain(asked).all(is_ours) {
        return None;
    }
    let detail = format!("This server does not go by that name. Use {}.", config.public_url);
    Some(Fault::new(FaultCode::NotFound, detail).into())
}

/// Our own name, as browsers write it; or this machine's, by which proxies and those who look after it come. Nobody's name in
/// the DNS is an address: a demo is found by any of its addresses.
fn is_our_host(host: &str, public_url: &str, is_demo: bool) -> bool {
    let default = if public_url.starts_with("https://") {
        ":443"
    } else {
        ":80"
    };
    let bare = |host: &str| host.strip_suffix(default).unwrap_or(host).to_ascii_lowercase();
    if authority(public_url).is_some_and(|own| bare(own) == bare(host)) {
        return true;
    }
    let name = match host.parse::<SocketAddr>() {
        Ok(address) => return is_demo || address.ip().is_loopback(),
        Err(_) => host.split_once(':').map_or(host, |(name, _)| name),
    };
    let address = host.trim_start_matches('[').trim_end_matches(']');
    match address.parse::<IpAddr>() {
        Ok(address) => is_demo || address.is_loopback(),
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

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
    let said = text(header::ORIGIN).or_else(|| text(header::REFERER));
    let from = said.and_then(authority);
    // Under another name of ours than the public one, whatever it is served by there.
    let by_another_name = from == text(header::HOST) && from != authority(public_url);
    from.is_some() && (by_another_name || said.is_some_and(|said| is_within(said, public_url)))
}

/// Whether an origin, or an address, is of this site, scheme and port included.
fn is_within(said: &str, public_url: &str) -> bool {
    let rest = said.strip_prefix(public_url);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
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

    /// The table of check T-19.
    #[test]
    fn only_our_own_host_is_answered() {
        let ours = |host: &str| is_our_host(host, "https://porch.example", false);
        for own in [
            "porch.example",
            "Porch.EXAMPLE",
            "porch.example:443",
            "127.0.0.1:3000",
            "[::1]:3000",
            "[::1]",
            "localhost",
            "localhost:3000",
        ] {
            assert!(ours(own), "{own}");
        }
        for other in [
            "",
            " ",
            "evil.test",
            "porch.example.",
            "porch.example:80",
            "porch.example:8443",
            "porch.example.evil.test",
            "xn--porch-5ta.example",
            "evil.test:443",
            "user@porch.example",
            "203.0.113.4",
            "203.0.113.4:443",
            "[2001:db8::1]",
            "localhost.evil.test",
            "127.0.0.1.evil.test",
            "2130706433",
            "0x7f.1",
        ] {
            assert!(!ours(other), "{other}");
        }
        let demo = |host: &str| is_our_host(host, "http://127.0.0.1:3000", true);
        for (host, own) in [
            ("192.168.1.5:3000", true),
            ("[fd00::5]:3000", true),
            ("10.0.0.5", true),
            ("evil.test:3000", false),
            ("rebound.test", false),
        ] {
            assert_eq!(demo(host), own, "{host}");
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
            &[("origin", "http://porch.example")],
            &[("origin", "http://porch.example"), ("host", "porch.example")],
            &[("origin", "https://evil.test"), ("referer", "https://porch.example/")],
            &[("referer", "https://evil.test/https://porch.example/")],
        ] {
            assert!(!ours(other), "{other:?}");
        }
    }
}
