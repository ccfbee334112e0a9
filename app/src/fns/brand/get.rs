use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::BrandView;
use crate::error::AppError;

/// The organization's name, colour and logo.
#[server(prefix = "/_fn", endpoint = "brand/get", input = GetUrl)]
pub async fn get_brand() -> Result<BrandView, AppError> {
    let call = crate::ssr::call().await?;
    Ok(engine::organization::get(&call).await?.into())
}
