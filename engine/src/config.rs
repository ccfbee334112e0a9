//! Everything that can be set. The server reads it from the environment; tests make it.

use std::path::PathBuf;

use chrono::TimeDelta;
use domain::credits::{Credits, PriceList};
use secrecy::SecretString;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Registration answers at once with the ids; what `make run` uses.
    #[default]
    Demo,
    Production,
}

/// An OpenAI-compatible endpoint.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Without a trailing slash: `https://host/v1`.
    pub base_url: String,
    pub api_key: SecretString,
    pub model: String,
}

/// A service that knows real-estate licences.
#[derive(Clone, Debug)]
pub struct VerifierConfig {
    /// Where claims are posted.
    pub url: String,
    /// Sent as a bearer token.
    pub key: Option<SecretString>,
}

/// The payment provider.
#[derive(Clone, Debug)]
pub struct StripeConfig {
    /// Where it is reached, without a trailing slash.
    pub api: String,
    pub key: SecretString,
    /// Signs the events that it sends.
    pub webhook_secret: SecretString,
}

/// A sign-in provider (OpenID Connect).
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// As it calls itself: `https://id.example`.
    pub issuer: String,
    pub client_id: String,
    /// `None`: a client that has none.
    pub client_secret: Option<SecretString>,
    /// What people call it.
    pub name: String,
    /// A second factor that it has asked for counts as ours.
    pub trusts_factor: bool,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub mode: Mode,
    /// `sqlite:path` or `postgres://…`.
    pub database_url: String,
    /// Where the tables of PostgreSQL belong to another role than the one of `database_url`: `postgres://…` of that role.
    pub database_owner_url: Option<SecretString>,
    pub data_dir: PathBuf,
    /// Where people reach this server, without a trailing slash; codes lead there.
    pub public_url: String,
    pub prices: PriceList,
    /// Endpoints are told when fewer credits than these are left.
    pub credits_low: Credits,
    /// `None`: credits cannot be bought.
    pub stripe: Option<StripeConfig>,
    /// `host:port` pairs that sources may be fetched from although they are not public.
    pub fetch_allow: String,
    /// `None`: the built-in engine answers.
    pub provider: Option<ProviderConfig>,
    /// Sign access tokens, the names of known browsers and the day-hash of visitors: the first is used, tokens and names of the
    /// others hold. At least 32 bytes each.
    pub token_secrets: Vec<SecretString>,
    /// Wrap the keys of organizations; the first is used, the others are known from before. At least 32 bytes each.
    pub encryption_keys: Vec<SecretString>,
    /// Everybody signs in with a second factor.
    pub require_factor: bool,
    /// `None`: people sign in by password and passkey.
    pub oidc: Option<OidcConfig>,
    /// Bots are published for realtors with a verified licence only.
    pub require_licence: bool,
    /// `None`: somebody of the platform looks at each licence.
    pub licence_verifier: Option<VerifierConfig>,
    /// A verified licence is asked for again after so long.
    pub licence_check_every: TimeDelta,
    /// A session that is not used for so long is over.
    pub session_idle: TimeDelta,
    /// A session is over then, however much it is used.
    pub session_life: TimeDelta,
    /// A mail server, as `smtps://user:password@host` or `smtp://user:password@host:587?tls=required`; `None`: letters
    /// become files in the data folder.
    pub smtp_url: Option<SecretString>,
    /// Whom letters come from: `Name <address>`.
    pub mail_from: Option<String>,
    /// A MaxMind database (`.mmdb`) with cities.
    pub geoip: Option<PathBuf>,
    /// This program's own path: documents are read in a child process of it.
    pub program: PathBuf,
}
