//! A pretended internet: scripted names, recorded dials, and one loopback server that plays every host.

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use super::super::{Allow, Dial, Dialed, FetchError, Fetched, Fetcher, Limits, Parts, Resolver};

/// What the server does once it has read a request's head.
#[derive(Clone)]
pub enum Play {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes and keeps the connection open, saying nothing more.
    Hang(Vec<u8>),
    /// Sends the first bytes, then the second ones for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends the first bytes, then one space a few milliseconds apart for ever.
    Drip(Vec<u8>),
}

/// A request as the server saw it: `GET http://host/path` and its other lines.
#[derive(Debug, Clone)]
pub struct Seen {
    pub url: String,
    pub head: String,
}

#[derive(Default)]
struct State {
    names: HashMap<String, VecDeque<Vec<IpAddr>>>,
    plays: HashMap<String, Play>,
    lookups: Vec<String>,
    dials: Vec<SocketAddr>,
    seen: Vec<Seen>,
    silent: Vec<IpAddr>,
}

#[derive(Clone)]
pub struct Rig {
    state: Arc<Mutex<State>>,
    plain: SocketAddr,
    secure: SocketAddr,
    client: Arc<rustls::ClientConfig>,
}

pub fn quick() -> Limits {
    Limits {
        connect: Duration::from_millis(400),
        first_byte: Duration::from_millis(600),
        total: Duration::from_millis(1_500),
        head: 8 * 1024,
        gap: Duration::ZERO,
        ..Limits::default()
    }
}

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("a valid time")
}

pub fn html(body: &str) -> Play {
    let length = body.len();
    Play::Send(format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{body}").into())
}

pub fn moved(to: &str) -> Play {
    Play::Send(format!("HTTP/1.1 302 Found\r\nset-cookie: a=b\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into())
}

pub fn head(rest: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{}\r\n\r\n", rest.trim_end()).into_bytes()
}

impl Rig {
    /// A server for `http` and one for `https`, whose certificate holds for home.test and *.home.test.
    pub async fn start() -> Self {
        let ca_key = rcgen::KeyPair::generate().expect("a key");
        let mut ca = rcgen::CertificateParams::new(Vec::new()).expect("an authority");
        ca.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let ca_certificate = ca.self_signed(&ca_key).expect("a signature");
        let issuer = rcgen::Issuer::new(ca, ca_key);
        let key = rcgen::KeyPair::generate().expect("a key");
        let names = vec!["home.test".to_owned(), "*.home.test".to_owned()];
        let leaf = rcgen::CertificateParams::new(names)
            .and_then(|leaf| leaf.signed_by(&key, &issuer))
            .expect("a leaf");

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(ca_certificate.der().clone()).expect("a root");
        let client = rustls::ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let server = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .expect("a certificate");

        let state = Arc::new(Mutex::new(State::default()));
        let plain = listen("http", None, state.clone()).await;
        let secure = listen("https", Some(TlsAcceptor::from(Arc::new(server))), state.clone()).await;
        Self {
            state,
            plain,
            secure,
            client: Arc::new(client),
        }
    }

    /// Each look-up of `name` takes the next set of addresses; the last one stays.
    pub fn name(&self, name: &str, answers: &[&[&str]]) -> &Self {
        let answers = answers
            .iter()
            .map(|set| set.iter().map(|ip| ip.parse().expect("an address")).collect())
            .collect();
        self.state.lock().unwrap().names.insert(name.to_owned(), answers);
        self
    }

    pub fn play(&self, url: &str, play: Play) -> &Self {
        self.state.lock().unwrap().plays.insert(url.to_owned(), play);
        self
    }

    /// Connections to this address are never answered.
    pub fn silence(&self, ip: &str) -> &Self {
        self.state.lock().unwrap().silent.push(ip.parse().expect("an address"));
        self
    }

    pub fn fetcher(&self, limits: Limits, allow: &str) -> Fetcher {
        Fetcher::new(Parts {
            allow: allow.parse::<Allow>().expect("a list"),
            limits,
            resolver: Arc::new(self.clone()),
            dial: Arc::new(self.clone()),
            tls: self.client.clone(),
            contact: None,
        })
    }

    pub async fn fetch(&self, url: &str) -> Result<Fetched, FetchError> {
        self.fetcher(quick(), "").fetch(url, noon()).await
    }

    pub fn dials(&self) -> Vec<SocketAddr> {
        self.state.lock().unwrap().dials.clone()
    }

    pub fn lookups(&self) -> Vec<String> {
        self.state.lock().unwrap().lookups.clone()
    }

    /// Requests other than for robots.txt.
    pub fn pages(&self) -> Vec<Seen> {
        self.seen()
            .into_iter()
            .filter(|seen| !seen.url.ends_with("/robots.txt"))
            .collect()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.state.lock().unwrap().seen.clone()
    }

    /// Where the `http` server really listens, for tests that dial with real sockets.
    pub fn plain(&self) -> SocketAddr {
        self.plain
    }
}

#[async_trait]
impl Resolver for Rig {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut state = self.state.lock().unwrap();
        state.lookups.push(name.to_owned());
        let answers = state
            .names
            .get_mut(name)
            .ok_or_else(|| io::Error::other("no such name"))?;
        let next = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        next.ok_or_else(|| io::Error::other("no answer"))
    }
}

#[async_trait]
impl Dial for Rig {
    async fn dial(&self, address: SocketAddr) -> io::Result<Box<dyn Dialed>> {
        let silent = {
            let mut state = self.state.lock().unwrap();
            state.dials.push(address);
            state.silent.contains(&address.ip())
        };
        if silent {
            return std::future::pending().await;
        }
        let real = if address.port() == 443 { self.secure } else { self.plain };
        Ok(Box::new(TcpStream::connect(real).await?))
    }
}

async fn listen(scheme: &'static str, tls: Option<TlsAcceptor>, state: Arc<Mutex<State>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, state) = (tls.clone(), state.clone());
            tokio::spawn(async move {
                // A client that hangs up in the middle is what many of these tests are about.
                let _ = match tls {
                    Some(tls) => match tls.accept(stream).await {
                        Ok(stream) => answer(scheme, stream, state).await,
                        Err(_) => Ok(()),
                    },
                    None => answer(scheme, stream, state).await,
                };
            });
        }
    });
    address
}

async fn answer(scheme: &str, mut stream: impl Dialed, state: Arc<Mutex<State>>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let host = head
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap_or_default();
    let url = format!("{scheme}://{host}{path}");
    let play = {
        let mut state = state.lock().unwrap();
        state.seen.push(Seen {
            url: url.clone(),
            head: head.clone(),
        });
        state.plays.get(&url).cloned()
    };
    match play.unwrap_or_else(|| Play::Send(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec())) {
        Play::Send(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Play::Hang(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            std::future::pending().await
        }
        Play::Endless(first, again) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&again).await?;
            }
        }
        Play::Drip(first) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(b" ").await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        }
    }
}
