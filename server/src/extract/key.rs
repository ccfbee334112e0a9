//! The caller's own key for a request that must not be done twice.

use axum::{extract::FromRequestParts, http::request::Parts};
use domain::FaultCode;
use engine::ledger::{CLIENT_KEY_MAX, ClientKey};
use utoipa::openapi::{
    ObjectBuilder, Required, Type,
    path::{ParameterBuilder, ParameterIn},
};

use super::described::{Described, Sketch};
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

impl Described for IdempotencyKey {
    fn describe(sketch: &mut Sketch<'_>) {
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]+$"));
        let header = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "A key of your own. However often a request is sent with it, it is carried out once, and answered as the first \
                 time; with another request, the key is refused.",
            ))
            .schema(Some(text.min_length(Some(1)).max_length(Some(CLIENT_KEY_MAX))));
        sketch.reads(header.build());
        sketch.fails(FaultCode::Invalid);
        sketch.fails(FaultCode::KeyReused);
    }
}
