use leptos::prelude::*;

use crate::error::AppError;

/// Confirms an address by the link of a letter.
#[server(prefix = "/_fn", endpoint = "auth/confirm_email")]
pub async fn confirm_email(token: String) -> Result<(), AppError> {
    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    engine::account::verify_email(&engine, &token, &sender.client()).await?;
    leptos_axum::redirect("/sign-in?confirmed=1");
    Ok(())
}
