//! A service of the deployment's own that knows licences, asked over HTTP.
//!
//! It is sent `{"state": "IL", "number": "475.123456", "name": "Ana Reyes"}` and answers `{"result": "verified"}`, `"refused"`
//! or `"unknown"`, with an `expires_on` (the last day, `2027-04-30`) and a `reason` where there are any. Any status but 200 is a
//! failure, and it is asked again.

use std::time::Duration;

use chrono::NaiveDate;
use futures::StreamExt;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::Found;
use crate::{Error, config::VerifierConfig, failpoint};

const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(15);
/// The longest answer, in bytes.
const ANSWER_MAX: usize = 64 * 1024;
/// The longest reason that is kept, in characters.
const REASON_MAX: usize = 300;

/// The service, where there is one.
pub(crate) struct Hook(Option<Service>);

struct Service {
    client: reqwest::Client,
    url: String,
    key: Option<SecretString>,
}

/// What is known of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Verified {
        expires_on: Option<NaiveDate>,
    },
    Refused {
        reason: String,
    },
    /// Somebody has to look.
    Unknown,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Verified,
    Refused,
    Unknown,
}

#[derive(Deserialize)]
struct Answer {
    result: Word,
    expires_on: Option<NaiveDate>,
    reason: Option<String>,
}

impl Hook {
    pub(crate) fn new(config: Option<&VerifierConfig>) -> Result<Self, Error> {
        let Some(config) = config else { return Ok(Self(None)) };
        // A second installation, as in tests, changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Broken(format!("setting up the licence verifier's client: {error}")))?;
        Ok(Self(Some(Service {
            client,
            url: config.url.clone(),
            key: config.key.clone(),
        })))
    }

    /// Asks the service; without one nothing is known.
    pub(super) async fn ask(&self, found: &Found) -> Result<Outcome, Error> {
        let Some(service) = &self.0 else {
            return Ok(Outcome::Unknown);
        };
        failpoint::before(failpoint::LICENCE_VERIFY)
            .await
            .map_err(at_failpoint)?;
        let answer = service.ask(found).await?;
        failpoint::after(failpoint::LICENCE_VERIFY)
            .await
            .map_err(at_failpoint)?;
        Ok(match answer.result {
            Word::Verified => Outcome::Verified {
                expires_on: answer.expires_on,
            },
            Word::Refused => Outcome::Refused {
                reason: reason(answer.reason),
            },
            Word::Unknown => Outcome::Unknown,
        })
    }
}

impl Service {
    async fn ask(&self, found: &Found) -> Result<Answer, Error> {
        let question = json!({ "state": found.licence.state, "number": found.licence.number, "name": found.name });
        let mut request = self.client.post(&self.url).json(&question);
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let response = request.send().await.map_err(failed)?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(broken(&format!("answered {}", response.status())));
        }
        let (mut bytes, mut body) = (Vec::new(), response.bytes_stream());
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.map_err(failed)?);
            if bytes.len() > ANSWER_MAX {
                return Err(broken("said more than an answer"));
            }
        }
        serde_json::from_slice(&bytes).map_err(|error| broken(&format!("said what is no answer: {error}")))
    }
}

/// Why, in one line, as its reader gets it.
fn reason(given: Option<String>) -> String {
    let given = given.unwrap_or_default();
    let line: String = given.chars().filter(|c| !c.is_control()).take(REASON_MAX).collect();
    match line.trim() {
        "" => "the state’s register does not have it as given.".into(),
        line => line.to_owned(),
    }
}

fn broken(what: &str) -> Error {
    Error::Broken(format!("the licence verifier {what}"))
}

/// Without the address: it may hold a secret.
fn failed(error: reqwest::Error) -> Error {
    broken(&format!("did not answer: {}", error.without_url()))
}

fn at_failpoint(error: std::io::Error) -> Error {
    Error::io("the licence verifier")(error)
}
