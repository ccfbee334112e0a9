use leptos::prelude::*;

use crate::error::AppError;

/// Ends an invitation before it was accepted.
#[server(prefix = "/_fn", endpoint = "people/revoke")]
pub async fn revoke_invitation(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::account::revoke(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/people?saved=1");
    Ok(())
}
