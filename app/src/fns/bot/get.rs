use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::BotView;
use crate::error::AppError;

/// One bot of the organization.
#[server(prefix = "/_fn", endpoint = "bot/get", input = GetUrl)]
pub async fn get_bot(id: String) -> Result<BotView, AppError> {
    let call = crate::ssr::call().await?;
    let mut bot = BotView::from(engine::bot::get(&call, id.parse()?).await?);
    if call.may(domain::tenancy::Action::ManageAi) {
        let keys = engine::api_configuration::list(&call).await?;
        bot.own_ais = keys
            .into_iter()
            .map(|key| crate::fns::ai::AiRow::from(key).into())
            .collect();
    }
    Ok(bot)
}
