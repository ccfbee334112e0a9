use domain::security::ProofForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Proves again who one is, and goes on to `next`.
#[server(prefix = "/_fn", endpoint = "security/prove")]
pub async fn prove(next: String, #[server(flatten)] form: ProofForm) -> Result<(), AppError> {
    let (call, sender) = (crate::ssr::call().await?, crate::ssr::sender());
    engine::account::factor::prove_again(&call, &form, &sender.client()).await?;
    leptos_axum::redirect(crate::ssr::same_site(&next).unwrap_or("/console/security"));
    Ok(())
}
