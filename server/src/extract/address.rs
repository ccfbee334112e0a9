//! Where a request comes from.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::state::Web;

/// The visitor's address: that of the connection, or what the trusted proxies in front of us say.
/// `None` where there is no connection, as in tests.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    Arc<Web>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let web = Arc::<Web>::from_ref(state);
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip().to_canonical());
        Ok(Self(client_address(&parts.headers, peer, web.trusted_proxies)))
    }
}

/// Each proxy appends the address it was called from to `X-Forwarded-For`. With `trusted` proxies of our own, the
/// entry that the outermost of them wrote is the `trusted`th from the right; what stands left of it anybody may have
/// written. With none, the header means nothing.
pub fn client_address(headers: &HeaderMap, peer: Option<IpAddr>, trusted: usize) -> Option<IpAddr> {
    let Some(from_right) = trusted.checked_sub(1) else {
        return peer;
    };
    let lines = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let told = entries.iter().rev().nth(from_right).and_then(|entry| parse(entry));
    told.or(peer)
}

/// An address as proxies write it, with or without a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let bare = entry.trim_start_matches('[').trim_end_matches(']');
    let address = bare
        .parse()
        .ok()
        .or_else(|| entry.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_as_many_proxies_are_believed_as_there_are() {
        let peer: Option<IpAddr> = "10.0.0.9".parse().ok();
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "6.6.6.6, 198.51.100.7, 203.0.113.4:4711".parse().unwrap(),
        );
        let seen = |trusted| client_address(&headers, peer, trusted).unwrap().to_string();
        assert_eq!(seen(0), "10.0.0.9");
        assert_eq!(seen(1), "203.0.113.4");
        assert_eq!(seen(2), "198.51.100.7");
        assert_eq!(seen(9), "10.0.0.9");
        assert_eq!(client_address(&HeaderMap::new(), peer, 1), peer);
    }
}
