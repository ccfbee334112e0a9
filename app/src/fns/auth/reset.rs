use domain::security::ResetForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Sets a new password by the link of a letter. Nobody is signed in by it.
#[server(prefix = "/_fn", endpoint = "auth/reset")]
pub async fn reset(token: String, #[server(flatten)] form: ResetForm) -> Result<(), AppError> {
    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    let account = engine::account::reset(&engine, &token, &form, &sender.client()).await?;
    crate::ssr::keep_device(&engine::account::device_by_letter(&engine, account)?)?;
    leptos_axum::redirect("/sign-in?reset=1");
    Ok(())
}
