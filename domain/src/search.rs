//! What is found in the console by a word of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a thing that was found is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    Bot,
    Property,
    Source,
    Code,
    Lead,
    Conversation,
}

impl FoundKind {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "bot" => Self::Bot,
            "property" => Self::Property,
            "source" => Self::Source,
            "code" => Self::Code,
            "lead" => Self::Lead,
            "conversation" => Self::Conversation,
            _ => return None,
        })
    }
}

/// Something of an organization that holds what was looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub kind: FoundKind,
    pub id: Uuid,
    pub title: String,
    /// Where it is, what it is about, how to reach it; may be empty.
    pub note: String,
}

impl Found {
    /// The id after which a list, newest first, begins with this.
    pub fn just_above(&self) -> Uuid {
        Uuid::from_u128(self.id.as_u128().saturating_add(1))
    }
}

/// The longest text that is looked for, in characters.
pub const QUERY_MAX: usize = 100;
