//! Lists: `?after=` and `?limit=` in, an array with a `Link` to the next page out.

use std::{collections::HashMap, str::FromStr};

use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, Query},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{
    Fault, FaultCode,
    page::{DEFAULT_LIMIT, MAX_LIMIT, Page},
};
use engine::{Call, cursor};
use serde::Serialize;
use utoipa::openapi::{
    ObjectBuilder, Required, Type,
    header::{Header, HeaderBuilder},
    path::{ParameterBuilder, ParameterIn},
};

use super::{
    caller::Known,
    described::{Described, Sketch},
    once::within,
};
use crate::error::ApiError;

/// Which page of a list of the caller's is asked for, with what else stands in the query. Stands behind the caller among the
/// arguments of a handler.
#[derive(Clone, Debug)]
pub struct Paging {
    call: Call,
    path: String,
    query: HashMap<String, String>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

impl Paging {
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// A filter by id, where it is given.
    pub fn filter<T: FromStr<Err = Fault>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        let given = self.query.get(name).map(|text| text.parse::<T>());
        given
            .transpose()
            .map_err(|_| ApiError::field(name, "This is not an id."))
    }

    /// A part of the query, as it stands there.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// `?name=true`; false where it is not given.
    pub fn flag(&self, name: &str) -> Result<bool, ApiError> {
        match self.query.get(name).map(String::as_str) {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(_) => Err(ApiError::field(name, "Give true or false.")),
        }
    }

    /// The page as an array, made of `out`.
    pub fn list<T, U: Serialize>(&self, page: Page<T>, out: impl FnMut(T) -> U) -> Result<List, ApiError> {
        let page = page.map(out);
        let next = page.next.as_deref().map(|place| self.address(place)).transpose()?;
        Ok(List {
            items: Json(page.items).into_response(),
            next,
        })
    }

    fn address(&self, place: &str) -> Result<String, ApiError> {
        let after = cursor::sign(&self.call, within(&self.path), place)?;
        let mut query = vec![format!("after={after}")];
        query.extend(self.limit.map(|limit| format!("limit={limit}")));
        for name in ["bot_id", "unanswered", "action", "actor", "from", "to"] {
            // Only what may be an id, a flag, a day or a name of ours goes back out.
            let plain = |value: &&String| value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            query.extend(
                self.query
                    .get(name)
                    .filter(plain)
                    .map(|value| format!("{name}={value}")),
            );
        }
        Ok(format!("{}?{}", self.path, query.join("&")))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = match OriginalUri::from_request_parts(parts, state).await {
            Ok(OriginalUri(uri)) => uri.path().to_owned(),
            Err(infallible) => match infallible {},
        };
        let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri);
        let Query(query) = query.map_err(|_| ApiError::invalid("The query part of the address cannot be read."))?;
        let limit = query
            .get("limit")
            .map(|text| text.parse::<u32>().ok().filter(|n| (1..=MAX_LIMIT).contains(n)));
        let limit = match limit {
            Some(None) => {
                return Err(ApiError::field(
                    "limit",
                    format!("Give a whole number from 1 to {MAX_LIMIT}."),
                ));
            }
            Some(given) => given,
            None => None,
        };
        let Some(Known(call)) = parts.extensions.get().cloned() else {
            return Err(ApiError::unauthorized());
        };
        let after = query
            .get("after")
            .map(|after| cursor::open(&call, within(&path), after));
        let after = after.transpose()?;
        Ok(Self {
            call,
            path,
            query,
            after,
            limit,
        })
    }
}

/// An array of items; the `Link` header leads to the next page.
#[derive(Debug)]
pub struct List {
    items: Response,
    next: Option<String>,
}

impl IntoResponse for List {
    fn into_response(self) -> Response {
        let mut response = self.items;
        let link = self
            .next
            .and_then(|next| HeaderValue::from_str(&format!("<{next}>; rel=\"next\"")).ok());
        if let Some(link) = link {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

impl Described for Paging {
    fn describe(sketch: &mut Sketch<'_>) {
        let query = |name, about| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            parameter.required(Required::False).description(Some(about))
        };
        let after = query(
            "after",
            "The cursor of the page before, out of its `Link` header: the list goes on behind it. Good for a day.",
        );
        let cursor = ObjectBuilder::new().schema_type(Type::String);
        let cursor = cursor.pattern(Some("^[A-Za-z0-9_-]{34,}$"));
        sketch.reads(after.schema(Some(cursor)).build());
        let count = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()));
        sketch.reads(query("limit", "The most items of a page.").schema(Some(count)).build());
        sketch.fails(FaultCode::Invalid);
        let link = HeaderBuilder::from(Header::new(ObjectBuilder::new().schema_type(Type::String)));
        let link = link.description(Some(
            "Where the next page is, as `<address>; rel=\"next\"`; absent on the last one.",
        ));
        sketch.sends("Link", link.build().into());
    }
}
