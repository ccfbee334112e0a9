use leptos::prelude::*;

use crate::error::AppError;

/// Sends a test to an endpoint.
#[server(prefix = "/_fn", endpoint = "webhook/test")]
pub async fn test_webhook(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::webhook::test(&call, id.parse()?).await?;
    leptos_axum::redirect(&format!("/console/webhooks/{id}?sent=1"));
    Ok(())
}
