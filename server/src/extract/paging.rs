//! Lists: `?after=` and `?limit=` in, an array with a `Link` to the next page out.

use std::{collections::HashMap, marker::PhantomData, str::FromStr};

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
use serde::Serialize;
use utoipa::openapi::{
    KnownFormat, ObjectBuilder, Required, SchemaFormat, Type,
    header::{Header, HeaderBuilder},
    path::{ParameterBuilder, ParameterIn},
};
use uuid::Uuid;

use super::described::{Described, Sketch};
use crate::error::ApiError;

/// Which page of a list is asked for, with what else stands in the query. `C` is what the list's cursors are.
#[derive(Clone, Debug)]
pub struct Paging<C = Uuid> {
    path: String,
    query: HashMap<String, String>,
    pub after: Option<String>,
    pub limit: Option<u32>,
    cursor: PhantomData<fn() -> C>,
}

impl<C> Paging<C> {
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
    pub fn list<T, U: Serialize>(&self, page: Page<T>, out: impl FnMut(T) -> U) -> List {
        let page = page.map(out);
        let next = page.next.as_deref().map(|after| self.address(after));
        List {
            items: Json(page.items).into_response(),
            next,
        }
    }

    fn address(&self, after: &str) -> String {
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
        format!("{}?{}", self.path, query.join("&"))
    }
}

impl<S: Send + Sync, C: FromStr> FromRequestParts<S> for Paging<C> {
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
        let after = query.get("after").cloned();
        if after.as_deref().is_some_and(|after| after.parse::<C>().is_err()) {
            return Err(ApiError::field(
                "after",
                "This is no cursor of ours. Take the address from the Link header.",
            ));
        }
        Ok(Self {
            path,
            query,
            after,
            limit,
            cursor: PhantomData,
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

/// What a list's cursors are.
trait Cursor {
    fn schema() -> ObjectBuilder;
}

impl Cursor for Uuid {
    fn schema() -> ObjectBuilder {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
    }
}

impl Cursor for i64 {
    fn schema() -> ObjectBuilder {
        let number = ObjectBuilder::new().schema_type(Type::Integer);
        number.minimum(Some(i64::MIN)).maximum(Some(i64::MAX))
    }
}

impl<C: Cursor> Described for Paging<C> {
    fn describe(sketch: &mut Sketch<'_>) {
        let query = |name, about| {
            let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
            parameter.required(Required::False).description(Some(about))
        };
        let after = query(
            "after",
            "The cursor of the page before, out of its `Link` header: the list goes on behind it.",
        );
        sketch.reads(after.schema(Some(C::schema())).build());
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
        sketch.sends("Link", link.build());
    }
}
