use leptos::prelude::*;

use crate::error::AppError;

/// Sends an event again.
#[server(prefix = "/_fn", endpoint = "webhook/replay")]
pub async fn replay_delivery(id: String, delivery: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::webhook::replay(&call, id.parse()?, delivery.parse()?).await?;
    leptos_axum::redirect(&format!("/console/webhooks/{id}?sent=1"));
    Ok(())
}
