//! Registration, sign-in, and who one is.

use axum::{
    Json, extract,
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
};
use domain::{
    account::{Credentials, Profile, Registration},
    id::{AccountId, OrganizationId},
    security::FactorForm,
    tenancy::Role,
};
use engine::{
    Engine,
    account::{self, Client, Kind, Needs, SignedIn, Visitor},
    config::Mode,
};
use serde::{Deserialize, Serialize};

use crate::{
    error::ApiError,
    extract::{Caller, ClientAddress, Input},
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RegisterIn {
    email: String,
    password: String,
    first_name: String,
    last_name: String,
    org_name: String,
    license_number: Option<String>,
    license_state: Option<String>,
}

#[derive(Debug, Serialize)]
struct RegisterOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<OrganizationId>,
    message: &'static str,
}

/// 201 with the ids in demo mode. In production the same 202 to everybody: a stranger learns nothing about who has an
/// account here.
pub(super) async fn register(
    extract::State(engine): extract::State<Engine>,
    Input(body): Input<RegisterIn>,
) -> Result<impl IntoResponse, ApiError> {
    let form = Registration {
        org_name: body.org_name,
        first_name: body.first_name,
        last_name: body.last_name,
        email: body.email,
        password: body.password,
        license_number: body.license_number,
        license_state: body.license_state,
    };
    let registered = account::register(&engine, &form).await?;
    Ok(match registered.filter(|_| engine.config().mode == Mode::Demo) {
        Some(new) => {
            let message = "Your account is ready. Sign in to begin.";
            let out = RegisterOut {
                user_id: Some(new.account),
                organization_id: Some(new.organization),
                message,
            };
            (StatusCode::CREATED, Json(out))
        }
        None => {
            let message = "Thank you. A letter with a link is on its way to this address: open it to go on.";
            (
                StatusCode::ACCEPTED,
                Json(RegisterOut {
                    user_id: None,
                    organization_id: None,
                    message,
                }),
            )
        }
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LoginIn {
    email: String,
    password: String,
    /// What the account's second factor shows, or a recovery code; needed where it has one.
    code: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct LoginOut {
    access_token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    /// Gives a new access token, once, within thirty days of signing in.
    refresh_token: String,
    user_id: AccountId,
    organization_id: OrganizationId,
    role: Role,
}

pub(super) async fn login(
    extract::State(engine): extract::State<Engine>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
    Input(body): Input<LoginIn>,
) -> Result<Json<LoginOut>, ApiError> {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let from = Client {
        address,
        agent: agent.unwrap_or_default(),
        device: None,
    };
    let credentials = Credentials {
        email: body.email,
        password: body.password,
    };
    let who = account::sign_in(&engine, &credentials, Kind::Program, &from).await?;
    if let Err(error) = finish(&engine, who, body.code, &from).await {
        account::abandon(&engine, who).await?;
        return Err(error);
    }
    let refresh_token = account::first_refresh(&engine, who).await?;
    answer(&engine, who, refresh_token)
}

fn answer(engine: &Engine, who: SignedIn, refresh_token: String) -> Result<Json<LoginOut>, ApiError> {
    Ok(Json(LoginOut {
        access_token: account::issue_token(engine, who)?,
        token_type: "Bearer",
        expires_in: 600,
        refresh_token,
        user_id: who.account(),
        organization_id: who.organization(),
        role: who.role(),
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RefreshIn {
    refresh_token: String,
}

/// A new access token and the next refresh token, for one that was not used yet.
pub(super) async fn refresh(
    extract::State(engine): extract::State<Engine>,
    ClientAddress(address): ClientAddress,
    Input(body): Input<RefreshIn>,
) -> Result<Json<LoginOut>, ApiError> {
    let from = Client {
        address,
        ..Client::default()
    };
    let (who, next) = account::refresh(&engine, &body.refresh_token, &from).await?;
    answer(&engine, who, next)
}

/// Shows the second factor, where there is one.
async fn finish(engine: &Engine, who: SignedIn, code: Option<String>, from: &Client<'_>) -> Result<(), ApiError> {
    if let Visitor::Halfway(halfway) = who.visitor(engine, from.address).await?
        && halfway.needs == Needs::Code
        && let Some(code) = code
    {
        account::factor::answer(&halfway, &FactorForm { code }, from).await?;
    }
    Ok(who.call(engine, from.address).await.map(drop)?)
}

/// Ends the session that the access token names; the token is refused from then on.
pub(super) async fn logout(Caller(call): Caller) -> Result<StatusCode, ApiError> {
    let from = Client {
        address: call.address(),
        ..Client::default()
    };
    account::sign_out(call.engine(), call.person().signed_in(), &from).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn me(Caller(call): Caller) -> Result<Json<Profile>, ApiError> {
    Ok(Json(account::me(&call).await?))
}
