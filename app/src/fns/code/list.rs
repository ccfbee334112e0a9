use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::CodeRow;
use crate::error::AppError;

/// The codes of one bot, or of all, newest first.
#[server(prefix = "/_fn", endpoint = "code/list", input = GetUrl)]
pub async fn list_codes(bot: Option<String>, after: Option<String>) -> Result<Page<CodeRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let bot = bot.as_deref().map(str::parse).transpose()?;
    let page = engine::qr::list(&call, bot, after.as_deref(), None).await?;
    let address = |slug: &str| engine::qr::address(call.engine(), slug);
    Ok(page.map(|code| CodeRow::new(code.clone(), address(&code.slug), now)))
}
