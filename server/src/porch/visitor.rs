//! What a visitor's browser brings along, and what it gets back.

use std::convert::Infallible;

use app::pages::porch as pages;
use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use domain::FaultCode;
use engine::{Engine, chat, porch::Porch};
use leptos::nonce::Nonce;
use serde::Deserialize;

use crate::layers::headers::Framed;

/// How long a conversation can be taken up again, in seconds: 30 days.
const REMEMBERED: u32 = 30 * 24 * 60 * 60;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Came {
    c: Option<String>,
    sent: Option<String>,
}

/// A request to a porch, whoever makes it.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) nonce: String,
    headers: HeaderMap,
    from: Came,
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nonce = parts
            .extensions
            .get::<Nonce>()
            .map(ToString::to_string)
            .unwrap_or_default();
        let from = Query::try_from_uri(&parts.uri).map_or_else(|_| Came::default(), |Query(came)| came);
        Ok(Self {
            nonce,
            headers: parts.headers.clone(),
            from,
        })
    }
}

impl Visitor {
    /// Opens the porch at an address; `code` is the one a form brought, if it brought any.
    pub(super) async fn open(&self, engine: &Engine, slug: &str, code: Option<&str>) -> Result<Door, Failed> {
        let code = code.or(self.from.c.as_deref()).filter(|code| !code.is_empty());
        let porch = engine::porch::open(engine, slug, code)
            .await
            .map_err(|error| self.failed(error))?;
        // Only a code of this very bot is passed on.
        let code = code.filter(|_| porch.code().is_some()).map(str::to_owned);
        let session = self.cookie(&cookie_name(&porch));
        Ok(Door { porch, session, code })
    }

    /// The same for what the visitor has said and left there, whatever has become of the porch.
    pub(super) async fn open_own(&self, engine: &Engine, slug: &str) -> Result<Door, Failed> {
        let session = |porch: &Porch| self.cookie(&cookie_name(porch));
        let porch = engine::porch::open_own(engine, slug, session).await;
        let porch = porch.map_err(|error| self.failed(error))?;
        let session = session(&porch);
        Ok(Door {
            porch,
            session,
            code: None,
        })
    }

    pub(super) fn failed(&self, error: engine::Error) -> Failed {
        Failed {
            error,
            nonce: self.nonce.clone(),
        }
    }

    pub(super) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// True when the browser asks for this media type by its name.
    pub(super) fn accepts(&self, media: &str) -> bool {
        let accepted = self.header(header::ACCEPT).unwrap_or_default().split(',');
        accepted
            .filter_map(|part| part.split(';').next())
            .any(|part| part.trim().eq_ignore_ascii_case(media))
    }

    /// A message was sent just now.
    pub(super) fn has_sent(&self) -> bool {
        self.from.sent.is_some()
    }

    /// How the page is shown to this visitor.
    pub(super) fn visit(&self, door: &Door) -> pages::Visit {
        pages::Visit {
            code: door.code.clone(),
            nonce: self.nonce.clone(),
            ..pages::Visit::default()
        }
    }

    fn cookie(&self, name: &str) -> Option<String> {
        app::ssr::cookie(&self.headers, name)
            .map(str::to_owned)
            .filter(|value| value.len() <= 64)
    }
}

/// An open porch, as this visitor came to it.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) porch: Porch,
    /// The visitor's secret from an earlier question.
    pub(super) session: Option<String>,
    /// The code that led here.
    pub(super) code: Option<String>,
}

impl Door {
    pub(super) fn session(&self) -> Option<&str> {
        self.session.as_deref()
    }

    /// The page with the visitor's own conversation on it.
    pub(super) async fn page(&self, status: StatusCode, visit: &pages::Visit) -> Result<Response, engine::Error> {
        let turns = chat::history(&self.porch, self.session()).await?;
        let sites = self.porch.bot.origins.clone();
        Ok(framed(
            html(status, pages::page(&self.porch, &turns, visit)),
            Framed::By(sites),
        ))
    }

    /// The page's address with the code in it; `mark` and `anchor` are ours.
    pub(super) fn address(&self, mark: &str, anchor: &str) -> String {
        let code = self.code.as_deref().map(|code| format!("c={code}"));
        let query: Vec<&str> = code
            .as_deref()
            .into_iter()
            .chain(Some(mark).filter(|m| !m.is_empty()))
            .collect();
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("?{}", query.join("&"))
        };
        format!("/p/{}{query}#{anchor}", self.porch.bot.slug)
    }

    /// Gives the conversation back after a reload. Scripts cannot read it, and it goes to this porch only.
    pub(super) fn cookie(&self, session: &str) -> Option<HeaderValue> {
        self.set_cookie(session, REMEMBERED)
    }

    /// Takes it back.
    pub(super) fn no_cookie(&self) -> Option<HeaderValue> {
        self.set_cookie("", 0)
    }

    fn set_cookie(&self, session: &str, seconds: u32) -> Option<HeaderValue> {
        let (name, slug) = (cookie_name(&self.porch), &self.porch.bot.slug);
        // In a frame of another site a browser keeps no other; there it is one of that site's visitors alone (CHIPS).
        let kind = match (is_https(&self.porch), self.porch.bot.origins.is_empty()) {
            (true, false) => "SameSite=None; Secure; Partitioned",
            (true, true) => "SameSite=Lax; Secure",
            (false, _) => "SameSite=Lax",
        };
        let cookie = format!("{name}={session}; Path=/p/{slug}; Max-Age={seconds}; HttpOnly; {kind}");
        cookie.parse().ok()
    }
}

fn is_https(porch: &Porch) -> bool {
    porch.engine().config().public_url.starts_with("https://")
}

/// On https browsers take a cookie of such a name from https alone. `__Host-` would want it sent to every page.
fn cookie_name(porch: &Porch) -> String {
    let prefix = if is_https(porch) { "__Secure-" } else { "" };
    format!("{prefix}porch_{}", porch.bot.id.uuid().simple())
}

/// A page made for one visitor: kept by nobody.
pub(super) fn html(status: StatusCode, page: String) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Html(page)).into_response()
}

/// A page that may be shown in a frame.
pub(super) fn framed(mut page: Response, by: Framed) -> Response {
    page.extensions_mut().insert(by);
    page
}

/// Why a porch cannot be shown, as a page for a person.
#[derive(Debug)]
pub(super) struct Failed {
    error: engine::Error,
    nonce: String,
}

impl Failed {
    pub(super) fn into_error(self) -> engine::Error {
        self.error
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        if self.error.is_internal() {
            tracing::error!(error = %self.error, "A porch could not be shown: {}", self.error);
        }
        let fault = self.error.into_fault();
        let status = StatusCode::from_u16(fault.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match fault.code {
            FaultCode::NotFound => html(status, pages::lost(&self.nonce)),
            _ => html(status, pages::trouble(&self.nonce, &fault.message)),
        }
    }
}

/// 303: the browser fetches the page anew, so that a reload sends nothing twice.
pub(super) fn see(address: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response()
}
