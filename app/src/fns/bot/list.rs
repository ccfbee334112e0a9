use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::BotRow;
use crate::error::AppError;

/// The organization's bots, newest first.
#[server(prefix = "/_fn", endpoint = "bot/list", input = GetUrl)]
pub async fn list_bots(after: Option<String>) -> Result<Page<BotRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let page = engine::bot::list(&call, after.as_deref(), None).await?;
    Ok(page.map(|row| BotRow::new(row, now)))
}
