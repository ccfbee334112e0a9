use domain::account::Registration;
use leptos::prelude::*;

use crate::error::AppError;

/// Opens an organization and signs its owner in. Where the address is known already and that is nobody's business, the
/// answer is the same, but for being signed in.
#[server(prefix = "/_fn", endpoint = "auth/register")]
pub async fn register(#[server(flatten)] form: Registration) -> Result<(), AppError> {
    let engine = crate::ssr::engine()?;
    if engine::account::register(&engine, &form).await?.is_none() {
        leptos_axum::redirect("/sign-in?registered=1");
        return Ok(());
    }
    let credentials = domain::account::Credentials {
        email: form.email,
        password: form.password,
    };
    let who = engine::account::sign_in(&engine, &credentials).await?;
    crate::ssr::enter(who).await?;
    leptos_axum::redirect("/console");
    Ok(())
}
