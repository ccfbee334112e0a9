use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SourceForm;
use crate::error::AppError;

/// What the forms that add a source offer.
#[server(prefix = "/_fn", endpoint = "source/form", input = GetUrl)]
pub async fn get_source_form() -> Result<SourceForm, AppError> {
    let call = crate::ssr::call().await?;
    let price = crate::fns::conversation::credits(call.engine().config().prices.source);
    Ok(SourceForm {
        bots: crate::fns::bot::bot_choices().await?,
        properties: crate::fns::property::property_choices().await?,
        price,
    })
}
