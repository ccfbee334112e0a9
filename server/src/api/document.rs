//! The API's own description: made of the handlers, served to programs, shown to people.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, StatusCode},
    response::Response,
};
use domain::FaultCode;
use utoipa::{
    OpenApi as _, PartialSchema, ToSchema,
    openapi::{
        OpenApi, RefOr, Response as Answer,
        path::{Operation, PathItem},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::{
    error::{self, Problem},
    extract::BEARER,
    kept::Kept,
};

/// What holds for all of it.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Porchlight API",
        description = include_str!("document.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    tags(
        (name = "Sign-in", description = "Accounts and access tokens."),
        (name = "Organization", description = "One's own: its name and its brand."),
        (name = "Licence", description = "The real-estate licence that porches show, and its verification."),
        (name = "API keys", description = "What programs of one's own call with, instead of signing in."),
        (name = "People", description = "Who belongs to one's organization, and who is invited to."),
        (name = "Chatbots", description = "A bot answers for one property, several, or none."),
        (name = "Properties", description = "What the realtor says about each house."),
        (name = "Training", description = "What a bot learns about a property: pages, texts, files."),
        (name = "QR codes", description = "The codes on signs, and their pictures."),
        (name = "Public chat", description = "What a buyer asks. Nobody signs in: the code names whose house it is."),
        (name = "Conversations", description = "What buyers asked, and what they were answered."),
        (name = "Leads", description = "Buyers who left a way to be reached."),
        (name = "Analytics", description = "What happened, day by day."),
        (name = "API configurations", description = "Keys of your own with AI providers, which chatbots are answered with."),
        (name = "Webhooks", description = "Addresses of your own that are told what happens, and the log of what they were told."),
        (name = "Credits", description = "What can be spent, and what became of it."),
        (name = "About", description = "This description."),
    ),
)]
struct Common;

/// The whole document, out of what the routes say.
fn made() -> OpenApi {
    let mut document = Common::openapi().nest("/v1", super::parts().1);
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(finish);
    }
    let components = document.components.get_or_insert_default();
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let failures = FaultCode::ALL.map(|code| (format!("{code:?}"), error::description(code).into()));
    components.responses.extend(failures);
    let told = error::QUOTA_HEADERS.map(|name| (name.to_owned(), error::header_description(name).into()));
    components.headers.extend(told);
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "The `access_token` that signing in gives, or an API key (`plk_…`).",
        ));
    components.add_security_scheme(BEARER, SecurityScheme::Http(token.build()));
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [
        &mut item.get,
        &mut item.post,
        &mut item.put,
        &mut item.patch,
        &mut item.delete,
    ];
    all.into_iter().flatten()
}

/// An answer is described at least by what its status means.
fn finish(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(Answer { description, .. }) = answer
            && description.is_empty()
        {
            let status = status.parse().ok().and_then(|status| StatusCode::from_u16(status).ok());
            *description = status
                .and_then(|status| status.canonical_reason())
                .unwrap_or_default()
                .to_owned();
        }
    }
}

static JSON: LazyLock<Kept> = LazyLock::new(|| {
    // It is made of texts, numbers and lists; there is nothing in it that JSON cannot hold.
    let json = made().to_pretty_json().unwrap_or_default();
    Kept::new("application/json", json + "\n")
});

/// The document as JSON.
pub fn json() -> &'static [u8] {
    JSON.body()
}

/// Read this description
///
/// OpenAPI 3.1. People read it at `/docs/api`.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "get_openapi",
    tag = "About",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the copy that one has.")),
    responses(
        (status = 200, body = Object, headers(("ETag" = String, description = "Changes with the document."))),
        (status = 304, description = "The copy still holds"),
    ),
)]
pub(super) async fn get(headers: HeaderMap) -> Response {
    JSON.answer(&headers)
}
