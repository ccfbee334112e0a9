use leptos::prelude::*;

use crate::error::AppError;

/// Ends the session; pages that the browser kept are gone, so that the way back shows nothing.
#[server(prefix = "/_fn", endpoint = "auth/sign_out")]
pub async fn sign_out() -> Result<(), AppError> {
    crate::ssr::leave().await?;
    crate::ssr::forget_pages()?;
    leptos_axum::redirect("/sign-in?signed_out=1");
    Ok(())
}
