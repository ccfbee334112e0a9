use domain::security::Security;
use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::SecurityView;
use crate::error::AppError;

/// How one's account is kept, where one is signed in, and new recovery codes, once.
#[server(prefix = "/_fn", endpoint = "security/get", input = GetUrl)]
pub async fn get_security() -> Result<SecurityView, AppError> {
    use domain::security::{IdentityRow, PasskeyRow, SessionRow};

    use super::{IdentityView, PasskeyView, SessionView};
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
    let passkey = |row: &PasskeyRow| PasskeyView {
        id: row.id.to_string(),
        name: row.name.clone(),
        added: When::new(row.created_at, now),
        used: row.used_at.map(|used| When::new(used, now)),
    };
    let identity = |row: IdentityRow| IdentityView {
        id: row.id.to_string(),
        email: row.email.unwrap_or_else(|| "without an address".into()),
        linked: When::new(row.created_at, now),
    };
    let identities = engine::account::identity::list(&call).await?;
    let security = engine::account::factor::security(&call).await?;
    let codes = match crate::ssr::take(super::CODES_KEY).await? {
        Some(sealed) => engine::account::factor::reveal(&call.person(), &sealed).await?,
        None => String::new(),
    };
    Ok(SecurityView {
        passkeys: security.passkeys.iter().map(passkey).collect(),
        security,
        provider: engine::account::identity::provider_name(call.engine()).map(str::to_owned),
        identities: identities.into_iter().map(identity).collect(),
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
