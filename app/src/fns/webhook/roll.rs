use leptos::prelude::*;

use crate::error::AppError;

/// Gives an endpoint a new secret and shows it.
#[server(prefix = "/_fn", endpoint = "webhook/roll")]
pub async fn roll_webhook_secret(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let made = engine::webhook::roll_secret(&call, id.parse()?).await?;
    super::keep_secret(&call, &made).await?;
    leptos_axum::redirect(&format!("/console/webhooks/{id}"));
    Ok(())
}
