use leptos::prelude::*;

use crate::error::AppError;

/// Erases a lead with the conversation it came from.
#[server(prefix = "/_fn", endpoint = "lead/erase")]
pub async fn erase_lead(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::privacy::erase_lead(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/leads?saved=1");
    Ok(())
}
