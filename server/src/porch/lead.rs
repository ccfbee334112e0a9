//! A message to the realtor. Needs neither credits nor an answering bot: no lead is lost.

use app::pages::porch::Visit;
use axum::{
    Form, Json,
    extract::{State as Shared, rejection::FormRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::lead::LeadForm;
use engine::{Engine, lead};
use serde::Deserialize;
use serde_json::json;

use super::{
    ask::form,
    visitor::{Visitor, see},
};
use crate::{error::ApiError, extract::Names};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Left {
    #[serde(flatten)]
    lead: LeadForm,
    c: String,
}

pub(super) async fn leave(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
    left: Result<Form<Left>, FormRejection>,
) -> Result<Response, ApiError> {
    let left = form(left)?;
    let by_script = visitor.accepts("application/json");
    let door = match visitor.open(&engine, &slug, Some(&left.c)).await {
        Ok(door) => door,
        Err(failed) if by_script => return Err(failed.into_error().into()),
        Err(failed) => return Ok(failed.into_response()),
    };
    match lead::leave(&door.porch, door.session(), &left.lead).await {
        Ok(left) => {
            let mut response = match by_script {
                true => Json(json!({ "lead_id": left.id })).into_response(),
                false => see(&door.address("sent=1", "thanks")),
            };
            if let Some(cookie) = left.session.as_deref().and_then(|session| door.cookie(session)) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(error) if by_script || error.is_internal() => Err(error.into()),
        Err(error) => {
            let fault = error.into_fault();
            let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let visit = Visit {
                lead: left.lead,
                lead_fault: Some(fault),
                ..visitor.visit(&door)
            };
            Ok(door.page(status, &visit).await?)
        }
    }
}
