use domain::privacy::RetentionForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Says how long what buyers said and left is kept.
#[server(prefix = "/_fn", endpoint = "privacy/set_retention")]
pub async fn set_retention(#[server(flatten)] form: RetentionForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    engine::privacy::set_retention(&call, &form).await?;
    leptos_axum::redirect("/console/privacy?saved=1");
    Ok(())
}
