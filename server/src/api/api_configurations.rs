//! Keys of an organization's own with providers of AI models.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    api_configuration::{
        ApiConfiguration, ApiConfigurationChange, ApiConfigurationForm, ModelSettings, ProviderName, TestOutcome,
    },
    id::ApiConfigurationId,
};
use engine::{api_configuration, version::Version};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

use super::{chatbots::Message, failures::Conflict, number::whole_or_null, schema::optional_choice};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, Object, Versioned, etag},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiConfiguration)]
pub(super) struct ConfigurationOut {
    api_configuration_id: ApiConfigurationId,
    provider_name: ProviderName,
    /// Where it is asked.
    base_url: String,
    /// The last characters of the key; the key itself is never given.
    api_key_last4: String,
    model_settings: SettingsOut,
    is_active: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ModelSettings)]
struct SettingsOut {
    model: String,
    /// `null`: as the provider has it.
    #[schema(minimum = 0, maximum = 2)]
    temperature: Option<f64>,
    /// Of one answer; `null`: 700.
    max_tokens: Option<i64>,
}

impl From<ApiConfiguration> for ConfigurationOut {
    fn from(configuration: ApiConfiguration) -> Self {
        let settings = configuration.settings;
        Self {
            api_configuration_id: configuration.id,
            provider_name: configuration.provider,
            base_url: configuration.base_url,
            api_key_last4: configuration.key_end,
            model_settings: SettingsOut {
                model: settings.model,
                temperature: settings.temperature,
                max_tokens: settings.max_tokens,
            },
            is_active: configuration.is_active,
            created_at: configuration.created_at,
            updated_at: configuration.updated_at,
        }
    }
}

/// How the model is asked. What is absent is as the provider has it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ModelSettingsChange, examples(json!({ "model": "gpt-4o-mini", "temperature": 0.2 })))]
struct SettingsIn {
    /// As the provider calls it.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 100)]
    model: String,
    #[schema(minimum = 0, maximum = 2)]
    temperature: Option<f64>,
    /// Of one answer.
    #[serde(default, deserialize_with = "whole_or_null")]
    #[schema(minimum = 50, maximum = 4000)]
    max_tokens: Option<i64>,
}

impl From<SettingsIn> for ModelSettings {
    fn from(settings: SettingsIn) -> Self {
        Self {
            model: settings.model,
            temperature: settings.temperature,
            max_tokens: settings.max_tokens,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewApiConfiguration, examples(json!({
    "provider_name": "openai",
    "api_key": "sk-0123456789abcdefghij",
    "model_settings": { "model": "gpt-4o-mini" },
})))]
pub(super) struct ConfigurationIn {
    #[serde(default)]
    #[schema(required, schema_with = ProviderName::schema)]
    provider_name: String,
    /// Where it is asked, for a provider that is not in the list, or through a gateway of your own: an address that begins with
    /// `https://`, is public, and is asked as OpenAI's is.
    #[schema(
        max_length = 2048,
        pattern = r"^(https://[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z][A-Za-z0-9-]{0,60}[A-Za-z0-9])+(/[A-Za-z0-9._~/-]*)?)?$"
    )]
    base_url: Option<String>,
    /// Kept sealed, and never given again.
    #[serde(default)]
    #[schema(required, write_only, min_length = 16, max_length = 500, pattern = "^[!-~]*$")]
    api_key: String,
    #[schema(required, value_type = SettingsIn)]
    model_settings: Option<Object<SettingsIn>>,
    /// `true` where nothing is said.
    is_active: Option<bool>,
}

/// What is absent or `null` stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApiConfigurationChange, examples(json!({ "is_active": false })))]
pub(super) struct ChangeIn {
    #[schema(schema_with = changed_provider)]
    provider_name: Option<String>,
    /// The key goes to no other address than it was given with: give it again with another one.
    #[schema(
        max_length = 2048,
        pattern = r"^(https://[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z][A-Za-z0-9-]{0,60}[A-Za-z0-9])+(/[A-Za-z0-9._~/-]*)?)?$"
    )]
    base_url: Option<String>,
    #[schema(write_only, min_length = 16, max_length = 500, pattern = "^[!-~]*$")]
    api_key: Option<String>,
    /// All of them: what is absent in it is as the provider has it.
    #[schema(value_type = Option<SettingsIn>)]
    model_settings: Option<Object<SettingsIn>>,
    is_active: Option<bool>,
}

fn changed_provider() -> impl Into<RefOr<Schema>> {
    optional_choice(ProviderName::ALL.map(ProviderName::as_str))
}

/// List API configurations
///
/// The organization's own keys with AI providers, in the order they were made. For the owner and admins.
#[utoipa::path(
    get,
    path = "/api_configurations",
    operation_id = "list_api_configurations",
    tag = "API configurations",
    responses((status = 200, body = [ConfigurationOut])),
)]
pub(super) async fn list(Caller(call): Caller) -> Result<Json<Vec<ConfigurationOut>>, ApiError> {
    let all = api_configuration::list(&call).await?;
    Ok(Json(all.into_iter().map(ConfigurationOut::from).collect()))
}

/// Add an API configuration
///
/// For the owner and admins; at most ten. Needs a sign-in of the last five minutes. A chatbot whose `ai_model_config.api_key_id`
/// names it is answered by it, and its replies cost no credits.
#[utoipa::path(
    post,
    path = "/api_configurations",
    operation_id = "create_api_configuration",
    tag = "API configurations",
    responses(
        (
            status = 201,
            body = ConfigurationOut,
            links(
                ("read" = (operation_id = "get_api_configuration", parameters(("id" = "$response.body#/api_configuration_id")))),
                ("update" = (operation_id = "update_api_configuration", parameters(("id" = "$response.body#/api_configuration_id")))),
                ("test" = (operation_id = "test_api_configuration", parameters(("id" = "$response.body#/api_configuration_id")))),
                ("delete" = (operation_id = "delete_api_configuration", parameters(("id" = "$response.body#/api_configuration_id")))),
            ),
        ),
        Conflict,
    ),
)]
pub(super) async fn create(
    Caller(call): Caller,
    Input(body): Input<ConfigurationIn>,
) -> Result<impl IntoResponse, ApiError> {
    let form = ApiConfigurationForm {
        provider_name: body.provider_name,
        base_url: body.base_url.unwrap_or_default(),
        api_key: body.api_key,
        settings: body
            .model_settings
            .map(|Object(settings)| settings.into())
            .unwrap_or_default(),
        is_active: body.is_active.unwrap_or(true),
    };
    let made = api_configuration::create(&call, &form).await?;
    Ok((StatusCode::CREATED, Json(ConfigurationOut::from(made))))
}

/// Read an API configuration
#[utoipa::path(
    get,
    path = "/api_configurations/{id}",
    operation_id = "get_api_configuration",
    tag = "API configurations",
    responses((status = 200, body = ConfigurationOut)),
)]
pub(super) async fn get(
    Versioned(call): Versioned,
    Id(id): Id<ApiConfigurationId>,
) -> Result<impl IntoResponse, ApiError> {
    Ok(tagged(api_configuration::get(&call, id).await?))
}

fn tagged(configuration: ApiConfiguration) -> impl IntoResponse {
    let version = Version::of(&configuration);
    let out = ConfigurationOut::from(configuration);
    (etag(version, &out), Json(out))
}

/// Change an API configuration
///
/// Another key needs a sign-in of the last five minutes; another address needs the key again.
#[utoipa::path(
    put,
    path = "/api_configurations/{id}",
    operation_id = "update_api_configuration",
    tag = "API configurations",
    responses((status = 200, body = ConfigurationOut)),
)]
pub(super) async fn update(
    Versioned(call): Versioned,
    Id(id): Id<ApiConfigurationId>,
    Input(body): Input<ChangeIn>,
) -> Result<impl IntoResponse, ApiError> {
    let change = ApiConfigurationChange {
        provider_name: body.provider_name,
        base_url: body.base_url,
        api_key: body.api_key,
        settings: body.model_settings.map(|Object(settings)| settings.into()),
        is_active: body.is_active,
    };
    Ok(tagged(api_configuration::update(&call, id, change).await?))
}

/// Remove an API configuration
///
/// With its key. Chatbots that name it are answered as those that name none, at the price of a reply.
#[utoipa::path(
    delete,
    path = "/api_configurations/{id}",
    operation_id = "delete_api_configuration",
    tag = "API configurations",
    responses((status = 200, body = Message)),
)]
pub(super) async fn delete(
    Versioned(call): Versioned,
    Id(id): Id<ApiConfigurationId>,
) -> Result<Json<Message>, ApiError> {
    api_configuration::delete(&call, id).await?;
    Ok(Json(Message {
        message: "API configuration removed.",
    }))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiConfigurationTest)]
pub(super) struct TestOut {
    outcome: TestOutcome,
    /// What happened, and what to do, for a person.
    message: &'static str,
    /// From the request until the answer, or until it was given up, in milliseconds.
    duration_ms: i64,
}

/// Test an API configuration
///
/// Asks the provider something small, for real, also where the configuration is not active.
#[utoipa::path(
    post,
    path = "/api_configurations/{id}/test",
    operation_id = "test_api_configuration",
    tag = "API configurations",
    responses((status = 200, body = TestOut)),
)]
pub(super) async fn test(Caller(call): Caller, Id(id): Id<ApiConfigurationId>) -> Result<Json<TestOut>, ApiError> {
    let tested = api_configuration::test(&call, id).await?;
    Ok(Json(TestOut {
        outcome: tested.outcome,
        message: tested.outcome.words(),
        duration_ms: tested.duration_ms,
    }))
}
