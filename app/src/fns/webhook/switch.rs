use leptos::prelude::*;

use crate::error::AppError;

/// Switches an endpoint on (`yes`) or off (`no`).
#[server(prefix = "/_fn", endpoint = "webhook/switch")]
pub async fn switch_webhook(id: String, active: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let change = domain::webhook::WebhookChange {
        active: Some(active == "yes"),
        ..Default::default()
    };
    engine::webhook::update(&call, id.parse()?, change).await?;
    leptos_axum::redirect(&format!("/console/webhooks/{id}?saved=1"));
    Ok(())
}
