use domain::{bot::BotStatus, listing::PropertyForm};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// All that the steps of a bot show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    pub id: String,
    pub name: String,
    pub description: String,
    pub status: BotStatus,
    pub greeting: String,
    /// `warm`, as the select's value, and what it is called.
    pub tone: String,
    pub tone_label: String,
    pub disclaimer: String,
    /// The bot's property; empty while there is none.
    pub property_id: String,
    pub address: String,
    pub property: PropertyForm,
    /// Something could be read for it.
    pub has_knowledge: bool,
    /// `/p/{slug}`
    pub porch: String,
    /// Credits for reading one source, and for one answer.
    pub source_price: String,
    pub reply_price: String,
}

/// A bot and its property, for the steps after the first.
#[server(prefix = "/_fn", endpoint = "wizard/get", input = GetUrl)]
pub async fn get_setup(id: String) -> Result<Setup, AppError> {
    let call = crate::ssr::call().await?;
    let id = id.parse()?;
    let bot = engine::bot::get(&call, id).await?;
    let property = engine::listing::list(&call, Some(id), None, Some(1)).await?.items.pop();
    let prices = call.engine().config().prices;
    Ok(Setup {
        id: id.to_string(),
        name: bot.name,
        description: bot.description,
        status: bot.status,
        greeting: bot.conversation.greeting,
        tone: bot.conversation.tone.as_str().into(),
        tone_label: bot.conversation.tone.label().into(),
        disclaimer: bot.conversation.disclaimer,
        property_id: property
            .as_ref()
            .map(|property| property.id.to_string())
            .unwrap_or_default(),
        address: property
            .as_ref()
            .map(|property| property.full_address())
            .unwrap_or_default(),
        property: property.as_ref().map(PropertyForm::from).unwrap_or_default(),
        has_knowledge: engine::training::has_knowledge(&call, id).await?,
        porch: format!("/p/{}", bot.slug),
        source_price: prices.source.to_string(),
        reply_price: prices.reply.to_string(),
    })
}
