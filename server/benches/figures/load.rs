//! Visitors: clients that keep their connection and send the next request when the last is answered.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request,
    body::{Bytes, Incoming},
    client::conn::http1::{SendRequest, handshake},
    header,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;

use crate::process::Server;

pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    /// Sent with every request.
    pub headers: HeaderMap,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
    /// What went right, or what was said instead.
    pub fn good(self) -> Self {
        assert!(
            (200..400).contains(&self.status),
            "the server answered {}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        self
    }
}

pub type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Client {
    pub async fn connect(address: SocketAddr) -> Result<Self, Failed> {
        let stream = tokio::net::TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, address.to_string().parse()?);
        Ok(Self { sender, headers })
    }

    pub fn with(mut self, name: header::HeaderName, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a header's value"));
        self
    }

    /// Sends a request and gives the answer as soon as its head is there.
    pub async fn open(&mut self, mut request: Request<Full<Bytes>>) -> Result<hyper::Response<Incoming>, Failed> {
        for (name, value) in &self.headers {
            request.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
        self.sender.ready().await?;
        Ok(self.sender.send_request(request).await?)
    }

    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Reply, Failed> {
        let (parts, body) = self.open(request).await?.into_parts();
        Ok(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    pub async fn get(&mut self, path: &str) -> Result<Reply, Failed> {
        self.send(get(path)).await
    }

    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Reply, Failed> {
        self.send(post(path, body)).await
    }
}

pub fn get(path: &str) -> Request<Full<Bytes>> {
    Request::get(path).body(Full::default()).expect("a request")
}

pub fn post(path: &str, body: &Value) -> Request<Full<Bytes>> {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from(body.to_string()))
        .expect("a request")
}

/// An address of the block that is kept for documentation of networks, another for each number.
pub fn address(n: usize) -> String {
    format!("10.{}.{}.{}", (n >> 16) & 255, (n >> 8) & 255, n & 255)
}

/// What a load came to.
pub struct Outcome {
    /// Answered, those before the measurement included.
    pub answered: usize,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// Of the server's process, a request.
    pub cpu_ms: f64,
    pub failed: usize,
}

/// What one visitor does again and again: given its client, its number and the count of its requests so far.
pub trait Visit: Send + Sync + 'static {
    fn visit<'a>(
        &'a self,
        client: &'a mut Client,
        who: usize,
        n: usize,
    ) -> impl Future<Output = Result<bool, Failed>> + Send + 'a;
}

/// Lets that many visitors come at once for that long.
pub async fn load(server: &Server, clients: usize, lasting: Duration, visit: impl Visit) -> Outcome {
    let visit = Arc::new(visit);
    // What is built at first use is not measured.
    let before = run(server, clients, lasting / 8, &visit).await;
    let outcome = run(server, clients, lasting, &visit).await;
    Outcome {
        answered: before.answered + outcome.answered,
        ..outcome
    }
}

async fn run<V: Visit>(server: &Server, clients: usize, lasting: Duration, visit: &Arc<V>) -> Outcome {
    let (cpu, began) = (server.cpu_ms(), Instant::now());
    let visitors: Vec<_> = (0..clients)
        .map(|who| {
            let (visit, address) = (Arc::clone(visit), server.address);
            tokio::spawn(async move {
                let mut client = Client::connect(address).await.expect("a connection");
                let (mut took, mut failed) = (Vec::new(), 0);
                while began.elapsed() < lasting {
                    let asked = Instant::now();
                    match visit.visit(&mut client, who, took.len() + failed).await {
                        Ok(true) => took.push(asked.elapsed().as_secs_f64() * 1e3),
                        Ok(false) => failed += 1,
                        Err(_) => {
                            failed += 1;
                            client = Client::connect(address).await.expect("a connection");
                        }
                    }
                }
                (took, failed)
            })
        })
        .collect();
    let (mut took, mut failed) = (Vec::new(), 0);
    for visitor in visitors {
        let (times, failures) = visitor.await.expect("a visitor");
        took.extend(times);
        failed += failures;
    }
    let seconds = began.elapsed().as_secs_f64();
    let answered = took.len();
    Outcome {
        answered,
        per_second: answered as f64 / seconds,
        cpu_ms: (server.cpu_ms() - cpu) / answered.max(1) as f64,
        p50_ms: quantile(&mut took, 0.5),
        p99_ms: quantile(&mut took, 0.99),
        failed,
    }
}

pub fn quantile(values: &mut [f64], q: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let at = ((values.len() - 1) as f64 * q).round() as usize;
    *values.select_nth_unstable_by(at, f64::total_cmp).1
}
