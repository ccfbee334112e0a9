use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::PropertyChoice;
use crate::error::AppError;

/// The organization's properties for a select, newest first.
#[server(prefix = "/_fn", endpoint = "property/choices", input = GetUrl)]
pub async fn property_choices() -> Result<Vec<PropertyChoice>, AppError> {
    let call = crate::ssr::call().await?;
    let (mut choices, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = engine::listing::list(&call, None, after.as_deref(), Some(domain::page::MAX_LIMIT)).await?;
        choices.extend(page.items.into_iter().map(PropertyChoice::from));
        after = page.next.filter(|_| choices.len() < 1000);
        if after.is_none() {
            return Ok(choices);
        }
    }
}
