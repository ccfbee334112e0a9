use domain::listing::PropertyForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Adds a property, then shows the list.
#[server(prefix = "/_fn", endpoint = "property/create")]
pub async fn create_property(bot_id: String, #[server(flatten)] form: PropertyForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let bot = super::chosen(&bot_id).map(str::parse).transpose()?;
    engine::listing::create(&call, &form, bot).await?;
    leptos_axum::redirect("/console/properties");
    Ok(())
}
