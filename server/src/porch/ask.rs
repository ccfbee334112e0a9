//! A question and its answer: as events for a script, as a page for everybody else.

use std::{convert::Infallible, time::Duration};

use app::pages::porch::Visit;
use axum::{
    Form,
    extract::{State as Shared, rejection::FormRejection},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{Fault, chat::Delta, id::TurnId};
use engine::{
    Engine,
    chat::{self, Asked},
};
use futures::{Stream, StreamExt, stream};
use serde::Deserialize;

use super::visitor::{Visitor, see};
use crate::{error::ApiError, extract::Names};

const EVENTS: &str = "text/event-stream";
/// How long a page without a script waits for its answer; after that it shows that the answer is on its way.
const PATIENCE: Duration = Duration::from_secs(60);
/// When a reader comes back after the server said that it stops.
const COME_BACK: Duration = Duration::from_secs(2);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    pub(super) question: String,
    c: String,
}

/// Reads the form; what is no form at all is told as what it is.
pub(super) fn form<T>(form: Result<Form<T>, FormRejection>) -> Result<T, ApiError> {
    match form {
        Ok(Form(form)) => Ok(form),
        Err(FormRejection::InvalidFormContentType(_)) => {
            Err(ApiError::unsupported("application/x-www-form-urlencoded"))
        }
        Err(_) => Err(ApiError::invalid("The form could not be read. Send it again.")),
    }
}

pub(super) async fn ask(
    Shared(engine): Shared<Engine>,
    Names(slug): Names<String>,
    visitor: Visitor,
    question: Result<Form<Question>, FormRejection>,
) -> Result<Response, ApiError> {
    let question = form(question)?;
    let streams = visitor.accepts(EVENTS);
    let door = match visitor.open(&engine, &slug, Some(&question.c)).await {
        Ok(door) => door,
        Err(failed) if streams => return Err(failed.into_error().into()),
        Err(failed) => return Ok(failed.into_response()),
    };
    let asked = match chat::ask(&door.porch, door.session(), &question.question).await {
        Ok(asked) => asked,
        Err(error) if streams || error.is_internal() => return Err(error.into()),
        Err(error) => {
            let fault = error.into_fault();
            let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
            let visit = Visit {
                asked: Some((question.question, fault)),
                ..visitor.visit(&door)
            };
            return Ok(door.page(status, &visit).await?);
        }
    };
    let mut response = if streams {
        events(&engine, &asked, 0)
    } else {
        // A turn that is not over by then is on the page as one that is being answered.
        let _ = tokio::time::timeout(PATIENCE, asked.finished()).await;
        see(&door.address("", "latest"))
    };
    if let Some(cookie) = door.cookie(&asked.session) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Goes on with the events of the visitor's own turn after `Last-Event-ID`.
pub(super) async fn resume(
    Shared(engine): Shared<Engine>,
    Names((slug, turn)): Names<(String, String)>,
    visitor: Visitor,
) -> Result<Response, ApiError> {
    let lost = || ApiError::from(Fault::not_found("answer"));
    let turn: TurnId = turn.parse().map_err(|_| lost())?;
    let door = visitor
        .open(&engine, &slug, None)
        .await
        .map_err(|failed| ApiError::from(failed.into_error()))?;
    let session = door.session().ok_or_else(lost)?;
    let asked = chat::resume(&door.porch, session, turn).await?;
    let after = visitor.header(HeaderName::from_static("last-event-id"));
    Ok(events(
        &engine,
        &asked,
        after.and_then(|id| id.trim().parse().ok()).unwrap_or(0),
    ))
}

/// The answer as Server-Sent Events: each delta under its own name and id. When the server is about to stop, the stream
/// ends early and says when to come back with the last event's id.
pub(super) fn events(engine: &Engine, asked: &Asked, after: u64) -> Response {
    let stopping = engine.stopping().clone();
    // The first delta names the turn; without it nobody could come back for the rest.
    let named = asked.deltas(after).take(usize::from(after == 0));
    let rest = asked
        .deltas(after.max(1))
        .take_until(stopping.clone().cancelled_owned());
    let deltas = named.chain(rest).map(|(id, delta)| event(id, &delta));
    let goodbye = stream::once(async move { stopping.is_cancelled() })
        .filter_map(|stopped| async move { stopped.then(|| Event::default().retry(COME_BACK)) });
    let mut response = sse(deltas.chain(goodbye)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather a response before they pass it on would gather the whole answer.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn sse(events: impl Stream<Item = Event> + Send + 'static) -> impl IntoResponse {
    Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

fn event(id: u64, delta: &Delta) -> Event {
    let event = Event::default().id(id.to_string()).event(delta.name());
    match serde_json::to_string(delta) {
        Ok(json) => event.data(json),
        // Deltas are texts and ids; there is nothing in them that JSON cannot hold.
        Err(error) => event.comment(format!("left out: {error}")),
    }
}
