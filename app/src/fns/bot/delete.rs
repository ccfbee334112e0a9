use leptos::prelude::*;

use crate::error::AppError;

/// Removes a bot with its sources, codes and conversations, then shows the list.
#[server(prefix = "/_fn", endpoint = "bot/delete")]
pub async fn delete_bot(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::bot::delete(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/bots");
    Ok(())
}
