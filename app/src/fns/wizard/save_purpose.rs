use domain::bot::PurposeForm;
use leptos::prelude::*;

use crate::error::AppError;

/// The first step: opens a bot, or changes the one that was begun.
#[server(prefix = "/_fn", endpoint = "wizard/purpose")]
pub async fn save_purpose(bot_id: String, key: String, #[server(flatten)] form: PurposeForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let bot = if bot_id.is_empty() {
        let key = engine::ledger::ClientKey::new("wizard", &key).map_err(engine::Error::from)?;
        engine::bot::create(&call, &form, Some(key)).await?
    } else {
        let change = engine::bot::BotChange {
            name: Some(form.name),
            description: Some(form.description),
            ..Default::default()
        };
        engine::bot::update(&call, bot_id.parse()?, change).await?
    };
    crate::ssr::remember(crate::ssr::SETUP_KEY, &bot.id.to_string()).await?;
    leptos_axum::redirect(&super::step(bot.id, "voice"));
    Ok(())
}
