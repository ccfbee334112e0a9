use domain::tenancy::InviteForm;
use leptos::prelude::*;

use crate::error::AppError;

/// Invites somebody by a letter; in demo mode the link is shown, too.
#[server(prefix = "/_fn", endpoint = "people/invite")]
pub async fn invite(#[server(flatten)] form: InviteForm) -> Result<(), AppError> {
    let call = crate::ssr::call().await?;
    let (invitation, path) = engine::account::invite(&call, &form).await?;
    let link = super::InvitationLink {
        id: invitation.id.to_string(),
        by: call.account().to_string(),
        email: invitation.email,
        address: path.map(|path| format!("{}{path}", call.engine().config().public_url)),
    };
    let link = serde_json::to_string(&link).map_err(|_| domain::Fault::internal())?;
    crate::ssr::remember(super::LINK_KEY, &link).await?;
    leptos_axum::redirect("/console/people");
    Ok(())
}
