use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, OrganizationId, PasskeyId},
    security::PasskeyRow,
    tenancy::Role,
};
use sqlx::types::Json;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

use crate::{
    account::store::parse_role,
    db::{DbError, Tx, execute, fetch_all, fetch_optional, statements},
};

statements! {
    INSERT_PASSKEY = "insert into passkey (organization_id, id, account_id, credential, name, public_key, sign_count, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    PASSKEYS = "select id, name, created_at, used_at from passkey where organization_id = $1 and account_id = $2 order by id limit 100";
    PASSKEY_KEYS = "select public_key from passkey where organization_id = $1 and account_id = $2 order by id limit 100";
    // Sign-in: what its authenticator calls it is what is known. Of whoever was switched off there is none.
    PASSKEY_BY_CREDENTIAL = "select a.organization_id, a.id, a.role, a.email_verified_at is not null, p.public_key from passkey p
        join account a on a.organization_id = p.organization_id and a.id = p.account_id
        where p.credential = $1 and a.deactivated_at is null";
    // A count that does not grow is of a copy; 0 is of one that does not count.
    USE_PASSKEY = "update passkey set public_key = $4, sign_count = $5, used_at = $6
        where organization_id = $1 and account_id = $2 and credential = $3 and (sign_count < $5 or (sign_count = 0 and $5 = 0))";
    PASSKEY_IS_THERE = "select 1 from passkey where organization_id = $1 and account_id = $2 and credential = $3";
    DELETE_PASSKEY = "delete from passkey where organization_id = $1 and account_id = $2 and id = $3 returning name";
}

/// A passkey that is enrolled.
pub(super) struct New<'a> {
    pub(super) id: PasskeyId,
    pub(super) name: &'a str,
    pub(super) key: &'a Passkey,
}

type Account = (OrganizationId, AccountId);

pub(super) async fn insert(tx: &mut Tx, who: Account, new: &New<'_>, now: DateTime<Utc>) -> Result<(), DbError> {
    let credential: &[u8] = new.key.cred_id();
    execute!(
        tx,
        INSERT_PASSKEY,
        who.0.uuid(),
        new.id.uuid(),
        who.1.uuid(),
        credential,
        new.name,
        Json(new.key),
        // Authenticators say theirs at each sign-in.
        0_i64,
        now
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    created_at: DateTime<Utc>,
    used_at: Option<DateTime<Utc>>,
}

pub(super) async fn list(tx: &mut Tx, who: Account) -> Result<Vec<PasskeyRow>, DbError> {
    let rows = fetch_all!(tx, Row, PASSKEYS, who.0.uuid(), who.1.uuid())?;
    let row = |row: Row| PasskeyRow {
        id: row.id.into(),
        name: row.name,
        created_at: row.created_at,
        used_at: row.used_at,
    };
    Ok(rows.into_iter().map(row).collect())
}

pub(super) async fn keys(tx: &mut Tx, who: Account) -> Result<Vec<Passkey>, DbError> {
    let rows = fetch_all!(tx, (Json<Passkey>,), PASSKEY_KEYS, who.0.uuid(), who.1.uuid())?;
    Ok(rows.into_iter().map(|(Json(key),)| key).collect())
}

/// Whose a passkey is.
pub(super) struct Found {
    pub(super) organization: OrganizationId,
    pub(super) account: AccountId,
    pub(super) role: Role,
    pub(super) is_email_verified: bool,
    pub(super) key: Passkey,
}

pub(super) async fn by_credential(tx: &mut Tx, credential: &[u8]) -> Result<Option<Found>, DbError> {
    type Row = (Uuid, Uuid, String, bool, Json<Passkey>);
    let row = fetch_optional!(tx, Row, PASSKEY_BY_CREDENTIAL, credential)?;
    row.map(|(organization, account, role, is_email_verified, Json(key))| {
        Ok(Found {
            organization: organization.into(),
            account: account.into(),
            role: parse_role(role)?,
            is_email_verified,
            key,
        })
    })
    .transpose()
}

/// Notes that it has signed. False where it was removed meanwhile, or its count has not grown.
pub(super) async fn used(
    tx: &mut Tx,
    who: Account,
    key: &Passkey,
    count: u32,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let credential: &[u8] = key.cred_id();
    let ids = (who.0.uuid(), who.1.uuid());
    let rows = execute!(
        tx,
        USE_PASSKEY,
        ids.0,
        ids.1,
        credential,
        Json(key),
        i64::from(count),
        now
    )?;
    Ok(rows == 1)
}

pub(super) async fn is_there(tx: &mut Tx, who: Account, credential: &[u8]) -> Result<bool, DbError> {
    let row = fetch_optional!(tx, (i32,), PASSKEY_IS_THERE, who.0.uuid(), who.1.uuid(), credential)?;
    Ok(row.is_some())
}

/// What it was called; `None` where there is none.
pub(super) async fn delete(tx: &mut Tx, who: Account, id: PasskeyId) -> Result<Option<String>, DbError> {
    let row = fetch_optional!(tx, (String,), DELETE_PASSKEY, who.0.uuid(), who.1.uuid(), id.uuid())?;
    Ok(row.map(|(name,)| name))
}
