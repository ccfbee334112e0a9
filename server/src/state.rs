//! What every request can reach.

use std::sync::Arc;

use axum::extract::FromRef;
use engine::Engine;
use ipnet::IpNet;
use leptos::config::LeptosOptions;

use crate::layers::{quota::Quotas, rate::Limits};

/// Shared by all handlers; cheap to clone. Handlers take the part they need: `State<Engine>`, `State<Arc<Web>>`.
#[derive(Clone, Debug, FromRef)]
pub struct State {
    pub engine: Engine,
    pub leptos: Arc<LeptosOptions>,
    pub web: Arc<Web>,
    pub limits: Arc<Limits>,
    pub quotas: Arc<Quotas>,
}

/// What the web server itself can be told, beside the engine's configuration.
#[derive(Clone, Debug)]
pub struct Web {
    /// The proxies in front of this server, who are believed about the visitor's address.
    pub trusted_proxies: Vec<IpNet>,
    /// Questions a minute from one address; 0 for no limit.
    pub chat_per_minute: u32,
    /// Sign-ins and registrations a minute from one address; 0 for no limit.
    pub login_per_minute: u32,
    /// Requests of the API a minute with one API key, or by one member without one; 0 for no limit.
    pub api_per_minute: u32,
    /// Requests of the API a minute by one organization; 0 for no limit.
    pub api_per_minute_organization: u32,
}

impl Default for Web {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            chat_per_minute: 60,
            login_per_minute: 30,
            api_per_minute: 600,
            api_per_minute_organization: 3_000,
        }
    }
}

/// What the renderer of pages asks for.
impl FromRef<State> for LeptosOptions {
    fn from_ref(state: &State) -> Self {
        (*state.leptos).clone()
    }
}

impl State {
    pub fn new(engine: Engine, leptos: LeptosOptions, web: Web) -> Self {
        let limits = Limits::new(web.chat_per_minute, web.login_per_minute);
        Self {
            engine,
            leptos: Arc::new(leptos),
            quotas: Arc::new(Quotas::new(&web)),
            web: Arc::new(web),
            limits: Arc::new(limits),
        }
    }
}
