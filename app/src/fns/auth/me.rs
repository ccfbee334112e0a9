use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What the console's frame says about the signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub organization: String,
    pub name: String,
    /// Credits that can be spent, as text.
    pub available: String,
}

/// The signed-in person.
#[server(prefix = "/_fn", endpoint = "auth/me", input = GetUrl)]
pub async fn get_me() -> Result<Me, AppError> {
    let call = crate::ssr::call().await?;
    let profile = engine::account::me(&call).await?;
    let balance = engine::ledger::balance(&call).await?;
    Ok(Me {
        name: profile.full_name(),
        organization: profile.organization_name,
        available: balance.available.to_string(),
    })
}
