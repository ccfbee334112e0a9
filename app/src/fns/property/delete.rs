use leptos::prelude::*;

use crate::error::AppError;

/// Removes a property, then shows the list. Its sources and codes stay with the bot.
#[server(prefix = "/_fn", endpoint = "property/delete")]
pub async fn delete_property(id: String) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::listing::delete(&call, id.parse()?).await?;
    leptos_axum::redirect("/console/properties");
    Ok(())
}
