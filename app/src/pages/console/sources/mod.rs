//! Knowledge: what bots read, and what was found in it.

mod add;
mod list;
mod one;

pub(super) use add::file_fields;
use domain::training::SourceState;
pub use list::KnowledgePage;
pub use one::SourcePage;

use crate::ui::Mood;

pub(super) const fn badge(state: SourceState) -> (Mood, &'static str) {
    match state {
        SourceState::Queued => (Mood::Plain, "Waiting"),
        SourceState::Running => (Mood::Info, "Reading"),
        SourceState::Ready => (Mood::Good, "Ready"),
        SourceState::Failed => (Mood::Bad, "Not read"),
    }
}
