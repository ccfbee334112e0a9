//! How long buyers' words are kept, and taking all data along.

mod get;
mod set_retention;

use domain::privacy::RetentionForm;
use serde::{Deserialize, Serialize};

pub use get::*;
pub use set_retention::*;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivacyView {
    /// As it stands, in the fields of the form.
    pub kept: RetentionForm,
    pub may_change: bool,
    pub may_export: bool,
}
