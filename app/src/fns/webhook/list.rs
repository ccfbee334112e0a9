use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::WebhookRow;
use crate::error::AppError;

/// All endpoints, in the order they were made.
#[server(prefix = "/_fn", endpoint = "webhook/list", input = GetUrl)]
pub async fn list_webhooks() -> Result<Vec<WebhookRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let webhooks = engine::webhook::list(&call).await?;
    Ok(webhooks
        .into_iter()
        .map(|webhook| WebhookRow::new(webhook, now))
        .collect())
}
