//! The console's sessions: kept in the store, named by a cookie that scripts cannot read.

use std::net::IpAddr;

use async_trait::async_trait;
use axum::{
    extract::{Request, State as Shared},
    middleware::Next,
    response::{IntoResponse, Response},
};
use engine::{Call, Engine, account::SignedIn, session};
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

/// When the cookie was last sent out, as a Unix time.
const SEEN: &str = "seen";
/// A session that is not used for so long is over.
const IDLE: Duration = Duration::days(14);
/// How often its end is put off. Not at each request: that would be a write each.
const PUT_OFF_EVERY: i64 = 24 * 60 * 60;

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
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Notes who is signed in, for [`crate::extract::Caller`] and for server functions, and keeps a used session alive.
pub async fn identify(Shared(state): Shared<State>, session: Session, mut request: Request, next: Next) -> Response {
    let address = request.extensions().get::<ClientAddress>().and_then(|from| from.0);
    match caller(&state.engine, &session, address).await {
        Ok(Some(call)) => {
            request.extensions_mut().insert(call);
        }
        Ok(None) => {}
        Err(error) => return ApiError::internal(format!("reading a session: {error}")).into_response(),
    }
    next.run(request).await
}

/// Whom the session stands for; nobody, too, for somebody who was switched off.
async fn caller(
    engine: &Engine,
    session: &Session,
    address: Option<IpAddr>,
) -> std::result::Result<Option<Call>, engine::Error> {
    let known = known(engine, session)
        .await
        .map_err(|error| engine::Error::Broken(error.to_string()))?;
    let Some(who) = known else { return Ok(None) };
    match who.call(engine, address).await {
        Ok(call) => Ok(Some(call)),
        Err(error) if error.is_internal() => Err(error),
        Err(_) => Ok(None),
    }
}

async fn known(
    engine: &Engine,
    session: &Session,
) -> std::result::Result<Option<SignedIn>, tower_sessions::session::Error> {
    let Some(who) = session.get::<SignedIn>(SESSION_KEY).await? else {
        return Ok(None);
    };
    let now = engine.clock().now().timestamp();
    let seen = session.get::<i64>(SEEN).await?.unwrap_or_default();
    if now - seen >= PUT_OFF_EVERY {
        session.insert(SEEN, now).await?;
    }
    Ok(Some(who))
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
        while !session::create(&self.0, &record.id.to_string(), &data, expires)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let expires = record.expiry_date.unix_timestamp();
        session::save(&self.0, &record.id.to_string(), &encode(record)?, expires)
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((data, expires)) = session::load(&self.0, &id.to_string()).await.map_err(backend)? else {
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
        session::delete(&self.0, &id.to_string()).await.map_err(backend)
    }
}
