use leptos::prelude::*;

use crate::error::AppError;

/// Removes an endpoint with its log, then shows the list.
#[server(prefix = "/_fn", endpoint = "webhook/delete")]
pub async fn delete_webhook(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::webhook::delete(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/webhooks");
    Ok(())
}
