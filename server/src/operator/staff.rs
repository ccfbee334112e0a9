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

/// The cookie of an operator's session, and its name where the site is served by https.
const COOKIE: [&str; 2] = ["porchlight_operator", "__Secure-porchlight_operator"];

fn cookie_name(engine: &Engine) -> &'static str {
    match engine.config().public_url.starts_with("https://") {
        true => COOKIE[1],
        false => COOKIE[0],
    }
}

/// What the browser holds of a session, if anything.
pub(super) fn token(engine: &Engine, headers: &HeaderMap) -> Option<String> {
    cookie(headers, cookie_name(engine)).map(str::to_owned)
}

/// Keeps a session in the browser, or with `None` takes it out, and goes on.
pub(super) fn go_on(engine: &Engine, entered: Option<&Entered>, to: &str) -> Result<Response, ApiError> {
    let name = cookie_name(engine);
    let secure = if name == COOKIE[1] { "; Secure" } else { "" };
    let (value, age) = entered.map_or(("", 0), |entered| (entered.token.as_str(), SESSION_FOR.num_seconds()));
    let cookie = format!("{name}={value}; Path=/operator; Max-Age={age}; HttpOnly; SameSite=Strict{secure}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|_| ApiError::internal("the cookie of an operator"))?;
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
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
