//! One's own licence. Its document is sent by a form to [`SEND_DOCUMENT`], which carries a file.

mod get;
mod set;

use domain::licence::{LicenceKind, LicenceStatus};
use serde::{Deserialize, Serialize};

pub use get::*;
pub use set::*;

use super::when::When;

/// Where a form sends `file`.
pub const SEND_DOCUMENT: &str = "/_fn/licence/upload";

/// Where the document that was sent can be had again.
pub const DOCUMENT: &str = "/console/licence/document";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceView {
    /// Code and name.
    pub states: Vec<(String, String)>,
    /// Bots are published with a verified licence only.
    pub is_required: bool,
    pub licence: Option<LicenceRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LicenceRow {
    pub state: String,
    pub number: String,
    pub kind: LicenceKind,
    pub status: LicenceStatus,
    pub reason: Option<String>,
    /// `12 Mar 2027`.
    pub expires_on: Option<String>,
    pub checked: Option<When>,
    pub document: Option<String>,
    /// What a buyer reads after the realtor's name.
    pub line: Option<String>,
}
