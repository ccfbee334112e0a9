use leptos::prelude::*;

use crate::error::AppError;

/// Has a bot answered with one of the organization's own AI keys, or with none: an empty id.
#[server(prefix = "/_fn", endpoint = "bot/set_ai")]
pub async fn set_bot_ai(id: String, api_key_id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let known = engine::bot::get(&call, id.parse()?).await?.model;
    let api_key_id = Some(api_key_id).filter(|id| !id.is_empty());
    let change = engine::bot::BotChange {
        model: Some(domain::bot::AiModelConfig { api_key_id, ..known }),
        ..Default::default()
    };
    let bot = engine::bot::update(&call, id.parse()?, change).await?;
    leptos_axum::redirect(&format!(
        "/console/bots/{id}?saved={}",
        bot.updated_at.timestamp_millis()
    ));
    Ok(())
}
