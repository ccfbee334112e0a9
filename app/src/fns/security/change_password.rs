use domain::security::PasswordForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Sets a new password for somebody who knows the present one.
#[server(prefix = "/_fn", endpoint = "security/change_password")]
pub async fn change_password(#[server(flatten)] form: PasswordForm) -> Result<(), AppError> {
    let (call, sender) = (crate::ssr::call().await?, crate::ssr::sender());
    engine::account::change_password(&call, &form, &sender.client()).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}
