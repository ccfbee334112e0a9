use leptos::prelude::*;

use crate::error::AppError;

/// Light or dark, whatever the device prefers; anything else leaves it to the device.
#[server(prefix = "/_fn", endpoint = "theme")]
pub async fn set_theme(theme: String) -> Result<(), AppError> {
    crate::ssr::set_theme(&theme)
}
