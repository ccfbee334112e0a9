//! Signatures as Standard Webhooks has them (standard-webhooks.com): symmetric, version 1.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use domain::id::DeliveryId;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Error;

/// Bytes of a secret; the specification asks for 24 to 64.
pub(super) const SECRET: usize = 32;

/// A secret as its receiver keeps it.
pub(super) fn shown(secret: &[u8]) -> String {
    format!("whsec_{}", BASE64.encode(secret))
}

/// The value of `webhook-signature`: one signature for each secret, divided by spaces.
pub(super) fn signatures(
    secrets: &[Vec<u8>],
    id: DeliveryId,
    at: DateTime<Utc>,
    payload: &str,
) -> Result<String, Error> {
    let signed = format!("{id}.{}.{payload}", at.timestamp());
    let one = |secret: &Vec<u8>| {
        let mac = Hmac::<Sha256>::new_from_slice(secret);
        let mut mac = mac.map_err(|_| Error::Broken("a secret of no length".into()))?;
        mac.update(signed.as_bytes());
        Ok(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
    };
    let all: Vec<String> = secrets.iter().map(one).collect::<Result<_, Error>>()?;
    Ok(all.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with the reference implementation's own example secret and `openssl dgst -sha256 -mac HMAC`.
    #[test]
    fn signatures_are_those_of_another_implementation() {
        let secret = BASE64.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let id: DeliveryId = "0197f0c5-8d5e-7a31-9f0e-3f6c1d2b4a59".parse().unwrap();
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let payload = r#"{"test": 2432232314}"#;
        let one = signatures(std::slice::from_ref(&secret), id, at, payload).unwrap();
        assert_eq!(one, "v1,j/n+w57091McJgzk87T58F2L8DR8SWMU4dHhQbwe2JM=");
        let two = signatures(&[vec![7; SECRET], secret.clone()], id, at, payload).unwrap();
        let (other, same) = two.split_once(' ').unwrap();
        assert!(same == one && other.starts_with("v1,") && other != one, "{two}");
        assert_eq!(shown(&secret), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
