use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SourceView;
use crate::error::AppError;

/// One source with its facts and passages.
#[server(prefix = "/_fn", endpoint = "source/get", input = GetUrl)]
pub async fn get_source(id: String) -> Result<SourceView, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let detail = engine::training::source(&call, id.parse()?).await?;
    let bot = engine::bot::get(&call, detail.source.bot_id).await?;
    let property = match detail.source.property_id {
        Some(id) => Some(engine::listing::get(&call, id).await?.full_address()),
        None => None,
    };
    Ok(SourceView::new(detail, bot.name, property, now))
}
