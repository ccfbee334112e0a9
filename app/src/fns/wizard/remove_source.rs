use leptos::prelude::*;

use crate::error::AppError;

/// Removes a source and stays on the page; nothing of it is answered again.
#[server(prefix = "/_fn", endpoint = "wizard/remove-source")]
pub async fn remove_setup_source(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    Ok(engine::training::remove(&call, id.parse()?).await?)
}
