//! What people can ask about what is known of them: to see it, to have it erased, to withdraw what they agreed to; how long it
//! is kept; and all data of an organization in one file.
//!
//! What is erased is blanked where it stands. What was counted, moves of credits and the audit log stay; a tombstone says
//! what was erased, when and at whose wish.

mod buyer;
mod erase;
pub(crate) mod erased;
mod export;
mod retention;
mod store;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use buyer::{Known, forget, known, withdraw};
pub use erase::erase_lead;
pub use export::export;
pub(crate) use retention::Daily;
pub(crate) use retention::erase_old;
pub use retention::{retention, set_retention};

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Conversation,
    Lead,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Lead => "lead",
        }
    }
}

/// At whose wish something was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    Buyer,
    Member,
    Retention,
}

impl By {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Member => "member",
            Self::Retention => "retention",
        }
    }
}
