//! Who may do what within an organization.

use serde::{Deserialize, Serialize};

/// A person's place in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Registered the organization.
    Owner,
    Admin,
    Realtor,
    /// The platform's own staff.
    Operator,
}

impl Role {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Realtor => "realtor",
            Self::Operator => "operator",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::Realtor, Self::Operator]
            .into_iter()
            .find(|r| r.as_str() == text)
    }
}

/// An organization as its own people see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    pub id: crate::id::OrganizationId,
    pub name: String,
    pub slug: String,
    pub contact_email: String,
    /// The brand's main colour, `#rrggbb`.
    pub colour: String,
    pub has_logo: bool,
}
