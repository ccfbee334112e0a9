use domain::qr::CodeForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Makes a code that was drawn and read back, then shows it.
#[server(prefix = "/_fn", endpoint = "code/create")]
pub async fn create_code(#[server(flatten)] form: CodeForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let code = engine::qr::create(&call, &form).await?;
    leptos_axum::redirect(&format!("/console/codes/{}", code.id));
    Ok(())
}
