use domain::operator::GrantForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Lets support look from now on.
#[server(prefix = "/_fn", endpoint = "support/grant")]
pub async fn grant_support(#[server(flatten)] form: GrantForm) -> Result<(), AppError> {
    engine::support::grant(&crate::ssr::call().await?, &form).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}

/// Lets support look no more.
#[server(prefix = "/_fn", endpoint = "support/withdraw")]
pub async fn withdraw_support() -> Result<(), AppError> {
    engine::support::withdraw(&crate::ssr::call().await?).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}
