use chrono::{DateTime, Utc};
use domain::id::{AccountId, OrganizationId};

use crate::db::{DbError, Tx, execute, fetch_one, fetch_optional, statements};

statements! {
    FACTOR = "select email, totp_secret, totp_pending, totp_step, email_verified_at is not null as is_email_verified, password_hash,
        (select count(*) from passkey p where p.organization_id = a.organization_id and p.account_id = a.id) as passkeys,
        (select count(*) from recovery_code r where r.organization_id = a.organization_id and r.account_id = a.id and r.used_at is null) as recovery_codes
        from account a where organization_id = $1 and id = $2 and deactivated_at is null";
    SET_PENDING = "update account set totp_pending = $3 where organization_id = $1 and id = $2";
    // The secret that was confirmed, and no other that was begun meanwhile.
    ENROL = "update account set totp_secret = totp_pending, totp_pending = null, totp_step = $4, updated_at = $5
        where organization_id = $1 and id = $2 and totp_pending = $3";
    REMOVE_FACTOR = "update account set totp_secret = null, totp_pending = null, updated_at = $3
        where organization_id = $1 and id = $2 and totp_secret is not null";
    // Each step holds once: of two at the same time, one finds it used.
    USE_STEP = "update account set totp_step = $3 where organization_id = $1 and id = $2 and totp_step < $3";
    DELETE_RECOVERY_CODES = "delete from recovery_code where organization_id = $1 and account_id = $2";
    INSERT_RECOVERY_CODE = "insert into recovery_code (organization_id, account_id, hash) values ($1, $2, $3)";
    USE_RECOVERY_CODE = "update recovery_code set used_at = $4
        where organization_id = $1 and account_id = $2 and hash = $3 and used_at is null";
    COUNT_RECOVERY_CODES = "select count(*) from recovery_code where organization_id = $1 and account_id = $2 and used_at is null";
}

/// Never leaves the engine: no `Serialize` on purpose.
#[derive(sqlx::FromRow)]
pub(super) struct FactorRow {
    pub(super) email: String,
    pub(super) totp_secret: Option<Vec<u8>>,
    pub(super) totp_pending: Option<Vec<u8>>,
    pub(super) totp_step: i64,
    pub(super) is_email_verified: bool,
    pub(super) password_hash: String,
    pub(super) passkeys: i64,
    pub(super) recovery_codes: i64,
}

impl FactorRow {
    /// More than the password is asked for at sign-in.
    pub(super) const fn has_one(&self) -> bool {
        self.totp_secret.is_some() || self.passkeys > 0
    }
}

pub(super) async fn factor(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<FactorRow>, DbError> {
    fetch_optional!(tx, FactorRow, FACTOR, organization.uuid(), account.uuid())
}

pub(super) async fn set_pending(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    sealed: &[u8],
) -> Result<u64, DbError> {
    execute!(tx, SET_PENDING, organization.uuid(), account.uuid(), sealed)
}

pub(super) async fn enrol(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    pending: &[u8],
    step: i64,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let rows = execute!(tx, ENROL, organization.uuid(), account.uuid(), pending, step, now)?;
    Ok(rows == 1)
}

pub(super) async fn remove(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    Ok(execute!(tx, REMOVE_FACTOR, organization.uuid(), account.uuid(), now)? == 1)
}

pub(super) async fn delete_recovery_codes(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<u64, DbError> {
    execute!(tx, DELETE_RECOVERY_CODES, organization.uuid(), account.uuid())
}

/// False where this step, or a later one, was used before.
pub(super) async fn use_step(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    step: i64,
) -> Result<bool, DbError> {
    Ok(execute!(tx, USE_STEP, organization.uuid(), account.uuid(), step)? == 1)
}

/// Puts these in the place of all earlier ones.
pub(super) async fn set_recovery_codes(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    hashes: &[[u8; 32]],
) -> Result<(), DbError> {
    execute!(tx, DELETE_RECOVERY_CODES, organization.uuid(), account.uuid())?;
    for hash in hashes {
        execute!(
            tx,
            INSERT_RECOVERY_CODE,
            organization.uuid(),
            account.uuid(),
            hash.as_slice()
        )?;
    }
    Ok(())
}

/// False where there is no such code, or it was used.
pub(super) async fn use_recovery_code(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let rows = execute!(tx, USE_RECOVERY_CODE, organization.uuid(), account.uuid(), hash, now)?;
    Ok(rows == 1)
}

pub(super) async fn count_recovery_codes(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<i64, DbError> {
    let (left,) = fetch_one!(tx, (i64,), COUNT_RECOVERY_CODES, organization.uuid(), account.uuid())?;
    Ok(left)
}
