use leptos::prelude::*;

use crate::error::AppError;

/// Sets the sites that may show a bot's page and ask it, one a line.
#[server(prefix = "/_fn", endpoint = "bot/set_origins")]
pub async fn set_bot_origins(id: String, allowed_origins: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let change = engine::bot::BotChange {
        origins: Some(allowed_origins.split_whitespace().map(str::to_owned).collect()),
        ..Default::default()
    };
    let bot = engine::bot::update(&call, id.parse()?, change).await?;
    let saved = bot.updated_at.timestamp_millis();
    leptos_axum::redirect(&format!("/console/bots/{id}?saved={saved}"));
    Ok(())
}
