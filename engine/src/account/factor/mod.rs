//! The second factor: the six digits of an authenticator app (TOTP, RFC 6238: SHA-1, 30 s, a secret of 160 bits), and ten
//! recovery codes for when it is lost. Passkeys, the other second factor, are in [`super::passkey`].
//!
//! A code holds in its own half minute and once (OWASP ASVS 5.0 V6.5.1, V6.5.5). Secrets are sealed in the vault, recovery
//! codes are kept as what stands for them there.

mod store;
#[cfg(test)]
mod tests;

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use chrono::{DateTime, Utc};
use domain::{
    Fault, FaultCode, audit as log,
    security::{Code, FactorForm, ProofForm, RECOVERY_CODES, RECOVERY_LENGTH, Security},
};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::{
    Needs, Person,
    attempts::Guess,
    passkey,
    session::{self, Client, Halfway},
};
use crate::{
    Call, Error, audit,
    db::Tx,
    failpoint, mail, qr,
    vault::{self, Place},
};

const SECRET: usize = 20;
const STEP: u64 = 30;
const ISSUER: &str = "Porchlight";

/// What somebody sets up an app with: shown once, kept sealed.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The secret in base 32, for apps without a camera.
    pub secret: String,
    /// `otpauth://…` as an SVG.
    pub picture: String,
}

fn totp(secret: Vec<u8>, email: &str) -> Result<Totp, Error> {
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(0)
        .with_step_duration(STEP)
        .with_secret(Secret::from(secret))
        .with_account_name(email.replace(':', ""))
        .with_issuer(Some(ISSUER))
        .build();
    built.map_err(|error| Error::Broken(format!("a TOTP secret: {error}")))
}

const fn at(person: &Person, column: &'static str) -> Place {
    Place {
        column,
        row: person.account.uuid(),
    }
}

const SEALED: &str = "account.totp";
const RECOVERY: &str = "recovery_code.hash";

async fn known(tx: &mut Tx, person: &Person) -> Result<store::FactorRow, Error> {
    let row = store::factor(tx, person.organization, person.account).await?;
    row.ok_or_else(|| Fault::new(FaultCode::Unauthorized, "This account is no longer there.").into())
}

/// The address of the person's account.
pub(super) async fn email(tx: &mut Tx, person: &Person) -> Result<String, Error> {
    Ok(known(tx, person).await?.email)
}

/// Has whatever else changes the account wait until the commit: of two factors that are taken away at once one is the last.
pub(super) async fn alone(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    super::store::member_to_change(tx, person.organization, person.account).await?;
    Ok(())
}

/// Whether more than the password is asked for at sign-in.
pub(super) async fn has_one(tx: &mut Tx, person: &Person) -> Result<bool, Error> {
    Ok(known(tx, person).await?.has_one())
}

/// Ends the recovery codes of an account that has no second factor any more.
pub(super) async fn forget_codes(tx: &mut Tx, person: &Person) -> Result<(), Error> {
    store::delete_recovery_codes(tx, person.organization, person.account).await?;
    Ok(())
}

/// How one's own account is kept.
pub async fn security(call: &Call) -> Result<Security, Error> {
    let person = call.person();
    let passkeys = passkey::list(call).await?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let row = known(&mut tx, &person).await?;
    Ok(Security {
        email: row.email,
        is_email_verified: row.is_email_verified,
        has_totp: row.totp_secret.is_some(),
        passkeys,
        takes_passkeys: passkey::are_possible(call.engine()),
        recovery_codes: row.recovery_codes,
        is_factor_required: call.engine().config().require_factor,
        has_proved: call.has_proved(),
    })
}

/// Begins to set up an app; what was begun before is gone, what is in use stays until the new one is confirmed.
pub async fn begin(person: &Person) -> Result<Enrolment, Error> {
    person.must_have_proved()?;
    let secret: [u8; SECRET] = rand::random();
    let mut tx = person.engine.db().begin(person.organization).await?;
    let email = known(&mut tx, person).await?.email;
    let keys = vault::keys(&person.engine, &mut tx, person.organization).await?;
    let sealed = keys.seal(at(person, SEALED), &secret)?;
    store::set_pending(&mut tx, person.organization, person.account, &sealed).await?;
    tx.commit_at(failpoint::FACTOR_BEGIN).await?;
    enrolment(secret.to_vec(), &email)
}

/// What was begun and not confirmed yet, to be shown again on the same page.
pub async fn begun(person: &Person) -> Result<Option<Enrolment>, Error> {
    // An enrolment that somebody left open is no way for whoever finds the screen.
    if person.must_have_proved().is_err() {
        return Ok(None);
    }
    let mut tx = person.engine.db().read(person.organization).await?;
    let row = known(&mut tx, person).await?;
    let Some(pending) = row.totp_pending else {
        return Ok(None);
    };
    let keys = vault::keys(&person.engine, &mut tx, person.organization).await?;
    enrolment(keys.open(at(person, SEALED), &pending)?, &row.email).map(Some)
}

/// A secret for an app.
pub(crate) fn new_secret() -> Vec<u8> {
    let secret: [u8; SECRET] = rand::random();
    secret.to_vec()
}

/// The half minute whose code this is, if it is the one of now.
pub(crate) fn step(secret: Vec<u8>, email: &str, typed: &str, now: DateTime<Utc>) -> Result<Option<i64>, Error> {
    Ok(step_of(&totp(secret, email)?, typed, now.timestamp()))
}

/// What an app with this secret, in base 32, shows.
#[cfg(test)]
pub(crate) fn code_for_test(secret: &str, now: DateTime<Utc>) -> String {
    let secret = Secret::try_from_base32(secret).expect("base 32");
    let app = totp(secret.as_ref().to_vec(), "op@example.com").expect("a secret");
    app.generate(now.timestamp().unsigned_abs()).to_string()
}

pub(crate) fn enrolment(secret: Vec<u8>, email: &str) -> Result<Enrolment, Error> {
    let secret_text = Secret::from(secret.clone()).to_base32();
    let url = totp(secret, email)?.to_url();
    let url = url.map_err(|error| Error::Broken(format!("a TOTP address: {error}")))?;
    Ok(Enrolment {
        secret: secret_text,
        picture: qr::plain_svg(&url)?,
    })
}

/// Takes the app that was begun into use, once it shows the right code. Gives the recovery codes, which are shown once.
pub async fn confirm(person: &Person, form: &FactorForm) -> Result<Vec<String>, Error> {
    person.must_have_proved()?;
    let Code::Totp(typed) = form.check()? else {
        return Err(wrong());
    };
    let engine = &person.engine;
    let taken = engine
        .attempts()
        .take(Guess::Code(person.account.uuid()), None, engine.clock().now())?;
    let mut tx = engine.db().begin(person.organization).await?;
    let row = known(&mut tx, person).await?;
    let begun = || {
        Fault::new(
            FaultCode::Conflict,
            "Nothing was begun here. Reload the page and scan the new code.",
        )
    };
    let had_one = row.has_one();
    let pending = row.totp_pending.ok_or_else(begun)?;
    let keys = vault::keys(engine, &mut tx, person.organization).await?;
    let secret = keys.open(at(person, SEALED), &pending)?;
    let now = engine.clock().now();
    let step = step_of(&totp(secret, &row.email)?, &typed, now.timestamp()).ok_or_else(wrong)?;
    if !store::enrol(&mut tx, person.organization, person.account, &pending, step, now).await? {
        return Err(begun().into());
    }
    let codes = new_codes(&mut tx, person, &keys).await?;
    session::prove(&mut tx, person, true).await?;
    tell(
        &mut tx,
        person,
        log::FACTOR_ENROLLED,
        "An authenticator app is asked for at sign-in from now on.",
    )
    .await?;
    // Whoever lacked nothing else is in now.
    if Needs::of(engine.config(), had_one, false) == Some(Needs::Factor) {
        let who = (person.organization, person.account);
        audit::note_own(&mut tx, engine, who, person.address, log::SIGNED_IN).await?;
    }
    tx.commit_at(failpoint::FACTOR_ENROL).await?;
    mail::ring(engine);
    engine.attempts().known(taken);
    Ok(codes)
}

/// Takes the second factor away.
pub async fn remove(call: &Call) -> Result<(), Error> {
    call.must_have_proved()?;
    let person = call.person();
    let engine = call.engine();
    let mut tx = engine.db().begin(person.organization).await?;
    alone(&mut tx, &person).await?;
    let row = known(&mut tx, &person).await?;
    let is_last = row.passkeys == 0;
    if engine.config().require_factor && is_last {
        let text = "This server asks everybody for a second factor. Set up another app, or add a passkey, instead.";
        return Err(Fault::new(FaultCode::Forbidden, text).into());
    }
    if !store::remove(&mut tx, person.organization, person.account, engine.clock().now()).await? {
        return Err(Fault::new(FaultCode::Conflict, "There is no second factor to take away.").into());
    }
    if is_last {
        forget_codes(&mut tx, &person).await?;
    }
    let text = match is_last {
        true => "A second factor is no longer asked for at sign-in.",
        false => "The authenticator app was taken away. A passkey is asked for at sign-in.",
    };
    tell(&mut tx, &person, log::FACTOR_REMOVED, text).await?;
    tx.commit_at(failpoint::FACTOR_REMOVE).await?;
    mail::ring(engine);
    Ok(())
}

/// New recovery codes in place of all earlier ones.
pub async fn renew_codes(call: &Call) -> Result<Vec<String>, Error> {
    call.must_have_proved()?;
    let person = call.person();
    let engine = call.engine();
    let mut tx = engine.db().begin(person.organization).await?;
    let row = known(&mut tx, &person).await?;
    if !row.has_one() {
        return Err(Fault::new(FaultCode::Conflict, "Set up an authenticator app or a passkey first.").into());
    }
    let keys = vault::keys(engine, &mut tx, person.organization).await?;
    let codes = new_codes(&mut tx, &person, &keys).await?;
    tell(
        &mut tx,
        &person,
        log::FACTOR_RECOVERY_RENEWED,
        "New recovery codes were made; earlier ones hold no more.",
    )
    .await?;
    tx.commit_at(failpoint::FACTOR_ENROL).await?;
    mail::ring(engine);
    Ok(codes)
}

/// Shows the second factor of a session that lacks it.
pub async fn answer(halfway: &Halfway, form: &FactorForm, from: &Client<'_>) -> Result<(), Error> {
    prove(halfway.person(), form, from, Some(log::SIGNED_IN)).await
}

/// Proves who one is by a code. A recovery code holds once. `done` is what that comes to, for the audit log.
async fn prove(person: &Person, form: &FactorForm, from: &Client<'_>, done: Option<&'static str>) -> Result<(), Error> {
    let code = form.check()?;
    let engine = &person.engine;
    let guess = Guess::Code(person.account.uuid());
    let device = super::device::known(engine, person.account, from.device);
    let taken = engine.attempts().take(guess, device, engine.clock().now())?;
    let proved = judge(person, code, done).await;
    match &proved {
        Ok(()) => engine.attempts().known(taken),
        Err(_) if taken.is_last => warn(person).await?,
        Err(_) => {}
    }
    proved
}

/// Tells the owner that codes are guessed: whoever does so has their password.
async fn warn(person: &Person) -> Result<(), Error> {
    let engine = &person.engine;
    let mut tx = engine.db().begin(person.organization).await?;
    let text = "Five wrong codes were given one after the other, by somebody who knows your password. If that was not you, \
        change your password now.";
    tell(&mut tx, person, log::FACTOR_GUESSED, text).await?;
    tx.commit_at(failpoint::FACTOR_GUESSED).await?;
    mail::ring(engine);
    Ok(())
}

async fn judge(person: &Person, code: Code, done: Option<&'static str>) -> Result<(), Error> {
    let engine = &person.engine;
    let mut tx = engine.db().begin(person.organization).await?;
    let row = known(&mut tx, person).await?;
    let keys = vault::keys(engine, &mut tx, person.organization).await?;
    let now = engine.clock().now();
    match code {
        Code::Totp(typed) => {
            let sealed = row.totp_secret.ok_or_else(wrong)?;
            let secret = keys.open(at(person, SEALED), &sealed)?;
            let step = step_of(&totp(secret, &row.email)?, &typed, now.timestamp()).ok_or_else(wrong)?;
            if step <= row.totp_step || !store::use_step(&mut tx, person.organization, person.account, step).await? {
                let text = "This code was used already. Wait for the next one.";
                return Err(Fault::field("code", text).into());
            }
        }
        Code::Recovery(typed) => {
            let mut used = false;
            for hash in keys.macs(at(person, RECOVERY), typed.as_bytes()) {
                used |= store::use_recovery_code(&mut tx, person.organization, person.account, &hash, now).await?;
            }
            if !used {
                return Err(wrong());
            }
            let left = store::count_recovery_codes(&mut tx, person.organization, person.account).await?;
            let text = format!(
                "A recovery code was used to sign in; {left} are left. If your app is lost, set up another one now."
            );
            tell(&mut tx, person, log::FACTOR_RECOVERY_USED, &text).await?;
        }
    }
    session::prove(&mut tx, person, true).await?;
    session::keep_newest(&mut tx, person, true).await?;
    if let Some(done) = done {
        let who = (person.organization, person.account);
        audit::note_own(&mut tx, engine, who, person.address, done).await?;
    }
    tx.commit_at(failpoint::FACTOR_PROVE).await?;
    mail::ring(engine);
    Ok(())
}

/// Proves again that it is still the same person: by a code, or by the password of an account without a second
/// factor.
pub async fn prove_again(call: &Call, form: &ProofForm, from: &Client<'_>) -> Result<(), Error> {
    let (person, engine) = (call.person(), call.engine());
    let row = known(&mut engine.db().read(person.organization).await?, &person).await?;
    if row.has_one() {
        let code = form.code.clone();
        return prove(&person, &FactorForm { code }, from, None).await;
    }
    let guess = Guess::Password(&row.email);
    let device = super::device::known(engine, person.account, from.device);
    let taken = engine.attempts().take(guess, device, engine.clock().now())?;
    let hash = Some(row.password_hash);
    if !engine.passwords().verify(form.password.clone(), hash).await? {
        return Err(Fault::field("password", "This is not your password.").into());
    }
    let mut tx = engine.db().begin(person.organization).await?;
    session::prove(&mut tx, &person, false).await?;
    tx.commit_at(failpoint::FACTOR_PROVE).await?;
    engine.attempts().known(taken);
    Ok(())
}

const SHOWN_ONCE: &str = "web_session.codes";

/// A text that is kept where others could read it, until it is shown to this person.
pub async fn conceal(person: &Person, text: &str) -> Result<String, Error> {
    let keys = vault::to_seal(&person.engine, person.organization).await?;
    Ok(BASE64.encode(keys.seal(at(person, SHOWN_ONCE), text.as_bytes())?))
}

/// What [`conceal`] was given, for the same person.
pub async fn reveal(person: &Person, concealed: &str) -> Result<String, Error> {
    let sealed = BASE64
        .decode(concealed)
        .map_err(|error| Error::Broken(error.to_string()))?;
    let keys = vault::to_open(&person.engine, person.organization).await?;
    let text = keys.open(at(person, SHOWN_ONCE), &sealed)?;
    String::from_utf8(text).map_err(|error| Error::Broken(error.to_string()))
}

/// The step whose code this is, if it is the one of now.
fn step_of(totp: &Totp, typed: &str, now: i64) -> Option<i64> {
    // The library compares in constant time.
    let step = totp.check(typed, u64::try_from(now).ok()?)?;
    i64::try_from(step).ok()
}

fn wrong() -> Error {
    Fault::field(
        "code",
        "This code is not right. Check the clock of your phone, and type the code it shows now.",
    )
    .into()
}

/// Letters and digits that are not mistaken for each other (RFC 4648, base 32).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Recovery codes in place of all earlier ones, to be shown once.
pub(super) async fn new_codes(tx: &mut Tx, person: &Person, keys: &vault::Keys) -> Result<Vec<String>, Error> {
    let code = || {
        let bytes: [u8; RECOVERY_LENGTH] = rand::random();
        // 256 is a multiple of 32: each letter is as likely as another.
        bytes.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]))
    };
    let codes: Vec<[char; RECOVERY_LENGTH]> = (0..RECOVERY_CODES).map(|_| code()).collect();
    let hash = |code: &[char; RECOVERY_LENGTH]| {
        let code: String = code.iter().collect();
        keys.macs(at(person, RECOVERY), code.as_bytes()).into_iter().next()
    };
    let hashes: Vec<[u8; 32]> = codes.iter().filter_map(hash).collect();
    store::set_recovery_codes(tx, person.organization, person.account, &hashes).await?;
    let shown = |code: &[char; RECOVERY_LENGTH]| {
        let parts: Vec<String> = code.chunks(4).map(|part| part.iter().collect()).collect();
        parts.join("-")
    };
    Ok(codes.iter().map(shown).collect())
}

/// Tells the account's owner what was done to it, in a letter and in the audit log.
pub(super) async fn tell(tx: &mut Tx, person: &Person, action: &'static str, text: &str) -> Result<(), Error> {
    let email = email(tx, person).await?;
    let owner = super::Owner {
        organization: person.organization,
        account: person.account,
        email: &email,
        address: person.address,
    };
    super::tell(tx, &person.engine, &owner, action, text).await
}
