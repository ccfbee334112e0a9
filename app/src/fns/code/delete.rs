use leptos::prelude::*;

use crate::error::AppError;

/// Removes a code, then shows the list. A sign that still carries it leads to a page that says so.
#[server(prefix = "/_fn", endpoint = "code/delete")]
pub async fn delete_code(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::qr::delete(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/codes");
    Ok(())
}
