use domain::security::Security;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SecurityView;
use crate::error::AppError;

/// How one's account is kept, where one is signed in, and new recovery codes, once.
#[server(prefix = "/_fn", endpoint = "security/get", input = GetUrl)]
pub async fn get_security() -> Result<SecurityView, AppError> {
    use domain::security::SessionRow;

    use super::SessionView;
    use crate::fns::when::When;

    let call = crate::ssr::call().await?;
    let now = call.engine().clock().now();
    let session = |row: SessionRow| SessionView {
        id: row.id.to_string(),
        on: engine::account::agent_name(&row.agent),
        address: row.address,
        is_this: row.is_this,
        since: When::new(row.created_at, now),
        seen: When::new(row.seen_at, now),
    };
    let codes = match crate::ssr::take(super::CODES_KEY).await? {
        Some(sealed) => engine::account::factor::reveal(&call.person(), &sealed).await?,
        None => String::new(),
    };
    Ok(SecurityView {
        security: engine::account::factor::security(&call).await?,
        sessions: engine::account::sessions(&call)
            .await?
            .into_iter()
            .map(session)
            .collect(),
        codes: codes.split_whitespace().map(str::to_owned).collect(),
    })
}

/// What somebody can prove with who they are.
#[server(prefix = "/_fn", endpoint = "security/proof", input = GetUrl)]
pub async fn get_proof() -> Result<Security, AppError> {
    Ok(engine::account::factor::security(&crate::ssr::call().await?).await?)
}
