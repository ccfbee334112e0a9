use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::AuditView;
use crate::error::AppError;

/// The audit log, newest first. `from` and `to` are days.
#[server(prefix = "/_fn", endpoint = "audit/list", input = GetUrl)]
pub async fn list_audit(
    action: Option<String>,
    actor: Option<String>,
    from: Option<String>,
    to: Option<String>,
    after: Option<String>,
) -> Result<AuditView, AppError> {
    let call = crate::ssr::call().await?;
    let form = domain::audit::FilterForm {
        action,
        actor,
        from,
        to,
    };
    let page = engine::audit::list(&call, &form.check()?, after.as_deref(), None).await?;
    let now = call.engine().clock().now();
    Ok(AuditView {
        page: page.map(|entry| super::AuditRow::new(entry, now)),
        query: form.query(),
    })
}
