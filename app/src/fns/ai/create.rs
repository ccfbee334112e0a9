use leptos::prelude::*;

use super::AiForm;
use crate::error::AppError;

/// Adds an AI key, then shows it.
#[server(prefix = "/_fn", endpoint = "ai/create")]
pub async fn create_ai(#[server(flatten)] form: AiForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let mut form = form.read()?;
    form.is_active = true;
    let made = engine::api_configuration::create(&call, &form).await?;
    leptos_axum::redirect(&format!("/console/ai/{}?saved=1", made.id));
    Ok(())
}
