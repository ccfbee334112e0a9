use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Claim;
use crate::db::{DbError, Tx, execute, fetch_optional, statements};

statements! {
    // Takes a key that is free: unknown, a day old, or left by an attempt whose lease is over and that had no effect. What the
    // ledger answers again may be asked once more.
    CLAIM_REQUEST = "insert into request (organization_id, account_id, route, client_key, request_hash, attempt, created_at, lease_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (organization_id, account_id, route, client_key) do update set request_hash = excluded.request_hash,
            attempt = excluded.attempt, created_at = excluded.created_at, lease_until = excluded.lease_until,
            done_at = null, by_ledger = excluded.by_ledger, answer = null
        where request.created_at <= $9 or (request.lease_until <= $7 and (request.done_at is null
            or (request.answer is null and request.by_ledger and request.request_hash = excluded.request_hash)))
        returning attempt";
    FIND_REQUEST = "select request_hash, attempt, lease_until, done_at, answer from request
        where organization_id = $1 and account_id = $2 and route = $3 and client_key = $4";
    REQUEST_DONE = "update request set done_at = $6, by_ledger = $7
        where organization_id = $1 and account_id = $2 and route = $3 and client_key = $4 and attempt = $5 and done_at is null";
    KEEP_ANSWER = "update request set answer = $6
        where organization_id = $1 and account_id = $2 and route = $3 and client_key = $4 and attempt = $5 and done_at is not null";
    END_LEASE = "update request set lease_until = $6
        where organization_id = $1 and account_id = $2 and route = $3 and client_key = $4 and attempt = $5";
    FREE_REQUEST = "delete from request
        where organization_id = $1 and account_id = $2 and route = $3 and client_key = $4 and attempt = $5 and done_at is null";
    FORGET_REQUESTS = "delete from request where created_at <= $1";
}

/// What is known of a key.
#[derive(sqlx::FromRow)]
pub(super) struct Known {
    pub(super) request_hash: Vec<u8>,
    pub(super) attempt: Uuid,
    pub(super) lease_until: DateTime<Utc>,
    pub(super) done_at: Option<DateTime<Utc>>,
    pub(super) answer: Option<Vec<u8>>,
}

/// Runs a statement on the row of a claim.
macro_rules! on_claim {
    ($tx:expr, $statement:ident, $claim:expr $(, $bind:expr)* $(,)?) => {{
        let claim = $claim;
        let (organization, account) = (claim.organization.uuid(), claim.account.uuid());
        execute!($tx, $statement, organization, account, claim.route.as_str(), claim.key.as_str(), claim.attempt $(, $bind)*)
    }};
}

/// False where the key is taken. `forgotten` is from when on keys count.
pub(super) async fn claim(
    tx: &mut Tx,
    claim: &Claim,
    hash: &[u8],
    (now, lease_until, forgotten): (DateTime<Utc>, DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, DbError> {
    let (organization, account) = (claim.organization.uuid(), claim.account.uuid());
    let (route, key) = (claim.route.as_str(), claim.key.as_str());
    let taken = fetch_optional!(
        tx,
        (Uuid,),
        CLAIM_REQUEST,
        organization,
        account,
        route,
        key,
        hash,
        claim.attempt,
        now,
        lease_until,
        forgotten
    )?;
    Ok(taken.is_some())
}

pub(super) async fn find(tx: &mut Tx, claim: &Claim) -> Result<Option<Known>, DbError> {
    let (organization, account) = (claim.organization.uuid(), claim.account.uuid());
    let (route, key) = (claim.route.as_str(), claim.key.as_str());
    fetch_optional!(tx, Known, FIND_REQUEST, organization, account, route, key)
}

/// False where somebody else has taken it up, or it was done before.
pub(super) async fn done(tx: &mut Tx, claim: &Claim, now: DateTime<Utc>, by_ledger: bool) -> Result<bool, DbError> {
    Ok(on_claim!(tx, REQUEST_DONE, claim, now, by_ledger)? == 1)
}

/// False where nothing was done.
pub(super) async fn keep(tx: &mut Tx, claim: &Claim, answer: &[u8]) -> Result<bool, DbError> {
    Ok(on_claim!(tx, KEEP_ANSWER, claim, answer)? == 1)
}

/// It is under way no more.
pub(super) async fn end_lease(tx: &mut Tx, claim: &Claim, now: DateTime<Utc>) -> Result<u64, DbError> {
    on_claim!(tx, END_LEASE, claim, now)
}

/// Gives the key back, unless it was done.
pub(super) async fn free(tx: &mut Tx, claim: &Claim) -> Result<u64, DbError> {
    on_claim!(tx, FREE_REQUEST, claim)
}

pub(super) async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, FORGET_REQUESTS, before)
}
