//! A browser that somebody has signed in with before. It keeps a name of its own with what proves that we gave it for that
//! account, so that a stranger's guesses elsewhere do not hold it up.

use domain::id::AccountId;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

use crate::{Engine, Error};

fn mac(secret: &SecretString, person: Uuid, name: &str) -> Result<Hmac<Sha256>, Error> {
    let secret = secret.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| Error::Broken("a secret of no length".into()))?;
    mac.update(b"porchlight/device");
    mac.update(person.as_bytes());
    mac.update(name.as_bytes());
    Ok(mac)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name of all browsers in which a password was set by a letter's link: whoever reads the letters gains no more guesses by
/// setting one after the other.
const BY_LETTER: &str = "letter";

/// What a browser is to keep after somebody has signed in with it: `name.proof`.
pub fn device_of(engine: &Engine, account: AccountId) -> Result<String, Error> {
    new(engine, account.uuid())
}

/// The same for anybody who signs in.
pub(crate) fn new(engine: &Engine, person: Uuid) -> Result<String, Error> {
    named(engine, person, &hex(&rand::random::<[u8; 16]>()))
}

/// The same, after somebody has set a password by the link of a letter.
pub fn device_by_letter(engine: &Engine, account: AccountId) -> Result<String, Error> {
    named(engine, account.uuid(), BY_LETTER)
}

fn named(engine: &Engine, person: Uuid, name: &str) -> Result<String, Error> {
    let secret = engine.config().token_secrets.first();
    let secret = secret.ok_or_else(|| Error::Broken("there is no secret".into()))?;
    let proof = mac(secret, person, name)?.finalize().into_bytes();
    Ok(format!("{name}.{}", hex(&proof)))
}

/// The name, where it was given for this account.
pub(super) fn known<'d>(engine: &Engine, account: AccountId, device: Option<&'d str>) -> Option<&'d str> {
    known_to(engine, account.uuid(), device)
}

/// The same for anybody who signs in.
pub(crate) fn known_to<'d>(engine: &Engine, person: Uuid, device: Option<&'d str>) -> Option<&'d str> {
    let (name, proof) = device?.split_once('.')?;
    let bytes = |i: usize| u8::from_str_radix(proof.get(i..i + 2)?, 16).ok();
    let proof: Vec<u8> = (0..proof.len()).step_by(2).map(bytes).collect::<Option<_>>()?;
    let gave = |secret| mac(secret, person, name).is_ok_and(|mac| mac.verify_slice(&proof).is_ok());
    engine.config().token_secrets.iter().any(gave).then_some(name)
}
