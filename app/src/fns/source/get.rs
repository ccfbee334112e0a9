use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SourceView;
use crate::error::AppError;

/// One source with its facts and passages.
#[server(prefix = "/_fn", endpoint = "source/get", input = GetUrl)]
pub async fn get_source(id: String) -> Result<SourceView, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    Ok(SourceView::new(
        engine::training::source(&call, id.parse()?).await?,
        now,
    ))
}
