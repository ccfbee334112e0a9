//! The payment provider, as its HTTP API has it (docs.stripe.com/api/payment_intents, docs.stripe.com/webhooks). Two calls are all
//! that is used of it, so they are written out here: the crate of the whole API would be compiled for them by everybody.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::PurchaseId;
use futures::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;

use crate::{Error, config::StripeConfig};

const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(20);
/// The longest answer, in bytes.
const ANSWER_MAX: usize = 256 * 1024;
/// An event that was signed longer ago is not taken: whoever has recorded it cannot send it again.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 200;

/// The provider, and how its events are known.
pub(crate) struct Stripe {
    client: reqwest::Client,
    config: StripeConfig,
}

/// What became of a payment that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is under way, by this name; an event says how it ends.
    UnderWay(String),
    /// It was not made, and will not be.
    Refused(String),
}

/// What to charge.
pub(super) struct Charge<'a> {
    pub(super) purchase: PurchaseId,
    /// US cents.
    pub(super) amount: i64,
    pub(super) method: &'a str,
    pub(super) description: &'a str,
}

#[derive(Deserialize)]
struct Intent {
    id: String,
}

#[derive(Deserialize)]
struct Failure {
    error: Reason,
}

#[derive(Deserialize)]
struct Reason {
    #[serde(default)]
    message: String,
}

/// What has happened to a payment of ours.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    Succeeded {
        purchase: PurchaseId,
        payment: String,
        /// What was taken, in the currency's smallest unit.
        amount: i64,
        currency: String,
    },
    Failed {
        purchase: PurchaseId,
        reason: String,
    },
    /// Nothing that concerns us.
    Other,
}

#[derive(Deserialize)]
struct EventIn {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object {
    id: String,
    amount_received: i64,
    currency: String,
    metadata: Metadata,
    last_payment_error: Option<Reason>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    purchase_id: String,
}

impl Stripe {
    pub(crate) fn new(config: &StripeConfig) -> Result<Self, Error> {
        // A second installation, as in tests, changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Broken(format!("setting up the payment provider's client: {error}")))?;
        Ok(Self {
            client,
            config: config.clone(),
        })
    }

    /// Asks for a payment. However often this is called for a purchase, it is charged once: the provider keeps its id as the key
    /// of the request. An error leaves open whether it was.
    pub(super) async fn charge(&self, charge: &Charge<'_>) -> Result<Answer, Error> {
        let (purchase, amount) = (charge.purchase.to_string(), charge.amount.to_string());
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("amount", &amount)
            .append_pair("currency", "usd")
            .append_pair("payment_method", charge.method)
            .append_pair("confirm", "true")
            // Whoever called is a program: there is nobody to answer a bank's question.
            .append_pair("error_on_requires_action", "true")
            .append_pair("payment_method_types[]", "card")
            .append_pair("description", charge.description)
            .append_pair("metadata[purchase_id]", &purchase)
            .finish();
        let request = self
            .client
            .post(format!("{}/v1/payment_intents", self.config.api))
            .bearer_auth(self.config.key.expose_secret())
            .header("idempotency-key", &purchase)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let (mut bytes, mut body) = (Vec::new(), response.bytes_stream());
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.map_err(failed)?);
            if bytes.len() > ANSWER_MAX {
                return Err(broken("said more than an answer"));
            }
        }
        match status {
            StatusCode::OK => {
                let intent: Intent = read(&bytes)?;
                Ok(Answer::UnderWay(intent.id))
            }
            StatusCode::PAYMENT_REQUIRED | StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => {
                let failure: Failure = read(&bytes)?;
                Ok(Answer::Refused(line(&failure.error.message)))
            }
            status => Err(broken(&format!("answered {status}"))),
        }
    }

    /// Reads an event, where it is signed by the provider; `None` where it is not.
    pub(super) fn event(&self, body: &[u8], signature: &str, now: DateTime<Utc>) -> Option<Event> {
        is_signed(&self.config.webhook_secret, body, signature, now).then_some(())?;
        let event: EventIn = serde_json::from_slice(body).ok()?;
        let object = event.data.object;
        let Ok(purchase) = object.metadata.purchase_id.parse() else {
            return Some(Event::Other);
        };
        Some(match event.kind.as_str() {
            "payment_intent.succeeded" => Event::Succeeded {
                purchase,
                payment: object.id,
                amount: object.amount_received,
                currency: object.currency,
            },
            "payment_intent.payment_failed" | "payment_intent.canceled" => Event::Failed {
                purchase,
                reason: line(&object.last_payment_error.map(|error| error.message).unwrap_or_default()),
            },
            _ => Event::Other,
        })
    }
}

/// `t=SECONDS,v1=HEX,…`: an HMAC-SHA-256 of `SECONDS.body` under the secret, in hexadecimal digits. While a secret is changed
/// there are several.
fn is_signed(secret: &SecretString, body: &[u8], signature: &str, now: DateTime<Utc>) -> bool {
    let part = |name| {
        let pairs = signature.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
    };
    let Some(at) = part("t").next() else { return false };
    let Some(time) = at.parse().ok().and_then(|at| DateTime::from_timestamp(at, 0)) else {
        return false;
    };
    if (now - time).abs() > TOLERANCE {
        return false;
    }
    part("v1").any(|given| {
        let (Ok(mut mac), Some(given)) = (
            Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()),
            bytes(given),
        ) else {
            return false;
        };
        mac.update(at.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac.verify_slice(&given).is_ok()
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// Why, in one line, as its reader gets it.
fn line(given: &str) -> String {
    let line: String = given.chars().filter(|c| !c.is_control()).take(REASON_MAX).collect();
    match line.trim() {
        "" => "The payment provider gave no reason.".into(),
        line => line.to_owned(),
    }
}

fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| broken(&format!("said what is no answer: {error}")))
}

fn broken(what: &str) -> Error {
    Error::Broken(format!("the payment provider {what}"))
}

fn failed(error: reqwest::Error) -> Error {
    broken(&format!("did not answer: {}", error.without_url()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `printf '1492774577.{"a":1}' | openssl dgst -sha256 -hmac whsec_test`.
    const SIGNED: &str = "2a55874e33dedb30da6fac02873208f53a243141599a71c0d52a1d5b89656823";

    #[test]
    fn a_signature_is_that_of_another_implementation() {
        let (secret, body) = (SecretString::from("whsec_test"), br#"{"a":1}"#);
        let at = DateTime::from_timestamp(1_492_774_577, 0).unwrap();
        let header =
            format!("t=1492774577,v1={SIGNED},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39");
        assert!(is_signed(&secret, body, &header, at));
        assert!(is_signed(&secret, body, &header, at + TOLERANCE) && is_signed(&secret, body, &header, at - TOLERANCE));
        let rolled = format!("t=1492774577,v1={},v1={SIGNED}", "0".repeat(64));
        assert!(is_signed(&secret, body, &rolled, at), "one of several is enough");
        let late = at + TOLERANCE + TimeDelta::seconds(1);
        for (body, header, now) in [
            (&br#"{"a":2}"#[..], header.as_str(), at),
            (body, header.as_str(), late),
            (body, header.as_str(), at - TOLERANCE - TimeDelta::seconds(1)),
            (body, &header.replace("t=1492774577", "t=1492774578"), at),
            (body, &header.replace("v1=", "v0="), at),
            (body, &format!("v1={SIGNED}"), at),
            (body, "t=x,v1=", at),
            (body, "t=1492774577,v1=é", at),
            (body, "t=9223372036854775807,v1=00", at),
            (body, "", at),
        ] {
            assert!(!is_signed(&secret, body, header, now), "{header}");
        }
        assert!(!is_signed(&SecretString::from("whsec_other"), body, &header, at));
    }
}
