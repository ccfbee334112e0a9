use leptos::prelude::*;

use crate::error::AppError;

/// Takes the second factor away.
#[server(prefix = "/_fn", endpoint = "security/remove_factor")]
pub async fn remove_factor() -> Result<(), AppError> {
    engine::account::factor::remove(&crate::ssr::call().await?).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}
