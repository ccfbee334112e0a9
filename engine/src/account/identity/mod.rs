//! Signing in by a provider (OpenID Connect, authorization code flow).
//!
//! An identity belongs to an account because its person linked it there, signed in and asked once more. Issuer and subject name
//! it; the address that the provider says opens nothing. It stands in for the password: a second factor is asked for as ever,
//! unless the settings trust the provider's own.

mod provider;
mod store;
#[cfg(test)]
mod tests;
mod token;

use domain::{
    Fault, FaultCode, audit as log,
    id::{IdentityId, SessionId},
    security::IdentityRow,
};
use subtle::ConstantTimeEq;

pub(crate) use provider::Provider;

use super::{Kind, factor, session::Client, session::SignedIn};
use crate::{Call, Engine, Error, db::Reach, error::OnUnique, failpoint, mail};
use token::Subject;

/// What a sign-in at the provider is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    SignIn,
    /// Of the person of this session, who is in.
    Link(SessionId),
}

/// A sign-in that begins.
#[derive(Clone, Debug)]
pub struct Begun {
    /// For the session of the browser alone: it comes back with the answer.
    pub state: String,
    /// Where the person goes.
    pub url: String,
}

/// What the provider sends people back with.
#[derive(Clone, Debug, Default)]
pub struct Returned {
    pub code: Option<String>,
    pub state: Option<String>,
    pub error: Option<String>,
    /// Who answers, where it says so.
    pub iss: Option<String>,
}

/// What a sign-in at the provider came to.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    SignedIn(SignedIn),
    /// It is linked to the caller's account now.
    Linked,
    /// The provider knows them, and nobody here is linked to it.
    Unknown,
}

/// What the provider is called, where there is one.
pub fn provider_name(engine: &Engine) -> Option<&str> {
    let service = engine.provider().service()?;
    Some(&service.config.name)
}

fn none_here() -> Error {
    Fault::new(FaultCode::Conflict, "This server has no sign-in provider.").into()
}

/// A provider that fails is the provider's fault, and there is another way in.
fn unreachable(error: Error) -> Error {
    if !error.is_internal() {
        return error;
    }
    tracing::error!(%error, "{error}");
    let text = "The sign-in provider does not answer as it should. Use your password, or try again later.";
    Fault::new(FaultCode::Unavailable, text).into()
}

/// Begins to sign in by the provider.
pub async fn begin(engine: &Engine) -> Result<Begun, Error> {
    start(engine, Purpose::SignIn).await
}

/// Begins to link an identity to the caller's account.
pub async fn begin_link(call: &Call) -> Result<Begun, Error> {
    call.must_have_proved()?;
    start(call.engine(), Purpose::Link(call.scope.session)).await
}

async fn start(engine: &Engine, purpose: Purpose) -> Result<Begun, Error> {
    let service = engine.provider().service().ok_or_else(none_here)?;
    let begun = service.ask(purpose, engine.clock().now()).await;
    let (state, url) = begun.map_err(unreachable)?;
    Ok(Begun { state, url })
}

/// Ends what was begun, by what the provider sent the person back with. `state` is what their browser's session kept; `call` is
/// who they are here, if anybody.
pub async fn finish(
    engine: &Engine,
    state: &str,
    returned: &Returned,
    call: Option<&Call>,
    from: &Client<'_>,
) -> Result<Outcome, Error> {
    let service = engine.provider().service().ok_or_else(none_here)?;
    let now = engine.clock().now();
    let came = returned.state.as_deref().unwrap_or_default();
    let is_ours: bool = !state.is_empty() && bool::from(state.as_bytes().ct_eq(came.as_bytes()));
    let flow = is_ours.then(|| service.take(state, now)).flatten();
    let flow = flow.ok_or_else(|| {
        refused("This sign-in took too long, was used already, or began in another browser. Begin anew.")
    })?;
    let from_it = service.is_from(returned.iss.as_deref(), now).await;
    if !from_it.map_err(unreachable)? {
        return Err(refused(
            "This answer came from another provider than it was asked of. Begin anew.",
        ));
    }
    let code = returned.code.as_deref().filter(|_| returned.error.is_none());
    let code = code.ok_or_else(|| refused("The provider did not sign you in. Begin anew, or use your password."))?;
    let subject = service.redeem(&flow, code, now).await.map_err(unreachable)?;
    let subject = subject.ok_or_else(|| refused("What the provider said could not be verified. Begin anew."))?;
    match flow.purpose {
        Purpose::SignIn => sign_in(engine, &subject, service.config.trusts_factor, from).await,
        Purpose::Link(session) => {
            let call = call.filter(|call| call.scope.session == session);
            let call = call.ok_or_else(|| refused("You are not signed in here any more as you were. Begin anew."))?;
            link(call, &subject).await?;
            Ok(Outcome::Linked)
        }
    }
}

async fn sign_in(engine: &Engine, subject: &Subject, trusts_factor: bool, from: &Client<'_>) -> Result<Outcome, Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let Some(email) = store::account_of(&mut tx, subject).await? else {
        return Ok(Outcome::Unknown);
    };
    let known = super::store::by_email(&mut tx, &email.parse()?).await?;
    drop(tx);
    let Some(known) = known else {
        return Ok(Outcome::Unknown);
    };
    let with_factor = trusts_factor && subject.with_factor;
    let signed_in = super::admit(engine, &known, Kind::Console, from, with_factor).await?;
    Ok(Outcome::SignedIn(signed_in))
}

async fn link(call: &Call, subject: &Subject) -> Result<(), Error> {
    let (engine, person) = (call.engine(), call.person());
    let (id, now) = (engine.clock().new_id(), engine.clock().now());
    let mut tx = engine.db().begin(call.organization()).await?;
    let who = (call.organization(), call.account());
    store::insert(&mut tx, who, id, subject, now).await.on_unique(|| {
        let text = "This identity is linked to an account already. Unlink it there first.";
        Fault::new(FaultCode::Conflict, text)
    })?;
    let name = provider_name(engine).unwrap_or_default();
    let text =
        format!("Signing in by {name} was linked to it; if you did not link it, unlink it under \"Your account\".");
    factor::tell(&mut tx, &person, log::IDENTITY_LINKED, &text).await?;
    tx.commit_at(failpoint::FACTOR_ENROL).await?;
    mail::ring(engine);
    Ok(())
}

/// One's own identities at the provider.
pub async fn list(call: &Call) -> Result<Vec<IdentityRow>, Error> {
    let Some(service) = call.engine().provider().service() else {
        return Ok(Vec::new());
    };
    let mut tx = call.engine().db().read(call.organization()).await?;
    let who = (call.organization(), call.account());
    Ok(store::list(&mut tx, who, &service.config.issuer).await?)
}

/// Ends signing in by an identity.
pub async fn unlink(call: &Call, id: IdentityId) -> Result<(), Error> {
    call.must_have_proved()?;
    let (engine, person) = (call.engine(), call.person());
    let mut tx = engine.db().begin(call.organization()).await?;
    let rows = store::delete(&mut tx, (call.organization(), call.account()), id).await?;
    crate::db::expect_one(rows, "sign-in provider")?;
    let name = provider_name(engine).unwrap_or("a provider");
    let text = format!("Signing in by {name} was unlinked from it.");
    factor::tell(&mut tx, &person, log::IDENTITY_UNLINKED, &text).await?;
    tx.commit_at(failpoint::FACTOR_REMOVE).await?;
    mail::ring(engine);
    Ok(())
}

fn refused(why: &str) -> Error {
    Fault::new(FaultCode::Invalid, why).into()
}
