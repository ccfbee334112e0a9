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
use ipnet::IpNet;

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
        Ok(Self(client_address(&parts.headers, peer, &web.trusted_proxies)))
    }
}

/// Each proxy appends the address it was called from to `X-Forwarded-For`. From the connection on, and then from the right, an
/// address is believed as long as whoever told it is one of our own proxies: what stands left of the first that is not anybody
/// may have written. Without proxies of our own the header means nothing.
pub fn client_address(headers: &HeaderMap, peer: Option<IpAddr>, proxies: &[IpNet]) -> Option<IpAddr> {
    let is_ours = |address: IpAddr| proxies.iter().any(|network| network.contains(&address));
    if proxies.is_empty() || peer.is_some_and(|peer| !is_ours(peer)) {
        return peer;
    }
    let lines = headers
        .get_all("x-forwarded-for")
        .iter()
        .map(|value| value.to_str().unwrap_or_default());
    let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    for entry in entries.into_iter().rev() {
        let Some(told) = parse(entry) else { break };
        nearest = Some(told);
        if !is_ours(told) {
            break;
        }
    }
    nearest
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

    fn headers(lines: &[&str]) -> HeaderMap {
        let line = |line: &&str| ("x-forwarded-for".parse().unwrap(), line.parse().unwrap());
        lines.iter().map(line).collect()
    }

    /// The figure of check S-19: of two hundred forged headers none is believed.
    #[test]
    fn nobody_but_our_own_proxies_is_believed() {
        let proxies: Vec<IpNet> = ["10.0.0.0/24", "fd00::/8"].map(|net| net.parse().unwrap()).into();
        let forged = [
            "6.6.6.6",
            "6.6.6.6, 7.7.7.7",
            "10.0.0.7",
            "10.0.0.7, 10.0.0.8",
            "127.0.0.1",
            "::1",
            "[::1]:80",
            "fd00::9",
            "unknown",
            "_hidden",
            "",
            ",,,",
            "6.6.6.6,",
            "6.6.6.6:99999",
            "[6.6.6.6]",
            "[2001:db8::1",
            "for=6.6.6.6;proto=https",
            "6.6.6.6\t",
            "\"6.6.6.6\"",
            "0x06060606",
        ];
        let visitors = ["198.51.100.7", "2001:db8::7"];
        let mut vectors = 0;
        for forged in forged {
            for visitor in visitors {
                let seen: IpAddr = visitor.parse().unwrap();
                let port = match seen {
                    IpAddr::V4(_) => format!("{visitor}:4711"),
                    IpAddr::V6(_) => format!("[{visitor}]:4711"),
                };
                for (lines, peer) in [
                    // Straight to us, past the proxies.
                    (vec![forged.to_owned()], visitor),
                    // By one, by two, by one that writes the port, by one that adds a line of its own.
                    (vec![format!("{forged}, {visitor}")], "10.0.0.9"),
                    (vec![format!("{forged}, {visitor}, 10.0.0.8")], "fd00::1"),
                    (vec![format!("{forged}, {port}")], "10.0.0.9"),
                    (vec![forged.to_owned(), visitor.to_owned()], "10.0.0.9"),
                ] {
                    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                    let found = client_address(&headers(&lines), peer.parse().ok(), &proxies);
                    assert_eq!(found, Some(seen), "{lines:?} from {peer}");
                    vectors += 1;
                }
            }
        }
        assert_eq!(vectors, 200);
    }

    #[test]
    fn without_a_word_it_is_who_called() {
        let peer: Option<IpAddr> = "10.0.0.9".parse().ok();
        let proxies: Vec<IpNet> = vec!["10.0.0.9/32".parse().unwrap()];
        let seen = |lines: &[&str], proxies: &[IpNet]| client_address(&headers(lines), peer, proxies);
        assert_eq!(seen(&["203.0.113.4"], &[]), peer);
        assert_eq!(seen(&[], &proxies), peer);
        assert_eq!(seen(&["203.0.113.4, nonsense"], &proxies), peer);
        assert_eq!(seen(&["203.0.113.4"], &proxies), "203.0.113.4".parse().ok());
        assert_eq!(seen(&["::ffff:203.0.113.4"], &proxies), "203.0.113.4".parse().ok());
    }
}
