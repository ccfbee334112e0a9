use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::DashboardView;
use crate::error::AppError;

/// Everything the first page shows.
#[server(prefix = "/_fn", endpoint = "dashboard/get", input = GetUrl)]
pub async fn get_dashboard() -> Result<DashboardView, AppError> {
    let call = crate::ssr::call().await?;
    let (now, reply) = (call.engine().clock().now(), call.engine().config().prices.reply);
    Ok(DashboardView::new(
        engine::dashboard::dashboard(&call).await?,
        reply,
        now,
    ))
}
