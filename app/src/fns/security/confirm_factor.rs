use domain::security::FactorForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Takes the app that was begun into use, and shows the recovery codes.
#[server(prefix = "/_fn", endpoint = "security/confirm_factor")]
pub async fn confirm_factor(#[server(flatten)] form: FactorForm) -> Result<(), AppError> {
    let person = crate::ssr::enroller()?;
    let codes = engine::account::factor::confirm(&person, &form).await?;
    super::keep_codes(&codes).await?;
    crate::ssr::enter(person.signed_in()).await?;
    leptos_axum::redirect("/console/security");
    Ok(())
}
