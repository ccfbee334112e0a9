//! What a failed request answers: RFC 9457 `application/problem+json`.
//!
//! A handler returns an [`ApiError`]; it travels as an extension of an empty response, and the outermost layer, which
//! knows the request's id, writes it out with [`finish`] and logs what was our fault. That is the only such place.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{Fault, FaultCode, fault::FieldFault};
use serde::Serialize;

/// A failure on its way out.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    slug: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldFault>,
    /// For the log only.
    cause: Option<String>,
    /// Seconds.
    retry_after: Option<u32>,
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        Self {
            status: StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            slug: fault.code.slug(),
            title: fault.code.title(),
            // A program has no label beside the field: the sentence names it.
            detail: match fault.fields.as_slice() {
                [one] => format!("{}: {}", one.field, one.message),
                _ => fault.message,
            },
            errors: fault.fields,
            cause: None,
            retry_after: None,
        }
    }
}

impl From<engine::Error> for ApiError {
    fn from(error: engine::Error) -> Self {
        let cause = error.is_internal().then(|| error.to_string());
        let fault = error.into_fault();
        Self {
            cause,
            retry_after: (fault.code == FaultCode::Unavailable).then_some(2),
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
        let detail = format!(
            "The body is larger than {} kB, which is the most this address takes.",
            limit / 1024
        );
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
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            slug: "method-not-allowed",
            title: "Method not allowed",
            detail: "This address does not take that method; the Allow header names those it takes.".into(),
            errors: Vec::new(),
            cause: None,
            retry_after: None,
        }
    }

    pub const fn status(&self) -> StatusCode {
        self.status
    }
    /// The sentence for a program; it may name a field.
    pub fn detail(&self) -> &str {
        &self.detail
    }
    /// The sentence for a person, who sees the form.
    pub fn said(&self) -> &str {
        match self.errors.as_slice() {
            [one] => &one.message,
            _ => &self.detail,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The body as RFC 9457 has it, with our list of faulty fields.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    /// The request's id: name it when you ask for help.
    instance: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldFault],
}

/// A failure that a response carries, as a page for a person.
pub fn as_page(response: Response, nonce: &str) -> Response {
    let Some(error) = response.extensions().get::<ApiError>().cloned() else {
        return response;
    };
    if let Some(cause) = &error.cause {
        tracing::error!(cause, "A request failed on our side: {cause}");
    }
    let page = Html(app::pages::porch::trouble(nonce, error.said()));
    let mut answer = (error.status, page).into_response();
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

/// Writes out a failure that a response carries, and logs it when it is ours.
pub fn finish(response: Response, request_id: &str) -> Response {
    let Some(error) = response.extensions().get::<ApiError>().cloned() else {
        return response;
    };
    if let Some(cause) = &error.cause {
        tracing::error!(cause, "A request failed on our side: {cause}");
    }
    let problem = Problem {
        kind: format!("/problems/{}", error.slug),
        title: error.title,
        status: error.status.as_u16(),
        detail: &error.detail,
        instance: request_id,
        errors: &error.errors,
    };
    let mut answer = (error.status, Json(problem)).into_response();
    let headers = answer.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if error.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    with_headers_of(answer, &response)
}
