use leptos::prelude::*;

use crate::error::AppError;

/// Stops a bot's answers; its porch goes on taking messages.
#[server(prefix = "/_fn", endpoint = "bot/pause")]
pub async fn pause_bot(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let status = Some(domain::bot::BotStatus::Inactive);
    let bot = engine::bot::update(
        &call,
        id.parse()?,
        engine::bot::BotChange {
            status,
            ..Default::default()
        },
    )
    .await?;
    leptos_axum::redirect(&format!(
        "/console/bots/{}?state={}",
        bot.id,
        bot.updated_at.timestamp_millis()
    ));
    Ok(())
}
