//! What the console needs beside its pages and server functions: forms with files, pictures of codes, exports,
//! the logo. All of it works without scripts.

use app::{fns, ui::Typed};
use axum::{
    Router,
    extract::{FromRequestParts, Query, Request, State as Shared},
    http::{StatusCode, Uri, header},
    middleware::{Next, map_response},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{
    id::{BotId, CodeId, PropertyId, SourceId},
    training::check_file,
};
use engine::{
    Call, licence, organization, qr,
    training::{self, NewFile, Target},
};
use leptos::server_fn::redirect::REDIRECT_HEADER;
use serde::Deserialize;

use crate::{
    error::{self, ApiError},
    export,
    extract::{Caller, FormUpload, Id, Upload},
    files,
    layers::body::{UPLOAD_MAX, at_most},
    state::State,
};

pub fn routes() -> Router<State> {
    Router::new()
        .route("/console/leads.csv", get(export::leads))
        .route("/console/audit.csv", get(export::audit_log))
        .route("/console/organization.zip", get(export::organization))
        .route("/console/brand-logo", get(logo))
        .route(fns::licence::DOCUMENT, get(licence_document))
        .route("/console/knowledge/{id}/file", get(source_file))
}

/// The forms that carry files. They are answered as server functions are, so that [`app::ssr::visit`] treats all forms
/// alike.
pub fn file_forms() -> Router<State> {
    let routes = Router::new()
        .route(fns::source::UPLOAD, post(upload))
        .route(fns::brand::SET_BRAND, post(set_brand))
        .route(fns::licence::SEND_DOCUMENT, post(send_licence));
    at_most(routes, UPLOAD_MAX).layer(map_response(async |response| error::as_fault(response)))
}

/// What a form with a file did, with what was typed into it, should that be needed again.
fn answered(upload: Upload, outcome: Result<Option<String>, ApiError>) -> Response {
    let mut response = match outcome {
        Ok(None) => StatusCode::OK.into_response(),
        Ok(Some(next)) => [(header::LOCATION.as_str(), next.as_str()), (REDIRECT_HEADER, "")].into_response(),
        Err(error) => error.into_response(),
    };
    response.extensions_mut().insert(Typed(upload.fields));
    response
}

/// Takes a file for a bot, and for one of its properties where that is named.
async fn upload(FormUpload { who, mut upload }: FormUpload) -> Response {
    let file = upload.file.take();
    let outcome = async {
        let call = who?;
        let bot = upload
            .field("bot_id")
            .parse::<BotId>()
            .map_err(|_| ApiError::field("bot_id", "Choose a bot first."))?;
        let property = Some(upload.field("property_id")).filter(|id| !id.is_empty());
        let property = property.map(str::parse::<PropertyId>).transpose()?;
        let file = file.unwrap_or_default();
        check_file("file", &file.name, file.bytes.len() as u64)?;
        let new = NewFile {
            name: &file.name,
            content_type: file.content_type.as_deref(),
            bytes: file.bytes,
            description: upload.field("description"),
        };
        let source = training::add_file(&call, Target { bot, property }, new, None).await?;
        let show = !upload.field("show").is_empty();
        Ok(show.then(|| format!("/console/knowledge/{}", source.id)))
    };
    let outcome = outcome.await;
    answered(upload, outcome)
}

async fn set_brand(FormUpload { who, mut upload }: FormUpload) -> Response {
    let logo = upload.file.take();
    let outcome = async {
        let call = who?;
        let logo = logo.as_ref().map(|file| file.bytes.as_ref());
        organization::set_brand(&call, upload.field("colour"), logo).await?;
        Ok(Some("/console/brand?saved=1".to_owned()))
    };
    let outcome = outcome.await;
    answered(upload, outcome)
}

/// Takes a document that shows the sender's licence.
async fn send_licence(FormUpload { who, mut upload }: FormUpload) -> Response {
    let file = upload.file.take();
    let outcome = async {
        let call = who?;
        let file = file.unwrap_or_default();
        licence::add_document(&call, &file.name, file.bytes).await?;
        Ok(Some("/console/licence?saved=1".to_owned()))
    };
    let outcome = outcome.await;
    answered(upload, outcome)
}

async fn licence_document(Caller(call): Caller) -> Result<Response, ApiError> {
    Ok(files::follow(&licence::document_link(&call).await?))
}

/// The raw copy of a source.
async fn source_file(Caller(call): Caller, Id(id): Id<SourceId>) -> Result<Response, ApiError> {
    Ok(files::follow(&training::file_link(&call, id).await?))
}

async fn logo(Caller(call): Caller) -> Result<impl IntoResponse, ApiError> {
    let logo = organization::logo(&call)
        .await?
        .ok_or_else(|| ApiError::not_found("logo"))?;
    Ok((
        [
            (header::CONTENT_TYPE, "image/png"),
            (header::CACHE_CONTROL, "private, no-cache"),
        ],
        logo,
    ))
}

#[derive(Debug, Default, Deserialize)]
struct PictureQuery {
    /// Pixels of a side.
    px: Option<u32>,
    /// Present when it is to be kept as a file.
    download: Option<String>,
}

/// Answers `/console/codes/{id}.png` and `.svg`. A layer, because the router cannot tell these from the page of a code,
/// `/console/codes/{id}`: its parameters are whole segments.
pub async fn pictures(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let file = request
        .uri()
        .path()
        .strip_prefix("/console/codes/")
        .and_then(|file| file.rsplit_once('.'));
    let Some((id, kind)) = file.map(|(id, kind)| (id.to_owned(), kind.to_owned())) else {
        return next.run(request).await;
    };
    let (mut parts, _) = request.into_parts();
    match Caller::from_request_parts(&mut parts, &state).await {
        Ok(Caller(call)) => picture(&call, &id, &kind, &parts.uri).await.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn picture(call: &Call, id: &str, kind: &str, uri: &Uri) -> Result<Response, ApiError> {
    let id: CodeId = id.parse()?;
    let query = Query::<PictureQuery>::try_from_uri(uri)
        .map(|Query(query)| query)
        .unwrap_or_default();
    let (content_type, bytes) = match kind {
        "png" => ("image/png", qr::png(call, id, query.px.unwrap_or(512)).await?),
        "svg" => ("image/svg+xml", qr::svg(call, id).await?),
        _ => return Err(ApiError::not_found("code")),
    };
    let mut response = ([(header::CONTENT_TYPE, content_type)], bytes).into_response();
    if query.download.is_some() {
        let name = file_name(&qr::get(call, id).await?.label);
        let value = format!("attachment; filename=\"{name}.{kind}\"");
        let value = value.parse().map_err(|_| ApiError::internal("the name of a file"))?;
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// `Yard sign, front` as `yard-sign-front`; without a letter or digit `code`.
fn file_name(label: &str) -> String {
    let words = label
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if name.is_empty() { "code".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_where_its_code_hangs() {
        assert_eq!(file_name("Yard sign, front"), "yard-sign-front");
        assert_eq!(file_name("\"; x=\r\n"), "x");
        assert_eq!(file_name("門"), "code");
    }
}
