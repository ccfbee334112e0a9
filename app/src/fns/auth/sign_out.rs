use leptos::prelude::*;

use crate::error::AppError;

/// Ends the session.
#[server(prefix = "/_fn", endpoint = "auth/sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    crate::ssr::leave().await?;
    leptos_axum::redirect("/sign-in?signed_out=1");
    Ok(())
}
