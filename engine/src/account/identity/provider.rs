//! The sign-in provider: found by discovery (OpenID Connect Discovery 1.0), asked with a code and what proves that we began it
//! (RFC 7636, S256).
//!
//! What it says of itself is remembered for an hour. Its keys are fetched anew where a token names one that is not known, at most
//! once a minute. Sign-ins that are under way are kept in memory, like what authenticators are asked (ADR 4).

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use moka::{policy::EvictionPolicy, sync::Cache};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use url::Url;

use super::{
    Purpose,
    token::{self, Expected, Key, Refusal, Subject},
};
use crate::{Config, Error, account::new_token, config::OidcConfig};

const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(10);
/// The longest answer, in bytes.
const ANSWER_MAX: usize = 256 * 1024;
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
const KEYS_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How long somebody may take at the provider.
const HOLDS: TimeDelta = TimeDelta::minutes(10);
/// The most that are under way at once; the ones begun last stay.
const OPEN: u64 = 20_000;
/// Where the provider sends people back to.
pub(super) const CALLBACK: &str = "/sign-in/callback";

/// The provider, where there is one.
pub(crate) struct Provider(Option<Service>);

pub(super) struct Service {
    client: reqwest::Client,
    pub(super) config: OidcConfig,
    redirect_uri: String,
    known: Mutex<Option<Known>>,
    open: Cache<String, Flow>,
}

/// What the provider says of itself.
#[derive(Clone, Debug, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    at: DateTime<Utc>,
    keys: Arc<Vec<Key>>,
    keys_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct KeySet {
    /// Of kinds that are not known here, too.
    keys: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// A sign-in that is under way.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    at: DateTime<Utc>,
    nonce: String,
    verifier: String,
    pub(super) purpose: Purpose,
}

impl Provider {
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let Some(oidc) = config.oidc.clone() else {
            return Ok(Self(None));
        };
        // A second installation, as in tests, changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Error::Broken(format!("setting up the sign-in provider's client: {error}")))?;
        Ok(Self(Some(Service {
            client,
            redirect_uri: format!("{}{CALLBACK}", config.public_url),
            config: oidc,
            known: Mutex::default(),
            open: Cache::builder()
                .max_capacity(OPEN)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        })))
    }

    pub(super) const fn service(&self) -> Option<&Service> {
        self.0.as_ref()
    }
}

impl Service {
    /// Begins a sign-in: its `state`, and where the person goes.
    pub(super) async fn ask(&self, purpose: Purpose, now: DateTime<Utc>) -> Result<(String, String), Error> {
        let known = self.known(now).await?;
        let flow = Flow {
            at: now,
            nonce: new_token(),
            verifier: new_token(),
            purpose,
        };
        let state = new_token();
        let challenge = BASE64.encode(Sha256::digest(&flow.verifier));
        let mut url = self.endpoint(&known.metadata.authorization_endpoint)?;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &self.redirect_uri)
            .append_pair("scope", "openid email")
            .append_pair("state", &state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        self.open.insert(state.clone(), flow);
        Ok((state, url.into()))
    }

    /// The sign-in with this `state`, which is under way no more.
    pub(super) fn take(&self, state: &str, now: DateTime<Utc>) -> Option<Flow> {
        self.open.remove(state).filter(|flow| now - flow.at < HOLDS)
    }

    /// Whether an answer that names this issuer, or none, can be this provider's (RFC 9207).
    pub(super) async fn is_from(&self, issuer: Option<&str>, now: DateTime<Utc>) -> Result<bool, Error> {
        match issuer {
            Some(issuer) => Ok(issuer == self.config.issuer),
            None => {
                let known = self.known(now).await?;
                Ok(!known.metadata.authorization_response_iss_parameter_supported)
            }
        }
    }

    /// Whom a code stands for. `None` where the provider or its token does not say so in every point.
    pub(super) async fn redeem(&self, flow: &Flow, code: &str, now: DateTime<Utc>) -> Result<Option<Subject>, Error> {
        let known = self.known(now).await?;
        let Some(token) = self.tokens(&known.metadata, flow, code).await? else {
            return Ok(None);
        };
        let expected = Expected {
            issuer: &self.config.issuer,
            client: &self.config.client_id,
            nonce: &flow.nonce,
            now,
        };
        let mut outcome = token::verify(&token, &known.keys, &expected);
        if outcome == Err(Refusal::NoSuchKey) {
            let newer = self.newer_keys(now).await?;
            outcome = token::verify(&token, &newer, &expected);
        }
        if let Err(refusal) = &outcome {
            tracing::warn!(?refusal, "A token of the sign-in provider was refused");
        }
        Ok(outcome.ok())
    }

    async fn tokens(&self, metadata: &Metadata, flow: &Flow, code: &str) -> Result<Option<String>, Error> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", &flow.verifier),
        ];
        let request = self.client.post(self.endpoint(&metadata.token_endpoint)?);
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let in_form = !methods.is_empty() && !methods.iter().any(|method| method == "client_secret_basic");
        let secret = self.config.client_secret.as_ref().map(SecretString::expose_secret);
        let request = match secret {
            Some(secret) if !in_form => request.basic_auth(encoded(&self.config.client_id), Some(encoded(secret))),
            secret => {
                form.push(("client_id", &self.config.client_id));
                form.extend(secret.map(|secret| ("client_secret", secret)));
                request
            }
        };
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        let response = request
            .header("accept", "application/json")
            .send()
            .await
            .map_err(failed)?;
        let status = response.status();
        if status.is_client_error() {
            tracing::warn!(%status, "The sign-in provider gave nothing for a code");
            return Ok(None);
        }
        Ok(Some(read::<Tokens>(response).await?.id_token))
    }

    /// What is known of the provider, asked for anew each hour.
    async fn known(&self, now: DateTime<Utc>) -> Result<Known, Error> {
        let mut kept = self.known.lock().await;
        if let Some(known) = kept.as_ref().filter(|known| now - known.at < REMEMBERED) {
            return Ok(known.clone());
        }
        let url = format!(
            "{}/.well-known/openid-configuration",
            self.config.issuer.trim_end_matches('/')
        );
        let metadata: Metadata = self.get(self.endpoint(&url)?).await?;
        if metadata.issuer != self.config.issuer {
            return Err(broken("calls itself another issuer than the settings do"));
        }
        let known = Known {
            keys: self.keys(&metadata).await?,
            metadata: Arc::new(metadata),
            at: now,
            keys_at: now,
        };
        Ok(kept.insert(known).clone())
    }

    async fn keys(&self, metadata: &Metadata) -> Result<Arc<Vec<Key>>, Error> {
        let set: KeySet = self.get(self.endpoint(&metadata.jwks_uri)?).await?;
        let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(Arc::new(keys.collect()))
    }

    /// The provider's keys as they are now, or as they were a minute ago.
    async fn newer_keys(&self, now: DateTime<Utc>) -> Result<Arc<Vec<Key>>, Error> {
        let mut kept = self.known.lock().await;
        let Some(known) = kept.as_mut() else {
            return Ok(Arc::default());
        };
        if now - known.keys_at >= KEYS_EVERY {
            known.keys = self.keys(&known.metadata).await?;
            known.keys_at = now;
        }
        Ok(Arc::clone(&known.keys))
    }

    /// An address of the provider's. Where the issuer is reached by TLS, so is everything of it.
    fn endpoint(&self, url: &str) -> Result<Url, Error> {
        let url = Url::parse(url).map_err(|_| broken("names an address that is none"))?;
        let safe = url.scheme() == "https" || url.scheme() == "http" && self.config.issuer.starts_with("http://");
        safe.then_some(url)
            .ok_or_else(|| broken("names an address without TLS"))
    }

    async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Error> {
        let request = self.client.get(url).header("accept", "application/json");
        read(request.send().await.map_err(failed)?).await
    }
}

/// As a name and a secret stand in a header of theirs (RFC 6749, 2.3.1).
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn read<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, Error> {
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

fn broken(what: &str) -> Error {
    Error::Broken(format!("the sign-in provider {what}"))
}

/// Without the address: its query may hold a secret.
fn failed(error: reqwest::Error) -> Error {
    broken(&format!("did not answer: {}", error.without_url()))
}
