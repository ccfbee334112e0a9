use chrono::{DateTime, Utc};
use domain::{
    audit::Filter,
    id::{AccountId, OrganizationId},
};
use uuid::Uuid;

use super::chain::NOTHING;
use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, later, statements};

macro_rules! columns {
    () => {
        "select organization_id, seq, at, actor_id, actor_name, address, action, target_kind, target_id, target_name, before, after,
        previous, hash from audit_entry where organization_id = $1"
    };
}

statements! {
    ACTOR_NAME = "select first_name, last_name from account where organization_id = $1 and id = $2";
    // Whoever is first keeps the others of the organization waiting, on both databases.
    ADVANCE_HEAD = "update audit_head set seq = seq + 1 where organization_id = $1 returning seq, hash";
    OPEN_HEAD = "insert into audit_head (organization_id, seq, hash) values ($1, 0, $2) on conflict (organization_id) do nothing";
    SET_HEAD = "update audit_head set hash = $2 where organization_id = $1";
    INSERT_ENTRY = "insert into audit_entry (organization_id, seq, at, actor_id, actor_name, address, action, target_kind, target_id, target_name,
        before, after, previous, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    // By an action, or by a group of them: what stands before the dot.
    LIST_ENTRIES = (concat!(columns!(), " and seq < $2
        and (action = $3 or substr(action, 1, length($3) + 1) = $3 || '.' or $3 is null) and (actor_id = $4 or $4 is null)
        and (at >= $5 or $5 is null) and (at < $6 or $6 is null) order by seq desc limit $7"));

    CHAIN = (concat!(columns!(), " and seq > $2 order by seq limit $3"));
    NEXT_SEQ = "select min(seq) from audit_entry where organization_id = $1 and seq > $2";
    HEAD = "select seq, hash from audit_head where organization_id = $1";
    ORGANIZATIONS = "select id from organization where id > $1 or $1 is null order by id limit $2";
}

/// An entry as it is stored: a link of its organization's chain.
#[derive(sqlx::FromRow)]
pub(super) struct Link {
    pub(super) organization_id: Uuid,
    pub(super) seq: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) actor_id: Option<Uuid>,
    pub(super) actor_name: String,
    pub(super) address: Option<String>,
    pub(super) action: String,
    pub(super) target_kind: Option<String>,
    pub(super) target_id: Option<Uuid>,
    pub(super) target_name: Option<String>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) previous: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

pub(super) async fn actor_name(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<String, DbError> {
    let (first, last) = fetch_one!(tx, (String, String), ACTOR_NAME, organization.uuid(), account.uuid())?;
    Ok(format!("{first} {last}"))
}

/// Takes the next number of an organization's log until the commit; gives it with the hash of the entry before.
pub(super) async fn advance(tx: &mut Tx, organization: OrganizationId) -> Result<(i64, Vec<u8>), DbError> {
    let id = organization.uuid();
    if let Some(next) = fetch_optional!(tx, (i64, Vec<u8>), ADVANCE_HEAD, id)? {
        return Ok(next);
    }
    execute!(tx, OPEN_HEAD, id, NOTHING.as_slice())?;
    fetch_one!(tx, (i64, Vec<u8>), ADVANCE_HEAD, id)
}

/// Writes an entry under the number that was taken for it.
pub(super) async fn append(tx: &mut Tx, link: &Link) -> Result<(), DbError> {
    later!(
        tx,
        INSERT_ENTRY,
        link.organization_id,
        link.seq,
        link.at,
        link.actor_id,
        link.actor_name.as_str(),
        link.address.as_deref(),
        link.action.as_str(),
        link.target_kind.as_deref(),
        link.target_id,
        link.target_name.as_deref(),
        link.before.as_deref(),
        link.after.as_deref(),
        link.previous.as_slice(),
        link.hash.as_slice()
    )?;
    later!(tx, SET_HEAD, link.organization_id, link.hash.as_slice())
}

/// Newest first; those before the number `after`.
pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    filter: &Filter,
    after: i64,
    limit: i64,
) -> Result<Vec<Link>, DbError> {
    fetch_all!(
        tx,
        Link,
        LIST_ENTRIES,
        organization.uuid(),
        after,
        filter.action.as_deref(),
        filter.actor.map(AccountId::uuid),
        filter.from,
        filter.before,
        limit
    )
}

/// In the order they were written; those after the number `after`.
pub(super) async fn chain(
    tx: &mut Tx,
    organization: OrganizationId,
    after: i64,
    limit: i64,
) -> Result<Vec<Link>, DbError> {
    fetch_all!(tx, Link, CHAIN, organization.uuid(), after, limit)
}

/// The lowest number after another that is there.
pub(super) async fn next_seq(tx: &mut Tx, organization: OrganizationId, after: i64) -> Result<Option<i64>, DbError> {
    let (seq,) = fetch_one!(tx, (Option<i64>,), NEXT_SEQ, organization.uuid(), after)?;
    Ok(seq)
}

/// The last entry's number and hash, as the head has them.
pub(super) async fn head(tx: &mut Tx, organization: OrganizationId) -> Result<Option<(i64, Vec<u8>)>, DbError> {
    fetch_optional!(tx, (i64, Vec<u8>), HEAD, organization.uuid())
}

/// Organizations in the order of their ids, after one of them.
pub(super) async fn organizations(
    tx: &mut Tx,
    after: Option<OrganizationId>,
    limit: i64,
) -> Result<Vec<OrganizationId>, DbError> {
    let rows = fetch_all!(tx, (Uuid,), ORGANIZATIONS, after.map(OrganizationId::uuid), limit)?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
