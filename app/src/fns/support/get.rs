use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SupportView;
use crate::error::AppError;

/// Whether support may look now.
#[server(prefix = "/_fn", endpoint = "support/get", input = GetUrl)]
pub async fn get_support() -> Result<SupportView, AppError> {
    use super::GrantView;
    use crate::fns::when::When;

    let call = crate::ssr::call().await?;
    let grant = engine::support::current(&call).await?;
    Ok(SupportView {
        may_change: call.may(domain::tenancy::Action::GrantSupport),
        grant: grant.map(|grant| GrantView {
            reason: grant.reason,
            granted_by: grant.granted_by,
            until: When::ahead(grant.expires_at),
        }),
    })
}
