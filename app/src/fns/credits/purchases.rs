use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::PurchaseRow;
use crate::error::AppError;

/// The latest purchases, newest first.
#[server(prefix = "/_fn", endpoint = "credits/purchases", input = GetUrl)]
pub async fn list_purchases() -> Result<Vec<PurchaseRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let page = engine::purchase::list(&call, None, None).await?;
    Ok(page
        .items
        .into_iter()
        .map(|purchase| PurchaseRow::new(purchase, now))
        .collect())
}
