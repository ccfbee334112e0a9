use leptos::prelude::*;

use super::CodeOptions;
use crate::{
    error::AppError,
    fns::{bot::bot_choices, property::property_choices},
};

/// What the form that makes a code offers.
#[server(prefix = "/_fn", endpoint = "code/form", input = GetUrl)]
pub async fn code_options() -> Result<CodeOptions, AppError> {
    let call = crate::ssr::call().await?;
    let brand = engine::organization::get(&call).await?;
    let (bots, properties) = (bot_choices().await?, property_choices().await?);
    Ok(CodeOptions { bots, properties, colour: brand.colour, has_logo: brand.has_logo })
}
