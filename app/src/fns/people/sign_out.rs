use leptos::prelude::*;

use crate::error::AppError;

/// Ends all sessions of a member, whose phone was lost.
#[server(prefix = "/_fn", endpoint = "people/sign_out")]
pub async fn sign_out_member(id: String) -> Result<(), AppError> {
    engine::account::sign_out_member(&crate::ssr::call().await?, id.parse()?).await?;
    leptos_axum::redirect("/console/people?saved=1");
    Ok(())
}
