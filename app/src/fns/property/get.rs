use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::PropertyView;
use crate::error::AppError;

/// One property of the organization.
#[server(prefix = "/_fn", endpoint = "property/get", input = GetUrl)]
pub async fn get_property(id: String) -> Result<PropertyView, AppError> {
    let call = crate::ssr::call().await?;
    Ok(engine::listing::get(&call, id.parse()?).await?.into())
}
