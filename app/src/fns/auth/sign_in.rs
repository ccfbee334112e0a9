use domain::account::Credentials;
use leptos::prelude::*;

use crate::error::AppError;

/// Signs in and goes on to `next`, if that is a page of this site.
#[server(prefix = "/_fn", endpoint = "auth/sign_in")]
pub async fn sign_in(next: String, #[server(flatten)] credentials: Credentials) -> Result<(), AppError> {
    let engine = crate::ssr::engine()?;
    let who = engine::account::sign_in(&engine, &credentials).await?;
    crate::ssr::enter(who).await?;
    leptos_axum::redirect(crate::ssr::same_site(&next).unwrap_or("/console"));
    Ok(())
}
