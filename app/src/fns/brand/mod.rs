//! The organization's own look. It is changed by a form to [`SET_BRAND`], which can carry a file.

mod get;

use serde::{Deserialize, Serialize};

pub use get::*;

/// Where a form sends `colour` and, if there is another one, `logo`.
pub const SET_BRAND: &str = "/_fn/brand/set";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandView {
    pub organization: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Where the logo can be seen, if there is one.
    pub logo: Option<String>,
    pub may_change: bool,
}
