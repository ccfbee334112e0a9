//! The server's half of the web application: who is calling, the document around a page, forms without scripts.

use std::hash::{Hash, Hasher};

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::{Fault, FaultCode};
use engine::{
    Call, Engine,
    account::{Halfway, Needs},
};
use leptos::prelude::*;
use tower_sessions::Session;
use url::form_urlencoded;

use crate::{
    AppError,
    ui::{Typed, form::Draft},
};

mod provider;
mod who;

pub use provider::{away, back, go_away};
pub(crate) use who::may;
pub use who::{
    Address, Sender, answerer, call, caller, enroller, enter, go_on, is_signed_in, keep_device, leave, sender,
};

pub use crate::layout::shell;

/// Where in a session it stands who signed in.
pub const SESSION_KEY: &str = "who";
/// The bot that is being set up, so that the way back finds it.
pub const SETUP_KEY: &str = "setup";
/// The name of what an authenticator was asked last.
const ASKED_KEY: &str = "asked";
const DRAFTS_KEY: &str = "drafts";
/// Unfinished forms that are kept, the newest.
const DRAFTS_MAX: usize = 4;
/// The most that is kept of what a stranger has typed, in bytes.
const STRANGERS_MAX: usize = 16 * 1024;
/// The longest plain form, in bytes: the longest pasted text, each character of four bytes written as `%XX`.
pub const FORM_MAX: usize = domain::training::PASTED_MAX * 12 + 64 * 1024;

/// What the server put into the request for us.
fn of_request<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_context::<Parts, _>(|parts| parts.extensions.get::<T>().cloned()).flatten()
}

pub fn engine() -> Result<Engine, AppError> {
    of_request::<Engine>().ok_or_else(|| Fault::internal().into())
}

/// What somebody is told whose session has ended.
pub fn signed_out() -> Fault {
    Fault::new(
        FaultCode::Unauthorized,
        "Your session has ended. Sign in again; what you typed is kept.",
    )
}

/// The visitor's session.
pub fn session() -> Result<Session, AppError> {
    of_request::<Session>().ok_or_else(|| Fault::internal().into())
}

/// Keeps a value in the visitor's session.
pub async fn remember(key: &str, value: &str) -> Result<(), AppError> {
    Ok(session()?.insert(key, value).await.map_err(broken)?)
}

/// A value kept by [`remember`].
pub async fn recall(key: &str) -> Result<Option<String>, AppError> {
    Ok(session()?.get(key).await.map_err(broken)?)
}

/// The same, which is kept no longer.
pub async fn take(key: &str) -> Result<Option<String>, AppError> {
    Ok(session()?.remove(key).await.map_err(broken)?)
}

/// Notes in the visitor's session what an authenticator is asked; gives the question's options.
pub async fn ask(question: engine::account::passkey::Question) -> Result<String, AppError> {
    remember(ASKED_KEY, &question.name).await?;
    Ok(question.options)
}

/// The name of what was asked last, once.
pub async fn asked() -> Result<String, AppError> {
    Ok(take(ASKED_KEY).await?.unwrap_or_default())
}

fn broken(error: tower_sessions::session::Error) -> engine::Error {
    engine::Error::Broken(format!("the session's store: {error}"))
}

/// Internal errors are written out here, once; nobody outside sees more than that something went wrong.
impl From<engine::Error> for AppError {
    fn from(error: engine::Error) -> Self {
        if error.is_internal() {
            tracing::error!(%error, "A server function failed: {error}");
        }
        error.into_fault().into()
    }
}

/// Sets the status of the answer that is being made, if one is.
pub(crate) fn answer_with(code: FaultCode) {
    if let (Some(response), Ok(status)) = (
        use_context::<leptos_axum::ResponseOptions>(),
        StatusCode::from_u16(code.status()),
    ) {
        response.set_status(status);
    }
}

/// The same for what has failed; says, too, when it may be tried again.
pub(crate) fn answer_of(fault: &Fault) {
    answer_with(fault.code);
    if let (Some(response), Some(seconds)) = (use_context::<leptos_axum::ResponseOptions>(), fault.retry_after) {
        response.insert_header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// The id by which this request is found in the log.
pub(crate) fn request_id() -> Option<String> {
    with_context::<Parts, _>(|parts| Some(parts.headers.get("x-request-id")?.to_str().ok()?.to_owned())).flatten()
}

const CLEAR_SITE_DATA: header::HeaderName = header::HeaderName::from_static("clear-site-data");

/// Has the browser drop the pages that it keeps for the way back.
pub(crate) fn forget_pages() -> Result<(), AppError> {
    let response = use_context::<leptos_axum::ResponseOptions>().ok_or_else(Fault::internal)?;
    response.insert_header(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    Ok(())
}

/// A year, in seconds.
const YEAR: u32 = 365 * 24 * 60 * 60;

/// Keeps something in this browser that scripts cannot read; nothing with an age of 0. `names` are the one on plain http and
/// the one on https, under which browsers take it from this very host only.
fn keep_cookie(names: [&str; 2], value: &str, seconds: u32) -> Result<(), AppError> {
    let (name, secure) = match engine()?.config().public_url.starts_with("https://") {
        true => (names[1], "; Secure"),
        false => (names[0], ""),
    };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}");
    let response = use_context::<leptos_axum::ResponseOptions>().ok_or_else(Fault::internal)?;
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| Fault::internal())?;
    response.append_header(header::SET_COOKIE, cookie);
    Ok(())
}

const THEME: [&str; 2] = ["theme", "__Host-theme"];

/// The colours that somebody has chosen for the console; `None` leaves them to the device.
pub(crate) fn theme() -> Option<&'static str> {
    let kept = |parts: &Parts| {
        THEME
            .iter()
            .rev()
            .find_map(|name| known_theme(cookie(&parts.headers, name)?))
    };
    with_context::<Parts, _>(kept).flatten()
}

fn known_theme(name: &str) -> Option<&'static str> {
    ["light", "dark"].into_iter().find(|known| *known == name)
}

/// Keeps the colours for this browser for a year, or leaves them to the device again.
pub(crate) fn set_theme(name: &str) -> Result<(), AppError> {
    match known_theme(name) {
        Some(theme) => keep_cookie(THEME, theme, YEAR),
        None => keep_cookie(THEME, "", 0),
    }
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A path of this site, and nothing that leads away from it.
pub fn same_site(path: &str) -> Option<&str> {
    let inside =
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.chars().any(char::is_control);
    inside.then_some(path)
}

/// The drafts of the page that is asked for.
#[derive(Clone, Debug)]
struct PageDrafts(Vec<Draft>);

pub(crate) fn drafts() -> Vec<Draft> {
    of_request::<PageDrafts>().map(|drafts| drafts.0).unwrap_or_default()
}

/// The layer around pages and server functions, inside the sessions' layer and the one that puts a [`Call`] into a
/// request: sends strangers of the console to the sign-in page, and makes server functions answer plain forms.
pub async fn visit(session: Session, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if request.method() == Method::POST && path.starts_with("/_fn/") {
        return submit(&session, request, next).await;
    }
    if request.method() == Method::GET
        && let Some(elsewhere) = elsewhere(&request)
    {
        return Redirect::to(&elsewhere).into_response();
    }
    let mut drafts = stored_drafts(&session).await;
    let here = page_key(path);
    drafts.retain(|(page, _)| *page == here);
    if !drafts.is_empty() {
        request
            .extensions_mut()
            .insert(PageDrafts(drafts.into_iter().map(|(_, draft)| draft).collect()));
    }
    next.run(request).await
}

/// Where somebody goes who has no business on a page: into the console only those who are in, to the pages before it only
/// those who are not.
fn elsewhere(request: &Request) -> Option<String> {
    let path = request.uri().path();
    let signed_in = request.extensions().get::<Call>().is_some();
    if path == "/console" || path.starts_with("/console/") {
        let here = request.uri().path_and_query().map_or(path, |it| it.as_str());
        let halfway = request.extensions().get::<Halfway>();
        return (!signed_in).then(|| with_next(halfway.map_or(SIGN_IN, |halfway| page_of(halfway.needs)), here));
    }
    let on_the_way = path == page_of(Needs::Code) || path == page_of(Needs::Factor);
    if on_the_way && !signed_in && request.extensions().get::<Halfway>().is_none() {
        return Some(SIGN_IN.to_owned());
    }
    let before = on_the_way || path == SIGN_IN || path == "/register";
    (signed_in && before).then(|| {
        let mut query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
        let next = query.find_map(|(name, value)| (name == "next").then(|| value.into_owned()));
        next.as_deref().and_then(same_site).unwrap_or("/console").to_owned()
    })
}

const SIGN_IN: &str = "/sign-in";

/// Where somebody proves again who they are.
pub const PROVE: &str = "/console/confirm";

/// Where somebody who is halfway in goes on.
pub(crate) const fn page_of(needs: Needs) -> &'static str {
    match needs {
        Needs::Code => "/sign-in/code",
        Needs::Factor => "/sign-in/factor",
    }
}

/// A page that leads on to `next`.
pub fn with_next(page: &str, next: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{page}?{query}")
}

/// Whether a server function is one of those by which strangers come in. They are asked seldom enough that what is typed into
/// them can be kept.
pub fn enters(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    path.starts_with("/_fn/auth/") && last != "sign_out"
        || path.starts_with("/_fn/") && matches!(last, "join" | "prove" | "prove_passkey" | "change_password")
}

/// Runs a server function. A plain form gets a page for an answer: the next one, or its own with what was typed.
async fn submit(session: &Session, mut request: Request, next: Next) -> Response {
    let to = request.uri().path().to_owned();
    let page = referrer(request.headers()).unwrap_or_else(|| "/console".into());
    let plain = header_text(request.headers(), header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    let carries_file = header_text(request.headers(), header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("multipart/form-data"));
    let mut typed = Typed::default();
    if plain {
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
    }
    if plain && !carries_file {
        let (parts, body) = request.into_parts();
        let Ok(bytes) = to_bytes(body, FORM_MAX).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        typed.0 = form_urlencoded::parse(&bytes)
            .into_owned()
            .filter(|(name, _)| !is_secret(name))
            .collect();
        request = Request::from_parts(parts, Body::from(bytes));
    }
    let mut response = next.run(request).await;
    // Who reads a form with a file hands on what was typed into it.
    if let Some(read) = response.extensions_mut().remove::<Typed>() {
        typed = read;
    }
    if response.status().is_success() {
        forget(session, &page, &to).await;
        if !plain {
            return response;
        }
        let next = header_text(response.headers(), header::LOCATION).unwrap_or(&page);
        let mut goes_on = Redirect::to(next).into_response();
        for name in [header::SET_COOKIE, CLEAR_SITE_DATA] {
            for value in response.headers().get_all(&name) {
                goes_on.headers_mut().append(&name, value.clone());
            }
        }
        return goes_on;
    }
    if !plain {
        return response;
    }
    let body = to_bytes(response.into_body(), 64 * 1024).await.unwrap_or_default();
    let fault = serde_json::from_slice::<Fault>(&body).unwrap_or_else(|_| Fault::internal());
    // What is mended on another page is not told on this one.
    let first = match fault.code {
        FaultCode::Unauthorized if page.starts_with("/console") => Some(SIGN_IN),
        FaultCode::ProofNeeded => Some(PROVE),
        _ => None,
    };
    let fault = (fault.code != FaultCode::ProofNeeded).then_some(fault);
    let draft = Draft { to, typed, fault };
    if may_keep(session, &draft).await {
        keep(session, &page, draft).await;
    }
    Redirect::to(&first.map_or_else(|| page.clone(), |first| with_next(first, &page))).into_response()
}

/// Passwords, keys, codes, answers of authenticators and the secrets of links are kept in no draft.
fn is_secret(name: &str) -> bool {
    name.ends_with("password") || matches!(name, "api_key" | "code" | "token" | "credential")
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// The page a form was sent from, as a path with its query.
fn referrer(headers: &HeaderMap) -> Option<String> {
    let url = url::Url::parse(header_text(headers, header::REFERER)?).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    same_site(&format!("{}{query}", url.path())).map(str::to_owned)
}

/// Drafts by the path of their page. A store that fails costs the drafts, not the page.
async fn stored_drafts(session: &Session) -> Vec<(String, Draft)> {
    let drafts = session.get(DRAFTS_KEY).await;
    drafts
        .inspect_err(|error| tracing::warn!(%error, "Drafts could not be read: {error}"))
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// What stands for a page in a session: the path of some holds the secret of a link.
fn page_key(page: &str) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    page.split('?').next().unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What strangers type is kept where it is short and they may not send it often: it is written to the disk for each of them.
async fn may_keep(session: &Session, draft: &Draft) -> bool {
    let typed: usize = draft.typed.0.iter().map(|(name, value)| name.len() + value.len()).sum();
    (enters(&draft.to) && typed <= STRANGERS_MAX) || knows_somebody(session).await
}

/// Whether somebody has signed in with it once, who may have been signed out since.
async fn knows_somebody(session: &Session) -> bool {
    let who = session.get::<serde_json::Value>(SESSION_KEY).await;
    who.is_ok_and(|who| who.is_some())
}

async fn keep(session: &Session, page: &str, draft: Draft) {
    let page = page_key(page);
    let mut drafts = stored_drafts(session).await;
    drafts.retain(|(known, old)| *known != page || old.to != draft.to);
    // What else is typed on the page stays; of faults only this one is told.
    let others = drafts.iter_mut().filter(|(known, _)| *known == page);
    others.for_each(|(_, other)| other.fault = None);
    drafts.push((page, draft));
    let surplus = drafts.len().saturating_sub(DRAFTS_MAX);
    drafts.drain(..surplus);
    store(session, &drafts).await;
}

/// Ends the draft of a form that went through. What else is typed on its page stays; what was wrong there has been told.
async fn forget(session: &Session, page: &str, to: &str) {
    let page = page_key(page);
    let mut drafts = stored_drafts(session).await;
    let of_page = drafts.iter_mut().filter(|(known, _)| *known == page);
    let told = of_page.map(|(_, draft)| draft.fault = None).count();
    drafts.retain(|(known, draft)| *known != page || draft.to != to);
    if told > 0 {
        store(session, &drafts).await;
    }
}

async fn store(session: &Session, drafts: &[(String, Draft)]) {
    if let Err(error) = session.insert(DRAFTS_KEY, drafts).await {
        tracing::error!(%error, "Drafts could not be kept: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        assert_eq!(same_site("/console/bots?x=1"), Some("/console/bots?x=1"));
        for away in [
            "",
            "console",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "/a\r\nset-cookie: b",
        ] {
            assert_eq!(same_site(away), None, "{away:?}");
        }
    }

    #[test]
    fn a_form_knows_the_page_it_was_sent_from() {
        let from = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
            referrer(&headers)
        };
        assert_eq!(
            from("https://porch.example/console/bots/new?fresh=1#top").as_deref(),
            Some("/console/bots/new?fresh=1")
        );
        assert_eq!(from("https://porch.example//evil.example"), None);
        assert_eq!(from("nonsense"), None);
        assert_eq!(
            with_next(SIGN_IN, "/console/bots?after=a&b"),
            "/sign-in?next=%2Fconsole%2Fbots%3Fafter%3Da%26b"
        );
    }
}
