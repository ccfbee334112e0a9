use leptos::prelude::*;

use crate::error::AppError;

/// Removes a source; nothing of it is answered again. Shows the list.
#[server(prefix = "/_fn", endpoint = "source/remove")]
pub async fn remove_source(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::training::remove(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/knowledge");
    Ok(())
}
