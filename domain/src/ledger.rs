//! What a credits page shows.

#![deny(clippy::float_arithmetic)]

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{credits::Credits, id::EntryId};

/// One defined set of numbers; `available` is what can be spent now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub available: Credits,
    /// Reserved for work in flight.
    pub held: Credits,
    /// Spent since the first of the month (UTC).
    pub used_this_month: Credits,
}

/// The kinds of move. Each goes between one legal pair of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// issued → available
    Grant,
    /// available → held
    Hold,
    /// held → spent
    Capture,
    /// held → available
    Release,
    /// available → spent
    Spend,
}

impl MoveKind {
    pub const ALL: [MoveKind; 5] = [Self::Grant, Self::Hold, Self::Capture, Self::Release, Self::Spend];
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Hold => "hold",
            Self::Capture => "capture",
            Self::Release => "release",
            Self::Spend => "spend",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
    /// `(debited, credited)`: where the credits leave and where they arrive.
    pub const fn accounts(self) -> (&'static str, &'static str) {
        match self {
            Self::Grant => ("issued", "available"),
            Self::Hold => ("available", "held"),
            Self::Capture => ("held", "spent"),
            Self::Release => ("held", "available"),
            Self::Spend => ("available", "spent"),
        }
    }
}

/// One row of the transaction history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    pub id: EntryId,
    pub kind: MoveKind,
    /// Always positive; `kind` says which way.
    pub amount: Credits,
    /// `purchase`, `bot_creation`, `qr_scan`, `ai_conversation`, `data_training`, `registration`.
    pub purpose: String,
    pub related_id: Option<Uuid>,
    pub description: String,
    pub created_at: DateTime<Utc>,
}

impl Transaction {
    /// The effect on what can be spent, signed.
    pub fn effect(&self) -> Credits {
        match self.kind {
            MoveKind::Grant | MoveKind::Release => self.amount,
            MoveKind::Hold | MoveKind::Spend => Credits::milli(-self.amount.as_milli()),
            MoveKind::Capture => Credits::ZERO,
        }
    }
}
