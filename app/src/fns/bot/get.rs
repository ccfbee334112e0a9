use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::BotView;
use crate::error::AppError;

/// One bot of the organization.
#[server(prefix = "/_fn", endpoint = "bot/get", input = GetUrl)]
pub async fn get_bot(id: String) -> Result<BotView, AppError> {
    let call = crate::ssr::call().await?;
    Ok(engine::bot::get(&call, id.parse()?).await?.into())
}
