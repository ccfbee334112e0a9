//! The caller's own key for a request that must not be done twice: `Idempotency-Key`.
//!
//! One layer for every route by which somebody signed in sends something; what holds when is told in `engine::request`. Opening
//! an organization takes no key: its email address is one, since there is no second account with it.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Extension, FromRef, FromRequestParts, MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts, response},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::FaultCode;
use engine::{
    Call, Engine,
    ledger::CLIENT_KEY_MAX,
    request::{self, Answer, Begun, Keyed},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tracing::Instrument;
use utoipa::openapi::{
    ObjectBuilder, Required, Type,
    header::{Header, HeaderBuilder},
    path::{ParameterBuilder, ParameterIn},
};

use super::{BODY_MAX, Caller, body::whole, caller::Known, described::Sketch};
use crate::{error::ApiError, layers::quota::Quotas};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// No answer of a `POST` is larger, in bytes.
const ANSWER_MAX: usize = 1024 * 1024;

/// What a route with this layer says of itself.
pub(super) fn describe(sketch: &mut Sketch<'_>) {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]+$"));
    let parameter = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A key of your own. However often a request is sent with it, it is carried out once; for a day it is answered as the \
             first time. With another request, the key is refused.",
        ))
        .schema(Some(text.min_length(Some(1)).max_length(Some(CLIENT_KEY_MAX))));
    sketch.reads(parameter.build());
    sketch.fails(FaultCode::Invalid);
    sketch.fails(FaultCode::Conflict);
    sketch.fails(FaultCode::KeyReused);
    let replayed = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(["true"]));
    let replayed = HeaderBuilder::from(Header::new(replayed));
    let replayed = replayed.description(Some(
        "`true` where this is what was answered before, under the same key.",
    ));
    sketch.sends("Idempotency-Replayed", replayed.build().into());
}

/// What it takes to know who is calling.
#[derive(Clone, Debug, FromRef)]
struct Knowing {
    engine: Engine,
    quotas: Arc<Quotas>,
}

/// Carries a request out, once a key.
pub(super) async fn carry_out(
    Extension(engine): Extension<Engine>,
    Extension(quotas): Extension<Arc<Quotas>>,
    request: Request,
    next: Next,
) -> Response {
    if !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    let answered = under_key(&Knowing { engine, quotas }, request, next).await;
    answered.unwrap_or_else(IntoResponse::into_response)
}

async fn under_key(knowing: &Knowing, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let Caller(call) = Caller::from_request_parts(&mut parts, knowing).await?;
    let key = key(&parts.headers)?;
    let most = match boundary(&parts.headers) {
        Some(_) => domain::training::FILE_MAX,
        None => BODY_MAX,
    };
    let bytes = whole(Request::from_parts(parts.clone(), body), most).await?;
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let keyed = Keyed {
        route: &format!("{} {}", parts.method, within(pattern)),
        key: &key,
        hash: hash(&parts, &bytes),
    };
    match request::begin(&call, keyed).await? {
        Begun::Before(answer) => replayed(answer),
        Begun::Anew(call) => {
            parts.extensions.insert(Known(call.clone()));
            let request = Request::from_parts(parts, Body::from(bytes));
            // A caller who hangs up does not stop it half-way.
            let task = tokio::spawn(ended(call, request, next).in_current_span());
            match task.await.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(answered) => answered,
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                Err(Err(_)) => Err(ApiError::stopping()),
            }
        }
    }
}

/// The one key of a request; the engine says how long it may be.
fn key(headers: &HeaderMap) -> Result<String, ApiError> {
    let mut keys = headers.get_all(KEY).iter();
    let one = keys.next().filter(|_| keys.next().is_none());
    let text = one.and_then(|value| value.to_str().ok()).map(str::to_owned);
    text.ok_or_else(|| ApiError::field("idempotency_key", "Send one key, of visible ASCII characters only."))
}

/// An address without `/v1` or `/api`: what is the same under both.
pub(super) fn within(path: &str) -> &str {
    let prefix = ["/v1", "/api"].into_iter().find_map(|prefix| path.strip_prefix(prefix));
    prefix.unwrap_or(path)
}

/// What tells this request from others. JSON is the same however it is spaced and its fields are ordered, and a form whatever
/// its parts are divided by.
fn hash(parts: &Parts, bytes: &Bytes) -> [u8; 32] {
    let mut hash = Sha256::new();
    let address = parts
        .uri
        .path_and_query()
        .map_or("", |address| within(address.as_str()));
    hash.update((address.len() as u64).to_be_bytes());
    hash.update(address);
    match (boundary(&parts.headers), serde_json::from_slice::<Value>(bytes)) {
        (Some(boundary), _) => {
            let mut rest = &bytes[..];
            while let Some(at) = rest
                .windows(boundary.len())
                .position(|part| part == boundary.as_bytes())
            {
                hash.update(&rest[..at]);
                rest = &rest[at + boundary.len()..];
            }
            hash.update(rest);
        }
        (None, Ok(json)) => hash.update(json.to_string()),
        (None, Err(_)) => hash.update(bytes),
    }
    hash.finalize().into()
}

/// What divides the parts of a form with files.
fn boundary(headers: &HeaderMap) -> Option<&str> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (essence, rest) = kind.split_once(';')?;
    let multipart = essence.trim().eq_ignore_ascii_case("multipart/form-data");
    let given = rest.split(';').filter_map(|part| part.trim().split_once('='));
    let mut given = given.filter(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    let boundary = given.next()?.1.trim_matches('"');
    (multipart && !boundary.is_empty()).then_some(boundary)
}

/// Lets the handler do it, and keeps what it answers. An attempt that panics leaves the key taken until its minute is over.
async fn ended(call: Call, request: Request, next: Next) -> Result<Response, ApiError> {
    let response = next.run(request).await;
    let is_success = response.status().is_success();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, ANSWER_MAX).await;
    let bytes = bytes.map_err(|error| ApiError::internal(format!("an answer could not be kept: {error}")))?;
    let answer = is_success.then(|| kept(&parts, &bytes));
    if let Err(error) = request::end(&call, answer.as_ref()).await {
        // What was done is done; that it cannot be answered again changes nothing for whoever waits now.
        tracing::error!(%error, "The answer to a request under a key could not be kept: {error}");
    }
    let mut response = Response::from_parts(parts, Body::from(bytes));
    if call.is_repetition() {
        response
            .headers_mut()
            .insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

fn kept(parts: &response::Parts, bytes: &Bytes) -> Answer {
    let text = |(name, value): (&HeaderName, &HeaderValue)| Some((name.to_string(), value.to_str().ok()?.to_owned()));
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| **name != header::CONTENT_LENGTH);
    Answer {
        status: parts.status.as_u16(),
        headers: headers.filter_map(text).collect(),
        body: String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn replayed(answer: Answer) -> Result<Response, ApiError> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let response = response.header(REPLAYED, "true").body(Body::from(answer.body));
    response.map_err(|error| ApiError::internal(format!("a kept answer: {error}")))
}
