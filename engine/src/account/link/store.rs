use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, OrganizationId},
    text::Email,
};
use uuid::Uuid;

use super::Purpose;
use crate::db::{DbError, Tx, execute, fetch_optional, statements};

statements! {
    INSERT_LINK = "insert into account_link (organization_id, id, account_id, purpose, token_hash, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    // Of several links for the same thing the newest holds.
    END_LINKS = "update account_link set used_at = $4
        where organization_id = $1 and account_id = $2 and purpose = $3 and used_at is null";
    LINK_BY_TOKEN = "select l.organization_id, l.id, l.account_id, a.email from account_link l
        join account a on a.organization_id = l.organization_id and a.id = l.account_id
        where l.token_hash = $1 and l.purpose = $2 and l.used_at is null and l.expires_at > $3 and a.deactivated_at is null";
    USE_LINK = "update account_link set used_at = $3 where organization_id = $1 and id = $2 and used_at is null and expires_at > $3";
    VERIFY_EMAIL = "update account set email_verified_at = coalesce(email_verified_at, $3) where organization_id = $1 and id = $2";
    SET_PASSWORD = "update account set password_hash = $3, updated_at = $4
        where organization_id = $1 and id = $2 and (password_hash = $5 or $5 is null)";
    DELETE_OLD_LINKS = "delete from account_link where expires_at < $1 and organization_id is not null";
}

/// An account found by a link, or by its address.
pub(super) struct Holder {
    pub(super) organization: OrganizationId,
    pub(super) account: AccountId,
    pub(super) email: Email,
}

pub(super) struct New<'a> {
    pub(super) id: Uuid,
    pub(super) purpose: Purpose,
    pub(super) token_hash: &'a [u8],
    pub(super) expires_at: DateTime<Utc>,
}

/// Earlier links for the same thing end.
pub(super) async fn insert(tx: &mut Tx, holder: &Holder, new: &New<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let (organization, account) = (holder.organization.uuid(), holder.account.uuid());
    let purpose = new.purpose.as_str();
    execute!(tx, END_LINKS, organization, account, purpose, now)?;
    execute!(
        tx,
        INSERT_LINK,
        organization,
        new.id,
        account,
        purpose,
        new.token_hash,
        now,
        new.expires_at
    )
    .map(|_| ())
}

pub(super) async fn find(
    tx: &mut Tx,
    purpose: Purpose,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(Uuid, Holder)>, DbError> {
    let row = fetch_optional!(
        tx,
        (Uuid, Uuid, Uuid, String),
        LINK_BY_TOKEN,
        token_hash,
        purpose.as_str(),
        now
    )?;
    row.map(|(organization, id, account, email)| {
        let corrupt = |_| DbError::Corrupt {
            what: "email",
            value: email.clone(),
        };
        let holder = Holder {
            organization: organization.into(),
            account: account.into(),
            email: email.parse().map_err(corrupt)?,
        };
        Ok((id, holder))
    })
    .transpose()
}

/// False when it was used meanwhile.
pub(super) async fn take(
    tx: &mut Tx,
    organization: OrganizationId,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    Ok(execute!(tx, USE_LINK, organization.uuid(), id, now)? == 1)
}

pub(super) async fn end_all(
    tx: &mut Tx,
    holder: &Holder,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let (organization, account) = (holder.organization.uuid(), holder.account.uuid());
    execute!(tx, END_LINKS, organization, account, purpose.as_str(), now)
}

pub(super) async fn verify_email(tx: &mut Tx, holder: &Holder, now: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, VERIFY_EMAIL, holder.organization.uuid(), holder.account.uuid(), now)
}

/// Sets a password in place of `old`, or of whichever it is. False where it is another one by now.
pub(super) async fn set_password(
    tx: &mut Tx,
    holder: &Holder,
    (old, hash): (Option<&str>, &str),
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let rows = execute!(
        tx,
        SET_PASSWORD,
        holder.organization.uuid(),
        holder.account.uuid(),
        hash,
        now,
        old
    )?;
    Ok(rows == 1)
}

pub(super) async fn delete_old(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, DELETE_OLD_LINKS, before)
}
