use domain::licence::LicenceForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Gives one's licence to be verified.
#[server(prefix = "/_fn", endpoint = "licence/set")]
pub async fn set_licence(#[server(flatten)] form: LicenceForm) -> Result<(), AppError> {
    engine::licence::set(&crate::ssr::call().await?, &form).await?;
    leptos_axum::redirect("/console/licence?saved=1");
    Ok(())
}
