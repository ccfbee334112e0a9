//! The people of an organization, and how somebody joins it.

mod change;
mod get;
mod invite;
mod join;
mod offer;
mod revoke;
mod sign_out;

use domain::tenancy::{Offer, Role};
use serde::{Deserialize, Serialize};

pub use change::*;
pub use get::*;
pub use invite::*;
pub use join::*;
pub use offer::*;
pub use revoke::*;
pub use sign_out::*;

use super::when::When;

/// Where in a session it stands who was invited last, for whoever invited them.
#[cfg(feature = "ssr")]
const LINK_KEY: &str = "invited";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PeopleView {
    pub members: Vec<MemberRow>,
    pub invitations: Vec<InvitationRow>,
    pub may_manage: bool,
    pub may_transfer: bool,
    /// The link of the invitation that was made last, while it can be accepted.
    pub link: Option<InvitationLink>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    pub id: String,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub is_active: bool,
    pub is_me: bool,
    pub joined: When,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvitationRow {
    pub id: String,
    pub email: String,
    pub role: Role,
    pub invited_by: String,
    pub expires: When,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InvitationLink {
    pub id: String,
    /// Who made it, and alone is shown it.
    pub by: String,
    pub email: String,
    /// In demo mode, where letters reach nobody.
    pub address: Option<String>,
}

/// An offer as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferView {
    pub token: String,
    pub offer: Offer,
}
