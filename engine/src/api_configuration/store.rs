use chrono::{DateTime, Utc};
use domain::{
    api_configuration::{ApiConfiguration, ModelSettings, ProviderName},
    id::{ApiConfigurationId, OrganizationId},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements};

macro_rules! columns {
    () => {
        "id, provider, base_url, api_key, key_end, settings, is_active, created_at, updated_at"
    };
}

statements! {
    INSERT_CONFIGURATION = "insert into api_configuration (organization_id, id, provider, base_url, api_key, key_end, settings, is_active, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    COUNT_CONFIGURATIONS = "select count(*) from api_configuration where organization_id = $1";
    LIST_CONFIGURATIONS = (concat!("select ", columns!(), " from api_configuration where organization_id = $1 order by id"));
    FIND_CONFIGURATION = (concat!("select ", columns!(), " from api_configuration where organization_id = $1 and id = $2"));
    // Reads and keeps others from changing it until the commit.
    CONFIGURATION_TO_CHANGE = (concat!("update api_configuration set provider = provider where organization_id = $1 and id = $2 returning ", columns!()));
    CHANGE_CONFIGURATION = "update api_configuration set provider = $3, base_url = $4, api_key = $5, key_end = $6, settings = $7, is_active = $8, updated_at = $9
        where organization_id = $1 and id = $2";
    DELETE_CONFIGURATION = "delete from api_configuration where organization_id = $1 and id = $2";
}

/// A configuration with its key, sealed.
#[derive(Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) configuration: ApiConfiguration,
    pub(super) sealed: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    provider: String,
    base_url: String,
    api_key: Vec<u8>,
    key_end: String,
    settings: Json<ModelSettings>,
    is_active: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for Kept {
    type Error = DbError;
    fn try_from(row: Row) -> Result<Self, DbError> {
        let provider = ProviderName::parse(&row.provider).ok_or(DbError::Corrupt {
            what: "AI provider",
            value: row.provider,
        })?;
        Ok(Self {
            configuration: ApiConfiguration {
                id: row.id.into(),
                provider,
                base_url: row.base_url,
                key_end: row.key_end,
                settings: row.settings.0,
                is_active: row.is_active,
                created_at: row.created_at,
                updated_at: row.updated_at,
            },
            sealed: row.api_key,
        })
    }
}

pub(super) async fn insert(tx: &mut Tx, organization: OrganizationId, kept: &Kept) -> Result<(), DbError> {
    let new = &kept.configuration;
    execute!(
        tx,
        INSERT_CONFIGURATION,
        organization.uuid(),
        new.id.uuid(),
        new.provider.as_str(),
        new.base_url.as_str(),
        kept.sealed.as_slice(),
        new.key_end.as_str(),
        Json(&new.settings),
        new.is_active,
        new.created_at
    )
    .map(|_| ())
}

pub(super) async fn count(tx: &mut Tx, organization: OrganizationId) -> Result<usize, DbError> {
    let (n,) = fetch_one!(tx, (i64,), COUNT_CONFIGURATIONS, organization.uuid())?;
    Ok(usize::try_from(n).unwrap_or(usize::MAX))
}

/// In the order they were made.
pub(super) async fn list(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<Kept>, DbError> {
    let rows = fetch_all!(tx, Row, LIST_CONFIGURATIONS, organization.uuid())?;
    rows.into_iter().map(Kept::try_from).collect()
}

pub(super) async fn find(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ApiConfigurationId,
) -> Result<Option<Kept>, DbError> {
    let row = fetch_optional!(tx, Row, FIND_CONFIGURATION, organization.uuid(), id.uuid())?;
    row.map(Kept::try_from).transpose()
}

pub(super) async fn find_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ApiConfigurationId,
) -> Result<Option<Kept>, DbError> {
    let row = fetch_optional!(tx, Row, CONFIGURATION_TO_CHANGE, organization.uuid(), id.uuid())?;
    row.map(Kept::try_from).transpose()
}

pub(super) async fn change(tx: &mut Tx, organization: OrganizationId, kept: &Kept) -> Result<u64, DbError> {
    let new = &kept.configuration;
    execute!(
        tx,
        CHANGE_CONFIGURATION,
        organization.uuid(),
        new.id.uuid(),
        new.provider.as_str(),
        new.base_url.as_str(),
        kept.sealed.as_slice(),
        new.key_end.as_str(),
        Json(&new.settings),
        new.is_active,
        new.updated_at
    )
}

pub(super) async fn delete(tx: &mut Tx, organization: OrganizationId, id: ApiConfigurationId) -> Result<u64, DbError> {
    execute!(tx, DELETE_CONFIGURATION, organization.uuid(), id.uuid())
}
