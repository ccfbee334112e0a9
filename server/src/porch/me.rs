//! What is known of a visitor, for themselves: to see, to take along, to withdraw, to erase.

use app::pages::porch as pages;
use axum::{
    Json,
    extract::State as Shared,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::Fault;
use engine::{Engine, privacy};
use serde_json::json;

use super::visitor::{Door, Failed, Visitor, framed, html, see};
use crate::{error::ApiError, extract::Names, layers::headers::Framed};

pub(super) async fn show(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
) -> Result<Response, Failed> {
    let door = visitor.open_own(&engine, &slug).await?;
    let known = privacy::known(&door.porch, door.session()).await;
    let known = known.map_err(|error| visitor.failed(error))?;
    let page = pages::me(&door.porch, known.as_ref(), &visitor.visit(&door));
    // Where the porch is shown, so is this: what is known in a frame is known in no other window.
    let sites = door.porch.bot.origins.clone();
    Ok(framed(html(StatusCode::OK, page), Framed::By(sites)))
}

/// The same as JSON.
pub(super) async fn download(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let opened = visitor.open_own(&engine, &slug).await;
    let door = opened.map_err(Failed::into_error)?;
    let known = privacy::known(&door.porch, door.session()).await?;
    let known = known.ok_or_else(|| ApiError::from(Fault::not_found("conversation")))?;
    let turns: Vec<_> = known
        .turns
        .iter()
        .map(|turn| json!({ "asked_at": turn.created_at, "question": turn.question, "answer": turn.answer }))
        .collect();
    let leads: Vec<_> = known
        .leads
        .iter()
        .map(|lead| {
            json!({
                "left_at": lead.created_at, "name": lead.name, "email": lead.email, "phone": lead.phone,
                "message": lead.message, "consents": lead.consents,
            })
        })
        .collect();
    let headers = [
        (header::CONTENT_DISPOSITION, "attachment; filename=\"about-me.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let all = json!({ "kept_by": door.porch.realtor.organization, "conversation": turns, "messages": leads });
    Ok((headers, Json(all)).into_response())
}

pub(super) async fn withdraw(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
) -> Result<Response, Failed> {
    let door = visitor.open_own(&engine, &slug).await?;
    let done = privacy::withdraw(&door.porch, door.session()).await;
    done.map_err(|error| visitor.failed(error))?;
    Ok(see(&here(&door)))
}

pub(super) async fn erase(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
) -> Result<Response, Failed> {
    let door = visitor.open_own(&engine, &slug).await?;
    let done = privacy::forget(&door.porch, door.session()).await;
    done.map_err(|error| visitor.failed(error))?;
    let mut response = see(&here(&door));
    if let Some(cookie) = door.no_cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn here(door: &Door) -> String {
    format!("/p/{}/me", door.porch.bot.slug)
}
