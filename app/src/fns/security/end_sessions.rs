use leptos::prelude::*;

use crate::error::AppError;

/// Signs one of one's sessions out.
#[server(prefix = "/_fn", endpoint = "security/end_session")]
pub async fn end_session(id: String) -> Result<(), AppError> {
    engine::account::end_session(&crate::ssr::call().await?, id.parse()?).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}

/// Signs all of one's sessions out but this one.
#[server(prefix = "/_fn", endpoint = "security/end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    engine::account::end_other_sessions(&crate::ssr::call().await?).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}
