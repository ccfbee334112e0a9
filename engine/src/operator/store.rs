use chrono::{DateTime, Utc};
use domain::{
    id::{OperatorId, OrganizationId},
    operator::{Health, Overview},
};
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements};

statements! {
    // Whoever is there already is set up anew.
    ADD_OPERATOR = "insert into operator (id, email, name, link_hash, link_expires_at, totp_pending, created_at) values ($1, $2, '', $3, $4, null, $5)
        on conflict (email) do update set link_hash = excluded.link_hash, link_expires_at = excluded.link_expires_at, totp_pending = null, removed_at = null";
    REMOVE_OPERATOR = "update operator set removed_at = $2, link_hash = null, password_hash = null, totp_secret = null, totp_pending = null where email = $1 and removed_at is null";
    OPERATOR_BY_LINK = "select id, email, totp_pending from operator where link_hash = $1 and link_expires_at > $2 and removed_at is null";
    SET_PENDING_OPERATOR = "update operator set totp_pending = $2 where id = $1";
    SET_UP_OPERATOR = "update operator set name = $3, password_hash = $4, totp_secret = totp_pending, totp_pending = null, totp_step = $5,
        link_hash = null, link_expires_at = null where id = $1 and link_hash = $2 and removed_at is null";
    OPERATOR_BY_EMAIL = "select id, password_hash, totp_secret, totp_step from operator where email = $1 and removed_at is null";
    USE_OPERATOR_STEP = "update operator set totp_step = $2 where id = $1 and totp_step < $2";
    BEGIN_OPERATOR_SESSION = "insert into operator_session (hash, operator, created_at, ends_at) values ($1, $2, $3, $4)";
    OPERATOR_OF_SESSION = "select o.id, o.name, s.ends_at from operator_session s join operator o on o.id = s.operator
        where s.hash = $1 and s.ends_at > $2 and o.removed_at is null";
    END_OPERATOR_SESSION = "delete from operator_session where hash = $1";
    END_OPERATOR_SESSIONS = "delete from operator_session where operator = $1 or ends_at <= $2";
    OPERATOR_SECRETS = "select id, 'secret', totp_secret from operator where totp_secret is not null
        union all select id, 'pending', totp_pending from operator where totp_pending is not null";
    REWRAP_OPERATOR = "update operator set totp_secret = case $2 when 'secret' then $3 else totp_secret end,
        totp_pending = case $2 when 'pending' then $3 else totp_pending end where id = $1";

    OVERVIEWS = "select o.id, o.name, o.plan, o.created_at,
        (select count(*) from account a where a.organization_id = o.id and a.deactivated_at is null) as members,
        (select count(*) from bot b where b.organization_id = o.id) as bots,
        (select count(*) from bot b where b.organization_id = o.id and b.status = 'active') as published,
        (select count(*) from property p where p.organization_id = o.id) as properties,
        (select count(*) from conversation c where c.organization_id = o.id and not c.preview) as conversations,
        (select count(*) from lead l where l.organization_id = o.id) as leads,
        (select count(*) from job j where j.organization_id = o.id and j.state = 'failed') as failed_jobs,
        (select max(s.seen_at) from account_session s where s.organization_id = o.id) as last_seen
        from organization o where (o.id = $1 or $1 is null) and (o.id < $2 or $2 is null) order by o.id desc limit $3";
    HEALTH = "select (select count(*) from organization) as organizations,
        (select count(*) from job where state in ('queued', 'running')) as waiting_jobs,
        (select count(*) from job where state = 'failed') as failed_jobs,
        (select count(*) from mail where failed_at is null) as waiting_letters,
        (select count(*) from mail where failed_at is not null) as failed_letters,
        (select count(*) from licence where review_since is not null and status <> 'replaced') as licences";
}

pub(super) async fn add(
    tx: &mut Tx,
    id: OperatorId,
    email: &str,
    link_hash: &[u8],
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, ADD_OPERATOR, id.uuid(), email, link_hash, expires_at, now).map(|_| ())
}

/// False where there is none.
pub(super) async fn remove(tx: &mut Tx, email: &str, now: DateTime<Utc>) -> Result<bool, DbError> {
    Ok(execute!(tx, REMOVE_OPERATOR, email, now)? == 1)
}

/// Whom a link sets up.
pub(super) struct Linked {
    pub(super) id: OperatorId,
    pub(super) email: String,
    pub(super) pending: Option<Vec<u8>>,
}

pub(super) async fn by_link(tx: &mut Tx, link_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Linked>, DbError> {
    let row = fetch_optional!(tx, (Uuid, String, Option<Vec<u8>>), OPERATOR_BY_LINK, link_hash, now)?;
    Ok(row.map(|(id, email, pending)| Linked {
        id: id.into(),
        email,
        pending,
    }))
}

pub(super) async fn set_pending(tx: &mut Tx, id: OperatorId, sealed: &[u8]) -> Result<(), DbError> {
    execute!(tx, SET_PENDING_OPERATOR, id.uuid(), sealed).map(|_| ())
}

/// False when the link was used meanwhile.
pub(super) async fn set_up(
    tx: &mut Tx,
    id: OperatorId,
    link_hash: &[u8],
    (name, password_hash): (&str, &str),
    step: i64,
) -> Result<bool, DbError> {
    Ok(execute!(tx, SET_UP_OPERATOR, id.uuid(), link_hash, name, password_hash, step)? == 1)
}

/// Never leaves the engine: no `Serialize` on purpose.
pub(super) struct Known {
    pub(super) id: OperatorId,
    pub(super) password_hash: Option<String>,
    pub(super) totp_secret: Option<Vec<u8>>,
    pub(super) totp_step: i64,
}

pub(super) async fn by_email(tx: &mut Tx, email: &str) -> Result<Option<Known>, DbError> {
    type Row = (Uuid, Option<String>, Option<Vec<u8>>, i64);
    let row = fetch_optional!(tx, Row, OPERATOR_BY_EMAIL, email)?;
    Ok(row.map(|(id, password_hash, totp_secret, totp_step)| Known {
        id: id.into(),
        password_hash,
        totp_secret,
        totp_step,
    }))
}

/// False where a code of this half minute, or of a later one, was used.
pub(super) async fn use_step(tx: &mut Tx, id: OperatorId, step: i64) -> Result<bool, DbError> {
    Ok(execute!(tx, USE_OPERATOR_STEP, id.uuid(), step)? == 1)
}

pub(super) async fn begin_session(
    tx: &mut Tx,
    hash: &[u8],
    id: OperatorId,
    now: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, BEGIN_OPERATOR_SESSION, hash, id.uuid(), now, ends_at).map(|_| ())
}

pub(super) async fn of_session(
    tx: &mut Tx,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(OperatorId, String)>, DbError> {
    let row = fetch_optional!(tx, (Uuid, String, DateTime<Utc>), OPERATOR_OF_SESSION, hash, now)?;
    Ok(row.map(|(id, name, _)| (id.into(), name)))
}

pub(super) async fn end_session(tx: &mut Tx, hash: &[u8]) -> Result<(), DbError> {
    execute!(tx, END_OPERATOR_SESSION, hash).map(|_| ())
}

/// All of somebody's, and whatever is over.
pub(super) async fn end_sessions(tx: &mut Tx, id: OperatorId, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, END_OPERATOR_SESSIONS, id.uuid(), now).map(|_| ())
}

/// All that is sealed: whose, which, and what.
pub(super) async fn secrets(tx: &mut Tx) -> Result<Vec<(Uuid, String, Vec<u8>)>, DbError> {
    fetch_all!(tx, (Uuid, String, Vec<u8>), OPERATOR_SECRETS)
}

pub(super) async fn rewrap(tx: &mut Tx, id: Uuid, which: String, sealed: &[u8]) -> Result<(), DbError> {
    execute!(tx, REWRAP_OPERATOR, id, which, sealed).map(|_| ())
}

#[derive(sqlx::FromRow)]
struct OverviewRow {
    id: Uuid,
    name: String,
    plan: String,
    created_at: DateTime<Utc>,
    members: i64,
    bots: i64,
    published: i64,
    properties: i64,
    conversations: i64,
    leads: i64,
    failed_jobs: i64,
    last_seen: Option<DateTime<Utc>>,
}

impl From<OverviewRow> for Overview {
    fn from(row: OverviewRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            plan: row.plan,
            created_at: row.created_at,
            members: row.members,
            bots: row.bots,
            published: row.published,
            properties: row.properties,
            conversations: row.conversations,
            leads: row.leads,
            failed_jobs: row.failed_jobs,
            last_seen: row.last_seen,
        }
    }
}

/// One organization, or those after a cursor, newest first.
pub(super) async fn overviews(
    tx: &mut Tx,
    one: Option<OrganizationId>,
    after: Option<OrganizationId>,
    limit: i64,
) -> Result<Vec<Overview>, DbError> {
    let (one, after) = (one.map(OrganizationId::uuid), after.map(OrganizationId::uuid));
    let rows = fetch_all!(tx, OverviewRow, OVERVIEWS, one, after, limit)?;
    Ok(rows.into_iter().map(Overview::from).collect())
}

pub(super) async fn health(tx: &mut Tx) -> Result<Health, DbError> {
    let row: (i64, i64, i64, i64, i64, i64) = fetch_one!(tx, (i64, i64, i64, i64, i64, i64), HEALTH)?;
    let (organizations, waiting_jobs, failed_jobs, waiting_letters, failed_letters, licences) = row;
    Ok(Health {
        organizations,
        waiting_jobs,
        failed_jobs,
        waiting_letters,
        failed_letters,
        licences,
    })
}
