use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::AiRow;
use crate::error::AppError;

/// One AI key with its settings.
#[server(prefix = "/_fn", endpoint = "ai/get", input = GetUrl)]
pub async fn get_ai(id: String) -> Result<AiRow, AppError> {
    let call = crate::ssr::call().await?;
    Ok(engine::api_configuration::get(&call, id.parse()?).await?.into())
}
