use chrono::{DateTime, Utc};
use domain::id::OrganizationId;
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, statements};

statements! {
    DATA_KEYS = "select id, wrapped from data_key where organization_id = $1";
    INSERT_DATA_KEY = "insert into data_key (organization_id, id, wrapped, created_at) values ($1, $2, $3, $4)
        on conflict (organization_id, id) do nothing";
    REWRAP_DATA_KEY = "update data_key set wrapped = $3 where organization_id = $1 and id = $2";
    MASTERS = "select substr(wrapped, 2, 8), count(distinct organization_id) from data_key group by 1";
    ORGANIZATIONS_WITH_KEYS = "select distinct organization_id from data_key";
}

pub(super) async fn data_keys(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<(Uuid, Vec<u8>)>, DbError> {
    fetch_all!(tx, (Uuid, Vec<u8>), DATA_KEYS, organization.uuid())
}

/// False where it is there already.
pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    id: Uuid,
    wrapped: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    Ok(execute!(tx, INSERT_DATA_KEY, organization.uuid(), id, wrapped, now)? == 1)
}

pub(super) async fn rewrap(tx: &mut Tx, organization: OrganizationId, id: Uuid, wrapped: &[u8]) -> Result<(), DbError> {
    execute!(tx, REWRAP_DATA_KEY, organization.uuid(), id, wrapped).map(|_| ())
}

/// The ids of the master keys that data keys are wrapped with, and how many organizations each concerns.
pub(super) async fn masters(tx: &mut Tx) -> Result<Vec<(Vec<u8>, i64)>, DbError> {
    fetch_all!(tx, (Vec<u8>, i64), MASTERS)
}

pub(super) async fn organizations(tx: &mut Tx) -> Result<Vec<OrganizationId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), ORGANIZATIONS_WITH_KEYS)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
