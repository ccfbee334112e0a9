use chrono::{DateTime, Utc};
use domain::{id::OrganizationId, privacy::Retention};
use uuid::Uuid;

use super::{By, Kind, erased::Erased};
use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements};

statements! {
    INSERT_TOMBSTONE = "insert into tombstone (organization_id, kind, subject_id, erased_by, erased_at) values ($1, $2, $3, $4, $5)
        on conflict (organization_id, kind, subject_id) do nothing";
    COUNT_TOMBSTONES = "select count(*) from tombstone where organization_id is not null";
    TOMBSTONES = "select kind, subject_id, erased_by, erased_at from tombstone where organization_id = $1 and (subject_id < $2 or $2 is null)
        order by subject_id desc limit $3";
    ORGANIZATIONS_AFTER = "select id from organization where (id > $1 or $1 is null) order by id limit $2";
    RETENTION = "select keep_conversations_days, keep_leads_days from organization where id = $1";
    RETENTION_TO_CHANGE = "update organization set updated_at = updated_at where id = $1 returning keep_conversations_days, keep_leads_days";
    SET_RETENTION = "update organization set keep_conversations_days = $2, keep_leads_days = $3, updated_at = $4 where id = $1";
}

pub(super) async fn bury(tx: &mut Tx, erased: &Erased) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_TOMBSTONE,
        erased.organization.uuid(),
        erased.kind.as_str(),
        erased.id,
        erased.by.as_str(),
        erased.at
    )
    .map(|_| ())
}

/// Of all organizations.
pub(super) async fn count_tombstones(tx: &mut Tx) -> Result<i64, DbError> {
    let (count,) = fetch_one!(tx, (i64,), COUNT_TOMBSTONES)?;
    Ok(count)
}

/// What is left of something that was erased.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub(super) struct Tombstone {
    pub(super) kind: String,
    pub(super) subject_id: Uuid,
    pub(super) erased_by: String,
    pub(super) erased_at: DateTime<Utc>,
}

impl Tombstone {
    /// What it says, as it is written down beside the store.
    pub(super) fn erased(&self, organization: OrganizationId) -> Option<Erased> {
        let kind = [Kind::Conversation, Kind::Lead]
            .into_iter()
            .find(|kind| kind.as_str() == self.kind)?;
        let by = [By::Buyer, By::Member, By::Retention]
            .into_iter()
            .find(|by| by.as_str() == self.erased_by)?;
        Some(Erased {
            organization,
            kind,
            id: self.subject_id,
            by,
            at: self.erased_at,
        })
    }
}

pub(super) async fn tombstones(
    tx: &mut Tx,
    organization: OrganizationId,
    after: Option<Uuid>,
    most: i64,
) -> Result<Vec<Tombstone>, DbError> {
    fetch_all!(tx, Tombstone, TOMBSTONES, organization.uuid(), after, most)
}

/// Organizations by id, after one.
pub(super) async fn organizations(
    tx: &mut Tx,
    after: Option<OrganizationId>,
    most: i64,
) -> Result<Vec<OrganizationId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), ORGANIZATIONS_AFTER, after.map(OrganizationId::uuid), most)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

fn retention_of((conversation_days, lead_days): (Option<i64>, Option<i64>)) -> Retention {
    Retention {
        conversation_days,
        lead_days,
    }
}

pub(super) async fn retention(tx: &mut Tx, organization: OrganizationId) -> Result<Option<Retention>, DbError> {
    let row = fetch_optional!(tx, (Option<i64>, Option<i64>), RETENTION, organization.uuid())?;
    Ok(row.map(retention_of))
}

/// The same, which nobody else changes until the commit.
pub(super) async fn retention_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
) -> Result<Option<Retention>, DbError> {
    let row = fetch_optional!(tx, (Option<i64>, Option<i64>), RETENTION_TO_CHANGE, organization.uuid())?;
    Ok(row.map(retention_of))
}

pub(super) async fn set_retention(
    tx: &mut Tx,
    organization: OrganizationId,
    to: Retention,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        SET_RETENTION,
        organization.uuid(),
        to.conversation_days,
        to.lead_days,
        now
    )
    .map(|_| ())
}
