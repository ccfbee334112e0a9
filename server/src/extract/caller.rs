//! Who is calling. A handler that takes a [`Caller`] cannot run without the proof.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use domain::FaultCode;
use engine::{Call, Engine, account};

use super::described::{Described, Sketch};
use crate::{error::ApiError, extract::ClientAddress};

/// Who is calling, once that is found out: for whatever of ours comes behind.
#[derive(Clone, Debug)]
pub(super) struct Known(pub(super) Call);

/// A signed-in caller: by an access token, or by the console's session. A token that does not hold is refused even
/// where a session would do.
#[derive(Clone, Debug)]
pub struct Caller(pub Call);

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Engine: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        if let Some(Known(call)) = parts.extensions.get() {
            return Ok(Self(call.clone()));
        }
        let engine = Engine::from_ref(state);
        if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
            let value = value.to_str().unwrap_or_default();
            let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(ApiError::unauthorized());
            }
            let address = parts.extensions.get::<ClientAddress>().and_then(|from| from.0);
            let call = account::verify_token(&engine, token.trim(), address).await?;
            return Ok(Self::known(parts, call));
        }
        let call = session(parts).ok_or_else(ApiError::unauthorized)?;
        Ok(Self::known(parts, call))
    }
}

impl Caller {
    /// Tells it to the arguments behind.
    fn known(parts: &mut Parts, call: Call) -> Self {
        parts.extensions.insert(Known(call.clone()));
        Self(call)
    }
}

impl Described for Caller {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.needs_token();
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

/// Who sends a form of the console: only a session counts.
#[derive(Clone, Debug)]
pub struct FormCaller(pub Call);

impl<S: Send + Sync> FromRequestParts<S> for FormCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let call = session(parts);
        Ok(Self(call.ok_or_else(app::ssr::signed_out)?))
    }
}
