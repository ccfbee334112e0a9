//! The people of an organization, and invitations.

use axum::{Json, http::StatusCode, response::IntoResponse};
use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, InvitationId},
    page::Page,
    tenancy::{Invitation, InviteForm, Member, MemberChange, Role},
};
use engine::account;
use serde::{Deserialize, Serialize};

use super::chatbots::Message;
use crate::{
    error::ApiError,
    extract::{Caller, Id, Input, List, Paging},
};

#[derive(Debug, Serialize)]
pub(super) struct MemberOut {
    user_id: AccountId,
    email: String,
    first_name: String,
    last_name: String,
    role: Role,
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

/// A list that is short enough to be given whole.
fn whole<T>(items: Vec<T>) -> Page<T> {
    Page { items, next: None }
}

pub(super) async fn members(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    Ok(paging.list(whole(account::members(&call).await?), MemberOut::from))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MemberIn {
    role: Option<Role>,
    is_active: Option<bool>,
}

pub(super) async fn change(
    Caller(call): Caller,
    Id(id): Id<AccountId>,
    Input(body): Input<MemberIn>,
) -> Result<Json<MemberOut>, ApiError> {
    let change = MemberChange {
        role: body.role,
        is_active: body.is_active,
    };
    Ok(Json(account::change(&call, id, change).await?.into()))
}

#[derive(Debug, Serialize)]
pub(super) struct InvitationOut {
    invitation_id: InvitationId,
    email: String,
    role: Role,
    invited_by: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The address to send to them. Given once.
    #[serde(skip_serializing_if = "Option::is_none")]
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

/// Ends all sessions and tokens of a member.
pub(super) async fn sign_out(Caller(call): Caller, Id(id): Id<AccountId>) -> Result<StatusCode, ApiError> {
    account::sign_out_member(&call, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn invitations(Caller(call): Caller, paging: Paging) -> Result<List, ApiError> {
    Ok(paging.list(whole(account::invitations(&call).await?), InvitationOut::from))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct InvitationIn {
    email: String,
    role: String,
}

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

pub(super) async fn revoke(Caller(call): Caller, Id(id): Id<InvitationId>) -> Result<Json<Message>, ApiError> {
    account::revoke(&call, id).await?;
    Ok(Json(Message {
        message: "Invitation withdrawn.",
    }))
}
