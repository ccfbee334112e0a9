use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, GrantId, OrganizationId},
    operator::Grant,
};

use crate::db::{DbError, Tx, execute, fetch_optional, statements};

statements! {
    INSERT_GRANT = "insert into support_grant (organization_id, id, account_id, reason, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    END_GRANTS = "update support_grant set withdrawn_at = $2 where organization_id = $1 and withdrawn_at is null and expires_at > $2";
    GRANT_OF_NOW = "select g.reason, g.created_at, g.expires_at, a.first_name, a.last_name from support_grant g
        join account a on a.organization_id = g.organization_id and a.id = g.account_id
        where g.organization_id = $1 and g.withdrawn_at is null and g.expires_at > $2 order by g.id desc limit 1";
    // Keeps it from being withdrawn until the look is noted.
    GRANT_LOCK = "update support_grant set expires_at = expires_at where organization_id = $1 and withdrawn_at is null and expires_at > $2";
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    id: GrantId,
    by: AccountId,
    reason: &str,
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_GRANT,
        organization.uuid(),
        id.uuid(),
        by.uuid(),
        reason,
        now,
        expires_at
    )
    .map(|_| ())
}

/// How many held until now.
pub(super) async fn end_all(tx: &mut Tx, organization: OrganizationId, now: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, END_GRANTS, organization.uuid(), now)
}

#[derive(sqlx::FromRow)]
struct GrantRow {
    reason: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    first_name: String,
    last_name: String,
}

pub(super) async fn current(
    tx: &mut Tx,
    organization: OrganizationId,
    now: DateTime<Utc>,
) -> Result<Option<Grant>, DbError> {
    let row = fetch_optional!(tx, GrantRow, GRANT_OF_NOW, organization.uuid(), now)?;
    Ok(row.map(|row| Grant {
        reason: row.reason,
        granted_by: format!("{} {}", row.first_name, row.last_name),
        created_at: row.created_at,
        expires_at: row.expires_at,
    }))
}

/// Whether one holds, which it does until the commit.
pub(super) async fn hold(tx: &mut Tx, organization: OrganizationId, now: DateTime<Utc>) -> Result<bool, DbError> {
    Ok(execute!(tx, GRANT_LOCK, organization.uuid(), now)? > 0)
}
