use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::ConversationRow;
use crate::error::AppError;

/// Conversations, the latest first; only those with an open question where asked.
#[server(prefix = "/_fn", endpoint = "conversation/list", input = GetUrl)]
pub async fn list_conversations(unanswered: bool, after: Option<String>) -> Result<Page<ConversationRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let page = engine::chat::conversations(&call, unanswered, after.as_deref(), None).await?;
    Ok(page.map(|summary| ConversationRow::new(summary, now)))
}
