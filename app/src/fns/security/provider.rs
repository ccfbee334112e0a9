use leptos::prelude::*;

use crate::error::AppError;

/// Begins to link the sign-in provider to the caller's account.
#[server(prefix = "/_fn", endpoint = "security/link_provider")]
pub async fn link_provider() -> Result<(), AppError> {
    let begun = engine::account::identity::begin_link(&crate::ssr::call().await?).await?;
    crate::ssr::go_away(begun, "/console/security").await
}

/// Ends signing in by an identity at the provider.
#[server(prefix = "/_fn", endpoint = "security/unlink_provider")]
pub async fn unlink_provider(id: String) -> Result<(), AppError> {
    engine::account::identity::unlink(&crate::ssr::call().await?, id.parse()?).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}
