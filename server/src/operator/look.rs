//! What operators see.

use app::pages::operator::{self as pages, Shown};
use axum::{
    Form,
    extract::{Path, rejection::FormRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    id::{AccountId, ConversationId, OrganizationId},
    operator::DecisionForm,
};
use engine::{operator, support};

use super::staff::{After, Staff, page};
use crate::{error::ApiError, extract::Id, files::follow};

pub(super) async fn home(staff: Staff, after: After) -> Result<Response, ApiError> {
    let health = operator::health(&staff.operator).await?;
    let rows = operator::organizations(&staff.operator, after.get(), None).await?;
    Ok(page(StatusCode::OK, pages::home(&staff.frame, health, &rows)))
}

async fn shown(staff: &Staff, id: OrganizationId) -> Result<Shown, ApiError> {
    Ok(Shown {
        overview: operator::organization(&staff.operator, id).await?,
        licences: operator::licences(&staff.operator, id).await?,
        grant: support::granted(&staff.operator, id).await?,
        fault: None,
    })
}

pub(super) async fn organization(staff: Staff, Id(id): Id<OrganizationId>) -> Result<Response, ApiError> {
    let shown = shown(&staff, id).await?;
    Ok(page(StatusCode::OK, pages::organization(&staff.frame, &shown)))
}

pub(super) async fn decide(
    staff: Staff,
    Path((id, account)): Path<(String, String)>,
    form: Result<Form<DecisionForm>, FormRejection>,
) -> Result<Response, ApiError> {
    let (id, account): (OrganizationId, AccountId) = (id.parse()?, account.parse()?);
    let form = form.map(|Form(form)| form).unwrap_or_default();
    match operator::decide(&staff.operator, id, account, &form).await {
        Ok(()) => Ok(Redirect::to(&format!("/operator/organizations/{id}")).into_response()),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(error) => {
            let fault = error.into_fault();
            let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let shown = Shown {
                fault: Some(fault),
                ..shown(&staff, id).await?
            };
            Ok(page(status, pages::organization(&staff.frame, &shown)))
        }
    }
}

pub(super) async fn document(staff: Staff, Path((id, account)): Path<(String, String)>) -> Result<Response, ApiError> {
    let link = operator::licence_document(&staff.operator, id.parse()?, account.parse()?).await?;
    Ok(follow(&link))
}

pub(super) async fn conversations(
    staff: Staff,
    Id(id): Id<OrganizationId>,
    after: After,
) -> Result<Response, ApiError> {
    let rows = support::conversations(&staff.operator, id, after.get()).await?;
    Ok(page(StatusCode::OK, pages::conversations(&staff.frame, id, &rows)))
}

pub(super) async fn conversation(
    staff: Staff,
    Path((id, conversation)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (id, conversation): (OrganizationId, ConversationId) = (id.parse()?, conversation.parse()?);
    let shown = support::conversation(&staff.operator, id, conversation).await?;
    Ok(page(StatusCode::OK, pages::conversation(&staff.frame, id, &shown)))
}

pub(super) async fn leads(staff: Staff, Id(id): Id<OrganizationId>, after: After) -> Result<Response, ApiError> {
    let rows = support::leads(&staff.operator, id, after.get()).await?;
    Ok(page(StatusCode::OK, pages::leads(&staff.frame, id, &rows)))
}
