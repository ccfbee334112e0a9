use domain::bot::{PurposeForm, VoiceForm};
use leptos::prelude::*;

use crate::error::AppError;

/// Changes what a bot is called and how it speaks.
#[server(prefix = "/_fn", endpoint = "bot/update")]
pub async fn update_bot(
    id: String,
    #[server(flatten)] purpose: PurposeForm,
    #[server(flatten)] voice: VoiceForm,
) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let id = id.parse()?;
    let conversation = voice.check(&engine::bot::get(&call, id).await?.conversation)?;
    let change = engine::bot::BotChange {
        name: Some(purpose.name),
        description: Some(purpose.description),
        conversation: Some(conversation),
        ..Default::default()
    };
    let bot = engine::bot::update(&call, id, change).await?;
    leptos_axum::redirect(&format!(
        "/console/bots/{id}?saved={}",
        bot.updated_at.timestamp_millis()
    ));
    Ok(())
}
