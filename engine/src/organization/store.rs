use chrono::{DateTime, Utc};
use domain::{id::OrganizationId, tenancy::Organization};
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_optional, statements};

statements! {
    INSERT_ORGANIZATION = "insert into organization (id, name, slug, contact_email, colour, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)";
    FIND_ORGANIZATION = "select id, name, slug, contact_email, colour, logo is not null as has_logo, updated_at from organization where id = $1";
    // Reads and keeps others from changing it until the commit.
    ORGANIZATION_TO_CHANGE = "update organization set updated_at = updated_at where id = $1
        returning id, name, slug, contact_email, colour, logo is not null as has_logo, updated_at";
    SET_BRAND = "update organization set name = $2, colour = $3, logo = coalesce($4, logo), updated_at = $5 where id = $1";
    LOGO = "select logo from organization where id = $1";
}

pub(super) async fn insert(
    tx: &mut Tx,
    id: OrganizationId,
    name: &str,
    slug: &str,
    email: &str,
    colour: &str,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, INSERT_ORGANIZATION, id.uuid(), name, slug, email, colour, now).map(|_| ())
}

#[derive(sqlx::FromRow)]
struct OrganizationRow {
    id: Uuid,
    name: String,
    slug: String,
    contact_email: String,
    colour: String,
    has_logo: bool,
    updated_at: DateTime<Utc>,
}

impl From<OrganizationRow> for Organization {
    fn from(row: OrganizationRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name,
            slug: row.slug,
            contact_email: row.contact_email,
            colour: row.colour,
            has_logo: row.has_logo,
            updated_at: row.updated_at,
        }
    }
}

pub(super) async fn find(tx: &mut Tx, id: OrganizationId) -> Result<Option<Organization>, DbError> {
    let row = fetch_optional!(tx, OrganizationRow, FIND_ORGANIZATION, id.uuid())?;
    Ok(row.map(Organization::from))
}

/// An organization as it stands until this transaction changes it.
pub(super) async fn find_to_change(tx: &mut Tx, id: OrganizationId) -> Result<Option<Organization>, DbError> {
    let row = fetch_optional!(tx, OrganizationRow, ORGANIZATION_TO_CHANGE, id.uuid())?;
    Ok(row.map(Organization::from))
}

pub(super) async fn set_brand(
    tx: &mut Tx,
    id: OrganizationId,
    (name, colour): (&str, &str),
    logo: Option<&[u8]>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(tx, SET_BRAND, id.uuid(), name, colour, logo, now).map(|_| ())
}

pub(super) async fn logo(tx: &mut Tx, id: OrganizationId) -> Result<Option<Vec<u8>>, DbError> {
    let row = fetch_optional!(tx, (Option<Vec<u8>>,), LOGO, id.uuid())?;
    Ok(row.and_then(|(logo,)| logo))
}
