use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What the first step shows before there is a bot, or the one that was begun and not finished.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The bot that was begun; empty for a new one.
    pub bot_id: String,
    pub name: String,
    pub description: String,
    /// Makes a form that is sent twice count once.
    pub key: String,
    /// What a new bot costs, and what there is, in credits.
    pub price: String,
    pub available: String,
}

/// The first step. Whoever comes back to it finds the bot they have begun, unless they ask for a `fresh` one.
#[server(prefix = "/_fn", endpoint = "wizard/start", input = GetUrl)]
pub async fn start_setup(fresh: bool) -> Result<Start, AppError> {
    let call = crate::ssr::call().await?;
    let begun = if fresh {
        None
    } else {
        crate::ssr::recall(crate::ssr::SETUP_KEY).await?
    };
    if let Some(id) = begun.and_then(|id| id.parse().ok())
        && let Ok(bot) = engine::bot::get(&call, id).await
        && bot.status == domain::bot::BotStatus::Draft
    {
        let (bot_id, name, description) = (id.to_string(), bot.name, bot.description);
        return Ok(Start {
            bot_id,
            name,
            description,
            ..Start::default()
        });
    }
    let balance = engine::ledger::balance(&call).await?;
    let engine = call.engine();
    Ok(Start {
        key: engine.clock().new_id::<domain::id::BotId>().to_string(),
        price: engine.config().prices.bot.to_string(),
        available: balance.available.to_string(),
        ..Start::default()
    })
}
