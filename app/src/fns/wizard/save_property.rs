use domain::listing::PropertyForm;
use leptos::prelude::*;

use crate::error::AppError;

/// The third step: the property the bot answers for, new or changed.
#[server(prefix = "/_fn", endpoint = "wizard/property")]
pub async fn save_property(
    bot_id: String,
    property_id: String,
    #[server(flatten)] form: PropertyForm,
) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let bot = bot_id.parse()?;
    if property_id.is_empty() {
        engine::listing::create(&call, &form, Some(bot)).await?;
    } else {
        engine::listing::update(&call, property_id.parse()?, &form, Some(bot)).await?;
    }
    leptos_axum::redirect(&super::step(bot, "knowledge"));
    Ok(())
}
