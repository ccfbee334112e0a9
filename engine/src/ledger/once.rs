//! One effect a key: what a caller asked for under a key of their own, and what they were answered.

use std::sync::Arc;

use domain::{credits::Credits, id::OrganizationId};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{ClientKey, LedgerError, store};
use crate::{
    Call, Clock,
    db::{DbError, Tx},
    request::Claim,
};

/// A request under a caller's key, within an organization. The same key with the same request has one effect and one
/// answer, for ever; with another request it is refused.
#[derive(Debug)]
pub(crate) struct Once {
    organization: OrganizationId,
    key: ClientKey,
    request_hash: Vec<u8>,
    /// What is told of it to whoever carries the request out.
    claim: Option<Arc<Claim>>,
}

impl Once {
    /// `request` is all that was asked for.
    pub(crate) fn new(call: &Call, key: ClientKey, request: &impl Serialize) -> Result<Self, DbError> {
        let text = serde_json::to_vec(request).map_err(unstorable)?;
        Ok(Self {
            organization: call.organization(),
            key,
            request_hash: Sha256::digest(text).to_vec(),
            claim: call.claim.clone(),
        })
    }

    /// What was answered before, if anything was. To be asked first in the transaction of the effect: it takes the lock
    /// of the organization's accounts, so that of two equal requests at once the second finds the first one's answer.
    pub(crate) async fn earlier<T: DeserializeOwned>(&self, tx: &mut Tx) -> Result<Option<T>, LedgerError> {
        store::lock_accounts(tx, &[self.organization], &[]).await?;
        let Some(known) = store::key(tx, self.organization, &self.key).await? else {
            return Ok(None);
        };
        if known.request_hash != self.request_hash {
            return Err(LedgerError::KeyReused);
        }
        if let Some(claim) = &self.claim {
            claim.is_repeated();
        }
        match known.outcome {
            store::StoredOutcome::Done { answer } => Ok(Some(serde_json::from_value(answer).map_err(unstorable)?)),
            store::StoredOutcome::Insufficient { short_by } => Err(LedgerError::Insufficient { short_by }),
        }
    }

    /// Keeps the answer, in the transaction of the effect.
    pub(crate) async fn done(&self, tx: &mut Tx, clock: &Clock, answer: &impl Serialize) -> Result<(), DbError> {
        let answer = serde_json::to_value(answer).map_err(unstorable)?;
        self.keep(tx, clock, store::StoredOutcome::Done { answer }).await
    }

    /// Keeps that the credits did not suffice: a refusal by the rules is an answer like any other. Whatever else went
    /// wrong is not kept and may be tried again.
    pub(crate) async fn refused(&self, tx: &mut Tx, clock: &Clock, short_by: Credits) -> Result<(), DbError> {
        self.keep(tx, clock, store::StoredOutcome::Insufficient { short_by })
            .await
    }

    async fn keep(&self, tx: &mut Tx, clock: &Clock, outcome: store::StoredOutcome) -> Result<(), DbError> {
        let record = store::KeyRecord {
            request_hash: self.request_hash.clone(),
            outcome,
        };
        store::insert_key(tx, self.organization, &self.key, &record, clock.now()).await?;
        if let Some(claim) = &self.claim {
            claim.kept_by_ledger();
        }
        Ok(())
    }
}

#[allow(clippy::needless_pass_by_value)]
fn unstorable(error: serde_json::Error) -> DbError {
    DbError::Corrupt {
        what: "answer under a key",
        value: error.to_string(),
    }
}

/// A charge under a caller's key: where the credits do not suffice, that is kept as the answer and committed.
pub(crate) async fn charged(
    mut tx: Tx,
    engine: &crate::Engine,
    one: super::Move,
    once: Option<&Once>,
) -> Result<Tx, LedgerError> {
    match (super::apply_one(&mut tx, engine, one).await, once) {
        (Err(LedgerError::Insufficient { short_by }), Some(once)) => {
            once.refused(&mut tx, engine.clock(), short_by).await?;
            tx.commit().await?;
            Err(LedgerError::Insufficient { short_by })
        }
        (outcome, _) => outcome.map(|()| tx),
    }
}
