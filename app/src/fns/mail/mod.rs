//! Letters that a demo keeps in place of sending them.

mod list;

use serde::{Deserialize, Serialize};

pub use list::*;

use super::when::When;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LetterView {
    pub to: String,
    pub subject: String,
    pub at: When,
    pub lines: Vec<Line>,
}

/// A line of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    Text(String),
    /// To a page of ours.
    Link(String),
}
