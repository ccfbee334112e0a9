use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::Choice;
use crate::error::AppError;

/// The organization's bots for a select, newest first.
#[server(prefix = "/_fn", endpoint = "bot/choices", input = GetUrl)]
pub async fn bot_choices() -> Result<Vec<Choice>, AppError> {
    let call = crate::ssr::call().await?;
    let (mut choices, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = engine::bot::list(&call, after.as_deref(), Some(domain::page::MAX_LIMIT)).await?;
        choices.extend(page.items.into_iter().map(|row| Choice {
            id: row.bot.id.to_string(),
            name: row.bot.name,
        }));
        after = page.next.filter(|_| choices.len() < 1000);
        if after.is_none() {
            return Ok(choices);
        }
    }
}
