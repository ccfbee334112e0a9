use leptos::prelude::*;

use crate::error::AppError;

/// Makes new recovery codes and shows them.
#[server(prefix = "/_fn", endpoint = "security/renew_codes")]
pub async fn renew_codes() -> Result<(), AppError> {
    let codes = engine::account::factor::renew_codes(&crate::ssr::call().await?).await?;
    super::keep_codes(&codes).await?;
    leptos_axum::redirect("/console/security");
    Ok(())
}
