use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::ConversationView;
use crate::error::AppError;

/// One conversation with every turn.
#[server(prefix = "/_fn", endpoint = "conversation/get", input = GetUrl)]
pub async fn get_conversation(id: String) -> Result<ConversationView, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    Ok(ConversationView::new(
        engine::chat::conversation(&call, id.parse()?).await?,
        now,
    ))
}
