//! Access tokens: JWT, HS256, ten minutes.
//!
//! The library is used without its own cryptography; the HMAC of the tree's `hmac` and `sha2` is handed to it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::tenancy::Role;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{Error as JwtError, ErrorKind},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use super::SignedIn;
use crate::Error;

pub(super) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
const ISSUER: &str = "porchlight";
const AUDIENCE: &str = "porchlight/v1";

struct Hs256(Hmac<Sha256>);

impl signature::Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let mut mac = self.0.clone();
        mac.update(message);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

impl signature::Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.verify_slice(signature).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

fn hs256(algorithm: &Algorithm, key: &[u8]) -> Result<Hs256, JwtError> {
    if *algorithm != Algorithm::HS256 {
        return Err(ErrorKind::InvalidAlgorithm.into());
    }
    Hmac::new_from_slice(key)
        .map(Hs256)
        .map_err(|_| ErrorKind::InvalidKeyFormat.into())
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, JwtError> {
    Ok(Box::new(hs256(algorithm, key.as_bytes())?))
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, JwtError> {
    Ok(Box::new(hs256(algorithm, key.try_get_as_bytes()?)?))
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

/// Typed on purpose: a time sent as a text is no time.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    org: Uuid,
    /// The session that this token names.
    sid: Uuid,
    role: Role,
    iat: i64,
    exp: i64,
}

pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    pub(crate) fn new(secret: &SecretString) -> Self {
        // Installing it a second time, as tests in one process do, changes nothing.
        let _ = PROVIDER.install_default();
        let key = secret.expose_secret().as_bytes();
        Self {
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
        }
    }

    pub(super) fn issue(&self, who: SignedIn, now: DateTime<Utc>) -> Result<String, Error> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: who.account.uuid(),
            org: who.organization.uuid(),
            sid: who.session.uuid(),
            role: who.role,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding)
            .map_err(|error| Error::Broken(format!("signing a token: {error}")))
    }

    /// The clock is ours, so that tests own it; the library checks signature, algorithm, issuer and audience.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<SignedIn> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation)
            .ok()?
            .claims;
        let live = claims.iat <= now.timestamp() + 60 && now.timestamp() < claims.exp;
        live.then(|| SignedIn {
            account: claims.sub.into(),
            organization: claims.org.into(),
            session: claims.sid.into(),
            role: claims.role,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_ten_minutes_and_only_under_its_own_key() {
        let tokens = Tokens::new(&"a secret of at least thirty-two bytes".into());
        let others = Tokens::new(&"another secret of thirty-two or more".into());
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let who = SignedIn {
            account: Uuid::new_v4().into(),
            organization: Uuid::new_v4().into(),
            session: Uuid::new_v4().into(),
            role: Role::Owner,
        };
        let token = tokens.issue(who, now).unwrap();
        assert_eq!(tokens.verify(&token, now).unwrap().account, who.account);
        assert!(tokens.verify(&token, now + TimeDelta::seconds(599)).is_some());
        assert!(tokens.verify(&token, now + LIFETIME).is_none());
        assert!(others.verify(&token, now).is_none());
        for i in 0..token.len() {
            let mut bent = token.clone().into_bytes();
            bent[i] = if bent[i] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            // The last character of a part carries spare bits, which may decode to the same bytes.
            let same = bent == token || tokens.verify(&bent, now).is_some_and(|w| w.account == who.account);
            assert!(
                !same || token[i..].starts_with('.') || i + 1 == token.len() || token.as_bytes()[i + 1] == b'.',
                "byte {i}"
            );
        }
    }
}
