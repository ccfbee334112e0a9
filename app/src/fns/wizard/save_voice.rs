use domain::bot::VoiceForm;
use leptos::prelude::*;

use crate::error::AppError;

/// The second step: how the bot speaks.
#[server(prefix = "/_fn", endpoint = "wizard/voice")]
pub async fn save_voice(bot_id: String, #[server(flatten)] form: VoiceForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let id = bot_id.parse()?;
    let conversation = form.check(&engine::bot::get(&call, id).await?.conversation)?;
    let change = engine::bot::BotChange {
        conversation: Some(conversation),
        ..Default::default()
    };
    engine::bot::update(&call, id, change).await?;
    leptos_axum::redirect(&super::step(id, "property"));
    Ok(())
}
