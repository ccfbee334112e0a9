//! Letting the platform's people look, for a while.

mod change;
mod get;

use serde::{Deserialize, Serialize};

pub use change::*;
pub use get::*;

use super::when::When;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SupportView {
    pub may_change: bool,
    /// What holds now.
    pub grant: Option<GrantView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GrantView {
    pub reason: String,
    pub granted_by: String,
    pub until: When,
}
