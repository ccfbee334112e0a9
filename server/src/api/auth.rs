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
use utoipa::ToSchema;

use super::failures::{TooMany, Unauthorized};
use crate::{
    error::ApiError,
    extract::{Caller, ClientAddress, Input},
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Registration, examples(json!({
    "email": "ana@example.com",
    "password": "a quiet street at dusk",
    "first_name": "Ana",
    "last_name": "Reyes",
    "org_name": "Harbour Homes",
})))]
pub(super) struct RegisterIn {
    #[serde(default)]
    #[schema(required, format = Email, max_length = 254)]
    email: String,
    /// A few unrelated words. What is too easy to guess is refused.
    #[serde(default)]
    #[schema(required, format = Password, min_length = 12, max_length = 128)]
    password: String,
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 50)]
    first_name: String,
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 50)]
    last_name: String,
    /// The name of the agency, or one's own.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 100)]
    org_name: String,
    #[schema(max_length = 40)]
    license_number: Option<String>,
    #[schema(max_length = 40)]
    license_state: Option<String>,
}

/// The ids are told in demo mode only.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Registered)]
struct RegisterOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user_id: Option<AccountId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    organization_id: Option<OrganizationId>,
    message: &'static str,
}

/// Open an organization
///
/// With its owner, and credits to start with. 201 with the ids in demo mode. In production the same 202 to everybody: a
/// stranger learns nothing about who has an account here.
#[utoipa::path(
    post,
    path = "/auth/register",
    operation_id = "register",
    tag = "Sign-in",
    responses((status = 201, body = RegisterOut), (status = 202, body = RegisterOut), TooMany),
)]
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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials, examples(json!({ "email": "ana@example.com", "password": "a quiet street at dusk" })))]
pub(super) struct LoginIn {
    #[serde(default)]
    #[schema(required)]
    email: String,
    #[serde(default)]
    #[schema(required, format = Password)]
    password: String,
    /// What the account's second factor shows, or a recovery code; needed where it has one.
    code: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
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

/// Sign in
///
/// Gives a short-lived access token, to be sent in the `Authorization` header of every other request.
#[utoipa::path(
    post,
    path = "/auth/login",
    operation_id = "login",
    tag = "Sign-in",
    responses((status = 200, body = LoginOut), Unauthorized, TooMany),
)]
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
        account::sign_out(&engine, who, &from).await?;
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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RefreshToken)]
pub(super) struct RefreshIn {
    #[serde(default)]
    #[schema(required)]
    refresh_token: String,
}

/// Get a new access token
///
/// And the next refresh token, for one that was not used yet. One that was used ends the session: somebody else has it.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    operation_id = "refresh",
    tag = "Sign-in",
    responses((status = 200, body = LoginOut), Unauthorized, TooMany),
)]
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

/// Sign out
///
/// Ends the session that the access token names; the token is refused from then on.
#[utoipa::path(post, path = "/auth/logout", operation_id = "logout", tag = "Sign-in", responses((status = 204), TooMany))]
pub(super) async fn logout(Caller(call): Caller) -> Result<StatusCode, ApiError> {
    let from = Client {
        address: call.address(),
        ..Client::default()
    };
    account::sign_out(call.engine(), call.person().signed_in(), &from).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who one is
#[utoipa::path(get, path = "/users/me", operation_id = "get_me", tag = "Sign-in", responses((status = 200, body = Profile)))]
pub(super) async fn me(Caller(call): Caller) -> Result<Json<Profile>, ApiError> {
    Ok(Json(account::me(&call).await?))
}
