//! ID tokens (OpenID Connect Core 1.0, 3.1.3.7): who somebody is, said and signed by the provider.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, de::DeserializeOwned};
use subtle::ConstantTimeEq;

/// Seconds by which the provider's clock may be off.
const SKEW: i64 = 60;
/// The longest name of somebody at a provider, in ASCII characters.
const SUBJECT_MAX: usize = 255;

/// One of the provider's public keys (RFC 7517). What is of no use here is left out.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Key {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    email: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
}

/// What a token must say to be meant for us, now, in answer to our question.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: DateTime<Utc>,
}

/// Somebody, as their provider knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) issuer: String,
    /// Names them for good; nothing else does.
    pub(super) subject: String,
    /// For people to read.
    pub(super) email: Option<String>,
    /// The provider has asked for more than one factor (RFC 8176, `mfa`).
    pub(super) with_factor: bool,
}

/// Why a token is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// None of the keys that are known; there may be a newer one.
    NoSuchKey,
    /// Anything else, by what is wrong.
    Bad(&'static str),
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    let bytes = BASE64.decode(text).map_err(|_| Refusal::Bad("encoding"))?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Bad("form"))
}

/// Whom a token is about, where it holds in every point.
pub(super) fn verify(token: &str, keys: &[Key], expected: &Expected<'_>) -> Result<Subject, Refusal> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(Refusal::Bad("form"));
    };
    let head: Header = part(header)?;
    if head.crit.is_some() {
        return Err(Refusal::Bad("crit"));
    }
    let signature = BASE64.decode(signature).map_err(|_| Refusal::Bad("encoding"))?;
    let signed = &token.as_bytes()[..header.len() + 1 + claims.len()];
    is_signed(&head, keys, signed, &signature)?;
    judge(part(claims)?, expected)
}

/// The algorithm is one of two by name, each with its own kind of key: none, and no secret of ours, passes for one.
fn is_signed(head: &Header, keys: &[Key], signed: &[u8], signature: &[u8]) -> Result<(), Refusal> {
    let kind = match head.alg.as_str() {
        "RS256" => "RSA",
        "ES256" => "EC",
        _ => return Err(Refusal::Bad("algorithm")),
    };
    let fits = |key: &&Key| {
        key.kty == kind
            && (head.kid.is_none() || key.kid == head.kid)
            && key.used_for.as_deref().is_none_or(|used| used == "sig")
            && key.alg.as_ref().is_none_or(|alg| *alg == head.alg)
    };
    let mut fitting = keys.iter().filter(fits).peekable();
    if fitting.peek().is_none() {
        return Err(Refusal::NoSuchKey);
    }
    match fitting.any(|key| key.has_signed(signed, signature).unwrap_or(false)) {
        true => Ok(()),
        // Without a name it may be of a key that is newer than those.
        false if head.kid.is_none() => Err(Refusal::NoSuchKey),
        false => Err(Refusal::Bad("signature")),
    }
}

impl Key {
    fn has_signed(&self, signed: &[u8], signature: &[u8]) -> Option<bool> {
        let number = |text: &Option<String>| BASE64.decode(text.as_deref()?).ok();
        if self.kty == "RSA" {
            let (n, e) = (number(&self.n)?, number(&self.e)?);
            let key = RsaPublicKeyComponents { n: &n, e: &e };
            return Some(key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok());
        }
        if self.crv.as_deref() != Some("P-256") {
            return None;
        }
        let point = [vec![4], number(&self.x)?, number(&self.y)?].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        Some(key.verify(signed, signature).is_ok())
    }
}

fn judge(claims: Claims, expected: &Expected<'_>) -> Result<Subject, Refusal> {
    let ensure = |holds: bool, what| holds.then_some(()).ok_or(Refusal::Bad(what));
    ensure(claims.iss == expected.issuer, "issuer")?;
    let ours = |name: &String| name == expected.client;
    match &claims.aud {
        Audience::One(name) => ensure(ours(name), "audience")?,
        // Among others it must have been made for us.
        Audience::Many(names) => {
            ensure(names.iter().any(ours), "audience")?;
            ensure(names.len() == 1 || claims.azp.is_some(), "authorized party")?;
        }
    }
    ensure(claims.azp.as_ref().is_none_or(ours), "authorized party")?;
    let now = expected.now.timestamp();
    ensure(now < claims.exp.saturating_add(SKEW), "expiry")?;
    ensure(
        claims.iat <= now + SKEW && claims.nbf.is_none_or(|from| from <= now + SKEW),
        "beginning",
    )?;
    let nonce = claims.nonce.unwrap_or_default();
    ensure(nonce.as_bytes().ct_eq(expected.nonce.as_bytes()).into(), "nonce")?;
    let named =
        |sub: &str| !sub.is_empty() && sub.len() <= SUBJECT_MAX && sub.bytes().all(|b| (b' '..=b'~').contains(&b));
    ensure(named(&claims.sub), "subject")?;
    Ok(Subject {
        issuer: claims.iss,
        subject: claims.sub,
        email: claims
            .email
            .filter(|email| email.len() <= SUBJECT_MAX && !email.contains(char::is_control)),
        with_factor: claims.amr.iter().any(|method| method == "mfa"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// RFC 7515, appendices A.2 and A.3: other people's signatures.
    #[test]
    fn signatures_of_the_standard_hold() {
        let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let rsa = json!({
            "kty": "RSA", "e": "AQAB",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs\
                  D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV\
                  MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        });
        let ec = json!({
            "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        let by_rsa = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7\
                      t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi1\
                      2jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGl\
                      UPQGe77Rw";
        let by_ec = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        for (header, key, signature) in [
            ("eyJhbGciOiJSUzI1NiJ9", rsa, by_rsa),
            ("eyJhbGciOiJFUzI1NiJ9", ec, by_ec),
        ] {
            let keys: Vec<Key> = vec![serde_json::from_value(key).unwrap()];
            let (head, signature): (Header, _) = (part(header).unwrap(), BASE64.decode(signature).unwrap());
            let signed = format!("{header}.{claims}");
            assert_eq!(
                is_signed(&head, &keys, signed.as_bytes(), &signature),
                Ok(()),
                "{header}"
            );
            let bent = signed.replace("eyJpc3Mi", "eyJpc3Mj");
            assert!(is_signed(&head, &keys, bent.as_bytes(), &signature).is_err());
        }
    }
}
