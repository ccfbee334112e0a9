//! Passkeys (Web Authentication, level 3): keys that a person's device keeps and opens with a finger, a face or a PIN.
//!
//! A passkey is a second factor after the password and, as the device has verified its person, both factors at once without
//! one. Each answer is to a question of ours, at our address, and counts once. Of the keys only the public halves are known here.

mod ceremony;
mod store;
#[cfg(test)]
mod tests;

use domain::{
    Fault, FaultCode, audit as log,
    id::{AccountId, OrganizationId, PasskeyId},
    security::{PASSKEYS_MAX, PasskeyForm, PasskeyRow},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use webauthn_rs::prelude::{
    AuthenticationResult, Passkey, PublicKeyCredential, RegisterPublicKeyCredential, WebauthnError,
};

pub(crate) use ceremony::Passkeys;

use super::{
    Needs, Owner, Person,
    attempts::Guess,
    factor,
    session::{self, Client, Halfway, Kind, SignedIn},
};
use crate::{Call, Engine, Error, audit, config::Mode, db::Reach, error::OnUnique, failpoint, mail, vault};
use ceremony::Asked;

/// A question for an authenticator.
#[derive(Clone, Debug)]
pub struct Question {
    /// What it is found by when it is answered: for the session of the browser alone.
    pub name: String,
    /// For `navigator.credentials`, as JSON.
    pub options: String,
}

/// Whether this server can have passkeys: it must be reached by a name.
pub fn are_possible(engine: &Engine) -> bool {
    engine.passkeys().are_possible()
}

/// One's own passkeys.
pub(super) async fn list(call: &Call) -> Result<Vec<PasskeyRow>, Error> {
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::list(&mut tx, (call.organization(), call.account())).await?)
}

fn question(engine: &Engine, options: &impl Serialize, asked: Asked) -> Result<Question, Error> {
    let broken = |error: serde_json::Error| Error::Broken(format!("a question for an authenticator: {error}"));
    let mut options = serde_json::to_value(options).map_err(broken)?;
    let key = &mut options["publicKey"];
    // A key that its device can find by itself signs in without an address being typed.
    if let Some(Value::Object(selection)) = key.get_mut("authenticatorSelection") {
        selection.insert("residentKey".into(), "preferred".into());
    }
    Ok(Question {
        name: engine.passkeys().keep(asked, engine.clock().now()),
        options: key.take().to_string(),
    })
}

/// Asks for a new passkey.
pub async fn begin(person: &Person) -> Result<Question, Error> {
    person.must_have_proved()?;
    let engine = &person.engine;
    let who = (person.organization, person.account);
    let mut tx = engine.db().read(person.organization).await?;
    let email = factor::email(&mut tx, person).await?;
    let known = store::keys(&mut tx, who).await?;
    if known.len() >= PASSKEYS_MAX {
        let text = format!("An account keeps {PASSKEYS_MAX} passkeys at most. Remove one first.");
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    let known = known.iter().map(|key| key.cred_id().clone()).collect();
    let site = engine.passkeys().site()?;
    let begun = site.start_passkey_registration(person.account.uuid(), &email, &email, Some(known));
    let (options, state) = begun.map_err(|error| Error::Broken(format!("asking for a passkey: {error}")))?;
    question(engine, &options, Asked::Enrol(person.session, state))
}

/// Takes a new passkey into use. Gives recovery codes where the account had no second factor before: they are shown once.
pub async fn enrol(person: &Person, name: &str, form: &PasskeyForm) -> Result<Vec<String>, Error> {
    person.must_have_proved()?;
    let called = form.check()?;
    let engine = &person.engine;
    let who = (person.organization, person.account);
    let now = engine.clock().now();
    let shown: RegisterPublicKeyCredential = parse(&form.credential)?;
    let asked = engine.passkeys().take(name, now)?;
    let Asked::Enrol(_, state) = of_session(asked, person)? else {
        return Err(refused());
    };
    let key = engine.passkeys().site()?.finish_passkey_registration(&shown, &state);
    let key = key.map_err(|error| refuse(person.account, &error))?;
    let mut tx = engine.db().begin(person.organization).await?;
    let had_one = factor::has_one(&mut tx, person).await?;
    let new = store::New {
        id: engine.clock().new_id(),
        name: &called,
        key: &key,
    };
    store::insert(&mut tx, who, &new, now).await.on_unique(|| {
        let text = "This passkey is known here already. Use another device.";
        Fault::new(FaultCode::Conflict, text)
    })?;
    let codes = match had_one {
        true => Vec::new(),
        false => {
            let keys = vault::keys(engine, &mut tx, person.organization).await?;
            factor::new_codes(&mut tx, person, &keys).await?
        }
    };
    session::prove(&mut tx, person, true).await?;
    let text = format!(
        "A passkey, \"{called}\", was added. It signs in on its own; if you did not add it, remove it under \"Your account\"."
    );
    factor::tell(&mut tx, person, log::PASSKEY_ADDED, &text).await?;
    // Whoever lacked nothing else is in now.
    if Needs::of(engine.config(), had_one, false) == Some(Needs::Factor) {
        audit::note_own(&mut tx, engine, who, person.address, log::SIGNED_IN).await?;
    }
    tx.commit_at(failpoint::FACTOR_ENROL).await?;
    mail::ring(engine);
    Ok(codes)
}

/// Takes a passkey away. The last second factor stays where everybody must have one.
pub async fn remove(call: &Call, id: PasskeyId) -> Result<(), Error> {
    call.must_have_proved()?;
    let (engine, person) = (call.engine(), call.person());
    let who = (call.organization(), call.account());
    let mut tx = engine.db().begin(call.organization()).await?;
    factor::alone(&mut tx, &person).await?;
    let name = store::delete(&mut tx, who, id).await?;
    let name = name.ok_or_else(|| Error::from(Fault::not_found("passkey")))?;
    if !factor::has_one(&mut tx, &person).await? {
        if engine.config().require_factor {
            let text = "This server asks everybody for a second factor. Set up another one first.";
            return Err(Fault::new(FaultCode::Forbidden, text).into());
        }
        factor::forget_codes(&mut tx, &person).await?;
    }
    let text = format!("The passkey \"{name}\" was removed. It does not sign in any more.");
    factor::tell(&mut tx, &person, log::PASSKEY_REMOVED, &text).await?;
    tx.commit_at(failpoint::FACTOR_REMOVE).await?;
    mail::ring(engine);
    Ok(())
}

/// Asks for a passkey of somebody whose second factor is missing.
pub async fn begin_answer(halfway: &Halfway) -> Result<Question, Error> {
    begin_proof(halfway.person()).await
}

/// Asks for one of somebody's passkeys.
pub async fn begin_proof(person: &Person) -> Result<Question, Error> {
    let engine = &person.engine;
    let mut tx = engine.db().read(person.organization).await?;
    let keys = store::keys(&mut tx, (person.organization, person.account)).await?;
    if keys.is_empty() {
        let text = "There is no passkey here yet. Use your app, or a recovery code.";
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    let begun = engine.passkeys().site()?.start_passkey_authentication(&keys);
    let (options, state) = begun.map_err(|error| Error::Broken(format!("asking for a passkey: {error}")))?;
    question(engine, &options, Asked::Prove(person.session, state))
}

/// Shows the second factor of a session that lacks it.
pub async fn answer(halfway: &Halfway, name: &str, credential: &str, from: &Client<'_>) -> Result<(), Error> {
    prove(halfway.person(), name, credential, from, Some(log::SIGNED_IN)).await
}

/// Proves again that it is still the same person.
pub async fn prove_again(call: &Call, name: &str, credential: &str, from: &Client<'_>) -> Result<(), Error> {
    prove(&call.person(), name, credential, from, None).await
}

async fn prove(
    person: &Person,
    name: &str,
    credential: &str,
    from: &Client<'_>,
    done: Option<&'static str>,
) -> Result<(), Error> {
    let (engine, who) = (&person.engine, (person.organization, person.account));
    let now = engine.clock().now();
    let shown: PublicKeyCredential = parse(credential)?;
    let asked = engine.passkeys().take(name, now)?;
    let Asked::Prove(_, state) = of_session(asked, person)? else {
        return Err(refused());
    };
    let guess = Guess::Code(person.account.uuid());
    let device = super::device::known(engine, person.account, from.device);
    let taken = engine.attempts().take(guess, device, now)?;
    let said = engine.passkeys().site()?.finish_passkey_authentication(&shown, &state);
    let said = judge(engine, who, from, said).await?;
    let mut tx = engine.db().begin(person.organization).await?;
    let keys = store::keys(&mut tx, who).await?;
    let key = keys.into_iter().find(|key| key.cred_id() == said.cred_id());
    count(&mut tx, engine, who, from, (key.ok_or_else(refused)?, &said)).await?;
    session::prove(&mut tx, person, true).await?;
    session::keep_newest(&mut tx, person, true).await?;
    if let Some(done) = done {
        audit::note_own(&mut tx, engine, who, person.address, done).await?;
    }
    tx.commit_at(failpoint::FACTOR_PROVE).await?;
    engine.attempts().known(taken);
    Ok(())
}

/// Asks for a passkey of whoever it is.
pub fn begin_sign_in(engine: &Engine) -> Result<Question, Error> {
    let begun = engine.passkeys().site()?.start_discoverable_authentication();
    let (options, state) = begun.map_err(|error| Error::Broken(format!("asking for a passkey: {error}")))?;
    question(engine, &options, Asked::SignIn(state))
}

/// Begins a session of whoever shows a passkey, without a password: their device has verified them.
pub async fn sign_in(engine: &Engine, name: &str, credential: &str, from: &Client<'_>) -> Result<SignedIn, Error> {
    let now = engine.clock().now();
    let shown: PublicKeyCredential = parse(credential)?;
    let Asked::SignIn(state) = engine.passkeys().take(name, now)? else {
        return Err(refused());
    };
    let site = engine.passkeys().site()?;
    let (account, id) = site
        .identify_discoverable_authentication(&shown)
        .map_err(|_| refused())?;
    let found = store::by_credential(&mut engine.db().read(Reach::Everyone).await?, id).await?;
    let found = found
        .filter(|found| found.account.uuid() == account)
        .ok_or_else(refused)?;
    let who = (found.organization, found.account);
    let guess = Guess::Code(account);
    let device = super::device::known(engine, found.account, from.device);
    let taken = engine.attempts().take(guess, device, now)?;
    let said = site.finish_discoverable_authentication_v2(&shown, state, &found.key);
    let said = judge(engine, who, from, said).await?;
    if engine.config().mode == Mode::Production && !found.is_email_verified {
        let text = "Confirm your address first: sign in with your password, and we send you a letter with a link.";
        return Err(Fault::new(FaultCode::Forbidden, text).into());
    }
    let mut tx = engine.db().begin(found.organization).await?;
    count(&mut tx, engine, who, from, (found.key, &said)).await?;
    let signed_in = session::begin(&mut tx, engine, (who.0, who.1, found.role), Kind::Console, from).await?;
    let person = signed_in.person(engine, from.address);
    session::prove(&mut tx, &person, true).await?;
    session::keep_newest(&mut tx, &person, true).await?;
    audit::note_own(&mut tx, engine, who, from.address, log::SIGNED_IN).await?;
    tx.commit_at(failpoint::SIGN_IN).await?;
    engine.attempts().known(taken);
    Ok(signed_in)
}

/// What was asked, where it was asked of this session.
fn of_session(asked: Asked, person: &Person) -> Result<Asked, Error> {
    match asked {
        Asked::Enrol(session, _) | Asked::Prove(session, _) if session == person.session => Ok(asked),
        _ => Err(refused()),
    }
}

fn parse<T: DeserializeOwned>(credential: &str) -> Result<T, Error> {
    if credential.is_empty() {
        let text = "A passkey needs JavaScript in this browser, and a device that has one. Choose another way.";
        return Err(Fault::new(FaultCode::Invalid, text).into());
    }
    serde_json::from_str(credential).map_err(|_| refused())
}

/// Writes down that a passkey has signed, unless it was removed meanwhile or another use of it counted further.
async fn count(
    tx: &mut crate::db::Tx,
    engine: &Engine,
    who: (OrganizationId, AccountId),
    from: &Client<'_>,
    (mut key, said): (Passkey, &AuthenticationResult),
) -> Result<(), Error> {
    key.update_credential(said);
    if store::used(tx, who, &key, said.counter(), engine.clock().now()).await? {
        return Ok(());
    }
    if store::is_there(tx, who, key.cred_id()).await? {
        tracing::warn!(account.id = %who.1, address = ?from.address, "Two answers of one passkey counted alike");
    }
    Err(refused())
}

/// What an authenticator has said, where it holds. One whose count has not grown may be a copy: that is noted, and its owner
/// told.
async fn judge(
    engine: &Engine,
    who: (OrganizationId, AccountId),
    from: &Client<'_>,
    said: Result<AuthenticationResult, WebauthnError>,
) -> Result<AuthenticationResult, Error> {
    let error = match said {
        // Asked for each time; without it the passkey would be one factor.
        Ok(said) if said.user_verified() => return Ok(said),
        Ok(_) => return Err(refuse(who.1, &WebauthnError::UserNotVerified)),
        Err(error) => error,
    };
    if matches!(error, WebauthnError::CredentialPossibleCompromise) {
        let mut tx = engine.db().begin(who.0).await?;
        if let Some(profile) = super::store::profile(&mut tx, who.0, who.1).await? {
            let owner = Owner {
                organization: who.0,
                account: who.1,
                email: &profile.email,
                address: from.address,
            };
            let text = "A passkey of yours was shown that may have been copied from its device, so it was refused. Remove it and \
                        add a new one.";
            super::tell(&mut tx, engine, &owner, log::PASSKEY_DOUBTED, text).await?;
            tx.commit_at(failpoint::FACTOR_PROVE).await?;
            mail::ring(engine);
        }
    }
    Err(refuse(who.1, &error))
}

fn refuse(account: AccountId, error: &WebauthnError) -> Error {
    tracing::warn!(account.id = %account, %error, "A passkey was refused: {error}");
    refused()
}

fn refused() -> Error {
    let text = "This passkey was not accepted. Try again, or choose another way.";
    Fault::new(FaultCode::Invalid, text).into()
}
