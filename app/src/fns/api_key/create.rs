use domain::api_key::KeyFields;
use leptos::prelude::*;

use crate::error::AppError;

/// Makes a key, then shows it.
#[server(prefix = "/_fn", endpoint = "api_key/create")]
pub async fn create_key(#[server(flatten)] form: KeyFields) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let made = engine::account::api_key::create(&call, &form.read()).await?;
    let sealed = engine::account::factor::conceal(&call.person(), &made.text).await?;
    crate::ssr::remember(super::NEW_KEY, &sealed).await?;
    leptos_axum::redirect("/console/api-keys");
    Ok(())
}
