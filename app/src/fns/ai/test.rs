use leptos::prelude::*;

use crate::error::AppError;

/// Asks an AI provider something small, then says what came of it.
#[server(prefix = "/_fn", endpoint = "ai/test")]
pub async fn test_ai(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let tested = engine::api_configuration::test(&call, id.parse()?).await?;
    let (outcome, ms) = (tested.outcome.as_str(), tested.duration_ms);
    leptos_axum::redirect(&format!("/console/ai/{id}?tested={outcome}&ms={ms}"));
    Ok(())
}
