use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::WebhookView;
use crate::error::AppError;

/// One endpoint with its log, newest first, and its secret where it is new, once.
#[server(prefix = "/_fn", endpoint = "webhook/get", input = GetUrl)]
pub async fn get_webhook(id: String, after: Option<String>) -> Result<WebhookView, AppError> {
    let call = crate::ssr::call().await?;
    let (now, known) = (call.engine().clock().now(), id.parse()?);
    let webhook = engine::webhook::get(&call, known).await?;
    let deliveries = engine::webhook::deliveries(&call, known, after.as_deref(), None).await?;
    Ok(WebhookView {
        secret: super::take_secret(&call, &id).await?,
        webhook: super::WebhookRow::new(webhook, now),
        deliveries: deliveries.map(|delivery| super::DeliveryRow::new(delivery, now)),
    })
}
