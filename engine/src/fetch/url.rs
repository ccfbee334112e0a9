//! What somebody typed, as the one address that will be fetched; or a refusal.

use std::{collections::BTreeSet, net::IpAddr, str::FromStr};

use url::{Host, Url};

use super::{address::is_public, error::FetchError};

const LONGEST_URL: usize = 2_048;
const LONGEST_HOST: usize = 253;

/// Hosts with their port that the operator opened, public or not (`PORCHLIGHT_FETCH_ALLOW`).
///
/// Written as `127.0.0.1:3999,localhost:4000,[::1]:80`. A name opens that name only, not the addresses behind it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allow(BTreeSet<(String, u16)>);

impl Allow {
    /// Whether exactly this host with exactly this port was named.
    pub fn opens(&self, url: &Url) -> bool {
        match (url.host_str(), url.port_or_known_default()) {
            (Some(host), Some(port)) => self.0.contains(&(host.to_owned(), port)),
            _ => false,
        }
    }
}

impl FromStr for Allow {
    type Err = String;

    fn from_str(list: &str) -> Result<Self, String> {
        let mut open = BTreeSet::new();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let wrong = || format!("`{entry}` is not a host with a port, like 127.0.0.1:3999");
            let (host, port) = entry.rsplit_once(':').ok_or_else(wrong)?;
            let port = port.parse::<u16>().ok().filter(|port| *port != 0).ok_or_else(wrong)?;
            // The same parser that reads addresses later, so that both spell the host alike.
            let url = Url::parse(&format!("http://{host}:{port}/")).map_err(|_| wrong())?;
            let plain = url.path() == "/" && url.username().is_empty() && url.password().is_none();
            let host = url
                .host_str()
                .filter(|_| plain && url.query().is_none())
                .ok_or_else(wrong)?;
            open.insert((host.to_owned(), port));
        }
        Ok(Self(open))
    }
}

/// The canonical form of an address, or why it is not fetched.
///
/// A missing scheme becomes `https`; the fragment is dropped; a name is put into its ASCII form. Only `http` and
/// `https` on ports 80 and 443, no user name or password, host at most 253 and address at most 2,048 characters. An
/// IP address as host must be public. `allow` lifts the rules on port and address for what it names.
pub fn canonical(input: &str, allow: &Allow) -> Result<Url, FetchError> {
    let text = input.trim();
    if text.is_empty() {
        return Err(FetchError::BadAddress("it is empty"));
    }
    if text.len() > LONGEST_URL {
        return Err(FetchError::BadAddress("it is longer than 2,048 characters"));
    }
    // Browsers read a backslash as a slash and drop tabs and line ends; an address with them means to deceive.
    if text.chars().any(|c| c.is_control() || c == '\\') {
        return Err(FetchError::BadAddress(
            "it holds a character that addresses cannot have",
        ));
    }
    let parsed = if lacks_scheme(text) {
        Url::parse(&format!("https://{text}"))
    } else {
        Url::parse(text)
    };
    check(
        parsed.map_err(|_| FetchError::BadAddress("it is not a complete web address"))?,
        allow,
    )
}

/// The address that a redirect at `from` leads to, checked from scratch.
pub(super) fn hop(from: &Url, location: &str, allow: &Allow) -> Result<Url, FetchError> {
    let bad = || FetchError::unreachable(format!("redirect from {from} to an address that is not fetched"));
    if location.is_empty() || location.len() > LONGEST_URL || location.chars().any(char::is_control) {
        return Err(bad());
    }
    let to = from.join(location).map_err(|_| bad())?;
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(FetchError::Downgrade);
    }
    // Where a redirect fails is not told in detail: the realtor did not write that address, a stranger did.
    check(to, allow).map_err(|error| FetchError::unreachable(format!("redirect from {from}: {}", error.detail())))
}

/// Whether the text begins with a host, as in `example.com/home` or `example.com:443`.
fn lacks_scheme(text: &str) -> bool {
    let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
    match authority.split_once(':') {
        None => authority.contains('.'),
        Some((host, port)) => host.contains('.') && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()),
    }
}

fn check(mut url: Url, allow: &Allow) -> Result<Url, FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::BadAddress("it does not begin with http:// or https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::BadAddress("it holds a user name or a password"));
    }
    url.set_fragment(None);
    // `example.com.` and `example.com` are one host; robots.txt and certificates know it without the dot.
    if let Some(name) = url.domain().and_then(|name| name.strip_suffix('.')).map(str::to_owned) {
        url.set_host(Some(&name))
            .map_err(|_| FetchError::BadAddress("its host name is not valid"))?;
    }
    let host = url.host().ok_or(FetchError::BadAddress("it names no host"))?.to_owned();
    let name_length = url.host_str().map_or(0, str::len);
    if name_length > LONGEST_HOST {
        return Err(FetchError::BadAddress("its host name is longer than 253 characters"));
    }
    if url.as_str().len() > LONGEST_URL {
        return Err(FetchError::BadAddress("it is longer than 2,048 characters"));
    }
    if allow.opens(&url) {
        return Ok(url);
    }
    if !matches!(url.port_or_known_default(), Some(80 | 443)) {
        return Err(FetchError::BadAddress(
            "the number after the colon, a port, is none that web pages use; try it without",
        ));
    }
    match literal(&host) {
        Some(ip) if !is_public(ip) => Err(FetchError::unreachable(format!("{ip} is not a public address"))),
        None if !plausible(url.host_str().unwrap_or_default()) => {
            Err(FetchError::BadAddress("its host name is not a public one"))
        }
        _ => Ok(url),
    }
}

/// The host as an IP address, when it is one.
pub(super) fn literal<S>(host: &Host<S>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(ip) => Some(IpAddr::V4(*ip)),
        Host::Ipv6(ip) => Some(IpAddr::V6(*ip)),
        Host::Domain(_) => None,
    }
}

/// Whether public DNS could hold this name: at least two labels, each of 1 to 63 letters, digits, hyphens, underscores.
fn plausible(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    name.contains('.') && name.split('.').all(label)
}
