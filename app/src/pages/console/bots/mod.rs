//! Bots: the list, and one bot's settings.

mod list;
mod one;

use domain::bot::BotStatus;
pub use list::BotsPage;
pub use one::BotPage;

use crate::ui::Mood;

/// A bot's state as a badge shows it.
const fn badge(status: BotStatus) -> (Mood, &'static str) {
    match status {
        BotStatus::Draft => (Mood::Plain, "Draft"),
        BotStatus::Active => (Mood::Good, "Published"),
        BotStatus::Inactive => (Mood::Warn, "Paused"),
    }
}
