//! One small question, to tell somebody who has given a key whether it works.

use std::time::{Duration, Instant};

use domain::api_configuration::{TestOutcome, Tested};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{OpenAi, wire::bounded};
use crate::failpoint;

/// For all of it.
const TOTAL: Duration = Duration::from_secs(20);

impl OpenAi {
    pub(crate) async fn test(&self) -> Tested {
        let began = Instant::now();
        let outcome = match tokio::time::timeout(TOTAL, self.asked_once()).await {
            Ok(outcome) => outcome,
            Err(_) => TestOutcome::TimedOut,
        };
        Tested {
            outcome,
            duration_ms: i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
        }
    }

    async fn asked_once(&self) -> TestOutcome {
        let body = self.body(vec![json!({ "role": "user", "content": "Answer with the word OK." })]);
        if failpoint::before(failpoint::PROVIDER).await.is_err() {
            return TestOutcome::NotReachable;
        }
        let request = self.http.post(format!("{}/chat/completions", self.base));
        let sent = request.bearer_auth(self.key.expose_secret()).json(&body).send().await;
        let response = match sent {
            Ok(response) => bounded(response),
            // A name that leads nowhere, or where it must not, a closed port, no encryption: all are one to whoever asks.
            Err(error) if error.is_connect() || !error.is_timeout() => return TestOutcome::NotReachable,
            Err(_) => return TestOutcome::TimedOut,
        };
        let status = response.status();
        let said = response.json::<Value>().await.unwrap_or_default();
        outcome(status, &said)
    }
}

fn outcome(status: StatusCode, said: &Value) -> TestOutcome {
    let code = said["error"]["code"].as_str().unwrap_or_default();
    let what = said["error"]["message"].as_str().unwrap_or_default().to_lowercase();
    let of_model = code == "model_not_found" || what.contains("model") && names_nothing(&what);
    match status.as_u16() {
        200..=299 if said["choices"][0]["message"].is_object() => TestOutcome::Ok,
        // Some say of a wrong key that the request is wrong.
        400 if what.contains("api key") => TestOutcome::KeyRefused,
        400 | 403 | 404 | 422 if of_model => TestOutcome::ModelUnknown,
        401 | 403 => TestOutcome::KeyRefused,
        402 | 429 => TestOutcome::OutOfQuota,
        404 if said["error"].is_object() => TestOutcome::ModelUnknown,
        400 | 413 | 422 => TestOutcome::Refused,
        _ => TestOutcome::NoAnswer,
    }
}

/// How providers say that there is no such thing.
fn names_nothing(what: &str) -> bool {
    [
        "not found",
        "does not exist",
        "invalid model",
        "unknown model",
        "not a valid model",
        "not have access",
    ]
    .iter()
    .any(|words| what.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_say_it_each_in_their_own_way() {
        let error = |message: &str, code: Value| json!({ "error": { "message": message, "code": code } });
        let good = json!({ "choices": [{ "message": { "role": "assistant", "content": "OK" } }] });
        for (status, said, is) in [
            (200, good, TestOutcome::Ok),
            (200, json!({ "hello": "world" }), TestOutcome::NoAnswer),
            (302, Value::Null, TestOutcome::NoAnswer),
            (
                401,
                error("Incorrect API key provided: sk-01**cdef.", json!("invalid_api_key")),
                TestOutcome::KeyRefused,
            ),
            (403, error("Forbidden", Value::Null), TestOutcome::KeyRefused),
            (
                400,
                error("API key not valid. Please pass a valid API key.", json!(400)),
                TestOutcome::KeyRefused,
            ),
            (
                404,
                error(
                    "The model `gpt-9` does not exist or you do not have access to it.",
                    json!("model_not_found"),
                ),
                TestOutcome::ModelUnknown,
            ),
            (404, error("model: gpt-9", Value::Null), TestOutcome::ModelUnknown),
            (404, Value::Null, TestOutcome::NoAnswer),
            (
                400,
                error("Invalid model: gpt-9", Value::Null),
                TestOutcome::ModelUnknown,
            ),
            (
                403,
                error(
                    "Project does not have access to model `gpt-9`",
                    json!("model_not_found"),
                ),
                TestOutcome::ModelUnknown,
            ),
            (
                400,
                error(
                    "Unsupported value: 'temperature' does not support 0.2 with this model.",
                    json!("unsupported_value"),
                ),
                TestOutcome::Refused,
            ),
            (
                429,
                error("You exceeded your current quota", json!("insufficient_quota")),
                TestOutcome::OutOfQuota,
            ),
            (500, Value::Null, TestOutcome::NoAnswer),
        ] {
            assert_eq!(
                outcome(StatusCode::from_u16(status).unwrap(), &said),
                is,
                "{status} {said}"
            );
        }
    }
}
