//! Who is calling. A handler that takes a [`Caller`] cannot run without the proof.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, MatchedPath},
    http::{header, request::Parts},
};
use domain::{FaultCode, api_key};
use engine::{Call, Engine, account};
use utoipa::openapi::RefOr;

use super::described::{Described, Sketch};
use crate::{
    api::keyed,
    error::{self, ApiError},
    extract::ClientAddress,
    layers::quota::Quotas,
};

/// Who is calling, once that is found out: for whatever of ours comes behind.
#[derive(Clone, Debug)]
pub(super) struct Known(pub(super) Call);

/// A signed-in caller: by an access token, an API key, or the console's session. A token or key that does not hold is refused
/// even where a session would do.
#[derive(Clone, Debug)]
pub struct Caller(pub Call);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Engine: FromRef<S>,
    Arc<Quotas>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if let Some(Known(call)) = parts.extensions.get() {
            return Ok(Self(call.clone()));
        }
        let engine = Engine::from_ref(state);
        let call = identified(&engine, parts).await?;
        Arc::<Quotas>::from_ref(state).take(&call, parts, engine.clock().now())?;
        if call.api_key().is_some() {
            opens(&call, parts)?;
        }
        parts.extensions.insert(Known(call.clone()));
        Ok(Self(call))
    }
}

/// Who is calling, whatever for.
async fn identified(engine: &Engine, parts: &Parts) -> Result<Call, ApiError> {
    let Some(value) = parts.headers.get(header::AUTHORIZATION) else {
        return session(parts).ok_or_else(ApiError::unauthorized);
    };
    let value = value.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::unauthorized());
    }
    let (token, address) = (
        token.trim(),
        parts.extensions.get::<ClientAddress>().and_then(|from| from.0),
    );
    let call = match token.starts_with(api_key::PREFIX) {
        true => {
            let reads = keyed::reads(&parts.method, route(parts));
            account::api_key::verify(engine, token, reads, address).await
        }
        false => account::verify_token(engine, token, address).await,
    };
    Ok(call?)
}

/// As the router has it.
fn route(parts: &Parts) -> &str {
    parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str)
}

/// Refuses what no API key opens, and what this one does not.
fn opens(call: &Call, parts: &Parts) -> Result<(), ApiError> {
    let action = keyed::action(route(parts)).ok_or_else(api_key::not_for_keys)?;
    Ok(call.must(action)?)
}

impl Described for Caller {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.needs_token();
        sketch.fails(FaultCode::TooMany);
        for name in error::QUOTA_HEADERS {
            sketch.sends(name, RefOr::Ref(error::header_reference(name)));
        }
        sketch.fails(FaultCode::Unauthorized);
        sketch.fails(FaultCode::Forbidden);
        sketch.fails(FaultCode::Internal);
        sketch.fails(FaultCode::Unavailable);
    }
}

/// Whoever [`crate::sessions::identify`] has found.
fn session(parts: &Parts) -> Option<Call> {
    parts.extensions.get::<Call>().cloned()
}
