//! A text that is sent to an address, of whose answer nothing but the status counts.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::{Method, Response, body::Incoming, header};
use url::Url;

use super::{FetchError, Parts, http};

/// The name that receivers know us by.
const AGENT: &str = "Porchlight-Webhooks/1.0";
/// Bytes of an answer's body that are read, so that its sender is not cut off; what is longer is.
const BODY: usize = 16 * 1024;
/// For how long.
const REST: Duration = Duration::from_secs(1);

/// Sends JSON over one vetted connection.
pub(super) async fn post(
    parts: &Parts,
    url: &Url,
    headers: &[(&str, String)],
    json: String,
) -> Result<u16, FetchError> {
    let sent = tokio::time::timeout(parts.limits.post, async {
        let stream = http::connect(parts, url).await?;
        let mut request =
            http::request(Method::POST, url, AGENT).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::from(json));
        http::exchange(stream, parts.limits.head, url, request).await
    });
    let (response, _connection) = sent
        .await
        .map_err(|_| FetchError::unreachable(format!("{url}: no answer in time")))??;
    let status = response.status().as_u16();
    // The status is what was asked for: how the rest ends does not matter.
    let _ = tokio::time::timeout(REST, drain(response)).await;
    Ok(status)
}

async fn drain(response: Response<Incoming>) {
    let (mut body, mut read) = (response.into_body(), 0);
    while read < BODY
        && let Some(Ok(frame)) = body.frame().await
    {
        read += frame.data_ref().map_or(0, bytes::Bytes::len);
    }
}
