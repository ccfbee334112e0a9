use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::PrivacyView;
use crate::error::AppError;

/// How long what buyers said and left is kept.
#[server(prefix = "/_fn", endpoint = "privacy/get", input = GetUrl)]
pub async fn get_privacy() -> Result<PrivacyView, AppError> {
    let call = crate::ssr::call().await?;
    let kept = engine::privacy::retention(&call).await?;
    let days = |days: Option<i64>| days.map(|days| days.to_string()).unwrap_or_default();
    Ok(PrivacyView {
        kept: domain::privacy::RetentionForm {
            conversation_days: days(kept.conversation_days),
            lead_days: days(kept.lead_days),
        },
        may_change: call.may(domain::tenancy::Action::ErasePersonal),
        may_export: call.may(domain::tenancy::Action::ExportAll),
    })
}
