use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::CodeRow;
use crate::error::AppError;

/// One code of the organization.
#[server(prefix = "/_fn", endpoint = "code/get", input = GetUrl)]
pub async fn get_code(id: String) -> Result<CodeRow, AppError> {
    let call = crate::ssr::call().await?;
    let code = engine::qr::get(&call, id.parse()?).await?;
    let address = engine::qr::address(call.engine(), &code.slug);
    Ok(CodeRow::new(code, address, call.engine().clock().now()))
}
