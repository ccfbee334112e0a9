//! The realtor asks their own bot, also while it is a draft. Each question stands alone: no cookie is set.

use app::pages::porch::{self as pages, Visit};
use axum::{
    Form,
    extract::{State as Shared, rejection::FormRejection},
    http::StatusCode,
    response::Response,
};
use domain::{
    chat::{Receipt, Turn},
    id::BotId,
};
use engine::{Engine, chat, porch};

use super::{
    ask::{Question, events, form},
    visitor::{Visitor, framed, html},
};
use crate::{
    error::ApiError,
    extract::{Caller, Id},
    layers::headers::Framed,
};

fn visit(visitor: &Visitor, bot: BotId) -> Visit {
    Visit {
        preview: true,
        base: format!("/console/preview/{bot}"),
        nonce: visitor.nonce.clone(),
        ..Visit::default()
    }
}

pub(super) async fn show(Caller(call): Caller, Id(bot): Id<BotId>, visitor: Visitor) -> Result<Response, ApiError> {
    let porch = porch::preview(&call, bot).await?;
    let page = pages::page(&porch, &[], &visit(&visitor, bot));
    Ok(framed(html(StatusCode::OK, page), Framed::Here))
}

pub(super) async fn ask(
    Shared(engine): Shared<Engine>,
    Caller(call): Caller,
    Id(bot): Id<BotId>,
    visitor: Visitor,
    question: Result<Form<Question>, FormRejection>,
) -> Result<Response, ApiError> {
    let question = form(question)?.question;
    let porch = porch::preview(&call, bot).await?;
    let asked_at = engine.clock().now();
    let asked = match chat::ask(&porch, None, &question).await {
        Ok(asked) => asked,
        Err(error) if visitor.accepts("text/event-stream") || error.is_internal() => return Err(error.into()),
        Err(error) => {
            let visit = Visit {
                asked: Some((question, error.into_fault())),
                ..visit(&visitor, bot)
            };
            let page = pages::page(&porch, &[], &visit);
            return Ok(framed(html(StatusCode::BAD_REQUEST, page), Framed::Here));
        }
    };
    if visitor.accepts("text/event-stream") {
        return Ok(events(&engine, &asked, 0));
    }
    let answer = asked.finished().await.ok_or_else(ApiError::stopping)?;
    let turn = Turn {
        id: asked.turn,
        conversation_id: asked.conversation,
        question,
        answer: answer.text,
        outcome: Some(answer.outcome),
        citations: answer.citations,
        receipt: Receipt::default(),
        charged_milli: 0,
        created_at: asked_at,
        finished_at: Some(engine.clock().now()),
    };
    Ok(html(
        StatusCode::OK,
        pages::page(&porch, &[turn], &visit(&visitor, bot)),
    ))
}
