//! The query part of an address.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use domain::FaultCode;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, openapi::path::ParameterIn};

use super::described::{Described, Sketch};
use crate::error::ApiError;

/// What is asked for behind the `?`.
#[derive(Clone, Copy, Debug)]
pub struct Question<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Question<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let query = Query::<T>::try_from_uri(&parts.uri);
        let Query(asked) = query.map_err(|_| ApiError::invalid("The query part of the address cannot be read."))?;
        Ok(Self(asked))
    }
}

impl<T: IntoParams> Described for Question<T> {
    fn describe(sketch: &mut Sketch<'_>) {
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            sketch.reads(parameter);
        }
        sketch.fails(FaultCode::Invalid);
    }
}
