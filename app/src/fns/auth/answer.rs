use domain::security::FactorForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Shows the second factor of a sign-in, and goes on to `next`.
#[server(prefix = "/_fn", endpoint = "auth/answer")]
pub async fn answer(next: String, #[server(flatten)] form: FactorForm) -> Result<(), AppError> {
    let (halfway, sender) = (crate::ssr::answerer()?, crate::ssr::sender());
    engine::account::factor::answer(&halfway, &form, &sender.client()).await?;
    crate::ssr::enter(halfway.signed_in()).await?;
    leptos_axum::redirect(crate::ssr::same_site(&next).unwrap_or("/console"));
    Ok(())
}
