use chrono::{DateTime, Utc};
use domain::{
    api_key::{ApiKey, Scopes},
    id::{AccountId, ApiKeyId, OrganizationId},
};
use uuid::Uuid;

use super::Standing;
use crate::{
    account::store::parse_role,
    db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements},
};

statements! {
    INSERT_API_KEY = "insert into api_key (organization_id, id, account_id, name, secret_hash, scopes, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    COUNT_API_KEYS = "select count(*) from api_key where organization_id = $1 and account_id = $2";
    API_KEYS = "select id, name, scopes, created_at, expires_at, used_at from api_key
        where organization_id = $1 and account_id = $2 and (id = $3 or $3 is null) order by id";
    // The key itself names its tenant. None for one whose member was switched off.
    API_KEY_STANDING = "select k.organization_id, k.account_id, a.role,
        a.totp_secret is not null or exists (select 1 from passkey p where p.organization_id = a.organization_id and p.account_id = a.id)
        as has_factor, k.scopes, k.expires_at, k.used_at
        from api_key k join account a on a.organization_id = k.organization_id and a.id = k.account_id
        where k.id = $1 and k.secret_hash = $2 and a.deactivated_at is null";
    TOUCH_API_KEY = "update api_key set used_at = $3 where organization_id = $1 and id = $2 and (used_at < $3 or used_at is null)";
    DELETE_API_KEY = "delete from api_key where organization_id = $1 and account_id = $2 and id = $3 returning name";
    DELETE_API_KEYS = "delete from api_key where organization_id = $1 and account_id = $2";
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    key: &ApiKey,
    hash: &[u8],
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_API_KEY,
        organization.uuid(),
        key.id.uuid(),
        account.uuid(),
        key.name.as_str(),
        hash,
        key.scopes.text(),
        key.created_at,
        key.expires_at
    )
    .map(|_| ())
}

pub(super) async fn count(tx: &mut Tx, organization: OrganizationId, account: AccountId) -> Result<usize, DbError> {
    let (count,) = fetch_one!(tx, (i64,), COUNT_API_KEYS, organization.uuid(), account.uuid())?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    scopes: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

/// All of a member's, or the one with this id.
pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    id: Option<ApiKeyId>,
) -> Result<Vec<ApiKey>, DbError> {
    let id = id.map(ApiKeyId::uuid);
    let rows = fetch_all!(tx, Row, API_KEYS, organization.uuid(), account.uuid(), id)?;
    let key = |row: Row| {
        Ok(ApiKey {
            id: row.id.into(),
            scopes: parse_scopes(&row.scopes)?,
            name: row.name,
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
        })
    };
    rows.into_iter().map(key).collect()
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    organization_id: Uuid,
    account_id: Uuid,
    role: String,
    has_factor: bool,
    scopes: String,
    expires_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

pub(super) async fn standing(tx: &mut Tx, id: ApiKeyId, hash: &[u8]) -> Result<Option<Standing>, DbError> {
    let row = fetch_optional!(tx, StandingRow, API_KEY_STANDING, id.uuid(), hash)?;
    row.map(|row| {
        Ok(Standing {
            organization: row.organization_id.into(),
            account: row.account_id.into(),
            role: parse_role(row.role)?,
            has_factor: row.has_factor,
            scopes: parse_scopes(&row.scopes)?,
            expires_at: row.expires_at,
            used_at: row.used_at,
        })
    })
    .transpose()
}

fn parse_scopes(text: &str) -> Result<Scopes, DbError> {
    Scopes::parse(text).ok_or_else(|| DbError::Corrupt {
        what: "scopes",
        value: text.to_owned(),
    })
}

pub(super) async fn touch(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, TOUCH_API_KEY, organization.uuid(), id.uuid(), now)
}

/// Its name; `None` where there is none.
pub(super) async fn delete(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    id: ApiKeyId,
) -> Result<Option<String>, DbError> {
    let ids = (organization.uuid(), account.uuid(), id.uuid());
    let row = fetch_optional!(tx, (String,), DELETE_API_KEY, ids.0, ids.1, ids.2)?;
    Ok(row.map(|(name,)| name))
}

pub(super) async fn delete_all(tx: &mut Tx, organization: OrganizationId, account: AccountId) -> Result<u64, DbError> {
    execute!(tx, DELETE_API_KEYS, organization.uuid(), account.uuid())
}
