use leptos::prelude::*;

use super::AiForm;
use crate::error::AppError;

/// Changes how an AI provider is asked. An empty key stays the one that is known.
#[server(prefix = "/_fn", endpoint = "ai/update")]
pub async fn update_ai(id: String, #[server(flatten)] form: AiForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let change = form.read()?.into();
    engine::api_configuration::update(&call, id.parse()?, change).await?;
    leptos_axum::redirect(&format!("/console/ai/{id}?saved=1"));
    Ok(())
}
