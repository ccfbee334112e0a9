use domain::security::ForgottenForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Has a link to set a new password sent. The answer is the same, and comes as soon, whether there is an account or not.
#[server(prefix = "/_fn", endpoint = "auth/forgotten")]
pub async fn forgotten(#[server(flatten)] form: ForgottenForm) -> Result<(), AppError> {
    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    engine::account::ask_reset(&engine, &form, sender.client().address)?;
    leptos_axum::redirect("/forgotten?sent=1");
    Ok(())
}
