//! What was asked of an authenticator and is not answered yet.
//!
//! Kept in memory: one process works on a store at a time (ADR 4), and whoever meets a restart presses the button again. Each is
//! found by a random name that only the session of the browser knows, holds once and for five minutes.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Fault, FaultCode, id::SessionId};
use moka::{policy::EvictionPolicy, sync::Cache};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyAuthentication, PasskeyRegistration, Url, Webauthn, WebauthnBuilder,
};

use crate::{Config, Error};

const HOLDS: TimeDelta = TimeDelta::minutes(5);
/// The most that are open at once; the ones begun last stay.
const OPEN: u64 = 20_000;

/// What the answer is for.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    /// A new passkey of the session's person.
    Enrol(SessionId, PasskeyRegistration),
    /// One of the passkeys of the session's person.
    Prove(SessionId, PasskeyAuthentication),
    /// Any passkey of anybody.
    SignIn(DiscoverableAuthentication),
}

#[derive(Clone, Debug)]
struct Open {
    at: DateTime<Utc>,
    asked: Asked,
}

/// This site as authenticators know it, and what is open with them.
pub(crate) struct Passkeys {
    site: Option<Webauthn>,
    open: Cache<String, Open>,
}

impl Passkeys {
    /// Origin and name of the site come from its public address. A passkey is bound to a name: at a bare network address
    /// there are none.
    pub(crate) fn new(config: &Config) -> Result<Self, Error> {
        let broken = |error: String| Error::Broken(format!("the public address as the home of passkeys: {error}"));
        let url = Url::parse(&config.public_url).map_err(|error| broken(error.to_string()))?;
        let site = url.domain().map(|name| {
            let origin = Url::parse(&url.origin().ascii_serialization()).map_err(|error| broken(error.to_string()))?;
            let built = WebauthnBuilder::new(name, &origin).and_then(|site| site.rp_name("Porchlight").build());
            built.map_err(|error| broken(error.to_string()))
        });
        Ok(Self {
            site: site.transpose()?,
            open: Cache::builder()
                .max_capacity(OPEN)
                .eviction_policy(EvictionPolicy::lru())
                .build(),
        })
    }

    /// Whether there can be passkeys at all.
    pub(super) const fn are_possible(&self) -> bool {
        self.site.is_some()
    }

    pub(super) fn site(&self) -> Result<&Webauthn, Error> {
        let why = || {
            let text = "Passkeys need a server that is reached by a name, and this one is reached by a number.";
            Fault::new(FaultCode::Conflict, text).into()
        };
        self.site.as_ref().ok_or_else(why)
    }

    /// Keeps what was asked; its name is for the session of the browser alone.
    pub(super) fn keep(&self, asked: Asked, now: DateTime<Utc>) -> String {
        let name = crate::account::new_token();
        self.open.insert(name.clone(), Open { at: now, asked });
        name
    }

    /// What was asked under this name, which holds no more.
    pub(super) fn take(&self, name: &str, now: DateTime<Utc>) -> Result<Asked, Error> {
        let open = self.open.remove(name).filter(|open| now - open.at < HOLDS);
        let gone = || {
            let text = "This took too long, or was answered already. Try it again.";
            Fault::new(FaultCode::Invalid, text).into()
        };
        open.map(|open| open.asked).ok_or_else(gone)
    }
}
