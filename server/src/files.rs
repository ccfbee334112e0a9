//! Files that people sent, behind links that hold for five minutes. Nothing that is in one can run, or be shown, on this site:
//! it comes without a session, as a file to keep, in a sandbox, and is never taken for something else than it says.

use axum::{
    Router,
    extract::State as Shared,
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{
    Engine,
    files::link::{self, Link},
};

use crate::{error::ApiError, extract::Names, state::State};

/// These routes know no session.
pub fn routes() -> Router<State> {
    Router::new().route("/files/{link}", get(file))
}

/// On to a file that the caller may have.
pub fn follow(link: &Link) -> Response {
    ([(header::CACHE_CONTROL, "private, no-store")], Redirect::to(&link.path)).into_response()
}

async fn file(Shared(engine): Shared<Engine>, Names(link): Names<String>) -> Result<Response, ApiError> {
    let sent = link::open(&engine, &link).await?;
    let headers = [
        (header::CONTENT_TYPE, sent.kind),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", sent.name),
        ),
        (header::CACHE_CONTROL, "private, no-store".into()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".into()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
        (header::REFERRER_POLICY, "no-referrer".into()),
    ];
    Ok((headers, sent.bytes).into_response())
}
