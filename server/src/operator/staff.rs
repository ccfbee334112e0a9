//! Who of the platform's people is calling, and what a page of theirs stands in.

use app::{pages::operator::Frame, ssr::cookie};
use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use domain::operator::SESSION_FOR;
use engine::{
    Engine,
    operator::{self, Entered, Operator},
};
use serde::Deserialize;

use crate::{error::ApiError, extract::ClientAddress, state::State};

/// Where operators come in.
pub(super) const SIGN_IN: &str = "/operator/sign-in";

/// The cookies of an operator's session, and of a browser that one has signed in with before; and their names where the site is
/// served by https.
const SESSION: [&str; 2] = ["porchlight_operator", "__Host-porchlight_operator"];
const DEVICE: [&str; 2] = ["porchlight_operator_device", "__Host-porchlight_operator_device"];

/// How long a browser is known, in seconds: a year.
const KNOWN_FOR: i64 = 365 * 24 * 60 * 60;

fn is_https(engine: &Engine) -> bool {
    engine.config().public_url.starts_with("https://")
}

fn named(engine: &Engine, names: [&'static str; 2]) -> &'static str {
    names[usize::from(is_https(engine))]
}

/// What the browser holds of a session, if anything.
pub(super) fn token(engine: &Engine, headers: &HeaderMap) -> Option<String> {
    cookie(headers, named(engine, SESSION)).map(str::to_owned)
}

/// By what the browser is known, if it is.
pub(super) fn device<'h>(engine: &Engine, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(headers, named(engine, DEVICE))
}

/// Keeps a session in the browser, or with `None` takes it out, and goes on.
pub(super) fn go_on(engine: &Engine, entered: Option<&Entered>, to: &str) -> Result<Response, ApiError> {
    let secure = if is_https(engine) { "; Secure" } else { "" };
    let mut response = Redirect::to(to).into_response();
    let mut keep = |names, value: &str, seconds: i64| {
        let name = named(engine, names);
        let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
        let cookie = HeaderValue::from_str(&cookie).map_err(|_| ApiError::internal("the cookie of an operator"))?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
        Ok::<_, ApiError>(())
    };
    match entered {
        Some(entered) => {
            keep(SESSION, &entered.token, SESSION_FOR.num_seconds())?;
            keep(DEVICE, &entered.device, KNOWN_FOR)?;
        }
        None => keep(SESSION, "", 0)?,
    }
    Ok(response)
}

/// An operator who is signed in. Anybody else is led to their sign-in page.
pub(super) struct Staff {
    pub(super) operator: Operator,
    pub(super) frame: Frame,
}

impl FromRequestParts<State> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let address = parts.extensions.get::<ClientAddress>().and_then(|from| from.0);
        let found = match token(&state.engine, &parts.headers) {
            Some(token) => operator::of_session(&state.engine, &token, address).await,
            None => Ok(None),
        };
        match found {
            Ok(Some(operator)) => Ok(Self {
                frame: Frame {
                    operator: Some(operator.name().to_owned()),
                    ..frame(state)
                },
                operator,
            }),
            Ok(None) => Err(Redirect::to(SIGN_IN).into_response()),
            Err(error) => Err(ApiError::from(error).into_response()),
        }
    }
}

/// What stands around a page before anybody is signed in.
pub(super) fn frame(state: &State) -> Frame {
    let (folder, name) = (&state.leptos.site_pkg_dir, &state.leptos.output_name);
    Frame {
        css: format!("/{folder}/{name}.css"),
        operator: None,
        now: state.engine.clock().now(),
    }
}

/// A page, which nobody keeps.
pub(super) fn page(status: StatusCode, html: String) -> Response {
    (status, [(header::CACHE_CONTROL, "private, no-store")], Html(html)).into_response()
}

/// Where a list goes on.
#[derive(Debug, Default, Deserialize)]
pub(super) struct After {
    after: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for After {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Query::try_from_uri(&parts.uri).map_or_else(|_| Self::default(), |Query(after)| after))
    }
}

impl After {
    pub(super) fn get(&self) -> Option<&str> {
        self.after.as_deref().filter(|after| !after.is_empty())
    }
}
