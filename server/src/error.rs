//! What a failed request answers: RFC 9457 `application/problem+json`.
//!
//! A handler returns an [`ApiError`]; it travels as an extension of an empty response, and the outermost layer, which
//! knows the request's id, writes it out with [`finish`] and logs what was our fault. That is the only such place.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{Fault, FaultCode, api_key::KeyScope, fault::FieldFault};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        Content, ObjectBuilder, Ref, RefOr, Response as Answer, ResponseBuilder, Type,
        header::{Header, HeaderBuilder},
    },
};

/// The type of a body that tells a failure.
const PROBLEM: &str = "application/problem+json";

/// A failure on its way out.
#[derive(Clone, Debug)]
pub struct ApiError {
    fault: Fault,
    /// For the log only.
    cause: Option<String>,
    /// Seconds.
    retry_after: Option<u32>,
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self {
            retry_after: fault.retry_after,
            fault,
            cause: None,
        }
    }
}

impl From<engine::Error> for ApiError {
    fn from(error: engine::Error) -> Self {
        let cause = error.is_internal().then(|| error.to_string());
        let fault = error.into_fault();
        let busy = (fault.code == FaultCode::Unavailable).then_some(2);
        Self {
            cause,
            retry_after: fault.retry_after.or(busy),
            ..fault.into()
        }
    }
}

impl ApiError {
    pub fn not_found(noun: &str) -> Self {
        Fault::not_found(noun).into()
    }
    pub fn invalid(detail: impl Into<String>) -> Self {
        Fault::invalid(detail).into()
    }
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Fault::field(field, message).into()
    }
    /// Something broke on our side; `cause` is logged, never shown.
    pub fn internal(cause: impl Into<String>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Fault::internal().into()
        }
    }
    pub fn unauthorized() -> Self {
        Fault::new(
            FaultCode::Unauthorized,
            "Sign in, or send an access token in the Authorization header.",
        )
        .into()
    }
    pub fn too_large(limit: usize) -> Self {
        const MB: usize = 1024 * 1024;
        let most = match limit {
            MB.. => format!("{} MB", limit / MB),
            _ => format!("{} kB", limit / 1024),
        };
        let detail = format!("What was sent is larger than {most}, which is the most this address takes.");
        Fault::new(FaultCode::TooLarge, detail).into()
    }
    pub fn unsupported(wanted: &str) -> Self {
        Fault::new(FaultCode::Unsupported, format!("Send the body as {wanted}.")).into()
    }
    pub fn too_many(retry_after: u32) -> Self {
        let detail = format!("There were too many requests from your address. Try again in {retry_after} seconds.");
        Self {
            retry_after: Some(retry_after),
            ..Fault::new(FaultCode::TooMany, detail).into()
        }
    }
    /// The caller, or their organization, has asked for more than their quota.
    pub fn over_quota(retry_after: u32) -> Self {
        let detail = format!("You have used up your quota of requests. Try again in {retry_after} seconds.");
        Self {
            retry_after: Some(retry_after),
            ..Fault::new(FaultCode::TooMany, detail).into()
        }
    }
    pub fn stopping() -> Self {
        let fault = Fault::new(
            FaultCode::Unavailable,
            "The server is about to restart. Please try again in a moment.",
        );
        Self {
            retry_after: Some(2),
            ..fault.into()
        }
    }
    pub fn method_not_allowed() -> Self {
        let detail = "This address does not take that method; the Allow header names those it takes.";
        Fault::new(FaultCode::MethodNotAllowed, detail).into()
    }

    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    /// The sentence for a program, which has no label beside the field: it names it.
    pub fn detail(&self) -> String {
        match self.fault.fields.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            _ => self.fault.message.clone(),
        }
    }
    fn log(&self) {
        if let Some(cause) = &self.cause {
            tracing::error!(cause, "A request failed on our side: {cause}");
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// A failure, as RFC 9457 has it, with our list of faulty fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// What kind of failure it is; always the same for the same kind.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", pattern = "^/problems/[a-z-]+$")]
    kind: String,
    title: &'a str,
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What happened and what to do, in words for a person.
    detail: String,
    /// The request's id: name it when you ask for help.
    instance: &'a str,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldFault],
}

/// A failure of this kind, in the API's document: where the document describes it.
pub fn reference(code: FaultCode) -> RefOr<Answer> {
    Ref::from_response_name(format!("{code:?}")).into()
}

/// The same, described: what [`finish`] writes.
pub fn description(code: FaultCode) -> Answer {
    let header = |kind, about: &str| {
        let schema = ObjectBuilder::new().schema_type(kind);
        HeaderBuilder::from(Header::new(schema))
            .description(Some(about))
            .build()
    };
    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
    let answer = ResponseBuilder::new()
        .description(code.title())
        .content(PROBLEM, problem);
    match code {
        FaultCode::TooMany => QUOTA_HEADERS
            .into_iter()
            .fold(answer, |answer, name| answer.header_ref(name, header_reference(name)))
            .header(
                "Retry-After",
                header(Type::Integer, "After how many seconds to try again."),
            ),
        FaultCode::Unauthorized => answer.header("WWW-Authenticate", header(Type::String, "`Bearer`.")),
        FaultCode::Unavailable => answer.header(
            "Retry-After",
            header(Type::Integer, "After how many seconds to try again."),
        ),
        _ => answer,
    }
    .build()
}

/// What each answer to a known caller tells of their quotas; the document describes them once.
pub const QUOTA_HEADERS: [&str; 2] = ["RateLimit-Policy", "RateLimit"];

/// One of [`QUOTA_HEADERS`], in the API's document: where the document describes it.
pub fn header_reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}

/// The same, described.
pub fn header_description(name: &str) -> Header {
    let (about, example) = match name {
        "RateLimit" => (
            "What is left of each quota: `r` requests now, and in `t` seconds all of it again. As draft-ietf-httpapi-ratelimit-headers \
             has it, a list of structured fields.",
            "\"caller\";r=599;t=1, \"organization\";r=2998;t=1",
        ),
        _ => (
            "The quotas that this request counts for: `q` requests in `w` seconds. `caller` is the API key's, or that of a member who \
             calls without one; `organization` is that of all of them together.",
            "\"caller\";q=600;w=60, \"organization\";q=3000;w=60",
        ),
    };
    let text = ObjectBuilder::new().schema_type(Type::String).examples([example]);
    HeaderBuilder::from(Header::new(text)).description(Some(about)).build()
}

/// A failure that a response carries, as a page for a person.
pub fn as_page(response: Response, nonce: &str) -> Response {
    let Some(error) = response.extensions().get::<ApiError>().cloned() else {
        return response;
    };
    error.log();
    let page = Html(app::pages::porch::trouble(nonce, &error.fault.message));
    let mut answer = (error.status(), page).into_response();
    if let Some(seconds) = error.retry_after {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    with_headers_of(answer, &response)
}

/// What a layer or the router already said (`Allow`, cookies) stays.
fn with_headers_of(mut answer: Response, response: &Response) -> Response {
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

/// A failure that a response carries, as server functions tell theirs: the fault's JSON.
pub fn as_fault(response: Response) -> Response {
    let Some(error) = response.extensions().get::<ApiError>().cloned() else {
        return response;
    };
    error.log();
    let mut answer = with_headers_of((error.status(), Json(&error.fault)).into_response(), &response);
    *answer.extensions_mut() = response.into_parts().0.extensions;
    answer.extensions_mut().remove::<ApiError>();
    answer
}

/// Writes out a failure that a response carries, and logs it when it is ours.
pub fn finish(response: Response, request_id: &str) -> Response {
    let Some(error) = response.extensions().get::<ApiError>().cloned() else {
        return response;
    };
    error.log();
    let Fault { code, ref fields, .. } = error.fault;
    let problem = Problem {
        kind: format!("/problems/{}", code.slug()),
        title: code.title(),
        status: code.status(),
        detail: error.detail(),
        instance: request_id,
        errors: fields,
    };
    let mut answer = (error.status(), Json(problem)).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM));
    if error.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(scope) = KeyScope::ALL.into_iter().find(|scope| scope.refusal() == code) {
        let lacks = format!("Bearer error=\"insufficient_scope\", scope=\"{}\"", scope.as_str());
        headers.extend(HeaderValue::from_str(&lacks).map(|lacks| (header::WWW_AUTHENTICATE, lacks)));
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    with_headers_of(answer, &response)
}
