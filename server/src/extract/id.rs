//! Ids in addresses.

use std::str::FromStr;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::{Fault, FaultCode};
use utoipa::{
    PartialSchema,
    openapi::{
        Required,
        path::{ParameterBuilder, ParameterIn},
    },
};

use super::described::{Described, Sketch};
use crate::error::ApiError;

/// The one id in an address. A malformed one is answered exactly as a missing one.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<S, T> FromRequestParts<S> for Id<T>
where
    S: Send + Sync,
    T: FromStr<Err = Fault>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(text)) => text,
            // Bytes that are no text cannot name anything either.
            Err(_) => String::new(),
        };
        Ok(Self(text.parse()?))
    }
}

impl<T: PartialSchema> Described for Id<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        let id = ParameterBuilder::new().name("id").parameter_in(ParameterIn::Path);
        let id = id.required(Required::True);
        sketch.reads(id.schema(Some(T::schema())).build());
        sketch.fails(FaultCode::NotFound);
    }
}

/// The texts in an address, where they are no ids. One that is no text cannot name anything.
#[derive(Clone, Debug)]
pub struct Names<T>(pub T);

impl<S, T> FromRequestParts<S> for Names<T>
where
    S: Send + Sync,
    T: serde::de::DeserializeOwned + Send,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(names)| Self(names))
            .map_err(|_| ApiError::not_found("page"))
    }
}

impl<T> Described for Names<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        sketch.fails(FaultCode::NotFound);
    }
}
