use leptos::prelude::*;

use crate::error::AppError;

/// The last step: the porch opens.
#[server(prefix = "/_fn", endpoint = "wizard/publish")]
pub async fn publish_setup(bot_id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let bot = engine::bot::publish(&call, bot_id.parse()?).await?;
    leptos_axum::redirect(&format!("/console/bots/{}?published=1", bot.id));
    Ok(())
}
