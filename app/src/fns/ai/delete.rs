use leptos::prelude::*;

use crate::error::AppError;

/// Removes an AI key, then shows the list.
#[server(prefix = "/_fn", endpoint = "ai/delete")]
pub async fn delete_ai(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::api_configuration::delete(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/ai");
    Ok(())
}
