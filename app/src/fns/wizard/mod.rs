//! The five steps of setting up a bot. Each step is kept on the server when it is left.

mod get;
mod publish;
mod remove_source;
mod save_property;
mod save_purpose;
mod save_voice;
mod start;

pub use get::*;
pub use publish::*;
pub use remove_source::*;
pub use save_property::*;
pub use save_purpose::*;
pub use save_voice::*;
pub use start::*;

/// The address of a step.
pub fn step(bot: impl std::fmt::Display, name: &str) -> String {
    format!("/console/bots/{bot}/setup/{name}")
}
