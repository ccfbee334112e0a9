use domain::page::Page;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::LeadRow;
use crate::error::AppError;

/// Leads, newest first.
#[server(prefix = "/_fn", endpoint = "lead/list", input = GetUrl)]
pub async fn list_leads(after: Option<String>) -> Result<Page<LeadRow>, AppError> {
    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let page = engine::lead::list(&call, after.as_deref(), None).await?;
    let may_erase = call.may(domain::tenancy::Action::ErasePersonal);
    Ok(page.map(|lead| LeadRow::new(lead, may_erase, now)))
}
