//! API keys: what a program of a member's own calls with. A key does what its scopes let it, as its member, for as long as its
//! member may; of its secret there is a hash alone. What is written and read of one is [`domain::api_key`].

mod store;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Fault, FaultCode,
    api_key::{ApiKey, KEYS_MAX, Key, KeyForm, NewKey, SECRET, Scopes},
    audit as log,
    id::{AccountId, ApiKeyId, OrganizationId},
    tenancy::{Action, Role, may},
};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{factor, session::Needs};
use crate::{
    Call, Engine, Error, Scope,
    audit::{self, Event, Target},
    db::{Fresh, Reach, Tx},
    failpoint, mail, request,
};

/// How often it is noted that a key is used.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

type Hash = [u8; 32];

/// Keys that were used lately, until something is changed.
pub(crate) type Standings = Fresh<(ApiKeyId, Hash), Standing>;

/// A key with its member, as they stand now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    organization: OrganizationId,
    account: AccountId,
    role: Role,
    has_factor: bool,
    scopes: Scopes,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

/// The key that a call came with, and what it came for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    pub(crate) id: ApiKeyId,
    pub(crate) scopes: Scopes,
    /// It asks, and changes nothing.
    pub(crate) reads: bool,
}

fn hash(secret: &[u8; SECRET]) -> Hash {
    Sha256::digest(secret).into()
}

fn gone() -> Error {
    Fault::not_found("API key").into()
}

/// Makes a key. Its text is shown this once.
pub async fn create(call: &Call, form: &KeyForm) -> Result<NewKey, Error> {
    call.must(Action::ManageKeys)?;
    call.must_have_proved()?;
    let (name, scopes, holds) = form.check()?;
    let (engine, organization, now) = (call.engine(), call.organization(), call.engine().clock().now());
    let made = Key {
        id: engine.clock().new_id(),
        secret: rand::random(),
    };
    let key = ApiKey {
        id: made.id,
        name,
        scopes,
        created_at: now,
        expires_at: now + holds,
        used_at: None,
    };
    let mut tx = engine.db().begin(organization).await?;
    store::insert(&mut tx, organization, call.account(), &key, &hash(&made.secret)).await?;
    let said = json!({ "scopes": scopes.text(), "expires": key.expires_at.date_naive() });
    audit::note(
        &mut tx,
        call,
        noted(log::API_KEY_CREATED, key.id, &key.name, Some(said)),
    )
    .await?;
    // Whoever has noted something is alone in their organization until the commit: two at once cannot pass this together.
    if store::count(&mut tx, organization, call.account()).await? > KEYS_MAX {
        let text = format!("You have {KEYS_MAX} API keys, which is the most. Revoke one first.");
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    let email = factor::email(&mut tx, &call.person()).await?;
    let text = format!(
        "An API key was made for it, called \"{}\". Until {} it works as you do in what it was made for.",
        key.name,
        key.expires_at.format("%-d %B %Y")
    );
    super::warn(&mut tx, engine, &email, &text).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::API_KEY_CREATE).await?;
    mail::ring(engine);
    Ok(NewKey { key, text: made.text() })
}

/// One's own, in the order they were made, run out or not.
pub async fn list(call: &Call) -> Result<Vec<ApiKey>, Error> {
    call.must(Action::ManageKeys)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::list(&mut tx, call.organization(), call.account(), None).await?)
}

/// One of one's own.
pub async fn get(call: &Call, id: ApiKeyId) -> Result<ApiKey, Error> {
    call.must(Action::ManageKeys)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    let mut found = store::list(&mut tx, call.organization(), call.account(), Some(id)).await?;
    found.pop().ok_or_else(gone)
}

/// Revokes one of one's own: it holds no more from the next request on.
pub async fn revoke(call: &Call, id: ApiKeyId) -> Result<(), Error> {
    call.must(Action::ManageKeys)?;
    call.must_have_proved()?;
    let mut tx = call.engine().db().begin(call.organization()).await?;
    let name = store::delete(&mut tx, call.organization(), call.account(), id).await?;
    let name = name.ok_or_else(gone)?;
    audit::note(&mut tx, call, noted(log::API_KEY_REVOKED, id, &name, None)).await?;
    Ok(tx.commit_at(failpoint::API_KEY_REVOKE).await?)
}

/// Revokes all of a member's.
pub(super) async fn revoke_all(tx: &mut Tx, organization: OrganizationId, account: AccountId) -> Result<u64, Error> {
    Ok(store::delete_all(tx, organization, account).await?)
}

fn noted<'a>(action: &'static str, id: ApiKeyId, name: &'a str, after: Option<serde_json::Value>) -> Event<'a> {
    Event {
        action,
        target: Some(Target {
            kind: "api_key",
            id: Some(id.uuid()),
            name: name.into(),
        }),
        before: None,
        after,
    }
}

/// The caller that a key stands for: its member, as they stand now, held to its scopes. `reads` says that the request
/// changes nothing.
pub async fn verify(engine: &Engine, text: &str, reads: bool, address: Option<IpAddr>) -> Result<Call, Error> {
    let key = Key::read(text).ok_or_else(unknown)?;
    let known = (key.id, hash(&key.secret));
    let look = async |(id, hash): &(ApiKeyId, Hash)| {
        let mut tx = engine.db().read(Reach::Everyone).await?;
        let standing = store::standing(&mut tx, *id, hash).await?;
        standing.ok_or_else(unknown)
    };
    let changes = engine.db().changes().so_far();
    let standing = engine.keys().get(engine.db(), known, look).await?;
    let now = engine.clock().now();
    if now >= standing.expires_at {
        let text = "This API key has run out. Make another one.";
        return Err(Fault::new(FaultCode::Unauthorized, text).into());
    }
    // Whoever has made it had shown their factor then; who must have one and has none is not in at all.
    if Needs::of(engine.config(), standing.has_factor, standing.has_factor).is_some() {
        let text = "The member of this API key must set up a second factor first.";
        return Err(Fault::new(FaultCode::Unauthorized, text).into());
    }
    if !may(standing.role, Action::Work) {
        return Err(unknown());
    }
    if standing.used_at.is_none_or(|at| now - at >= NOTED_EVERY) {
        touch(engine, known, (changes, standing), now).await?;
    }
    let scope = Scope {
        organization: standing.organization,
        account: standing.account,
        role: standing.role,
        // There is no session of this name.
        session: Uuid::nil().into(),
        proved_at: DateTime::UNIX_EPOCH,
        address,
        key: Some(Use {
            id: key.id,
            scopes: standing.scopes,
            reads,
        }),
    };
    Ok(Call::new(engine.clone(), scope))
}

/// Notes that a key is used. What was revoked since so many `changes` must not be remembered as alive.
async fn touch(
    engine: &Engine,
    known: (ApiKeyId, Hash),
    (changes, standing): (u64, Standing),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let mut tx = engine.db().begin(standing.organization).await?;
    store::touch(&mut tx, standing.organization, known.0, now).await?;
    tx.commit_counts(failpoint::API_KEY_SEEN).await?;
    let standing = Standing {
        used_at: Some(now),
        ..standing
    };
    engine.keys().put(changes, known, standing).await;
    Ok(())
}

fn unknown() -> Error {
    let text = "This API key is wrong, was revoked, or its member was switched off.";
    Fault::new(FaultCode::Unauthorized, text).into()
}
