use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::AiRow;
use crate::error::AppError;

/// All of the organization's own AI keys, in the order they were made.
#[server(prefix = "/_fn", endpoint = "ai/list", input = GetUrl)]
pub async fn list_ai() -> Result<Vec<AiRow>, AppError> {
    let call = crate::ssr::call().await?;
    let all = engine::api_configuration::list(&call).await?;
    Ok(all.into_iter().map(AiRow::from).collect())
}
