//! How operators come in and go.

use app::pages::operator as pages;
use axum::{
    Form,
    extract::{Path, State as Shared, rejection::FormRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::operator::{OperatorSignIn, SetUpForm};
use engine::operator;

use super::staff::{SIGN_IN, device, frame, go_on, page, token};
use crate::{error::ApiError, state::State};

/// What a form sent; one that cannot be read is as an empty one, which is told what is missing.
fn sent<T: Default>(form: Result<Form<T>, FormRejection>) -> T {
    form.map(|Form(form)| form).unwrap_or_default()
}

pub(super) async fn sign_in_page(Shared(state): Shared<State>) -> Response {
    let html = pages::sign_in(&frame(&state), &OperatorSignIn::default(), None);
    page(StatusCode::OK, html)
}

pub(super) async fn sign_in(
    Shared(state): Shared<State>,
    headers: HeaderMap,
    form: Result<Form<OperatorSignIn>, FormRejection>,
) -> Result<Response, ApiError> {
    let form = sent(form);
    match operator::enter(&state.engine, &form, device(&state.engine, &headers)).await {
        Ok(entered) => go_on(&state.engine, Some(&entered), "/operator"),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(error) => {
            let fault = error.into_fault();
            let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
            Ok(page(status, pages::sign_in(&frame(&state), &form, Some(&fault))))
        }
    }
}

pub(super) async fn sign_out(Shared(state): Shared<State>, headers: HeaderMap) -> Result<Response, ApiError> {
    if let Some(token) = token(&state.engine, &headers) {
        operator::sign_out(&state.engine, &token).await?;
    }
    go_on(&state.engine, None, SIGN_IN)
}

pub(super) async fn set_up_page(Shared(state): Shared<State>, Path(token): Path<String>) -> Result<Response, ApiError> {
    let invited = operator::invited(&state.engine, &token).await?;
    let html = pages::set_up(&frame(&state), &token, &invited, &SetUpForm::default(), None);
    Ok(page(StatusCode::OK, html))
}

pub(super) async fn set_up(
    Shared(state): Shared<State>,
    Path(token): Path<String>,
    form: Result<Form<SetUpForm>, FormRejection>,
) -> Result<Response, ApiError> {
    let form = sent(form);
    match operator::set_up(&state.engine, &token, &form).await {
        Ok(entered) => go_on(&state.engine, Some(&entered), "/operator"),
        Err(error) if error.is_internal() => Err(error.into()),
        Err(error) => {
            let fault = error.into_fault();
            // Whose link this is, or that it holds no more.
            let invited = operator::invited(&state.engine, &token).await?;
            let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let html = pages::set_up(&frame(&state), &token, &invited, &form, Some(&fault));
            Ok(page(status, html))
        }
    }
}
