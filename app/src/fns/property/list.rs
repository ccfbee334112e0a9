use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::PropertyRow;
use crate::error::AppError;

/// The organization's properties, newest first.
#[server(prefix = "/_fn", endpoint = "property/list", input = GetUrl)]
pub async fn list_properties(after: Option<String>) -> Result<Page<PropertyRow>, AppError> {
    let call = crate::ssr::call().await?;
    let page = engine::listing::list(&call, None, after.as_deref(), None).await?;
    Ok(page.map(PropertyRow::from))
}
