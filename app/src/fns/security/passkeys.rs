use domain::security::PasskeyForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Asks for a new passkey; gives the options for the browser's authenticator, as JSON.
#[server(prefix = "/_fn", endpoint = "security/begin_passkey")]
pub async fn begin_new_passkey() -> Result<String, AppError> {
    let question = engine::account::passkey::begin(&crate::ssr::enroller()?).await?;
    crate::ssr::ask(question).await
}

/// Takes a new passkey into use, and shows recovery codes where it is the first second factor.
#[server(prefix = "/_fn", endpoint = "security/add_passkey")]
pub async fn add_passkey(#[server(flatten)] form: PasskeyForm) -> Result<(), AppError> {
    let person = crate::ssr::enroller()?;
    let asked = crate::ssr::asked().await?;
    let codes = engine::account::passkey::enrol(&person, &asked, &form).await?;
    if !codes.is_empty() {
        super::keep_codes(&codes).await?;
    }
    crate::ssr::enter(person.signed_in()).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}

/// Takes a passkey away.
#[server(prefix = "/_fn", endpoint = "security/remove_passkey")]
pub async fn remove_passkey(id: String) -> Result<(), AppError> {
    engine::account::passkey::remove(&crate::ssr::call().await?, id.parse()?).await?;
    leptos_axum::redirect("/console/security?saved=1");
    Ok(())
}

/// Asks for a passkey of whoever is in, to prove again who they are.
#[server(prefix = "/_fn", endpoint = "security/begin_passkey_proof")]
pub async fn begin_passkey_proof() -> Result<String, AppError> {
    let call = crate::ssr::call().await?;
    let question = engine::account::passkey::begin_proof(&call.person()).await?;
    crate::ssr::ask(question).await
}

/// Proves by a passkey who one is, and goes on to `next`.
#[server(prefix = "/_fn", endpoint = "security/prove_passkey")]
pub async fn prove_by_passkey(next: String, credential: String) -> Result<(), AppError> {
    let (call, sender) = (crate::ssr::call().await?, crate::ssr::sender());
    let asked = crate::ssr::asked().await?;
    engine::account::passkey::prove_again(&call, &asked, &credential, &sender.client()).await?;
    leptos_axum::redirect(crate::ssr::same_site(&next).unwrap_or("/console/security"));
    Ok(())
}
