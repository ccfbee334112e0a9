//! The caller's own key for a request that must not be done twice.

use axum::{extract::FromRequestParts, http::request::Parts};
use engine::ledger::ClientKey;

use crate::error::ApiError;

/// The `Idempotency-Key` header, where there is one.
#[derive(Clone, Debug, Default)]
pub struct IdempotencyKey(Option<String>);

impl IdempotencyKey {
    /// The key within an operation.
    pub fn of(self, operation: &'static str) -> Result<Option<ClientKey>, ApiError> {
        let key = self.0.map(|key| ClientKey::new(operation, &key)).transpose();
        Ok(key.map_err(engine::Error::from)?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        let text = value
            .to_str()
            .map_err(|_| ApiError::field("idempotency_key", "Use visible ASCII characters only."))?;
        Ok(Self(Some(text.to_owned())))
    }
}
