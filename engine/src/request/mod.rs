//! Requests under a caller's own key (`Idempotency-Key`): however often one is sent, it has one effect, and for a day the
//! answer of the first time.
//!
//! A key is claimed in a commit of its own, for a minute. The use case notes with [`done`], in the transaction of its effect,
//! that the effect is there; the answer is kept afterwards. So whatever dies in between, the row says what is true:
//!
//! - Not done: nothing has happened. When the minute is over, the key is taken up anew. An attempt that was merely slow can no
//!   longer commit then, since its [`done`] finds the row in another's hands.
//! - Done and answered: the answer is given again.
//! - Done, and its answer lost: a repetition is told so, and nothing happens a second time. What moved credits is asked of the
//!   ledger, which keeps what it answered under a key for ever (`ledger::Once`).

mod store;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use chrono::TimeDelta;
use domain::{
    Fault, FaultCode,
    id::{AccountId, OrganizationId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Call, Engine, Error,
    db::{Reach, Tx},
    failpoint,
    ledger::{ClientKey, LedgerError},
    vault::{self, Place},
};

/// How long an answer is kept.
const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
/// How long an attempt may take; no request takes a tenth of it.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// A request under a key.
#[derive(Clone, Copy, Debug)]
pub struct Keyed<'a> {
    /// The method and the pattern of the address: within it a key means one request.
    pub route: &'a str,
    /// As the caller sent it.
    pub key: &'a str,
    /// SHA-256 of all that was asked for.
    pub hash: [u8; 32],
}

/// The right to carry a request out.
#[derive(Debug)]
pub(crate) struct Claim {
    organization: OrganizationId,
    account: AccountId,
    route: String,
    key: String,
    attempt: Uuid,
    /// Whether the ledger keeps its answer.
    by_ledger: AtomicBool,
    /// Whether it was answered as it was before.
    is_repeated: AtomicBool,
}

impl Claim {
    pub(crate) fn kept_by_ledger(&self) {
        self.by_ledger.store(true, Relaxed);
    }
    pub(crate) fn is_repeated(&self) {
        self.is_repeated.store(true, Relaxed);
    }

    const fn place(attempt: Uuid) -> Place {
        Place {
            column: "request.answer",
            row: attempt,
        }
    }
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What to do with a request under a key.
#[derive(Debug)]
pub enum Begun {
    /// Carry it out as this caller, then [`end`] it.
    Anew(Call),
    /// It was done before; this was the answer.
    Before(Answer),
}

impl Call {
    /// The key that this request came under, for the ledger: within an operation and a member's.
    pub fn key(&self, operation: &str) -> Option<ClientKey> {
        let claim = self.claim.as_ref()?;
        Some(ClientKey {
            operation: format!("{operation} of {}", claim.account),
            key: claim.key.clone(),
        })
    }

    /// Whether this was answered as it was before, by the ledger.
    pub fn is_repetition(&self) -> bool {
        self.claim.as_ref().is_some_and(|claim| claim.is_repeated.load(Relaxed))
    }
}

/// Claims a key, or says what was answered under it.
pub async fn begin(call: &Call, keyed: Keyed<'_>) -> Result<Begun, Error> {
    let (engine, organization) = (call.engine(), call.organization());
    // Somebody who may do less than before is not given what they could do then.
    let route = format!("{} as {}", keyed.route, call.role().as_str());
    let claim = Claim {
        organization,
        account: call.account(),
        route,
        key: ClientKey::new("", keyed.key)?.key,
        attempt: engine.clock().new_id(),
        by_ledger: AtomicBool::new(false),
        is_repeated: AtomicBool::new(false),
    };
    let now = engine.clock().now();
    let mut tx = engine.db().begin(organization).await?;
    if store::claim(&mut tx, &claim, &keyed.hash, (now, now + LEASE, now - KEPT_FOR)).await? {
        tx.commit_counts(failpoint::REQUEST_BEGIN).await?;
        return Ok(Begun::Anew(Call {
            claim: Some(Arc::new(claim)),
            ..call.clone()
        }));
    }
    // Given back in between.
    let known = store::find(&mut tx, &claim).await?.ok_or_else(|| under_way(1))?;
    if known.request_hash != keyed.hash {
        return Err(LedgerError::KeyReused.into());
    }
    let Some(sealed) = known.answer else {
        let left = (known.lease_until - now).num_seconds();
        return Err(match known.done_at {
            Some(_) if left <= 0 => lost(),
            _ => under_way(u32::try_from(left).unwrap_or(0) + 1),
        });
    };
    drop(tx);
    let keys = vault::to_open(engine, organization).await?;
    let answer = keys.open(Claim::place(known.attempt), &sealed)?;
    let answer = serde_json::from_slice(&answer).map_err(|error| Error::Broken(format!("a kept answer: {error}")))?;
    Ok(Begun::Before(answer))
}

fn under_way(seconds: u32) -> Error {
    let text = "A request under this idempotency key is still being carried out. Send it again in a moment.";
    Error::from(Fault {
        retry_after: Some(seconds),
        ..Fault::new(FaultCode::Conflict, text)
    })
}

fn lost() -> Error {
    let text =
        "What was asked under this idempotency key was done, but its answer was lost. Look at what is there now.";
    Fault::new(FaultCode::Conflict, text).into()
}

/// Notes that a request was carried out, in the transaction of its effect and right before its commit. Where it came under no
/// key, there is nothing to note.
pub(crate) async fn done(tx: &mut Tx, call: &Call) -> Result<(), Error> {
    let Some(claim) = &call.claim else { return Ok(()) };
    let by_ledger = claim.by_ledger.load(Relaxed);
    match store::done(tx, claim, call.engine().clock().now(), by_ledger).await? {
        true => Ok(()),
        false => Err(under_way(1)),
    }
}

/// Ends what was begun. A success is kept as the answer; where nothing was done, the key may be used again.
pub async fn end(call: &Call, answer: Option<&Answer>) -> Result<(), Error> {
    let Some(claim) = &call.claim else { return Ok(()) };
    let engine = call.engine();
    let sealed = match answer {
        Some(answer) => {
            let text = serde_json::to_vec(answer).map_err(|error| Error::Broken(error.to_string()))?;
            let keys = vault::to_seal(engine, claim.organization).await?;
            Some(keys.seal(Claim::place(claim.attempt), &text)?)
        }
        None => None,
    };
    let mut tx = engine.db().begin(claim.organization).await?;
    let kept = match &sealed {
        Some(sealed) => store::keep(&mut tx, claim, sealed).await?,
        None => false,
    };
    if !kept {
        store::free(&mut tx, claim).await?;
    }
    // What was done and has no answer is not under way either.
    store::end_lease(&mut tx, claim, engine.clock().now()).await?;
    Ok(tx.commit_counts(failpoint::REQUEST_END).await?)
}

/// Drops answers that are a day old.
pub(crate) async fn forget(engine: &Engine) -> Result<(), Error> {
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    store::forget(&mut tx, engine.clock().now() - KEPT_FOR).await?;
    Ok(tx.commit_counts(failpoint::REQUEST_FORGET).await?)
}
