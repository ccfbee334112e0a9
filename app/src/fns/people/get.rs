use leptos::{prelude::*, server_fn::codec::GetUrl};

use super::PeopleView;
use crate::error::AppError;

/// Everybody, and for those who may invite the open invitations.
#[server(prefix = "/_fn", endpoint = "people/get", input = GetUrl)]
pub async fn get_people() -> Result<PeopleView, AppError> {
    use domain::tenancy::Action;

    use super::{InvitationRow, MemberRow};
    use crate::fns::when::When;

    let call = crate::ssr::call().await?;
    let (now, me) = (call.engine().clock().now(), call.account());
    let members = engine::account::members(&call).await?;
    let may_manage = call.may(Action::ManagePeople);
    let invitations = match may_manage {
        true => engine::account::invitations(&call).await?,
        false => Vec::new(),
    };
    let kept = crate::ssr::recall(super::LINK_KEY).await?;
    let link = kept.and_then(|kept| serde_json::from_str::<super::InvitationLink>(&kept).ok());
    let open = |id: &str| invitations.iter().any(|invitation| invitation.id.to_string() == id);
    let link = link.filter(|link| link.by == me.to_string() && open(&link.id));
    let member = |member: domain::tenancy::Member| MemberRow {
        id: member.id.to_string(),
        name: member.full_name(),
        is_me: member.id == me,
        email: member.email,
        role: member.role,
        is_active: member.is_active,
        joined: When::new(member.created_at, now),
    };
    Ok(PeopleView {
        members: members.into_iter().map(member).collect(),
        may_manage,
        may_transfer: call.may(Action::TransferOwnership),
        link,
        invitations: invitations
            .into_iter()
            .map(|invitation| InvitationRow {
                id: invitation.id.to_string(),
                email: invitation.email,
                role: invitation.role,
                invited_by: invitation.invited_by,
                expires: When::ahead(invitation.expires_at),
            })
            .collect(),
    })
}
