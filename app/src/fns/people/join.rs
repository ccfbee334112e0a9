use domain::tenancy::JoinForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Accepts an invitation: makes the account it offers and signs in to it. Nobody who is signed in changes over by it.
#[server(prefix = "/_fn", endpoint = "people/join")]
pub async fn join(token: String, #[server(flatten)] form: JoinForm) -> Result<(), AppError> {
    if crate::ssr::is_signed_in() {
        let text = "You are signed in to another account. Sign out there first, then open the link again.";
        return Err(domain::Fault::new(domain::FaultCode::Conflict, text).into());
    }
    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    let who = engine::account::accept(&engine, &token, &form, &sender.client()).await?;
    let needs = crate::ssr::enter(who).await?;
    leptos_axum::redirect(needs.map_or("/console", crate::ssr::page_of));
    Ok(())
}
