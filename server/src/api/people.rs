//! The people of an organization, and invitations.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, InvitationId},
    tenancy::{Invitation, InviteForm, Member, MemberChange, Role},
};
use engine::{account, version::Version};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Object};

use super::{
    chatbots::Message,
    failures::Conflict,
    schema::{choice, optional_choice},
};
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, Versioned, etag},
};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberOut {
    user_id: AccountId,
    email: String,
    first_name: String,
    last_name: String,
    role: Role,
    /// False for somebody who was switched off: they cannot sign in, and their sessions and tokens are refused.
    is_active: bool,
    created_at: DateTime<Utc>,
}

impl From<Member> for MemberOut {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.id,
            email: member.email,
            first_name: member.first_name,
            last_name: member.last_name,
            role: member.role,
            is_active: member.is_active,
            created_at: member.created_at,
        }
    }
}

/// List the people of one's organization
///
/// All of them, in the order they came.
#[utoipa::path(
    get,
    path = "/members",
    operation_id = "list_members",
    tag = "People",
    responses((
        status = 200,
        body = [MemberOut],
        links(("update" = (operation_id = "update_member", parameters(("id" = "$response.body#/0/user_id"))))),
    )),
)]
pub(super) async fn members(Caller(call): Caller) -> Result<Json<Vec<MemberOut>>, ApiError> {
    let members = account::members(&call).await?;
    Ok(Json(members.into_iter().map(MemberOut::from).collect()))
}

/// What is absent or `null` stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MemberChange, examples(json!({ "role": "admin" })))]
pub(super) struct MemberIn {
    #[schema(schema_with = new_role)]
    role: Option<Role>,
    is_active: Option<bool>,
}

/// `owner` hands the organization over.
fn new_role() -> Object {
    optional_choice([Role::Owner, Role::Admin, Role::Realtor].map(Role::as_str))
}

/// Change somebody's role, or switch them off or on
///
/// For the owner and admins. Holds from that person's next request on. Only the owner can make somebody else the `owner`, and
/// becomes an admin then.
#[utoipa::path(
    put,
    path = "/members/{id}",
    operation_id = "update_member",
    tag = "People",
    responses((status = 200, body = MemberOut), Conflict),
)]
pub(super) async fn change(
    Versioned(call): Versioned,
    Id(id): Id<AccountId>,
    Input(body): Input<MemberIn>,
) -> Result<impl IntoResponse, ApiError> {
    let change = MemberChange {
        role: body.role,
        is_active: body.is_active,
    };
    let member = account::change(&call, id, change).await?;
    let version = Version::of(&member);
    let out = MemberOut::from(member);
    Ok((etag(version, &out), Json(out)))
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub(super) struct InvitationOut {
    invitation_id: InvitationId,
    email: String,
    role: Role,
    invited_by: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The address to send to them. Given once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    url: Option<String>,
}

impl From<Invitation> for InvitationOut {
    fn from(invitation: Invitation) -> Self {
        Self {
            invitation_id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            invited_by: invitation.invited_by,
            created_at: invitation.created_at,
            expires_at: invitation.expires_at,
            url: None,
        }
    }
}

/// Sign somebody out everywhere
///
/// For the owner and admins. Ends all sessions and tokens of that person.
#[utoipa::path(
    delete,
    path = "/members/{id}/sessions",
    operation_id = "end_member_sessions",
    tag = "People",
    responses((status = 204)),
)]
pub(super) async fn sign_out(Caller(call): Caller, Id(id): Id<AccountId>) -> Result<StatusCode, ApiError> {
    account::sign_out_member(&call, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List open invitations
///
/// All that can still be accepted, newest first. For the owner and admins.
#[utoipa::path(
    get,
    path = "/invitations",
    operation_id = "list_invitations",
    tag = "People",
    responses((status = 200, body = [InvitationOut])),
)]
pub(super) async fn invitations(Caller(call): Caller) -> Result<Json<Vec<InvitationOut>>, ApiError> {
    let invitations = account::invitations(&call).await?;
    Ok(Json(invitations.into_iter().map(InvitationOut::from).collect()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewInvitation, examples(json!({ "email": "cy@example.com", "role": "realtor" })))]
pub(super) struct InvitationIn {
    #[serde(default)]
    #[schema(required, format = Email, max_length = 254)]
    email: String,
    #[serde(default)]
    #[schema(required, schema_with = invited_role)]
    role: String,
}

fn invited_role() -> Object {
    choice([Role::Admin, Role::Realtor].map(Role::as_str))
}

/// Invite somebody
///
/// For the owner and admins. The answer has the address to send to them; it is given once, and can be accepted once, within
/// a week. An earlier invitation to the same email address ends.
#[utoipa::path(
    post,
    path = "/invitations",
    operation_id = "create_invitation",
    tag = "People",
    responses((
        status = 201,
        body = InvitationOut,
        links(("revoke" = (operation_id = "delete_invitation", parameters(("id" = "$response.body#/invitation_id"))))),
    )),
)]
pub(super) async fn invite(
    Caller(call): Caller,
    Input(body): Input<InvitationIn>,
) -> Result<impl IntoResponse, ApiError> {
    let form = InviteForm {
        email: body.email,
        role: body.role,
    };
    let (invitation, path) = account::invite(&call, &form).await?;
    let out = InvitationOut {
        url: path.map(|path| format!("{}{path}", call.engine().config().public_url)),
        ..invitation.into()
    };
    Ok((StatusCode::CREATED, Json(out)))
}

/// Withdraw an invitation
#[utoipa::path(
    delete,
    path = "/invitations/{id}",
    operation_id = "delete_invitation",
    tag = "People",
    responses((status = 200, body = Message)),
)]
pub(super) async fn revoke(Caller(call): Caller, Id(id): Id<InvitationId>) -> Result<Json<Message>, ApiError> {
    account::revoke(&call, id).await?;
    Ok(Json(Message {
        message: "Invitation withdrawn.",
    }))
}
