//! API keys of one's own.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    api_key::{ApiKey, DAYS_DEFAULT, KeyForm, KeyScope, NewKey},
    id::ApiKeyId,
};
use engine::account::api_key;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{chatbots::Message, failures::Conflict, number::whole};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct KeyOut {
    key_id: ApiKeyId,
    name: String,
    scopes: Vec<KeyScope>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// To the minute; `null` for one that was never used.
    last_used_at: Option<DateTime<Utc>>,
    /// The key itself, for the `Authorization` header. Given once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^plk_[0-9A-Za-z]{22}_[0-9A-Za-z]{49}$")]
    key: Option<String>,
}

impl From<ApiKey> for KeyOut {
    fn from(key: ApiKey) -> Self {
        Self {
            key_id: key.id,
            name: key.name,
            scopes: key.scopes.list(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.used_at,
            key: None,
        }
    }
}

impl From<NewKey> for KeyOut {
    fn from(made: NewKey) -> Self {
        Self {
            key: Some(made.text),
            ..made.key.into()
        }
    }
}

/// List one's API keys
///
/// In the order they were made; those that have run out, too.
#[utoipa::path(
    get,
    path = "/api_keys",
    operation_id = "list_api_keys",
    tag = "API keys",
    responses((status = 200, body = [KeyOut])),
)]
pub(super) async fn list(Caller(call): Caller) -> Result<Json<Vec<KeyOut>>, ApiError> {
    let keys = api_key::list(&call).await?;
    Ok(Json(keys.into_iter().map(KeyOut::from).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiKey, examples(json!({ "name": "CRM", "scopes": ["read", "leads"], "expires_in_days": 90 })))]
pub(super) struct KeyIn {
    /// What it is for, in words of one's own.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 100)]
    name: String,
    /// What it may be used for; at least one.
    #[serde(default)]
    #[schema(required, min_items = 1, value_type = Vec<KeyScope>)]
    scopes: Vec<String>,
    /// After how many days it holds no more.
    #[serde(default = "days", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 365, default = 90)]
    expires_in_days: i64,
}

const fn days() -> i64 {
    DAYS_DEFAULT
}

/// Make an API key
///
/// The answer has the key; it is given once. It does what its scopes let it, as whoever made it. At most twenty. Needs a sign-in
/// of the last five minutes.
#[utoipa::path(
    post,
    path = "/api_keys",
    operation_id = "create_api_key",
    tag = "API keys",
    responses(
        (
            status = 201,
            body = KeyOut,
            links(
                ("read" = (operation_id = "get_api_key", parameters(("id" = "$response.body#/key_id")))),
                ("revoke" = (operation_id = "revoke_api_key", parameters(("id" = "$response.body#/key_id")))),
            ),
        ),
        Conflict,
    ),
)]
pub(super) async fn create(Caller(call): Caller, Input(body): Input<KeyIn>) -> Result<impl IntoResponse, ApiError> {
    let form = KeyForm {
        name: body.name,
        scopes: body.scopes,
        days: body.expires_in_days,
    };
    let made = api_key::create(&call, &form).await?;
    Ok((StatusCode::CREATED, Json(KeyOut::from(made))))
}

/// Read one of one's API keys
#[utoipa::path(
    get,
    path = "/api_keys/{id}",
    operation_id = "get_api_key",
    tag = "API keys",
    responses((status = 200, body = KeyOut)),
)]
pub(super) async fn get(Caller(call): Caller, Id(id): Id<ApiKeyId>) -> Result<Json<KeyOut>, ApiError> {
    Ok(Json(api_key::get(&call, id).await?.into()))
}

/// Revoke one of one's API keys
///
/// From the next request on it holds no more. Needs a sign-in of the last five minutes.
#[utoipa::path(
    delete,
    path = "/api_keys/{id}",
    operation_id = "revoke_api_key",
    tag = "API keys",
    responses((status = 200, body = Message)),
)]
pub(super) async fn revoke(Caller(call): Caller, Id(id): Id<ApiKeyId>) -> Result<Json<Message>, ApiError> {
    api_key::revoke(&call, id).await?;
    Ok(Json(Message {
        message: "API key revoked.",
    }))
}
