use domain::webhook::EndpointForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Gives an endpoint another address or other events.
#[server(prefix = "/_fn", endpoint = "webhook/update")]
pub async fn update_webhook(id: String, #[server(flatten)] form: EndpointForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let form = form.read();
    let change = domain::webhook::WebhookChange {
        url: Some(form.url),
        events: Some(form.events),
        active: None,
    };
    engine::webhook::update(&call, id.parse()?, change).await?;
    leptos_axum::redirect(&format!("/console/webhooks/{id}?saved=1"));
    Ok(())
}
