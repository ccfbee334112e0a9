//! The public chat of a code. Nobody signs in: the code names the tenant, and the visitor's secret, `user_session_id`,
//! gives them their own conversation back.

use std::{convert::Infallible, time::Duration};

use axum::{
    Json,
    extract::{self, Query, rejection::QueryRejection},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{
    Fault,
    chat::{Citation, Delta, Outcome},
    id::{ConversationId, TurnId},
};
use engine::{
    Engine,
    chat::{self, Asked},
    porch,
};
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, Ref, RefOr, Schema, Type, schema::AnyOfBuilder},
};

use super::{failures::TooMany, schema::of_base};
use crate::{
    error::ApiError,
    extract::{Input, Names},
};

const SESSION: HeaderName = HeaderName::from_static("x-user-session-id");

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChatQuestion, examples(json!({ "message_text": "When was the roof replaced?" })))]
pub(super) struct QuestionIn {
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 2000)]
    message_text: String,
    /// What the first answer gave; goes on with the same conversation.
    user_session_id: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChatAnswer)]
struct AnswerOut {
    bot_response_text: String,
    conversation_id: ConversationId,
    turn_id: TurnId,
    /// The visitor's own secret: whoever has it can read this conversation and go on with it.
    user_session_id: String,
    outcome: Outcome,
    citations: Vec<Citation>,
}

/// One event of an answer as it is made, as the document describes it.
struct ChatEvent;

impl ToSchema for ChatEvent {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        of_base::<Delta>(schemas);
    }
}

impl PartialSchema for ChatEvent {
    fn schema() -> RefOr<Schema> {
        let text = |about| ObjectBuilder::new().schema_type(Type::String).description(Some(about));
        let names = ["session", "started", "text", "citation", "done"];
        let secret = ObjectBuilder::new().property("user_session_id", ObjectBuilder::new().schema_type(Type::String));
        let said = AnyOfBuilder::new()
            .item(secret.required("user_session_id"))
            .item(Ref::from_schema_name(<Delta as ToSchema>::name()));
        let data = text("What `session` says, or a `Delta`.").content_media_type("application/json");
        ObjectBuilder::new()
            .property("event", text("What happened.").enum_values(Some(names)))
            .property("id", text("Where to go on after; `session` has none."))
            .property("data", data.content_schema(Some(said)))
            .property(
                "retry",
                ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .description(Some("Milliseconds.")),
            )
            .required("event")
            .required("data")
            .description(Some(
                "One event of an answer as it is made, read from Server-Sent Events.",
            ))
            .into()
    }
}

/// Ask a question
///
/// As a buyer in front of the sign does: nobody signs in, the code says whose house it is. The whole answer comes as JSON. Those
/// who accept `text/event-stream` get it as it is made: first the event `session` with the `user_session_id`, then `started`,
/// `text`, `citation` and `done`, each with an id to come back with.
#[utoipa::path(
    post,
    path = "/public/chat/{qr_id}",
    operation_id = "ask",
    tag = "Public chat",
    params(("qr_id" = String, Path, description = "The code's id, or the short name in its address.")),
    responses(
        (
            status = 200,
            content((AnswerOut = "application/json"), (ChatEvent = "text/event-stream")),
            headers(("x-user-session-id" = String, description = "The visitor's secret, beside a stream.")),
            links(("resume" = (
                operation_id = "resume",
                parameters(
                    ("qr_id" = "$request.path.qr_id"),
                    ("turn_id" = "$response.body#/turn_id"),
                    ("x-user-session-id" = "$response.body#/user_session_id"),
                ),
            ))),
        ),
        TooMany,
    ),
)]
pub(super) async fn ask(
    extract::State(engine): extract::State<Engine>,
    Names(code): Names<String>,
    headers: HeaderMap,
    Input(body): Input<QuestionIn>,
) -> Result<Response, ApiError> {
    let porch = porch::open_code(&engine, &code).await?;
    let session = body.user_session_id.as_deref().filter(|session| !session.is_empty());
    if wants_events(&headers) {
        let asked = chat::ask(&porch, session, &body.message_text).await?;
        return Ok(events(&engine, &asked, 0));
    }
    let asked = chat::ask_for_whole(&porch, session, &body.message_text).await?;
    let answer = asked.finished().await.ok_or_else(ApiError::stopping)?;
    Ok(Json(AnswerOut {
        bot_response_text: answer.text,
        conversation_id: asked.conversation,
        turn_id: asked.turn,
        user_session_id: asked.session,
        outcome: answer.outcome,
        citations: answer.citations,
    })
    .into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ResumeQuery {
    /// The visitor's secret, for programs that cannot set a header.
    user_session_id: Option<String>,
}

/// Go on with an answer
///
/// The events of an answer after `Last-Event-ID`, also of one that was finished long ago: for readers whose stream broke.
#[utoipa::path(
    get,
    path = "/public/chat/{qr_id}/turns/{turn_id}",
    operation_id = "resume",
    tag = "Public chat",
    params(
        ("qr_id" = String, Path, description = "The code's id, or the short name in its address."),
        ("turn_id" = TurnId, Path),
        ("x-user-session-id" = Option<String>, Header, description = "The visitor's secret."),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was read; without it, all come."),
    ),
    responses((
        status = 200,
        body = ChatEvent,
        content_type = "text/event-stream",
        headers(("x-user-session-id" = String, description = "The visitor's secret.")),
    )),
)]
pub(super) async fn resume(
    extract::State(engine): extract::State<Engine>,
    Names((code, turn)): Names<(String, String)>,
    query: Result<Query<ResumeQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let asked = query
        .as_ref()
        .ok()
        .and_then(|Query(query)| query.user_session_id.as_deref());
    let session = text(SESSION).or(asked).unwrap_or_default();
    let turn: TurnId = turn.parse().map_err(|_| Fault::not_found("answer"))?;
    let after = text(HeaderName::from_static("last-event-id"))
        .and_then(|id| id.trim().parse().ok())
        .unwrap_or(0);
    let porch = porch::open_code(&engine, &code).await?;
    let asked = chat::resume(&porch, session, turn).await?;
    Ok(events(&engine, &asked, after))
}

fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted.flat_map(|line| line.split(',')).any(|kind| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

/// An answer as Server-Sent Events: first `session` with the visitor's secret, then each delta under its own name and
/// id. The stream ends early when the server is about to stop; the reader comes back with its last event's id.
pub fn events(engine: &Engine, asked: &Asked, after: u64) -> Response {
    let session = serde_json::json!({ "user_session_id": asked.session });
    let first = Event::default()
        .event("session")
        .retry(Duration::from_secs(1))
        .data(session.to_string());
    // The first delta names the turn; without it nobody could come back for the rest.
    let named = asked.deltas(after).take(usize::from(after == 0));
    let stopping = engine.stopping().clone().cancelled_owned();
    let rest = asked.deltas(after.max(1)).take_until(stopping);
    let deltas = named.chain(rest).map(|(id, delta)| event(id, &delta));
    let all = stream::once(async { first }).chain(deltas);
    let mut response = sse(all).into_response();
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&asked.session) {
        headers.insert(SESSION, value);
    }
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
