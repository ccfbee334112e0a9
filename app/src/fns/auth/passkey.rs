use leptos::prelude::*;

use crate::error::AppError;

/// Asks for a passkey of whoever it is; gives the options for the browser's authenticator, as JSON.
#[server(prefix = "/_fn", endpoint = "auth/begin_passkey")]
pub async fn begin_passkey() -> Result<String, AppError> {
    let question = engine::account::passkey::begin_sign_in(&crate::ssr::engine()?)?;
    crate::ssr::ask(question).await
}

/// Signs in by a passkey alone, and goes on to `next`.
#[server(prefix = "/_fn", endpoint = "auth/passkey")]
pub async fn sign_in_by_passkey(next: String, credential: String) -> Result<(), AppError> {
    let (engine, sender) = (crate::ssr::engine()?, crate::ssr::sender());
    let asked = crate::ssr::asked().await?;
    let who = engine::account::passkey::sign_in(&engine, &asked, &credential, &sender.client()).await?;
    crate::ssr::enter(who).await?;
    leptos_axum::redirect(crate::ssr::same_site(&next).unwrap_or("/console"));
    Ok(())
}

/// Asks for a passkey in place of the code.
#[server(prefix = "/_fn", endpoint = "auth/begin_passkey_answer")]
pub async fn begin_passkey_answer() -> Result<String, AppError> {
    let question = engine::account::passkey::begin_answer(&crate::ssr::answerer()?).await?;
    crate::ssr::ask(question).await
}

/// Shows a passkey as the second factor of a sign-in, and goes on to `next`.
#[server(prefix = "/_fn", endpoint = "auth/answer_passkey")]
pub async fn answer_by_passkey(next: String, credential: String) -> Result<(), AppError> {
    let (halfway, sender) = (crate::ssr::answerer()?, crate::ssr::sender());
    let asked = crate::ssr::asked().await?;
    engine::account::passkey::answer(&halfway, &asked, &credential, &sender.client()).await?;
    crate::ssr::enter(halfway.signed_in()).await?;
    leptos_axum::redirect(crate::ssr::same_site(&next).unwrap_or("/console"));
    Ok(())
}
