use chrono::{DateTime, Utc};
use domain::{
    id::{AccountId, IdentityId, OrganizationId},
    security::IdentityRow,
};
use uuid::Uuid;

use super::token::Subject;
use crate::db::{DbError, Tx, execute, fetch_all, fetch_optional, statements};

statements! {
    INSERT_IDENTITY = "insert into identity (organization_id, id, account_id, issuer, subject, email, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
    IDENTITIES = "select id, email, created_at from identity where organization_id = $1 and account_id = $2 and issuer = $3 order by id limit 100";
    // Sign-in: whom the provider says it is, is what is known. Its address says nothing here.
    ACCOUNT_BY_SUBJECT = "select a.email from identity i
        join account a on a.organization_id = i.organization_id and a.id = i.account_id
        where i.issuer = $1 and i.subject = $2 and a.deactivated_at is null";
    DELETE_IDENTITY = "delete from identity where organization_id = $1 and account_id = $2 and id = $3";
}

type Account = (OrganizationId, AccountId);

pub(super) async fn insert(
    tx: &mut Tx,
    who: Account,
    id: IdentityId,
    subject: &Subject,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_IDENTITY,
        who.0.uuid(),
        id.uuid(),
        who.1.uuid(),
        subject.issuer.as_str(),
        subject.subject.as_str(),
        subject.email.as_deref(),
        now
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: Option<String>,
    created_at: DateTime<Utc>,
}

pub(super) async fn list(tx: &mut Tx, who: Account, issuer: &str) -> Result<Vec<IdentityRow>, DbError> {
    let rows = fetch_all!(tx, Row, IDENTITIES, who.0.uuid(), who.1.uuid(), issuer)?;
    let row = |row: Row| IdentityRow {
        id: row.id.into(),
        email: row.email,
        created_at: row.created_at,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The address of the account that an identity is linked to.
pub(super) async fn account_of(tx: &mut Tx, subject: &Subject) -> Result<Option<String>, DbError> {
    let (issuer, subject) = (subject.issuer.as_str(), subject.subject.as_str());
    let row = fetch_optional!(tx, (String,), ACCOUNT_BY_SUBJECT, issuer, subject)?;
    Ok(row.map(|(email,)| email))
}

pub(super) async fn delete(tx: &mut Tx, who: Account, id: IdentityId) -> Result<u64, DbError> {
    execute!(tx, DELETE_IDENTITY, who.0.uuid(), who.1.uuid(), id.uuid())
}
