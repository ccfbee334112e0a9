use domain::listing::PropertyForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Replaces what was typed about a property and which bot answers for it.
#[server(prefix = "/_fn", endpoint = "property/update")]
pub async fn update_property(
    id: String,
    bot_id: String,
    #[server(flatten)] form: PropertyForm,
) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let bot = super::chosen(&bot_id).map(str::parse).transpose()?;
    let property = engine::listing::update(&call, id.parse()?, &form, bot).await?;
    leptos_axum::redirect(&format!(
        "/console/properties/{}?saved={}",
        property.id,
        property.updated_at.timestamp_millis()
    ));
    Ok(())
}
