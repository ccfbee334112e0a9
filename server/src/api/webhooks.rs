//! Webhooks: endpoints that are told what happens, and the log of what they were told.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    id::{DeliveryId, WebhookId},
    webhook::{Delivery, DeliveryState, EventKind, OffReason, Webhook, WebhookChange, WebhookForm, WithSecret},
};
use engine::webhook;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{chatbots::Message, failures::Conflict};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Names, Paging, Versioned, etag},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub(super) struct WebhookOut {
    webhook_id: WebhookId,
    url: String,
    events: Vec<EventKind>,
    active: bool,
    /// Why it is off; `null` while it is on.
    off_reason: Option<OffReason>,
    /// When it last took an event.
    last_taken_at: Option<DateTime<Utc>>,
    /// Until when the secret before this one signs, too.
    old_secret_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    /// What its events are signed with. Given once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

impl From<Webhook> for WebhookOut {
    fn from(webhook: Webhook) -> Self {
        Self {
            webhook_id: webhook.id,
            url: webhook.url,
            events: webhook.events,
            active: webhook.off.is_none(),
            off_reason: webhook.off,
            last_taken_at: webhook.taken_at,
            old_secret_until: webhook.old_secret_until,
            created_at: webhook.created_at,
            secret: None,
        }
    }
}

impl From<WithSecret> for WebhookOut {
    fn from(made: WithSecret) -> Self {
        Self {
            secret: Some(made.secret),
            ..made.webhook.into()
        }
    }
}

/// List webhooks
///
/// All of them, in the order they were made. For the owner and admins.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "list_webhooks",
    tag = "Webhooks",
    responses((status = 200, body = [WebhookOut])),
)]
pub(super) async fn list(Caller(call): Caller) -> Result<Json<Vec<WebhookOut>>, ApiError> {
    let webhooks = webhook::list(&call).await?;
    Ok(Json(webhooks.into_iter().map(WebhookOut::from).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook, examples(json!({
    "url": "https://example.com/porchlight",
    "events": ["lead.created", "handoff.requested"],
})))]
pub(super) struct WebhookIn {
    /// Where events are sent: an address that begins with `https://` and is public.
    #[serde(default)]
    #[schema(
        required,
        max_length = 2048,
        pattern = r"^https://[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z][A-Za-z0-9-]{0,60}[A-Za-z0-9])+(/[A-Za-z0-9._~/-]*)?(\?[A-Za-z0-9._~&=-]*)?$"
    )]
    url: String,
    /// What it is told of; at least one.
    #[serde(default)]
    #[schema(required, value_type = Vec<EventKind>)]
    events: Vec<String>,
}

/// Add a webhook
///
/// For the owner and admins; at most ten. The answer has the secret that its events are signed with; it is given once.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "create_webhook",
    tag = "Webhooks",
    responses(
        (
            status = 201,
            body = WebhookOut,
            links(
                ("read" = (operation_id = "get_webhook", parameters(("id" = "$response.body#/webhook_id")))),
                ("update" = (operation_id = "update_webhook", parameters(("id" = "$response.body#/webhook_id")))),
                ("roll" = (operation_id = "roll_webhook_secret", parameters(("id" = "$response.body#/webhook_id")))),
                ("test" = (operation_id = "test_webhook", parameters(("id" = "$response.body#/webhook_id")))),
                ("log" = (operation_id = "list_webhook_deliveries", parameters(("id" = "$response.body#/webhook_id")))),
                ("delete" = (operation_id = "delete_webhook", parameters(("id" = "$response.body#/webhook_id")))),
            ),
        ),
        Conflict,
    ),
)]
pub(super) async fn create(Caller(call): Caller, Input(body): Input<WebhookIn>) -> Result<impl IntoResponse, ApiError> {
    let form = WebhookForm {
        url: body.url,
        events: body.events,
    };
    let made = webhook::create(&call, &form).await?;
    Ok((StatusCode::CREATED, Json(WebhookOut::from(made))))
}

/// Read a webhook
#[utoipa::path(
    get,
    path = "/webhooks/{id}",
    operation_id = "get_webhook",
    tag = "Webhooks",
    responses((status = 200, body = WebhookOut)),
)]
pub(super) async fn get(Versioned(call): Versioned, Id(id): Id<WebhookId>) -> Result<impl IntoResponse, ApiError> {
    Ok(tagged(webhook::get(&call, id).await?))
}

fn tagged(webhook: Webhook) -> impl IntoResponse {
    let version = webhook::version(&webhook);
    let out = WebhookOut::from(webhook);
    (etag(version, &out), Json(out))
}

/// What is absent or `null` stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookChange, examples(json!({ "active": false })))]
pub(super) struct ChangeIn {
    /// Where events are sent: an address that begins with `https://` and is public.
    #[schema(
        max_length = 2048,
        pattern = r"^https://[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?(\.[A-Za-z][A-Za-z0-9-]{0,60}[A-Za-z0-9])+(/[A-Za-z0-9._~/-]*)?(\?[A-Za-z0-9._~&=-]*)?$"
    )]
    url: Option<String>,
    /// What it is told of; at least one.
    #[schema(value_type = Option<Vec<EventKind>>)]
    events: Option<Vec<String>>,
    /// What waits for one that is switched off is not sent.
    active: Option<bool>,
}

/// Change a webhook
#[utoipa::path(
    put,
    path = "/webhooks/{id}",
    operation_id = "update_webhook",
    tag = "Webhooks",
    responses((status = 200, body = WebhookOut)),
)]
pub(super) async fn update(
    Versioned(call): Versioned,
    Id(id): Id<WebhookId>,
    Input(body): Input<ChangeIn>,
) -> Result<impl IntoResponse, ApiError> {
    let change = WebhookChange {
        url: body.url,
        events: body.events,
        active: body.active,
    };
    Ok(tagged(webhook::update(&call, id, change).await?))
}

/// Delete a webhook
///
/// Its log goes with it.
#[utoipa::path(
    delete,
    path = "/webhooks/{id}",
    operation_id = "delete_webhook",
    tag = "Webhooks",
    responses((status = 200, body = Message)),
)]
pub(super) async fn delete(Versioned(call): Versioned, Id(id): Id<WebhookId>) -> Result<Json<Message>, ApiError> {
    webhook::delete(&call, id).await?;
    Ok(Json(Message {
        message: "Webhook deleted.",
    }))
}

/// Give a webhook a new secret
///
/// The answer has it; it is given once. For a day events are signed with the secret before it, too. Needs a sign-in of the last
/// five minutes.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/secret",
    operation_id = "roll_webhook_secret",
    tag = "Webhooks",
    responses((status = 200, body = WebhookOut)),
)]
pub(super) async fn roll_secret(Caller(call): Caller, Id(id): Id<WebhookId>) -> Result<Json<WebhookOut>, ApiError> {
    Ok(Json(webhook::roll_secret(&call, id).await?.into()))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookTest)]
pub(super) struct TestOut {
    delivery_id: DeliveryId,
    message: &'static str,
}

/// Send a test to a webhook
///
/// An event of the type `webhook.test`. What becomes of it is in the log.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/test",
    operation_id = "test_webhook",
    tag = "Webhooks",
    responses((status = 202, body = TestOut), Conflict),
)]
pub(super) async fn test(Caller(call): Caller, Id(id): Id<WebhookId>) -> Result<impl IntoResponse, ApiError> {
    let out = TestOut {
        delivery_id: webhook::test(&call, id).await?,
        message: "A test is on its way.",
    };
    Ok((StatusCode::ACCEPTED, Json(out)))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookDelivery)]
struct DeliveryOut {
    /// The `webhook-id` that the receiver sees, the same at each attempt.
    delivery_id: DeliveryId,
    event: EventKind,
    state: DeliveryState,
    /// How often it was tried.
    attempts: i64,
    created_at: DateTime<Utc>,
    /// When it is tried next; `null` where it is not.
    next_attempt_at: Option<DateTime<Utc>>,
    last_attempt_at: Option<DateTime<Utc>>,
    /// The HTTP status of the last answer; `null` where there was none.
    last_status: Option<u16>,
    /// Why the last attempt counts as failed.
    last_error: Option<String>,
    /// How long the last attempt took, in milliseconds.
    duration_ms: Option<i64>,
}

impl From<Delivery> for DeliveryOut {
    fn from(delivery: Delivery) -> Self {
        Self {
            delivery_id: delivery.id,
            event: delivery.event,
            state: delivery.state,
            attempts: delivery.attempts,
            created_at: delivery.created_at,
            next_attempt_at: delivery.next_at,
            last_attempt_at: delivery.last_at,
            last_status: delivery.last_status,
            last_error: delivery.last_error,
            duration_ms: delivery.duration_ms,
        }
    }
}

/// List what a webhook was told
///
/// The log, newest first. What has been delivered or given up is in it for 30 days.
#[utoipa::path(
    get,
    path = "/webhooks/{id}/deliveries",
    operation_id = "list_webhook_deliveries",
    tag = "Webhooks",
    responses((status = 200, body = [DeliveryOut])),
)]
pub(super) async fn deliveries(Caller(call): Caller, Id(id): Id<WebhookId>, paging: Paging) -> Result<List, ApiError> {
    let page = webhook::deliveries(&call, id, paging.after(), paging.limit).await?;
    paging.list(page, DeliveryOut::from)
}

/// Send an event again
///
/// At once, and if that fails as a new event is, whatever became of it before. Its `webhook-id` stays.
#[utoipa::path(
    post,
    path = "/webhooks/{id}/deliveries/{delivery_id}/replay",
    operation_id = "replay_webhook_delivery",
    tag = "Webhooks",
    params(("id" = WebhookId, Path), ("delivery_id" = DeliveryId, Path)),
    responses((status = 202, body = DeliveryOut), Conflict),
)]
pub(super) async fn replay(
    Caller(call): Caller,
    Names((id, delivery)): Names<(String, String)>,
) -> Result<impl IntoResponse, ApiError> {
    let delivery = webhook::replay(&call, id.parse()?, delivery.parse()?).await?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryOut::from(delivery))))
}
