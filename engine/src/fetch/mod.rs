//! Fetches a web page that a realtor named, without ever becoming a way into the network that we stand in.
//!
//! Four walls, each of which holds alone: the address is parsed once and refused unless it is plain (`url`); a name is
//! resolved once and refused if *any* answer is not public (`address`, `dial`); the connection goes to exactly an
//! address that was vetted; each redirect starts again from the first wall. Everything has a bound (`Limits`), and the
//! host's robots.txt is obeyed (`robots`).
//!
//! The server that answers is the stranger here: nothing of an earlier hop (cookies, headers) is carried to the next.

mod address;
mod body;
mod dial;
mod error;
mod http;
mod pace;
mod post;
mod robots;
mod url;

#[cfg(test)]
mod tests;

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use ::url::Url;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio::time::Instant;

pub use self::{
    address::is_public,
    dial::{Dial, Dialed, Resolver, SystemDial, SystemResolver},
    error::FetchError,
    url::{Allow, canonical},
};

/// The name that robots.txt files know us by.
pub const AGENT: &str = "PorchlightBot";

/// Bounds of one fetch. `Default` is what the product uses; tests shorten them.
#[derive(Debug, Clone)]
pub struct Limits {
    /// To resolve a name; and again, for each address tried, to connect and agree on encryption.
    pub connect: Duration,
    /// From the request until its answer's head is complete.
    pub first_byte: Duration,
    /// For everything together: robots.txt, redirects and the page. Waiting for our turn at a host is not counted.
    pub total: Duration,
    /// For a text that is sent and its answer's head, together.
    pub post: Duration,
    /// Bytes of an answer's head. Not below 8,192, the smallest that the HTTP library takes.
    pub head: usize,
    /// Bytes of a page after decompression.
    pub body: usize,
    /// Decompressed bytes for each received one, beyond the first 64 KiB.
    pub ratio: usize,
    pub redirects: usize,
    /// Bytes of robots.txt that are read; the rest of a longer one is ignored (RFC 9309 asks for 500 KiB at least).
    pub robots: usize,
    /// Between the starts of two requests to one host.
    pub gap: Duration,
    /// Requests under way at once, to all hosts together.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            first_byte: Duration::from_secs(10),
            total: Duration::from_secs(30),
            post: Duration::from_secs(15),
            head: 32 * 1024,
            body: 5 * 1024 * 1024,
            ratio: 100,
            redirects: 5,
            robots: 512 * 1024,
            gap: Duration::from_secs(1),
            at_once: 8,
        }
    }
}

/// A page as it arrived, decompressed but otherwise untouched.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where the last redirect led, in canonical form.
    pub final_url: Url,
    /// 200 to 299.
    pub status: u16,
    /// The `Content-Type` header with its parameters, lower case; empty when the server sent none.
    pub content_type: String,
    pub body: Bytes,
}

/// What a `Fetcher` is made of. Tests put their own resolver and dialer in.
pub struct Parts {
    pub allow: Allow,
    pub limits: Limits,
    pub resolver: Arc<dyn Resolver>,
    pub dial: Arc<dyn Dial>,
    /// Whom to trust for `https`.
    pub tls: Arc<rustls::ClientConfig>,
    /// A page that says who fetches and why; named in the `User-Agent` header.
    pub contact: Option<Url>,
}

impl Parts {
    /// The system's resolver, real sockets, Mozilla's certificate authorities, the product's limits.
    pub fn system(allow: Allow) -> Result<Self, io::Error> {
        Ok(Self {
            allow,
            limits: Limits::default(),
            resolver: Arc::new(SystemResolver),
            dial: Arc::new(SystemDial),
            tls: http::public_authorities()?,
            contact: None,
        })
    }
}

/// Fetches pages. Cheap to clone; clones share the robots.txt cache and the pacing of hosts.
#[derive(Clone)]
pub struct Fetcher(Arc<Inner>);

struct Inner {
    parts: Parts,
    agent: String,
    pace: pace::Pace,
    robots: robots::Cache,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("allow", &self.0.parts.allow)
            .field("limits", &self.0.parts.limits)
            .finish()
    }
}

impl Fetcher {
    pub fn new(parts: Parts) -> Self {
        let agent = match &parts.contact {
            Some(page) => format!("{AGENT}/1.0 (+{page})"),
            None => format!("{AGENT}/1.0"),
        };
        let pace = pace::Pace::new(parts.limits.gap, parts.limits.at_once);
        Self(Arc::new(Inner {
            parts,
            agent,
            pace,
            robots: robots::Cache::default(),
        }))
    }

    /// The address that would be fetched for what somebody typed; nothing is sent or looked up.
    pub fn canonical(&self, input: &str) -> Result<Url, FetchError> {
        canonical(input, &self.0.parts.allow)
    }

    /// Whether the operator opened the host of this address by hand.
    pub fn opens(&self, url: &Url) -> bool {
        self.0.parts.allow.opens(url)
    }

    /// The addresses that may be dialled for a host, as for a page of it.
    pub(crate) async fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, FetchError> {
        dial::vetted(&self.0.parts, url).await
    }

    /// Sends JSON to an address, with headers, and gives the status of the answer. No redirect is followed, and an answer's
    /// body is not kept. The same walls stand as before a page; robots.txt is not asked, for whose address it is asked for it.
    pub async fn post(&self, input: &str, headers: &[(&str, String)], json: String) -> Result<u16, FetchError> {
        let url = self.canonical(input)?;
        post::post(&self.0.parts, &url, headers, json).await
    }

    /// Fetches the page behind `input`, following redirects. `now` ages the robots.txt cache.
    pub async fn fetch(&self, input: &str, now: DateTime<Utc>) -> Result<Fetched, FetchError> {
        let (url, status, content_type, body) = self.follow(input, now).await?;
        http::page(url, status, content_type, body)
    }

    /// The same for a picture: its bytes, whatever they are; who decodes them decides.
    pub async fn fetch_image(&self, input: &str, now: DateTime<Utc>) -> Result<Bytes, FetchError> {
        let (url, status, content_type, body) = self.follow(input, now).await?;
        match status {
            200..=299 if content_type.starts_with("image/") => Ok(body),
            _ => Err(FetchError::not_a_page(format!(
                "{url}: {status}, declared as `{content_type}`"
            ))),
        }
    }

    async fn follow(&self, input: &str, now: DateTime<Utc>) -> Result<(Url, u16, String, Bytes), FetchError> {
        let limits = &self.0.parts.limits;
        let mut budget = Budget(limits.total);
        let mut url = self.canonical(input)?;
        for _ in 0..=limits.redirects {
            self.obey_robots(&url, now, &mut budget).await?;
            let want = http::Want {
                body: limits.body,
                truncate: false,
            };
            match self.request(&url, want, &mut budget).await? {
                http::Answer::Moved { location } => url = url::hop(&url, &location, &self.0.parts.allow)?,
                http::Answer::Body {
                    status,
                    content_type,
                    body,
                } => return Ok((url, status, content_type, body)),
            }
        }
        Err(FetchError::Redirects)
    }

    async fn obey_robots(&self, page: &Url, now: DateTime<Utc>, budget: &mut Budget) -> Result<(), FetchError> {
        let origin = page.origin().ascii_serialization();
        let rules = match self.0.robots.get(&origin, now) {
            Some(rules) => rules,
            None => {
                let rules = Arc::new(self.fetch_robots(page, budget).await?);
                self.0.robots.put(origin, now, rules.clone());
                rules
            }
        };
        if rules.allow(page) {
            Ok(())
        } else {
            Err(FetchError::Robots)
        }
    }

    /// RFC 9309, 2.3.1: up to five redirects; 4xx or more redirects mean no rules; 5xx means everything is closed.
    async fn fetch_robots(&self, page: &Url, budget: &mut Budget) -> Result<robots::Rules, FetchError> {
        let limits = &self.0.parts.limits;
        let mut url = page.clone();
        url.set_path("/robots.txt");
        url.set_query(None);
        for _ in 0..=limits.redirects {
            let want = http::Want {
                body: limits.robots,
                truncate: true,
            };
            match self.request(&url, want, budget).await? {
                http::Answer::Moved { location } => url = url::hop(&url, &location, &self.0.parts.allow)?,
                http::Answer::Body {
                    status: 200..=299,
                    body,
                    ..
                } => return Ok(robots::Rules::parse(&body, AGENT)),
                http::Answer::Body { status: 500.., .. } => return Err(FetchError::Robots),
                http::Answer::Body { .. } => return Ok(robots::Rules::default()),
            }
        }
        Ok(robots::Rules::default())
    }

    /// One request to one address, after our turn at that host has come.
    async fn request(&self, url: &Url, want: http::Want, budget: &mut Budget) -> Result<http::Answer, FetchError> {
        let inner = &self.0;
        let host = url.host_str().unwrap_or_default();
        // A host that the operator opened by hand is our own: no need to spare it.
        let spared = inner.parts.allow.opens(url);
        let _turn = inner.pace.turn(host, spared).await;
        budget.spend(http::get(&inner.parts, &inner.agent, url, want)).await
    }
}

/// Time left for one fetch, used up by its steps.
struct Budget(Duration);

impl Budget {
    async fn spend<T>(&mut self, step: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
        let started = Instant::now();
        let done = tokio::time::timeout(self.0, step).await;
        self.0 = self.0.saturating_sub(started.elapsed());
        done.unwrap_or_else(|_| Err(FetchError::unreachable("total time used up")))
    }
}
