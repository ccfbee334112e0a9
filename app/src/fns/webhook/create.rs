use domain::webhook::EndpointForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Adds an endpoint, then shows it with its secret.
#[server(prefix = "/_fn", endpoint = "webhook/create")]
pub async fn create_webhook(#[server(flatten)] form: EndpointForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let made = engine::webhook::create(&call, &form.read()).await?;
    super::keep_secret(&call, &made).await?;
    leptos_axum::redirect(&format!("/console/webhooks/{}", made.webhook.id));
    Ok(())
}
