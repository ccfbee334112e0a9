use leptos::prelude::*;

use crate::error::AppError;

/// Lets a bot learn from pasted text; `show` goes to the source's page.
#[server(prefix = "/_fn", endpoint = "source/add-text")]
pub async fn add_text_source(
    bot_id: String,
    property_id: String,
    text_content: String,
    show: Option<String>,
) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let (bot, property) = super::target(&bot_id, &property_id)?;
    let target = engine::training::Target { bot, property };
    let source = engine::training::add_text(&call, target, &text_content, None).await?;
    if show.is_some() {
        leptos_axum::redirect(&format!("/console/knowledge/{}", source.id));
    }
    Ok(())
}
