use leptos::prelude::*;

use crate::error::AppError;

/// Lets a bot learn from a page. It is read in the background; `show` goes to the source's page, where that can be watched.
#[server(prefix = "/_fn", endpoint = "source/add-url")]
pub async fn add_url_source(
    bot_id: String,
    property_id: String,
    url: String,
    show: Option<String>,
) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let (bot, property) = super::target(&bot_id, &property_id)?;
    let target = engine::training::Target { bot, property };
    let source = engine::training::add_url(&call, target, &url, None).await?;
    if show.is_some() {
        leptos_axum::redirect(&format!("/console/knowledge/{}", source.id));
    }
    Ok(())
}
