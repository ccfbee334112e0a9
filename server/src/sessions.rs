//! The console's sessions: kept in the store, named by a cookie that scripts cannot read.

use std::net::IpAddr;

use app::ssr::Address;
use async_trait::async_trait;
use axum::{
    extract::{Request, State as Shared},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::{
    Engine,
    account::{SignedIn, Visitor},
    session,
};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::{error::ApiError, extract::ClientAddress, state::State};

/// Where in a session it stands who signed in.
pub use app::ssr::SESSION_KEY;

/// How long a cookie and what is kept under it last. Whoever signed in is signed out long before: see
/// [`engine::account::SignedIn`].
const KEPT: Duration = Duration::days(14);

/// Sessions as rows of the engine's store.
#[derive(Clone, Debug)]
pub struct Sessions(Engine);

/// The layer for routes where somebody may be signed in.
pub fn layer(engine: &Engine) -> SessionManagerLayer<Sessions> {
    let https = engine.config().public_url.starts_with("https://");
    let name = if https {
        "__Host-porchlight_session"
    } else {
        "porchlight_session"
    };
    SessionManagerLayer::new(Sessions(engine.clone()))
        .with_name(name)
        .with_secure(https)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(KEPT))
}

/// Notes who is signed in, or on the way in, for [`crate::extract::Caller`] and for server functions.
pub async fn identify(Shared(state): Shared<State>, session: Session, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().and_then(|from| from.0);
    request.extensions_mut().insert(Address(address));
    match visitor(&state.engine, &session, address).await {
        Ok(Some(Visitor::In(call))) => {
            request.extensions_mut().insert(call);
        }
        Ok(Some(Visitor::Halfway(halfway))) => {
            request.extensions_mut().insert(halfway);
        }
        Ok(None) => {}
        Err(error) => return ApiError::internal(format!("reading a session: {error}")).into_response(),
    }
    next.run(request).await
}

/// Whom the session stands for; nobody, too, where it was ended or its person was switched off.
async fn visitor(
    engine: &Engine,
    session: &Session,
    address: Option<IpAddr>,
) -> std::result::Result<Option<Visitor>, engine::Error> {
    let broken = |error: tower_sessions::session::Error| engine::Error::Broken(error.to_string());
    let known = session.get::<serde_json::Value>(SESSION_KEY).await.map_err(broken)?;
    // What an earlier build has written there stands for nobody.
    let Some(who) = known.and_then(|known| serde_json::from_value::<SignedIn>(known).ok()) else {
        return Ok(None);
    };
    match who.visitor(engine, address).await {
        Ok(Visitor::In(call)) if call.role() != who.role() => {
            // Another role, another name for the session.
            session.cycle_id().await.map_err(broken)?;
            session
                .insert(SESSION_KEY, call.person().signed_in())
                .await
                .map_err(broken)?;
            Ok(Some(Visitor::In(call)))
        }
        Ok(visitor) => Ok(Some(visitor)),
        Err(error) if error.is_internal() => Err(error),
        Err(_) => Ok(None),
    }
}

/// The store knows a session by the hash of its id: whoever reads the store has no cookie.
fn key(id: &Id) -> String {
    Sha256::digest(id.to_string().as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn backend(error: engine::Error) -> Error {
    Error::Backend(error.to_string())
}

fn encode(record: &Record) -> Result<Vec<u8>> {
    serde_json::to_vec(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        let expires = record.expiry_date.unix_timestamp();
        while !session::create(&self.0, &key(&record.id), &data, expires)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let expires = record.expiry_date.unix_timestamp();
        session::save(&self.0, &key(&record.id), &encode(record)?, expires)
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((data, expires)) = session::load(&self.0, &key(id)).await.map_err(backend)? else {
            return Ok(None);
        };
        let decode = |error: String| Error::Decode(error);
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_slice(&data).map_err(|error| decode(error.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(expires).map_err(|error| decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        session::delete(&self.0, &key(id)).await.map_err(backend)
    }
}
