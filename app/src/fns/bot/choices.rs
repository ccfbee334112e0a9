use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::Choice;
use crate::error::AppError;

/// The organization's bots for a select: those that buyers can ask first, each the newest first.
#[server(prefix = "/_fn", endpoint = "bot/choices", input = GetUrl)]
pub async fn bot_choices() -> Result<Vec<Choice>, AppError> {
    use domain::bot::BotStatus;

    let call = crate::ssr::call().await?;
    let (mut choices, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = engine::bot::list(&call, after.as_deref(), Some(domain::page::MAX_LIMIT)).await?;
        choices.extend(page.items.into_iter().map(|row| {
            let choice = Choice {
                id: row.bot.id.to_string(),
                name: match row.bot.status {
                    BotStatus::Draft => format!("{} (not published)", row.bot.name),
                    _ => row.bot.name,
                },
            };
            (row.bot.status == BotStatus::Draft, choice)
        }));
        after = page.next.filter(|_| choices.len() < 1000);
        if after.is_none() {
            choices.sort_by_key(|(draft, _)| *draft);
            return Ok(choices.into_iter().map(|(_, choice)| choice).collect());
        }
    }
}
