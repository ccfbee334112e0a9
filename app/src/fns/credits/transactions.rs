use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::TransactionRow;
use crate::error::AppError;

/// The history of credits, newest first.
#[server(prefix = "/_fn", endpoint = "credits/transactions", input = GetUrl)]
pub async fn list_transactions(after: Option<String>) -> Result<Page<TransactionRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let page = engine::ledger::history(&call, after.as_deref(), None).await?;
    Ok(page.map(|transaction| TransactionRow::new(transaction, now)))
}
