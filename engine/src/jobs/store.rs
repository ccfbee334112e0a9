use chrono::{DateTime, Utc};
use domain::id::{JobId, OrganizationId};
use sqlx::types::Json;
use uuid::Uuid;

use super::Work;
use crate::db::{DbError, Tx, execute, fetch_one, fetch_optional, statements};

statements! {
    INSERT_JOB = "insert into job (organization_id, id, kind, payload, state, run_at, created_at) values ($1, $2, $3, $4, 'queued', $5, $5)";
    JOBS_WAITING = "select count(*) from job where (state = 'queued' and run_at <= $1) or (state = 'running' and lease_until < $1)";
    // Of the organizations whose jobs wait one with the fewest running comes first: nobody waits for another's whole pile. On
    // PostgreSQL two workers that pick the same row are told apart by the repeated condition.
    CLAIM_JOB = "update job set state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $2
        where id = (select j.id from job j
            left join (select organization_id, count(*) as many from job where state in ('queued', 'running') and state = 'running'
                group by organization_id) r on r.organization_id = j.organization_id
            where (j.state = 'queued' and j.run_at <= $1) or (j.state = 'running' and j.lease_until < $1)
            order by coalesce(r.many, 0), j.run_at, j.id limit 1)
        and ((state = 'queued' and run_at <= $1) or (state = 'running' and lease_until < $1))
        returning organization_id, id, payload, attempts, fence";
    SETTLE_JOB = "update job set state = $4, run_at = $5, last_error = $6, lease_until = null
        where organization_id = $1 and id = $2 and fence = $3 and state = 'running'";
    FREE_JOBS = "update job set state = 'queued', run_at = $1, lease_until = null where state = 'running' and organization_id is not null";
}

/// A job this worker may run. The fence tells a late finisher that somebody else has taken over.
pub(super) struct Claimed {
    pub(super) organization: OrganizationId,
    pub(super) id: JobId,
    pub(super) work: Work,
    pub(super) attempts: i64,
    fence: i64,
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    id: JobId,
    work: &Work,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_JOB,
        organization.uuid(),
        id.uuid(),
        work.kind(),
        Json(work),
        now
    )
    .map(|_| ())
}

pub(super) async fn any_waiting(tx: &mut Tx, now: DateTime<Utc>) -> Result<bool, DbError> {
    let (waiting,): (i64,) = fetch_one!(tx, (i64,), JOBS_WAITING, now)?;
    Ok(waiting > 0)
}

pub(super) async fn claim(
    tx: &mut Tx,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<Claimed>, DbError> {
    let row = fetch_optional!(tx, (Uuid, Uuid, Json<Work>, i64, i64), CLAIM_JOB, now, lease_until)?;
    Ok(row.map(|(organization, id, Json(work), attempts, fence)| Claimed {
        organization: organization.into(),
        id: id.into(),
        work,
        attempts,
        fence,
    }))
}

/// Touches no row when the lease was lost: then the other worker settles.
pub(super) async fn settle(
    tx: &mut Tx,
    job: &Claimed,
    state: &str,
    run_at: DateTime<Utc>,
    error: Option<&str>,
) -> Result<u64, DbError> {
    execute!(
        tx,
        SETTLE_JOB,
        job.organization.uuid(),
        job.id.uuid(),
        job.fence,
        state,
        run_at,
        error
    )
}

pub(super) async fn free_all(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, FREE_JOBS, now)
}
