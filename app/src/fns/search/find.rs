use domain::search::Found;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::error::AppError;

/// What holds `q`: bots, properties, leads, codes, knowledge, conversations.
#[server(prefix = "/_fn", endpoint = "search", input = GetUrl)]
pub async fn find(q: Option<String>) -> Result<Vec<Found>, AppError> {
    let call = crate::ssr::call().await?;
    Ok(engine::search::find(&call, q.as_deref().unwrap_or_default()).await?)
}
