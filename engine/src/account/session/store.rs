use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, OrganizationId, SessionId},
    security::SessionRow,
};
use uuid::Uuid;

use super::{Kind, Standing};
use crate::{
    account::store::parse_role,
    db::{DbError, Tx, execute, fetch_all, fetch_optional, statements},
};

statements! {
    INSERT_SESSION = "insert into account_session (organization_id, id, account_id, kind, agent, address, created_at, seen_at, proved_at, ends_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8)";
    // Nobody keeps more than so many; the oldest end. Those that lack their second factor push out none that showed it.
    END_SURPLUS_SESSIONS = "delete from account_session where organization_id = $1 and account_id = $2 and kind = $3 and id in (
        select s.id from account_session s where s.organization_id = $1 and s.account_id = $2 and s.kind = $3
        and (s.factor_at is not null) = $5 order by s.id desc limit 1000 offset $4)";
    STANDING = "select a.role, s.kind = 'console' as is_console, s.seen_at, s.proved_at, s.ends_at, s.factor_at is not null as with_factor,
        a.totp_secret is not null or exists (select 1 from passkey p where p.organization_id = a.organization_id and p.account_id = a.id)
        as has_factor from account_session s
        join account a on a.organization_id = s.organization_id and a.id = s.account_id
        where s.organization_id = $1 and s.id = $2 and a.id = $3 and a.deactivated_at is null";
    TOUCH_SESSION = "update account_session set seen_at = $3 where organization_id = $1 and id = $2 and seen_at < $3";
    PROVE_SESSION = "update account_session set proved_at = $3, factor_at = coalesce($4, factor_at)
        where organization_id = $1 and id = $2";
    SESSIONS = "select id, kind, agent, address, created_at, seen_at from account_session
        where organization_id = $1 and account_id = $2 and ends_at > $3 order by seen_at desc, id desc limit 200";
    END_SESSION = "delete from account_session where organization_id = $1 and account_id = $2 and id = $3";
    END_SESSIONS = "delete from account_session where organization_id = $1 and account_id = $2 and (id <> $3 or $3 is null)";
    DELETE_ENDED_SESSIONS = "delete from account_session where ends_at <= $1 and organization_id is not null";
}

pub(super) struct New<'a> {
    pub(super) id: SessionId,
    pub(super) account: AccountId,
    pub(super) kind: Kind,
    pub(super) agent: &'a str,
    pub(super) address: Option<IpAddr>,
    pub(super) ends_at: DateTime<Utc>,
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_SESSION,
        organization.uuid(),
        new.id.uuid(),
        new.account.uuid(),
        new.kind.as_str(),
        new.agent,
        new.address.map(|address| address.to_string()),
        now,
        new.ends_at
    )?;
    Ok(())
}

/// Ends the oldest but so many of the sessions that showed a second factor, or of those that did not.
pub(super) async fn end_surplus(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    kind: Kind,
    with_factor: bool,
) -> Result<u64, DbError> {
    let (account, name) = (account.uuid(), kind.as_str());
    execute!(
        tx,
        END_SURPLUS_SESSIONS,
        organization.uuid(),
        account,
        name,
        kind.most(),
        with_factor
    )
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    role: String,
    is_console: bool,
    seen_at: DateTime<Utc>,
    proved_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    with_factor: bool,
    has_factor: bool,
}

/// `None` for a session that has ended, and for somebody who was switched off.
pub(super) async fn standing(
    tx: &mut Tx,
    organization: OrganizationId,
    session: SessionId,
    account: AccountId,
) -> Result<Option<Standing>, DbError> {
    let ids = (organization.uuid(), session.uuid(), account.uuid());
    let row = fetch_optional!(tx, StandingRow, STANDING, ids.0, ids.1, ids.2)?;
    row.map(|row| {
        Ok(Standing {
            role: parse_role(row.role)?,
            is_console: row.is_console,
            seen_at: row.seen_at,
            proved_at: row.proved_at,
            ends_at: row.ends_at,
            with_factor: row.with_factor,
            has_factor: row.has_factor,
        })
    })
    .transpose()
}

pub(super) async fn touch(
    tx: &mut Tx,
    organization: OrganizationId,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, TOUCH_SESSION, organization.uuid(), session.uuid(), now)
}

pub(super) async fn prove(
    tx: &mut Tx,
    organization: OrganizationId,
    session: SessionId,
    with_factor: bool,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let factor = with_factor.then_some(now);
    let rows = execute!(tx, PROVE_SESSION, organization.uuid(), session.uuid(), now, factor)?;
    Ok(rows == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    agent: String,
    address: Option<String>,
    created_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<SessionRow>, DbError> {
    let rows = fetch_all!(tx, Row, SESSIONS, organization.uuid(), account.uuid(), now)?;
    let row = |row: Row| SessionRow {
        id: row.id.into(),
        is_program: row.kind == Kind::Program.as_str(),
        agent: row.agent,
        address: row.address,
        created_at: row.created_at,
        seen_at: row.seen_at,
        is_this: false,
    };
    Ok(rows.into_iter().map(row).collect())
}

pub(super) async fn end(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    session: SessionId,
) -> Result<u64, DbError> {
    execute!(tx, END_SESSION, organization.uuid(), account.uuid(), session.uuid())
}

/// All of them, but for `except`.
pub(super) async fn end_all(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    except: Option<SessionId>,
) -> Result<u64, DbError> {
    let except = except.map(SessionId::uuid);
    execute!(tx, END_SESSIONS, organization.uuid(), account.uuid(), except)
}

pub(super) async fn delete_ended(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, DELETE_ENDED_SESSIONS, now)
}
