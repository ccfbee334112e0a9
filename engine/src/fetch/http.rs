//! One request over one vetted connection, and what its answer is good for.

use std::{io, sync::Arc};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, body::Incoming, client::conn::http1, header, http::request};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use url::Url;

use super::{
    Fetched, Parts,
    body::{self, Reader},
    dial::{Dialed, vetted},
    error::FetchError,
};

/// How much of a body is wanted, and what a longer one means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Want {
    pub body: usize,
    /// Cut a longer body off instead of refusing it.
    pub truncate: bool,
}

#[derive(Debug)]
pub(super) enum Answer {
    Moved {
        location: String,
    },
    Body {
        status: u16,
        content_type: String,
        body: Bytes,
    },
}

/// TLS that trusts Mozilla's certificate authorities and speaks HTTP/1.1.
pub(super) fn public_authorities() -> io::Result<Arc<ClientConfig>> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Asks for `url`. An answer outside of 200 to 299 comes without its body.
pub(super) async fn get(parts: &Parts, agent: &str, url: &Url, want: Want) -> Result<Answer, FetchError> {
    let limits = &parts.limits;
    let stream = connect(parts, url).await?;
    let asked = tokio::time::timeout(limits.first_byte, ask(stream, limits.head, agent, url)).await;
    let (response, _connection) = asked.map_err(|_| FetchError::unreachable(format!("{url}: no answer in time")))??;
    let status = response.status().as_u16();
    if let (301 | 302 | 303 | 307 | 308, Some(location)) = (status, text(&response, header::LOCATION)) {
        return Ok(Answer::Moved { location });
    }
    let content_type = text(&response, header::CONTENT_TYPE)
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !(200..=299).contains(&status) {
        return Ok(Answer::Body {
            status,
            content_type,
            body: Bytes::new(),
        });
    }
    let body = read(url, response, want, limits.ratio).await?;
    Ok(Answer::Body {
        status,
        content_type,
        body,
    })
}

/// Connects to the first vetted address that answers.
pub(super) async fn connect(parts: &Parts, url: &Url) -> Result<Box<dyn Dialed>, FetchError> {
    let mut last = FetchError::unreachable("no address");
    for address in vetted(parts, url).await? {
        let opened = tokio::time::timeout(parts.limits.connect, async {
            let stream = parts.dial.dial(address).await?;
            if url.scheme() == "https" {
                encrypt(parts, url, stream).await
            } else {
                Ok(stream)
            }
        });
        match opened.await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = FetchError::unreachable(format!("{url} at {address}: {error}")),
            Err(_) => last = FetchError::unreachable(format!("{url} at {address}: no connection in time")),
        }
    }
    Err(last)
}

/// TLS for the name in the address, whatever machine was dialled.
async fn encrypt(parts: &Parts, url: &Url, stream: Box<dyn Dialed>) -> io::Result<Box<dyn Dialed>> {
    // The `url` crate writes IPv6 hosts in brackets, certificates do not.
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    Ok(Box::new(
        TlsConnector::from(parts.tls.clone()).connect(name, stream).await?,
    ))
}

/// Ends the connection's task when the answer is no longer wanted.
pub(super) struct Connection(JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn ask(
    stream: Box<dyn Dialed>,
    head: usize,
    agent: &str,
    url: &Url,
) -> Result<(Response<Incoming>, Connection), FetchError> {
    let request = request(Method::GET, url, agent)
        .header(
            header::ACCEPT,
            "text/html,application/xhtml+xml,text/plain;q=0.8,application/pdf;q=0.7,*/*;q=0.1",
        )
        .header(header::ACCEPT_LANGUAGE, "en,*;q=0.5")
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .body(Full::default());
    exchange(stream, head, url, request).await
}

/// The beginning of a request: where it goes, and who asks.
pub(super) fn request(method: Method, url: &Url, agent: &str) -> request::Builder {
    let path = url.path().to_owned() + &url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    let host = url
        .port()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, host)
        .header(header::USER_AGENT, agent)
        .header(header::CONNECTION, "close")
}

/// Sends a request and waits for the head of its answer, of at most `head` bytes.
pub(super) async fn exchange(
    stream: Box<dyn Dialed>,
    head: usize,
    url: &Url,
    request: Result<Request<Full<Bytes>>, hyper::http::Error>,
) -> Result<(Response<Incoming>, Connection), FetchError> {
    let failed = |error: &dyn std::error::Error| FetchError::unreachable(format!("{url}: {error}"));
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(head)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| failed(&error))?;
    let task = Connection(tokio::spawn(async move {
        // Its errors reach the request as well.
        let _ = connection.await;
    }));
    let request = request.map_err(|error| failed(&error))?;
    let response = sender.send_request(request).await.map_err(|error| failed(&error))?;
    Ok((response, task))
}

async fn read(url: &Url, response: Response<Incoming>, want: Want, ratio: usize) -> Result<Bytes, FetchError> {
    let coding: Vec<String> = response
        .headers()
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    let coding = match coding.as_slice() {
        [] => "",
        [one] => one.as_str(),
        _ => {
            return Err(FetchError::not_a_page(format!(
                "{url}: packed more than once: {coding:?}"
            )));
        }
    };
    let announced = text(&response, header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    if coding.is_empty() && !want.truncate && announced.is_some_and(|length| length > want.body as u64) {
        return Err(FetchError::TooLarge {
            detail: format!("{url} announces {announced:?} bytes"),
        });
    }
    let mut reader = Reader::new(coding, want.body, ratio)
        .ok_or_else(|| FetchError::not_a_page(format!("{url}: unknown coding {coding}")))?;
    let mut incoming = response.into_body();
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| FetchError::CutOff {
            detail: format!("{url}: {error}"),
        })?;
        let Some(data) = frame.data_ref() else { continue };
        match reader.feed(data) {
            Ok(()) => {}
            Err(body::Full::Size) if want.truncate => return Ok(reader.so_far()),
            Err(full) => return Err(full.into_error(url)),
        }
    }
    reader.finish().map_err(|full| full.into_error(url))
}

fn text(response: &Response<Incoming>, name: header::HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// Types of which text can be made.
const READABLE: &[&str] = &["text/html", "application/xhtml+xml", "text/plain", "application/pdf"];

/// The last answer as a page, if it is one by its status, its header and its first bytes.
pub(super) fn page(url: Url, status: u16, content_type: String, body: Bytes) -> Result<Fetched, FetchError> {
    match status {
        200..=299 => {}
        404 | 410 => return Err(FetchError::NotFound),
        500.. => return Err(FetchError::SiteFault { status }),
        300..=399 => {
            return Err(FetchError::unreachable(format!(
                "{url}: {status} without a destination"
            )));
        }
        _ => return Err(FetchError::Refused { status }),
    }
    let declared = content_type.split(';').next().unwrap_or_default().trim();
    let readable = declared.is_empty() || READABLE.contains(&declared);
    let holds_pdf = body.starts_with(b"%PDF-");
    if !readable || holds_pdf != (declared == "application/pdf") || (!holds_pdf && binary(&body)) {
        return Err(FetchError::not_a_page(format!("{url}: declared as `{content_type}`")));
    }
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(FetchError::not_a_page(format!("{url}: empty")));
    }
    Ok(Fetched {
        final_url: url,
        status,
        content_type,
        body,
    })
}

/// Whether the first bytes are those of an archive, a program, an image: of anything but text.
fn binary(body: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"PK\x03\x04",
        b"PK\x05\x06",
        b"\x7fELF",
        b"MZ\x90",
        b"\x1f\x8b",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"BM\x00",
        b"Rar!",
        b"7z\xbc\xaf",
        b"BZh",
        b"\xfd7zXZ",
        b"\x28\xb5\x2f\xfd",
        b"\xd0\xcf\x11\xe0",
        b"OggS",
        b"ID3",
    ];
    let utf16 = body.starts_with(b"\xff\xfe") || body.starts_with(b"\xfe\xff");
    let head = &body[..body.len().min(1_024)];
    MAGIC.iter().any(|magic| body.starts_with(magic)) || (!utf16 && head.contains(&0))
}
