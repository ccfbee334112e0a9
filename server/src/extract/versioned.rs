//! Conditional requests (RFC 9110, 13): `ETag` out, `If-Match` and `If-None-Match` in.
//!
//! A tag is `"<version>.<hash>"`: the version of what can be changed, which `If-Match` is compared by, and a hash of all that is
//! shown, which `If-None-Match` is compared by. So nobody's change is refused because a sign was scanned meanwhile.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::FaultCode;
use engine::{
    Call, Engine,
    version::{Seen, Version},
};
use serde::Serialize;
use utoipa::openapi::{
    HttpMethod, ObjectBuilder, Required, ResponseBuilder, Type,
    header::{Header, HeaderBuilder},
    path::{ParameterBuilder, ParameterIn},
};

use super::{
    Caller,
    described::{Described, Sketch},
};
use crate::{error::ApiError, layers::quota::Quotas};

/// A signed-in caller who reads or changes something that has versions. What `If-Match` names is what they have seen; where they
/// send none, they change whatever there is.
#[derive(Clone, Debug)]
pub struct Versioned(pub Call);

impl<S> FromRequestParts<S> for Versioned
where
    S: Send + Sync,
    Engine: FromRef<S>,
    Arc<Quotas>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Caller(call) = Caller::from_request_parts(parts, state).await?;
        Ok(Self(match seen(&parts.headers)? {
            Some(seen) if parts.method != Method::GET => call.having_seen(seen),
            _ => call,
        }))
    }
}

/// The tags of a header, as they stand there.
fn tags(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    // What is no text is no tag of ours either.
    let lines = lines.map(|line| line.to_str().unwrap_or("?"));
    let tags = lines.flat_map(elements).map(str::trim);
    // RFC 9110, 5.6.1: an element without anything in it is none.
    tags.filter(|tag| !tag.is_empty())
}

/// The elements of a list: commas within quotes belong to the tag (RFC 9110, 8.8.3), which knows no escapes.
fn elements(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
}

fn seen(headers: &HeaderMap) -> Result<Option<Seen>, ApiError> {
    let mut versions = Vec::new();
    let mut given = tags(headers, header::IF_MATCH).peekable();
    if given.peek().is_none() {
        return Ok(None);
    }
    for tag in given {
        if tag == "*" {
            return Ok(Some(Seen::Anything));
        }
        let strong = tag.strip_prefix("W/").unwrap_or(tag);
        let inside = strong.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let inside = inside
            .ok_or_else(|| ApiError::field("if_match", "Send the ETag of what you read, in its quotes, or *."))?;
        // A weak tag, and one that we never gave, match nothing.
        let version = inside.split('.').next().unwrap_or_default().parse::<Version>();
        versions.extend(version.ok().filter(|_| strong == tag));
    }
    Ok(Some(Seen::OneOf(versions)))
}

/// The tag of something that can be changed: its version, and how it is shown by itself.
pub fn etag(version: Version, shown: &impl Serialize) -> [(HeaderName, HeaderValue); 1] {
    let tag = format!("\"{version}.{}\"", Version::of(shown));
    // Letters and digits: always a value of a header.
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    [(header::ETAG, tag)]
}

/// 304 in place of what the caller has already.
pub fn unless_known(asked: &HeaderMap, response: Response) -> Response {
    let known = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let is_known = known.is_some_and(|known| {
        let mut tags = tags(asked, header::IF_NONE_MATCH);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == known)
    });
    match response.status() == StatusCode::OK && is_known {
        true => {
            let (mut parts, _) = response.into_parts();
            parts.headers.remove(header::CONTENT_TYPE);
            parts.headers.remove(header::CONTENT_LENGTH);
            (StatusCode::NOT_MODIFIED, parts.headers).into_response()
        }
        false => response,
    }
}

impl Described for Versioned {
    fn describe(sketch: &mut Sketch<'_>) {
        Caller::describe(sketch);
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let reads = |name, about| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
            let parameter = parameter.required(Required::False).description(Some(about));
            parameter.schema(Some(text())).build()
        };
        if *sketch.method() == HttpMethod::Get {
            sketch.reads(reads("If-None-Match", "The `ETag` of the copy that one has."));
            let unchanged = ResponseBuilder::new().description("The copy still holds");
            sketch.answers(StatusCode::NOT_MODIFIED, unchanged.build());
        } else {
            let about = "The `ETag` of what one read: it is changed only if it is still like that. Without it, and with `*`, whatever \
                         there is.";
            sketch.reads(reads("If-Match", about));
            sketch.fails(FaultCode::Invalid);
            sketch.fails(FaultCode::Stale);
        }
        if *sketch.method() != HttpMethod::Delete {
            let tag = HeaderBuilder::from(Header::new(text().pattern(Some("^\"[0-9a-f]{32}\\.[0-9a-f]{32}\"$"))));
            let tag = tag.description(Some("Changes with what is shown; for `If-Match` and `If-None-Match`."));
            sketch.sends("ETag", tag.build().into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_within_quotes_divide_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::IF_MATCH,
            HeaderValue::from_static(r#"W/",<" , , "", "a,b","c""#),
        );
        let found: Vec<_> = tags(&headers, header::IF_MATCH).collect();
        assert_eq!(found, [r#"W/",<""#, r#""""#, r#""a,b""#, r#""c""#]);
        assert!(matches!(seen(&headers), Ok(Some(Seen::OneOf(none))) if none.is_empty()));
        headers.insert(header::IF_MATCH, HeaderValue::from_static(r#""a", b"#));
        assert!(seen(&headers).is_err());
    }
}
