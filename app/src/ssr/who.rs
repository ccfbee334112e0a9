//! Who is calling, and what a browser keeps so that it is known again.

use std::net::IpAddr;

use axum::http::{header, request::Parts};
use domain::{Fault, FaultCode};
use engine::{
    Call,
    account::{self, Client, Halfway, Needs, Person, SignedIn, Visitor},
};
use leptos::prelude::*;

use super::{SESSION_KEY, YEAR, broken, cookie, engine, keep_cookie, of_request, session, signed_out};
use crate::AppError;

/// Where a request comes from; the server's layers put it into each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Address(pub Option<IpAddr>);

/// The cookie of a browser that somebody has signed in with before, and its name where the site is served by https.
pub const DEVICE: [&str; 2] = ["porchlight_device", "__Host-porchlight_device"];

/// Who is calling. The first line of every server function that is not open to everybody.
pub async fn call() -> Result<Call, AppError> {
    Ok(of_request::<Call>().ok_or_else(signed_out)?)
}

/// The caller, if there is one. For what is open to everybody.
pub fn caller() -> Option<Call> {
    of_request::<Call>()
}

/// Whether anybody is. For what is open to everybody: to ask [`call`] in vain is a refusal already.
pub fn is_signed_in() -> bool {
    of_request::<Call>().is_some()
}

/// Whether who asks for the page may do something.
pub(crate) fn may(action: domain::tenancy::Action) -> bool {
    of_request::<Call>().is_some_and(|call| call.may(action))
}

/// Whose second factor is asked for.
pub fn answerer() -> Result<Halfway, AppError> {
    let halfway = of_request::<Halfway>().filter(|halfway| halfway.needs == Needs::Code);
    Ok(halfway.ok_or_else(start_again)?)
}

/// Who may set up a second factor: whoever is in, and whoever lacks nothing else.
pub fn enroller() -> Result<Person, AppError> {
    if let Some(call) = of_request::<Call>() {
        return Ok(call.person());
    }
    // There is no page on which they could prove it again but the first.
    let halfway = of_request::<Halfway>();
    let person = halfway
        .as_ref()
        .and_then(Halfway::to_enrol)
        .filter(|person| person.has_proved());
    Ok(person.cloned().ok_or_else(start_again)?)
}

fn start_again() -> Fault {
    Fault::new(FaultCode::Unauthorized, "Your sign-in has run out. Sign in again.")
}

/// What a request says about who sends it.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    address: Option<IpAddr>,
    agent: String,
    device: Option<String>,
}

impl Sender {
    pub fn client(&self) -> Client<'_> {
        Client {
            address: self.address,
            agent: &self.agent,
            device: self.device.as_deref(),
        }
    }
}

/// Who sends the present request.
pub fn sender() -> Sender {
    let found = with_context::<Parts, _>(|parts| {
        let agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok());
        let device = DEVICE.into_iter().rev().find_map(|name| cookie(&parts.headers, name));
        Sender {
            address: parts.extensions.get::<Address>().copied().unwrap_or_default().0,
            agent: agent.unwrap_or_default().to_owned(),
            device: device.map(str::to_owned),
        }
    });
    found.unwrap_or_default()
}

/// Signs in under a new session id, so that an id known from before is worth nothing. What is still missing, if anything is.
pub async fn enter(who: SignedIn) -> Result<Option<Needs>, AppError> {
    let session = session()?;
    let before = session.get::<SignedIn>(SESSION_KEY).await.map_err(broken)?;
    if before.is_some_and(|before| before.account() != who.account()) {
        // What somebody else has typed is not this person's.
        session.clear().await;
    }
    session.cycle_id().await.map_err(broken)?;
    session.insert(SESSION_KEY, who).await.map_err(broken)?;
    let engine = engine()?;
    match who.visitor(&engine, None).await? {
        Visitor::In(_) => {
            keep_device(&account::device_of(&engine, who.account())?)?;
            Ok(None)
        }
        Visitor::Halfway(halfway) => Ok(Some(halfway.needs)),
    }
}

/// The same, and goes on to `next`, by way of what is still missing.
pub async fn go_on(who: SignedIn, next: &str) -> Result<(), AppError> {
    match enter(who).await? {
        None => leptos_axum::redirect(next),
        Some(needs) => leptos_axum::redirect(&super::with_next(super::page_of(needs), next)),
    }
    Ok(())
}

/// The browser is known to the account from now on, by this name.
pub fn keep_device(device: &str) -> Result<(), AppError> {
    keep_cookie(DEVICE, device, YEAR)
}

/// Ends the session, in the store and in this browser.
pub async fn leave() -> Result<(), AppError> {
    let session = session()?;
    if let Some(who) = session.get::<SignedIn>(SESSION_KEY).await.map_err(broken)? {
        account::sign_out(&engine()?, who, &sender().client()).await?;
    }
    Ok(session.flush().await.map_err(broken)?)
}
