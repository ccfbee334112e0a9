use leptos::prelude::*;

use super::SourceForm;
use crate::{
    error::AppError,
    fns::{bot::bot_choices, property::property_choices},
};

/// What the forms that add a source offer.
#[server(prefix = "/_fn", endpoint = "source/form", input = GetUrl)]
pub async fn source_form() -> Result<SourceForm, AppError> {
    let call = crate::ssr::call().await?;
    let price = super::credits(call.engine().config().prices.source);
    Ok(SourceForm { bots: bot_choices().await?, properties: property_choices().await?, price })
}
