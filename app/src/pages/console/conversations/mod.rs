//! Conversations: the list, and one with every turn and how it was made.

mod list;
mod one;
mod turn;

use domain::chat::Outcome;
pub use list::ConversationsPage;
pub use one::ConversationPage;

use crate::ui::Mood;

/// How a turn ended, as a badge shows it. `None`: the answer is being made.
const fn badge(outcome: Option<Outcome>) -> (Mood, &'static str) {
    match outcome {
        Some(Outcome::Answered) => (Mood::Good, "Answered"),
        Some(Outcome::Unknown) => (Mood::Warn, "Not on record"),
        Some(Outcome::SmallTalk) => (Mood::Plain, "Small talk"),
        Some(Outcome::Refused) => (Mood::Plain, "Declined"),
        Some(Outcome::Unavailable) => (Mood::Bad, "No answer"),
        None => (Mood::Info, "Being answered"),
    }
}
