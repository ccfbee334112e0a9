use leptos::prelude::*;

use crate::error::AppError;

/// Makes a bot's porch public and lets it answer.
#[server(prefix = "/_fn", endpoint = "bot/publish")]
pub async fn publish_bot(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let bot = engine::bot::publish(&call, id.parse()?).await?;
    leptos_axum::redirect(&format!(
        "/console/bots/{}?state={}",
        bot.id,
        bot.updated_at.timestamp_millis()
    ));
    Ok(())
}
