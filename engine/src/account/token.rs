//! Access tokens: JWT (RFC 7519) of the type `at+jwt`, HS256, ten minutes.
//!
//! A token says by `kid` which of our keys has signed it; the first signs, all verify, so that a key can be changed without
//! a token being refused. The library is used without its own cryptography; the HMAC of the tree's `hmac` and `sha2` is
//! handed to it.

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
use sha2::{Digest, Sha256};
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
    /// Ours have none; one that has holds from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
}

/// What a token's header says it is (RFC 9068): nothing else that is signed with our keys passes for one.
const TYPE: &str = "at+jwt";
/// No token of ours comes near.
const LONGEST: usize = 4 * 1024;

pub(crate) struct Tokens(Vec<Key>);

struct Key {
    id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    fn new(secret: &SecretString) -> Self {
        let key = secret.expose_secret().as_bytes();
        let id = Sha256::digest([b"porchlight/kid".as_slice(), key].concat());
        Self {
            id: id.iter().take(6).map(|byte| format!("{byte:02x}")).collect(),
            encoding: EncodingKey::from_secret(key),
            decoding: DecodingKey::from_secret(key),
        }
    }

    fn sign(&self, who: SignedIn, now: DateTime<Utc>) -> Result<String, Error> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: who.account.uuid(),
            org: who.organization.uuid(),
            sid: who.session.uuid(),
            role: who.role,
            iat: now.timestamp(),
            exp: (now + LIFETIME).timestamp(),
            nbf: None,
        };
        let header = Header {
            typ: Some(TYPE.into()),
            kid: Some(self.id.clone()),
            ..Header::new(Algorithm::HS256)
        };
        jsonwebtoken::encode(&header, &claims, &self.encoding)
            .map_err(|error| Error::Broken(format!("signing a token: {error}")))
    }
}

impl Tokens {
    /// The first secret signs, all verify.
    pub(crate) fn new(secrets: &[SecretString]) -> Self {
        // Installing it a second time, as tests in one process do, changes nothing.
        let _ = PROVIDER.install_default();
        Self(secrets.iter().map(Key::new).collect())
    }

    /// Signs and verifies once with each key. A server whose tokens do not hold, or hold though they were changed, does not
    /// start.
    pub(crate) fn must_work(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let nobody = SignedIn {
            account: Uuid::nil().into(),
            organization: Uuid::nil().into(),
            session: Uuid::nil().into(),
            role: Role::Realtor,
        };
        for key in &self.0 {
            let token = key.sign(nobody, now)?;
            let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
            let other = if signature.starts_with('A') { "B" } else { "A" };
            let changed = format!("{signed}.{other}{}", signature.get(1..).unwrap_or_default());
            if self.verify(&token, now).is_none() || self.verify(&changed, now).is_some() {
                return Err(Error::Broken("access tokens do not pass their self-test".into()));
            }
        }
        Ok(())
    }

    pub(super) fn issue(&self, who: SignedIn, now: DateTime<Utc>) -> Result<String, Error> {
        let key = self.0.first();
        key.ok_or_else(|| Error::Broken("no key signs tokens".into()))?
            .sign(who, now)
    }

    /// The clock is ours, so that tests own it; the library checks signature, algorithm, issuer and audience.
    pub(super) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<SignedIn> {
        if token.len() > LONGEST {
            return None;
        }
        let header = jsonwebtoken::decode_header(token).ok()?;
        // A key is one of ours by its name, never one that the token brings along or points to.
        let strange = header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some();
        if strange || header.crit.is_some() || header.typ.as_deref() != Some(TYPE) {
            return None;
        }
        let key = self.0.iter().find(|key| Some(&key.id) == header.kid.as_ref())?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation)
            .ok()?
            .claims;
        let now = now.timestamp();
        let live = claims.iat <= now + 60 && claims.nbf.is_none_or(|from| from <= now) && now < claims.exp;
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
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "a secret of at least thirty-two bytes";
    const OTHER: &str = "another secret of thirty-two or more";

    fn tokens(secrets: &[&str]) -> Tokens {
        Tokens::new(&secrets.iter().map(|secret| (*secret).into()).collect::<Vec<_>>())
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn who() -> SignedIn {
        SignedIn {
            account: Uuid::from_u128(1).into(),
            organization: Uuid::from_u128(2).into(),
            session: Uuid::from_u128(3).into(),
            role: Role::Owner,
        }
    }

    /// Any header and claims, signed rightly.
    fn signed(header: &str, claims: &str, secret: &str) -> String {
        let message = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(message.as_bytes());
        format!("{message}.{}", BASE64.encode(mac.finalize().into_bytes()))
    }

    fn parts(token: &str) -> (Value, Value) {
        let part = |i: usize| {
            let part = token.split('.').nth(i).unwrap();
            serde_json::from_slice(&BASE64.decode(part).unwrap()).unwrap()
        };
        (part(0), part(1))
    }

    #[test]
    fn keys_that_do_not_verify_what_they_sign_are_noticed() {
        let now = now();
        let mut tokens = tokens(&[SECRET, OTHER]);
        tokens.must_work(now).unwrap();
        tokens.0[1].decoding = DecodingKey::from_secret(SECRET.as_bytes());
        assert!(tokens.must_work(now).is_err());
    }

    #[test]
    fn a_token_lives_ten_minutes_and_only_under_its_own_key() {
        let (ours, others) = (tokens(&[SECRET]), tokens(&[OTHER]));
        let token = ours.issue(who(), now()).unwrap();
        assert_eq!(ours.verify(&token, now()).unwrap().account, who().account);
        assert!(ours.verify(&token, now() + TimeDelta::seconds(599)).is_some());
        assert!(ours.verify(&token, now() + LIFETIME).is_none());
        assert!(others.verify(&token, now()).is_none());
        for i in 0..token.len() {
            let mut bent = token.clone().into_bytes();
            bent[i] = if bent[i] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bent).unwrap();
            // The last character of a part carries spare bits, which may decode to the same bytes.
            let same = bent == token || ours.verify(&bent, now()).is_some_and(|w| w.account == who().account);
            assert!(
                !same || token[i..].starts_with('.') || i + 1 == token.len() || token.as_bytes()[i + 1] == b'.',
                "byte {i}"
            );
        }
    }

    #[test]
    fn keys_change_without_a_token_being_refused() {
        let old = tokens(&[SECRET]);
        let token = old.issue(who(), now()).unwrap();
        let both = tokens(&[OTHER, SECRET]);
        assert!(both.verify(&token, now()).is_some());
        let newer = both.issue(who(), now()).unwrap();
        assert!(old.verify(&newer, now()).is_none(), "not known to the old server");
        let new = tokens(&[OTHER]);
        assert!(new.verify(&newer, now()).is_some());
        assert!(new.verify(&token, now()).is_none(), "the old key was taken out");
    }

    #[test]
    fn nothing_but_what_we_signed_for_this_opens_anything() {
        let ours = tokens(&[SECRET, OTHER]);
        let good = ours.issue(who(), now()).unwrap();
        let (header, claims) = parts(&good);
        let (head, body) = (header.to_string(), claims.to_string());
        assert!(
            ours.verify(&signed(&head, &body, SECRET), now()).is_some(),
            "the vectors are made rightly"
        );
        let with = |base: &Value, name: &str, value: Value| {
            let mut changed = base.clone();
            changed[name] = value;
            changed.to_string()
        };
        let without = |base: &Value, name: &str| {
            let mut changed = base.clone();
            changed.as_object_mut().unwrap().remove(name);
            changed.to_string()
        };
        let mut bad = Vec::new();
        for alg in [
            "none", "None", "nOnE", "NONE", "HS384", "HS512", "RS256", "ES256", "EdDSA", "",
        ] {
            let head = with(&header, "alg", json!(alg));
            bad.push(signed(&head, &body, SECRET));
            bad.push(format!("{}.{}.", BASE64.encode(&head), BASE64.encode(&body)));
        }
        for typ in [json!("JWT"), json!("at+jwt "), json!("AT"), json!(1), Value::Null] {
            bad.push(signed(&with(&header, "typ", typ), &body, SECRET));
        }
        for kid in ["", "../../etc/passwd", "' or 1=1 --", "0", "\u{0}", &"a".repeat(5000)] {
            bad.push(signed(&with(&header, "kid", json!(kid)), &body, SECRET));
        }
        bad.push(signed(&head, &body, OTHER));
        for (name, value) in [
            ("jku", json!("https://evil.example/keys")),
            ("x5u", json!("https://evil.example/cert")),
            ("x5c", json!(["MIIB"])),
            ("jwk", json!({"kty": "oct", "k": "c2VjcmV0"})),
            ("crit", json!(["exp"])),
        ] {
            bad.push(signed(&with(&header, name, value), &body, SECRET));
        }
        for name in ["alg", "typ", "kid"] {
            bad.push(signed(&without(&header, name), &body, SECRET));
        }
        for name in ["iss", "aud", "sub", "org", "sid", "role", "iat", "exp"] {
            bad.push(signed(&head, &without(&claims, name), SECRET));
        }
        for (name, value) in [
            ("iss", json!("somebody")),
            ("iss", json!(["porchlight"])),
            ("aud", json!("other")),
            ("aud", json!([AUDIENCE])),
            ("aud", json!([])),
            ("sub", json!("not an id")),
            ("role", json!("root")),
            ("exp", json!(now().timestamp() - 1)),
            ("exp", json!(now().timestamp())),
            ("exp", json!((now().timestamp() + 600).to_string())),
            ("exp", json!(1e300)),
            ("exp", json!(now().timestamp() as f64 + 600.5)),
            ("exp", json!(-1)),
            ("exp", Value::Null),
            ("exp", json!(true)),
            ("iat", json!(now().timestamp() + 61)),
            ("iat", json!("soon")),
            ("nbf", json!(now().timestamp() + 3600)),
        ] {
            bad.push(signed(&head, &with(&claims, name, value), SECRET));
        }
        let twice = |name: &str| body.replacen('{', &format!("{{\"{name}\":{},", claims[name]), 1);
        bad.extend(["sub", "exp", "aud"].map(|name| signed(&head, &twice(name), SECRET)));
        bad.extend([
            format!("{good}."),
            format!(".{good}"),
            good.replace('.', ".."),
            good.rsplit_once('.').unwrap().0.to_owned(),
            format!("{} ", good),
            String::new(),
            "..".into(),
            "a.b.c".into(),
            format!("{good}{}", "A".repeat(LONGEST)),
            signed(&head, "[]", SECRET),
            signed(&head, "null", SECRET),
            signed(&head, &"[".repeat(1000), SECRET),
        ]);
        assert!(bad.len() >= 60, "{}", bad.len());
        for token in &bad {
            assert!(ours.verify(token, now()).is_none(), "{token}");
        }
    }

    #[test]
    fn no_mutation_of_a_token_passes() {
        let ours = tokens(&[SECRET]);
        let good = ours.issue(who(), now()).unwrap();
        let cases = crate::testing::cases(5_000, 100_000);
        for _ in 0..cases {
            let mut bytes = good.clone().into_bytes();
            for _ in 0..1 + rand::random::<u8>() % 4 {
                let at = rand::random_range(0..bytes.len());
                match rand::random::<u8>() % 3 {
                    0 => bytes[at] ^= 1 << (rand::random::<u8>() % 7),
                    1 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, rand::random::<u8>() % 128),
                }
            }
            let Ok(bent) = String::from_utf8(bytes) else { continue };
            // Spare bits of the last character of a part may decode to the same bytes: it is the same token then.
            let same = |one: &str, other: &str| {
                let decoded = |token: &str| {
                    token
                        .split('.')
                        .map(|part| BASE64.decode(part).ok())
                        .collect::<Vec<_>>()
                };
                one == other || decoded(one) == decoded(other)
            };
            assert!(same(&bent, &good) || ours.verify(&bent, now()).is_none(), "{bent}");
        }
    }
}
