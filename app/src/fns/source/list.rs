use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SourceRow;
use crate::error::AppError;

/// The sources of one bot, or of all, newest first.
#[server(prefix = "/_fn", endpoint = "source/list", input = GetUrl)]
pub async fn list_sources(bot: Option<String>, after: Option<String>) -> Result<Page<SourceRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let bot = bot.as_deref().map(str::parse).transpose()?;
    let page = engine::training::list(&call, bot, after.as_deref(), None).await?;
    Ok(page.map(|source| SourceRow::new(source, now)))
}
