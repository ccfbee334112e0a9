//! Rows of browser sessions. What is in them is the web server's business.

use crate::{
    Engine, Error,
    db::{Reach, execute, fetch_optional, statements},
    failpoint,
};

statements! {
    CREATE_SESSION = "insert into web_session (id, data, expires_at) values ($1, $2, $3) on conflict (id) do nothing";
    SAVE_SESSION = "insert into web_session (id, data, expires_at) values ($1, $2, $3)
        on conflict (id) do update set data = excluded.data, expires_at = excluded.expires_at";
    LOAD_SESSION = "select data, expires_at from web_session where id = $1 and expires_at > $2";
    DELETE_SESSION = "delete from web_session where id = $1";
    DELETE_EXPIRED_SESSIONS = "delete from web_session where expires_at <= $1";
}

/// False when the id is taken.
pub async fn create(engine: &Engine, id: &str, data: &[u8], expires_at: i64) -> Result<bool, Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    let rows = execute!(&mut tx, CREATE_SESSION, id, data, expires_at)?;
    tx.commit_at(failpoint::SESSION_CREATE).await?;
    Ok(rows == 1)
}

pub async fn save(engine: &Engine, id: &str, data: &[u8], expires_at: i64) -> Result<(), Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    execute!(&mut tx, SAVE_SESSION, id, data, expires_at)?;
    Ok(tx.commit_at(failpoint::SESSION_SAVE).await?)
}

/// The data and the Unix time it runs out, unless that is past.
pub async fn load(engine: &Engine, id: &str) -> Result<Option<(Vec<u8>, i64)>, Error> {
    let mut tx = engine.db().read(Reach::Nobody).await?;
    Ok(fetch_optional!(
        &mut tx,
        (Vec<u8>, i64),
        LOAD_SESSION,
        id,
        engine.clock().now().timestamp()
    )?)
}

pub async fn delete(engine: &Engine, id: &str) -> Result<(), Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    execute!(&mut tx, DELETE_SESSION, id)?;
    Ok(tx.commit_at(failpoint::SESSION_DELETE).await?)
}

pub(crate) async fn delete_expired(engine: &Engine) -> Result<u64, Error> {
    let mut tx = engine.db().begin(Reach::Nobody).await?;
    let rows = execute!(&mut tx, DELETE_EXPIRED_SESSIONS, engine.clock().now().timestamp())?;
    tx.commit_at(failpoint::SESSION_SWEEP).await?;
    Ok(rows)
}
