//! Links by mail: they prove that somebody reads the letters to an address. One confirms the address, one sets a new
//! password. Each is a secret of 256 bits, kept as a hash, that holds once and for a while.

mod store;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Fault, FaultCode, audit as log,
    id::{AccountId, OrganizationId},
    security::{ForgottenForm, PasswordForm, RESET_FOR, ResetForm, VERIFY_FOR},
    text::Email,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Owner, attempts::Guess, session, session::Client};
use crate::{
    Call, Engine, Error,
    db::{Reach, Tx},
    failpoint,
    mail::{self, Letter},
};
use store::Holder;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Verify,
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
        }
    }
    const fn holds(self) -> TimeDelta {
        match self {
            Self::Verify => VERIFY_FOR,
            Self::Reset => RESET_FOR,
        }
    }
    const fn gone(self) -> &'static str {
        match self {
            Self::Verify => "This link was used or has run out. Sign in, and another one is sent to you.",
            Self::Reset => "This link was used or has run out. Ask for another one.",
        }
    }
}

/// 256 random bits, as text.
pub(crate) fn new_token() -> String {
    let bytes: [u8; 32] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn gone(purpose: Purpose) -> Error {
    Fault::new(FaultCode::NotFound, purpose.gone()).into()
}

/// A new link, as an address; earlier ones for the same thing end.
async fn make(tx: &mut Tx, engine: &Engine, holder: &Holder, purpose: Purpose) -> Result<String, Error> {
    let (token, now) = (new_token(), engine.clock().now());
    let new = store::New {
        id: engine.clock().new_id::<Uuid>(),
        purpose,
        token_hash: &hash(&token),
        expires_at: now + purpose.holds(),
    };
    store::insert(tx, holder, &new, now).await?;
    let page = match purpose {
        Purpose::Verify => "confirm-email",
        Purpose::Reset => "reset",
    };
    Ok(format!("{}/{page}/{token}", engine.config().public_url))
}

async fn found(engine: &Engine, purpose: Purpose, token: &str) -> Result<(Uuid, Holder), Error> {
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let found = store::find(&mut tx, purpose, &hash(token), engine.clock().now()).await?;
    found.ok_or_else(|| gone(purpose))
}

/// Sends the link that confirms an address.
pub(super) async fn send_verification(
    tx: &mut Tx,
    engine: &Engine,
    (organization, account): (OrganizationId, AccountId),
    email: &Email,
) -> Result<(), Error> {
    let holder = Holder {
        organization,
        account,
        email: email.clone(),
    };
    let link = make(tx, engine, &holder, Purpose::Verify).await?;
    let letter = Letter {
        to: email,
        subject: "Confirm your address".into(),
        text: format!(
            "Somebody, probably you, has opened a Porchlight account with this address. Open this page to confirm it:\n\n\
             {link}\n\nThe link holds for three days. If it was not you, do nothing: without it nobody gets in."
        ),
    };
    mail::post(tx, engine, &letter).await
}

/// Tells an address that has an account that somebody tried to open one with it.
pub(super) async fn send_known(engine: &Engine, email: &Email) -> Result<(), Error> {
    let url = &engine.config().public_url;
    let letter = Letter {
        to: email,
        subject: "You have an account already".into(),
        text: format!(
            "Somebody, probably you, tried to open a Porchlight account with this address. There is one already. Sign in here:\n\n\
             {url}/sign-in\n\nIf you do not remember the password, set a new one here:\n\n{url}/forgotten"
        ),
    };
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    mail::post(&mut tx, engine, &letter).await?;
    tx.commit_at(failpoint::LINK_SEND).await?;
    mail::ring(engine);
    Ok(())
}

/// Whose address a link confirms, to be asked before it is used: programs that look into mail follow links, too.
pub async fn verification(engine: &Engine, token: &str) -> Result<Email, Error> {
    Ok(found(engine, Purpose::Verify, token).await?.1.email)
}

/// Confirms the address of the account that a link was sent for.
pub async fn verify_email(engine: &Engine, token: &str, from: &Client<'_>) -> Result<Email, Error> {
    let (id, holder) = found(engine, Purpose::Verify, token).await?;
    let now = engine.clock().now();
    let mut tx = engine.db().begin(holder.organization).await?;
    if !store::take(&mut tx, holder.organization, id, now).await? {
        return Err(gone(Purpose::Verify));
    }
    store::verify_email(&mut tx, &holder, now).await?;
    super::note(&mut tx, engine, &owner(&holder, from), log::EMAIL_VERIFIED).await?;
    tx.commit_at(failpoint::LINK_USE).await?;
    Ok(holder.email)
}

fn owner<'a>(holder: &'a Holder, from: &Client<'_>) -> Owner<'a> {
    Owner {
        organization: holder.organization,
        account: holder.account,
        email: holder.email.as_str(),
        address: from.address,
    }
}

/// Sends the link that sets a new password, if somebody has an account with this address. The answer is the same, and comes
/// as soon, if nobody has.
pub fn ask_reset(engine: &Engine, form: &ForgottenForm, address: Option<IpAddr>) -> Result<(), Error> {
    let (email, engine) = (form.check()?, engine.clone());
    tokio::spawn(async move {
        let from = Client {
            address,
            ..Client::default()
        };
        if let Err(error) = send_reset(&engine, email, &from).await {
            tracing::warn!(%error, "No link to set a password was sent: {error}");
        }
    });
    Ok(())
}

pub(crate) async fn send_reset(engine: &Engine, email: Email, from: &Client<'_>) -> Result<(), Error> {
    engine
        .attempts()
        .take(Guess::Letter(email.as_str()), None, engine.clock().now())?;
    let known = super::store::by_email(&mut engine.db().read(Reach::Everyone).await?, &email).await?;
    let Some(known) = known else { return Ok(()) };
    let holder = Holder {
        organization: known.organization,
        account: known.account,
        email: email.clone(),
    };
    let mut tx = engine.db().begin(holder.organization).await?;
    let link = make(&mut tx, engine, &holder, Purpose::Reset).await?;
    let letter = Letter {
        to: &email,
        subject: "Set a new password".into(),
        text: format!(
            "Somebody, probably you, has asked to set a new password for your Porchlight account. Open this page to do so:\n\n\
             {link}\n\nThe link holds for thirty minutes and once. If it was not you, do nothing: your password stays as it is."
        ),
    };
    mail::post(&mut tx, engine, &letter).await?;
    super::note(&mut tx, engine, &owner(&holder, from), log::PASSWORD_RESET_ASKED).await?;
    tx.commit_at(failpoint::LINK_SEND).await?;
    mail::ring(engine);
    Ok(())
}

/// Whose password a link sets.
pub async fn reset_of(engine: &Engine, token: &str) -> Result<Email, Error> {
    Ok(found(engine, Purpose::Reset, token).await?.1.email)
}

/// Sets a new password. All sessions of the account end, and nobody is signed in by it; a second factor stays as it is. Gives
/// the account, so that this browser can be known to it from now on.
pub async fn reset(engine: &Engine, token: &str, form: &ResetForm, from: &Client<'_>) -> Result<AccountId, Error> {
    let (id, holder) = found(engine, Purpose::Reset, token).await?;
    form.check(holder.email.as_str())?;
    let hash = engine
        .passwords()
        .hash(form.password.clone(), &[holder.email.as_str()])
        .await?;
    let now = engine.clock().now();
    let mut tx = engine.db().begin(holder.organization).await?;
    if !store::take(&mut tx, holder.organization, id, now).await? {
        return Err(gone(Purpose::Reset));
    }
    // Whoever reads the address's letters has confirmed it.
    store::verify_email(&mut tx, &holder, now).await?;
    set_password(&mut tx, &holder, (None, &hash), now).await?;
    session::end_all(&mut tx, holder.organization, holder.account, None).await?;
    let text = "A new password was set by a link that we sent to this address. You were signed out everywhere.";
    super::tell(&mut tx, engine, &owner(&holder, from), log::PASSWORD_RESET, text).await?;
    tx.commit_at(failpoint::PASSWORD_CHANGE).await?;
    mail::ring(engine);
    engine.attempts().forget(Guess::Password(holder.email.as_str()));
    Ok(holder.account)
}

/// A new password, and no link that would set another one.
async fn set_password(
    tx: &mut Tx,
    holder: &Holder,
    change: (Option<&str>, &str),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if !store::set_password(tx, holder, change, now).await? {
        let text = "Your password was changed meanwhile. Sign in with the new one.";
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    store::end_all(tx, holder, Purpose::Reset, now).await?;
    Ok(())
}

/// Sets a new password for somebody who knows the present one. Their other sessions end.
pub async fn change_password(call: &Call, form: &PasswordForm, from: &Client<'_>) -> Result<(), Error> {
    let engine = call.engine();
    let profile = super::me(call).await?;
    form.check(&profile.email)?;
    let email: Email = profile.email.parse()?;
    let device = super::device::known(engine, call.account(), from.device);
    let guess = Guess::Password(email.as_str());
    let taken = engine.attempts().take(guess, device, engine.clock().now())?;
    let known = super::store::by_email(&mut engine.db().read(call.organization()).await?, &email).await?;
    let old = known.map(|known| known.password_hash);
    if !engine
        .passwords()
        .verify(form.current_password.clone(), old.clone())
        .await?
    {
        return Err(Fault::field("current_password", "This is not your password.").into());
    }
    engine.attempts().known(taken);
    let about = [&profile.first_name, &profile.last_name, &profile.email].map(String::as_str);
    let hash = engine.passwords().hash(form.password.clone(), &about).await?;
    let holder = Holder {
        organization: call.organization(),
        account: call.account(),
        email,
    };
    let now = engine.clock().now();
    let mut tx = engine.db().begin(holder.organization).await?;
    set_password(&mut tx, &holder, (old.as_deref(), &hash), now).await?;
    session::end_all(&mut tx, holder.organization, holder.account, Some(call.scope.session)).await?;
    let text = "Your password was changed in the console. Everywhere else you were signed out.";
    super::tell(&mut tx, engine, &owner(&holder, from), log::PASSWORD_CHANGED, text).await?;
    tx.commit_at(failpoint::PASSWORD_CHANGE).await?;
    mail::ring(engine);
    Ok(())
}

pub(crate) async fn delete_old(engine: &Engine) -> Result<u64, Error> {
    let before = engine.clock().now() - TimeDelta::days(30);
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    let rows = store::delete_old(&mut tx, before).await?;
    tx.commit_counts(failpoint::SESSION_SWEEP).await?;
    Ok(rows)
}
