use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::CodeOptions;
use crate::error::AppError;

/// What the form that makes a code offers.
#[server(prefix = "/_fn", endpoint = "code/form", input = GetUrl)]
pub async fn get_code_options() -> Result<CodeOptions, AppError> {
    let call = crate::ssr::call().await?;
    let brand = engine::organization::get(&call).await?;
    let (bots, properties) = (
        crate::fns::bot::bot_choices().await?,
        crate::fns::property::property_choices().await?,
    );
    Ok(CodeOptions {
        bots,
        properties,
        colour: brand.colour,
        has_logo: brand.has_logo,
    })
}
