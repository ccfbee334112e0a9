use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::CreditsView;
use crate::error::AppError;

/// What there is, what is reserved, what was used, and the price list.
#[server(prefix = "/_fn", endpoint = "credits/balance", input = GetUrl)]
pub async fn credits_balance() -> Result<CreditsView, AppError> {
    let call = crate::ssr::call().await?;
    let balance = engine::ledger::balance(&call).await?;
    Ok(CreditsView::new(balance, call.engine().config().prices))
}
