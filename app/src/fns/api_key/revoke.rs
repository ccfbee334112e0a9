use leptos::prelude::*;

use crate::error::AppError;

/// Revokes a key, then shows the list.
#[server(prefix = "/_fn", endpoint = "api_key/revoke")]
pub async fn revoke_key(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::account::api_key::revoke(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/api-keys?saved=1");
    Ok(())
}
