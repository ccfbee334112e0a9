//! What Porchlight's server does. Knows neither axum nor Leptos.
//!
//! Each area is a folder whose `mod.rs` holds the public use cases and whose `store.rs`, private, holds the SQL:
//! the compiler forbids one area to write another's rows. A use case takes a [`Call`] (who is calling) or, for
//! the buyer's side, a [`porch::Porch`]; both carry the tenant, and only this crate can make one.

pub mod account;
pub mod analytics;
pub mod api_configuration;
pub mod audit;
pub mod backup;
pub mod bot;
pub mod chat;
pub mod clock;
pub mod commit;
pub mod config;
pub mod cursor;
pub mod dashboard;
pub mod db;
pub mod error;
pub mod failpoint;
pub mod fetch;
pub mod files;
pub mod guard;
pub mod jobs;
pub mod lead;
pub mod ledger;
pub mod licence;
pub mod listing;
pub mod mail;
pub mod operator;
pub mod organization;
pub mod porch;
pub mod privacy;
pub mod provider;
pub mod purchase;
pub mod qr;
pub mod request;
pub mod retrieval;
pub mod search;
pub mod session;
pub mod support;
#[cfg(test)]
mod testing;
pub mod training;
pub mod vault;
pub mod version;
#[cfg(doctest)]
mod walls;
pub mod webhook;

use std::{net::IpAddr, sync::Arc};

use chrono::{DateTime, Utc};
use domain::{
    Fault, FaultCode,
    id::{AccountId, ApiKeyId, OrganizationId, SessionId},
    tenancy::{Action, Role, may},
};
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

pub use clock::Clock;
pub use config::Config;
pub use error::Error;

use db::Db;

/// The running product without its web server. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    config: Config,
    passwords: account::Passwords,
    tokens: account::Tokens,
    files: files::Files,
    fetcher: fetch::Fetcher,
    knowledge: retrieval::Cache,
    porches: porch::Cache,
    standings: account::Standings,
    keys: account::api_key::Standings,
    attempts: account::Attempts,
    passkeys: account::Passkeys,
    provider: account::Provider,
    vault: vault::Vault,
    post: mail::Post,
    licences: licence::Hook,
    payments: Option<purchase::Stripe>,
    outbox: webhook::Outbox,
    /// Held while webhooks are sent.
    sending: tokio::sync::Mutex<()>,
    turns: chat::Turns,
    scans: qr::Scans,
    jobs: jobs::Bell,
    answers: provider::Answers,
    own_clients: api_configuration::Clients,
    stopping: CancellationToken,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Engine({})", self.0.db.kind())
    }
}

impl Engine {
    /// Opens the store and everything beside it. Background work starts with [`Engine::start`].
    ///
    /// Boxed, like the other two: who calls an async function compiles all of it, and these are called by every program
    /// and test.
    pub fn open(config: Config, clock: Clock) -> BoxFuture<'static, Result<Self, Error>> {
        Box::pin(async move {
            let db = Db::open(&config.database_url, config.database_owner_url.as_ref()).await?;
            match db.must_have_walls().await {
                Err(error) if config.mode == config::Mode::Production => return Err(error.into()),
                Err(error) => tracing::warn!(%error, "Good enough for a demo"),
                Ok(()) => {}
            }
            Self::with_db(db, config, clock).await
        })
    }

    pub(crate) async fn with_db(db: Db, config: Config, clock: Clock) -> Result<Self, Error> {
        let stopping = CancellationToken::new();
        let files = files::Files::open(&config.data_dir).await?;
        let outbox = webhook::Outbox::open(&db, clock.clone(), &config).await?;
        let tokens = account::Tokens::new(&config.token_secrets);
        tokens.must_work(clock.now())?;
        let inner = Inner {
            passwords: account::Passwords::new(config.require_factor),
            tokens,
            fetcher: fetcher(&config)?,
            knowledge: retrieval::Cache::default(),
            porches: porch::Cache::default(),
            standings: account::Standings::default(),
            keys: account::api_key::Standings::default(),
            attempts: account::Attempts::default(),
            passkeys: account::Passkeys::new(&config)?,
            provider: account::Provider::new(&config)?,
            vault: vault::Vault::new(&config.encryption_keys)?,
            post: mail::Post::new(&config)?,
            licences: licence::Hook::new(config.licence_verifier.as_ref())?,
            payments: config.stripe.as_ref().map(purchase::Stripe::new).transpose()?,
            turns: chat::Turns::start(db.clone(), outbox.clone()),
            scans: qr::Scans::start(db.clone(), outbox.clone(), &config)?,
            outbox,
            sending: tokio::sync::Mutex::default(),
            jobs: jobs::Bell::default(),
            answers: provider::Answers::new(config.provider.as_ref())?,
            own_clients: api_configuration::Clients::default(),
            files,
            db,
            clock,
            config,
            stopping,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Mends what a killed process left, then runs the worker and the sweepers until [`Engine::stop`].
    pub fn start(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async {
            vault::must_open(self).await?;
            privacy::erased::erase_anew(self).await?;
            self.seal_old().await?;
            chat::recover(self).await?;
            jobs::recover(self).await?;
            qr::store_waiting(self).await?;
            tokio::spawn(jobs::work(self.clone()));
            tokio::spawn(jobs::sweep(self.clone()));
            tokio::spawn(mail::work(self.clone()));
            tokio::spawn(webhook::work(self.clone()));
            tokio::spawn(chat::cut_when_stopping(self.clone()));
            Ok(())
        })
    }

    /// Seals what an earlier version kept open; how many rows there were.
    async fn seal_old(&self) -> Result<usize, Error> {
        let sealed = chat::seal_old(self).await? + lead::seal_old(self).await?;
        if sealed > 0 {
            self.0.db.write_anew().await?;
            tracing::info!(rows = sealed, "Sealed {sealed} questions and leads of before");
        }
        Ok(sealed)
    }

    /// Lets work in flight end and settles it, then closes the store.
    pub fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            self.0.stopping.cancel();
            chat::drain(self).await;
            jobs::drain(self).await;
            tokio::join!(mail::drain(self), webhook::drain(self));
            self.0.db.close().await;
        })
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }
    /// Cancelled when the process is to end.
    pub fn stopping(&self) -> &CancellationToken {
        &self.0.stopping
    }
    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }
    pub(crate) fn passwords(&self) -> &account::Passwords {
        &self.0.passwords
    }
    pub(crate) fn tokens(&self) -> &account::Tokens {
        &self.0.tokens
    }
    pub(crate) fn files(&self) -> &files::Files {
        &self.0.files
    }
    pub(crate) fn fetcher(&self) -> &fetch::Fetcher {
        &self.0.fetcher
    }
    pub(crate) fn knowledge_cache(&self) -> &retrieval::Cache {
        &self.0.knowledge
    }
    pub(crate) fn porches(&self) -> &porch::Cache {
        &self.0.porches
    }
    pub(crate) fn standings(&self) -> &account::Standings {
        &self.0.standings
    }
    pub(crate) fn keys(&self) -> &account::api_key::Standings {
        &self.0.keys
    }
    pub(crate) fn attempts(&self) -> &account::Attempts {
        &self.0.attempts
    }
    pub(crate) fn passkeys(&self) -> &account::Passkeys {
        &self.0.passkeys
    }
    /// The sign-in provider.
    pub(crate) fn provider(&self) -> &account::Provider {
        &self.0.provider
    }
    pub(crate) fn vault(&self) -> &vault::Vault {
        &self.0.vault
    }
    pub(crate) fn post(&self) -> &mail::Post {
        &self.0.post
    }
    pub(crate) fn licence_hook(&self) -> &licence::Hook {
        &self.0.licences
    }
    /// The payment provider, where there is one.
    pub(crate) fn payments(&self) -> Option<&purchase::Stripe> {
        self.0.payments.as_ref()
    }
    pub(crate) fn outbox(&self) -> &webhook::Outbox {
        &self.0.outbox
    }
    pub(crate) fn sending(&self) -> &tokio::sync::Mutex<()> {
        &self.0.sending
    }
    pub(crate) fn turns(&self) -> &chat::Turns {
        &self.0.turns
    }
    pub(crate) fn scans(&self) -> &qr::Scans {
        &self.0.scans
    }
    pub(crate) fn jobs(&self) -> &jobs::Bell {
        &self.0.jobs
    }
    pub(crate) fn answers(&self) -> &provider::Answers {
        &self.0.answers
    }
    pub(crate) fn own_clients(&self) -> &api_configuration::Clients {
        &self.0.own_clients
    }

    /// True when the store can be written: what readiness means.
    pub async fn is_ready(&self) -> bool {
        !self.0.stopping.is_cancelled()
            && tokio::time::timeout(std::time::Duration::from_secs(1), self.0.db.is_writable())
                .await
                .is_ok_and(|ok| ok)
    }
}

/// The fetcher with the system's sockets and the hosts that the configuration opens.
fn fetcher(config: &Config) -> Result<fetch::Fetcher, Error> {
    // A second installation, as in tests, changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let allow = config.fetch_allow.parse().map_err(Error::Broken)?;
    let parts = fetch::Parts::system(allow).map_err(Error::io("setting up the fetcher"))?;
    Ok(fetch::Fetcher::new(parts))
}

/// Who is calling, within which organization. Only sign-in and the checks of tokens and sessions make one.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    organization: OrganizationId,
    account: AccountId,
    role: Role,
    session: SessionId,
    /// When they last proved who they are.
    proved_at: DateTime<Utc>,
    /// Where the request comes from, for the audit log; `None` where there is no connection.
    address: Option<IpAddr>,
    /// The API key that stands for them, where they do not call themselves.
    key: Option<account::api_key::Use>,
}

/// A caller's request to the engine.
#[derive(Clone, Debug)]
pub struct Call {
    engine: Engine,
    scope: Scope,
    /// Where the request came under a key of its caller's.
    claim: Option<Arc<request::Claim>>,
    /// Where they say what they have seen of what they change.
    seen: Option<Arc<version::Seen>>,
}

impl Call {
    pub(crate) const fn new(engine: Engine, scope: Scope) -> Self {
        Self {
            engine,
            scope,
            claim: None,
            seen: None,
        }
    }
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }
    pub fn may(&self, action: Action) -> bool {
        self.must(action).is_ok()
    }
    /// Refuses what the caller's role does not allow, and what their API key does not, where they call with one.
    pub fn must(&self, action: Action) -> Result<(), Error> {
        if let Some(key) = self.scope.key {
            key.scopes.must(action, key.reads)?;
        }
        let refused = || {
            let text = "Your role does not allow this. Ask the owner of your organization, or an admin.";
            Error::from(Fault::new(FaultCode::Forbidden, text))
        };
        may(self.scope.role, action).then_some(()).ok_or_else(refused)
    }
    pub const fn organization(&self) -> OrganizationId {
        self.scope.organization
    }
    pub const fn account(&self) -> AccountId {
        self.scope.account
    }
    pub const fn role(&self) -> Role {
        self.scope.role
    }
    /// The API key that they call with.
    pub fn api_key(&self) -> Option<ApiKeyId> {
        self.scope.key.map(|key| key.id)
    }
    /// Where the request comes from.
    pub const fn address(&self) -> Option<IpAddr> {
        self.scope.address
    }
}
