//! Names to addresses, addresses to connections: the two seams that tests take over.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use url::Url;

use super::{FetchError, Parts, address::is_public, url::literal};

/// How many of a name's addresses are tried.
const TRIES: usize = 4;

/// Looks a name up. Never asked about IP addresses.
#[async_trait]
pub trait Resolver: Send + Sync {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// A connection as bytes.
pub trait Dialed: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Dialed for T {}

/// Connects to exactly the address it is given.
#[async_trait]
pub trait Dial: Send + Sync {
    async fn dial(&self, address: SocketAddr) -> io::Result<Box<dyn Dialed>>;
}

/// The operating system's resolver.
#[derive(Debug, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        // The port plays no part in the look-up.
        Ok(tokio::net::lookup_host((name, 0))
            .await?
            .map(|address| address.ip())
            .collect())
    }
}

/// TCP.
#[derive(Debug, Clone, Copy)]
pub struct SystemDial;

#[async_trait]
impl Dial for SystemDial {
    async fn dial(&self, address: SocketAddr) -> io::Result<Box<dyn Dialed>> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}

/// The addresses that may be dialled for `url`, in the resolver's order. Asks the resolver at most once.
///
/// One forbidden answer spoils all of them: a name that points both outside and inside is an attack or a mistake.
pub(super) async fn vetted(parts: &Parts, url: &Url) -> Result<Vec<SocketAddr>, FetchError> {
    let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
        return Err(FetchError::unreachable("no host or port"));
    };
    let open = parts.allow.opens(url);
    let found = match (literal(&host), host) {
        (Some(ip), _) => vec![ip],
        (None, host) => {
            let name = host.to_string();
            let answer = tokio::time::timeout(parts.limits.connect, parts.resolver.resolve(&name)).await;
            answer
                .map_err(|_| FetchError::unreachable(format!("resolving {name} took too long")))?
                .map_err(|error| FetchError::unreachable(format!("resolving {name}: {error}")))?
        }
    };
    if let Some(ip) = found.iter().find(|ip| !open && !is_public(**ip)) {
        return Err(FetchError::unreachable(format!(
            "{url} leads to {ip}, which is not public"
        )));
    }
    if found.is_empty() {
        return Err(FetchError::unreachable(format!("{url} has no address")));
    }
    Ok(found
        .into_iter()
        .take(TRIES)
        .map(|ip| SocketAddr::new(ip, port))
        .collect())
}
