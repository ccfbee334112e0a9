use chrono::{DateTime, Utc};
use domain::{
    account::{CheckedRegistration, Profile},
    id::{AccountId, OrganizationId},
    tenancy::Role,
    text::Email,
};
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_optional, statements};

statements! {
    INSERT_ACCOUNT = "insert into account (organization_id, id, email, password_hash, first_name, last_name, role, license_number, license_state, is_verified, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, 'owner', $7, $8, $9, $10, $10)";
    ACCOUNT_BY_EMAIL = "select organization_id, id, role, password_hash from account where email = $1";
    PROFILE = "select a.id, a.organization_id, o.name as organization_name, a.email, a.first_name, a.last_name, a.role, a.license_number, a.license_state,
        a.is_verified, a.created_at, a.updated_at
        from account a join organization o on o.id = a.organization_id where a.organization_id = $1 and a.id = $2";
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
    form: &CheckedRegistration,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_ACCOUNT,
        organization.uuid(),
        account.uuid(),
        form.email.as_str(),
        hash,
        form.first_name.as_str(),
        form.last_name.as_str(),
        form.license_number.as_deref(),
        form.license_state.as_deref(),
        false,
        now
    )
    .map(|_| ())
}

/// Never leaves the engine: no `Serialize` on purpose.
pub(super) struct Known {
    pub(super) organization: OrganizationId,
    pub(super) account: AccountId,
    pub(super) role: Role,
    pub(super) password_hash: String,
}

pub(super) async fn by_email(tx: &mut Tx, email: &Email) -> Result<Option<Known>, DbError> {
    let row = fetch_optional!(tx, (Uuid, Uuid, String, String), ACCOUNT_BY_EMAIL, email.as_str())?;
    row.map(|(organization, account, role, password_hash)| {
        let role = parse_role(role)?;
        Ok(Known {
            organization: organization.into(),
            account: account.into(),
            role,
            password_hash,
        })
    })
    .transpose()
}

#[derive(sqlx::FromRow)]
struct ProfileRow {
    id: Uuid,
    organization_id: Uuid,
    organization_name: String,
    email: String,
    first_name: String,
    last_name: String,
    role: String,
    license_number: Option<String>,
    license_state: Option<String>,
    is_verified: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

pub(super) async fn profile(
    tx: &mut Tx,
    organization: OrganizationId,
    account: AccountId,
) -> Result<Option<Profile>, DbError> {
    let row = fetch_optional!(tx, ProfileRow, PROFILE, organization.uuid(), account.uuid())?;
    row.map(|row| {
        Ok(Profile {
            user_id: row.id.into(),
            organization_id: row.organization_id.into(),
            organization_name: row.organization_name,
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            role: parse_role(row.role)?,
            license_number: row.license_number,
            license_state: row.license_state,
            is_verified: row.is_verified,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    })
    .transpose()
}

fn parse_role(text: String) -> Result<Role, DbError> {
    Role::parse(&text).ok_or(DbError::Corrupt {
        what: "role",
        value: text,
    })
}
