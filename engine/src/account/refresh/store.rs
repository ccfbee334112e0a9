use chrono::{DateTime, Utc};
use domain::id::{AccountId, OrganizationId, SessionId};
use uuid::Uuid;

use crate::{
    account::{SignedIn, store::parse_role},
    db::{DbError, Tx, execute, fetch_one, fetch_optional, statements},
};

statements! {
    INSERT_REFRESH = "insert into refresh_token (organization_id, id, session_id, generation, token_hash, created_at)
        values ($1, $2, $3, $4, $5, $6)";
    // Only of sessions that are alive, of people who were not switched off.
    REFRESH_BY_TOKEN = "select r.organization_id, r.id, r.session_id, r.generation, r.used_at, r.superseded_at, s.account_id, a.role, a.email from refresh_token r
        join account_session s on s.organization_id = r.organization_id and s.id = r.session_id
        join account a on a.organization_id = s.organization_id and a.id = s.account_id
        where r.token_hash = $1 and s.ends_at > $2 and a.deactivated_at is null";
    // Notes that the session is used; whoever else renews it waits.
    USE_FAMILY = "update account_session set seen_at = $3 where organization_id = $1 and id = $2";
    // Of two at the same time one is first.
    USE_REFRESH = "update refresh_token set used_at = $3 where organization_id = $1 and id = $2 and used_at is null and superseded_at is null";
    // How many were given for a generation, and how many of them were used.
    SUCCESSORS = "select count(*), count(used_at) from refresh_token where organization_id = $1 and session_id = $2 and generation = $3";
    SUPERSEDE = "update refresh_token set superseded_at = $5
        where organization_id = $1 and session_id = $2 and generation = $3 and id <> $4 and used_at is null and superseded_at is null";
    // What a repeat is told by is kept for the family's last generations.
    FORGET_REFRESH = "delete from refresh_token where organization_id = $1 and session_id = $2 and generation < $3";
}

pub(super) struct New<'a> {
    pub(super) id: Uuid,
    pub(super) session: SessionId,
    pub(super) generation: i64,
    pub(super) token_hash: &'a [u8],
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (session, generation) = (new.session.uuid(), new.generation);
    execute!(
        tx,
        INSERT_REFRESH,
        organization.uuid(),
        new.id,
        session,
        generation,
        new.token_hash,
        now
    )
    .map(|_| ())
}

/// A refresh token with its family.
pub(super) struct Found {
    pub(super) id: Uuid,
    pub(super) generation: i64,
    pub(super) used_at: Option<DateTime<Utc>>,
    pub(super) superseded_at: Option<DateTime<Utc>>,
    pub(super) who: SignedIn,
    pub(super) email: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    id: Uuid,
    session_id: Uuid,
    generation: i64,
    used_at: Option<DateTime<Utc>>,
    superseded_at: Option<DateTime<Utc>>,
    account_id: Uuid,
    role: String,
    email: String,
}

pub(super) async fn find(tx: &mut Tx, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, Row, REFRESH_BY_TOKEN, token_hash, now)?;
    row.map(|row| {
        Ok(Found {
            id: row.id,
            generation: row.generation,
            used_at: row.used_at,
            superseded_at: row.superseded_at,
            who: SignedIn {
                account: AccountId::from(row.account_id),
                organization: row.organization_id.into(),
                role: parse_role(row.role)?,
                session: row.session_id.into(),
            },
            email: row.email,
        })
    })
    .transpose()
}

/// Has every other renewal of the session wait until this one is done. False when the session was ended meanwhile.
pub(super) async fn alone(tx: &mut Tx, who: SignedIn, now: DateTime<Utc>) -> Result<bool, DbError> {
    let rows = execute!(tx, USE_FAMILY, who.organization().uuid(), who.session().uuid(), now)?;
    Ok(rows == 1)
}

/// False when it was used before, or another one in its place.
pub(super) async fn take(tx: &mut Tx, found: &Found, now: DateTime<Utc>) -> Result<bool, DbError> {
    let rows = execute!(tx, USE_REFRESH, found.who.organization().uuid(), found.id, now)?;
    Ok(rows == 1)
}

/// How many there are of a generation, and how many of them were used.
pub(super) async fn successors(tx: &mut Tx, who: SignedIn, generation: i64) -> Result<(i64, i64), DbError> {
    let (organization, session) = (who.organization().uuid(), who.session().uuid());
    fetch_one!(tx, (i64, i64), SUCCESSORS, organization, session, generation)
}

pub(super) async fn supersede_siblings(tx: &mut Tx, found: &Found, now: DateTime<Utc>) -> Result<u64, DbError> {
    let (organization, session) = (found.who.organization().uuid(), found.who.session().uuid());
    execute!(tx, SUPERSEDE, organization, session, found.generation, found.id, now)
}

pub(super) async fn forget_before(tx: &mut Tx, who: SignedIn, generation: i64) -> Result<u64, DbError> {
    execute!(
        tx,
        FORGET_REFRESH,
        who.organization().uuid(),
        who.session().uuid(),
        generation
    )
}
