use chrono::{DateTime, Utc};
use domain::{
    id::{BotId, OrganizationId, PropertyId},
    listing::{PlaceForm, Property, PropertyDetails, PropertyStatus},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_optional, statements};

statements! {
    INSERT_PROPERTY = "insert into property (organization_id, id, bot_id, address, city, state, zip_code, listing_url, status, details, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
    FIND_PROPERTY = "select organization_id, id, bot_id, address, city, state, zip_code, listing_url, status, details, created_at, updated_at
        from property where organization_id = $1 and id = $2";
    // Reads and keeps others from changing it until the commit.
    PROPERTY_TO_CHANGE = "update property set updated_at = updated_at where organization_id = $1 and id = $2
        returning organization_id, id, bot_id, address, city, state, zip_code, listing_url, status, details, created_at, updated_at";
    LIST_PROPERTIES = "select organization_id, id, bot_id, address, city, state, zip_code, listing_url, status, details, created_at, updated_at
        from property where organization_id = $1 and (bot_id = $2 or $2 is null) and (id < $3 or $3 is null) order by id desc limit $4";
    SEARCH_PROPERTIES = "select organization_id, id, bot_id, address, city, state, zip_code, listing_url, status, details, created_at, updated_at
        from property where organization_id = $1 and lower(address) like lower($2) escape '!' and lower(city) like lower($3) escape '!'
        and (state = $4 or $4 = '') and (zip_code = $5 or $5 = '') and (id < $6 or $6 is null) order by id desc limit $7";
    PROPERTIES_OF_BOT = "select organization_id, id, bot_id, address, city, state, zip_code, listing_url, status, details, created_at, updated_at
        from property where organization_id = $1 and bot_id = $2 order by id";
    UPDATE_PROPERTY = "update property set bot_id = $3, address = $4, city = $5, state = $6, zip_code = $7, listing_url = $8, status = $9, details = $10, updated_at = $11
        where organization_id = $1 and id = $2";
    TOUCH_READERS = "update bot set knowledge_version = knowledge_version + 1 where organization_id = $1 and id <> $3
        and id in (select bot_id from source where organization_id = $1 and property_id = $2)";
    MOVE_SOURCES = "update source set bot_id = $3 where organization_id = $1 and property_id = $2";
    MOVE_CODES = "update code set bot_id = $3 where organization_id = $1 and property_id = $2 and bot_id <> $3 returning slug";
    DETACH_SOURCES = "update source set property_id = null where organization_id = $1 and property_id = $2";
    DETACH_CODES = "update code set property_id = null where organization_id = $1 and property_id = $2";
    DELETE_PROPERTY = "delete from property where organization_id = $1 and id = $2";
}

pub(super) async fn insert(tx: &mut Tx, property: &Property) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_PROPERTY,
        property.organization_id.uuid(),
        property.id.uuid(),
        property.bot_id.map(BotId::uuid),
        property.address.as_str(),
        property.city.as_str(),
        property.state.as_str(),
        property.zip_code.as_str(),
        property.listing_url.as_deref(),
        property.status.as_str(),
        Json(&property.details),
        property.created_at
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct PropertyRow {
    organization_id: Uuid,
    id: Uuid,
    bot_id: Option<Uuid>,
    address: String,
    city: String,
    state: String,
    zip_code: String,
    listing_url: Option<String>,
    status: String,
    details: Json<PropertyDetails>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<PropertyRow> for Property {
    type Error = DbError;
    fn try_from(row: PropertyRow) -> Result<Self, DbError> {
        Ok(Self {
            id: row.id.into(),
            organization_id: row.organization_id.into(),
            bot_id: row.bot_id.map(BotId::from),
            address: row.address,
            city: row.city,
            state: row.state,
            zip_code: row.zip_code,
            listing_url: row.listing_url,
            status: PropertyStatus::parse(&row.status).ok_or(DbError::Corrupt {
                what: "property status",
                value: row.status,
            })?,
            details: row.details.0,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

pub(super) async fn find(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PropertyId,
) -> Result<Option<Property>, DbError> {
    fetch_optional!(tx, PropertyRow, FIND_PROPERTY, organization.uuid(), id.uuid())?
        .map(Property::try_from)
        .transpose()
}

/// As it stands until this transaction changes it.
pub(super) async fn find_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PropertyId,
) -> Result<Option<Property>, DbError> {
    let row = fetch_optional!(tx, PropertyRow, PROPERTY_TO_CHANGE, organization.uuid(), id.uuid())?;
    row.map(Property::try_from).transpose()
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: Option<BotId>,
    after: Option<PropertyId>,
    limit: u32,
) -> Result<Vec<Property>, DbError> {
    let (bot, after) = (bot.map(BotId::uuid), after.map(PropertyId::uuid));
    let rows = fetch_all!(
        tx,
        PropertyRow,
        LIST_PROPERTIES,
        organization.uuid(),
        bot,
        after,
        i64::from(limit) + 1
    )?;
    rows.into_iter().map(Property::try_from).collect()
}

/// `address` and `city` are patterns.
pub(super) async fn search(
    tx: &mut Tx,
    organization: OrganizationId,
    (address, city): (&str, &str),
    place: &PlaceForm,
    after: Option<PropertyId>,
    limit: u32,
) -> Result<Vec<Property>, DbError> {
    let rows = fetch_all!(
        tx,
        PropertyRow,
        SEARCH_PROPERTIES,
        organization.uuid(),
        address,
        city,
        place.state.as_str(),
        place.zip_code.as_str(),
        after.map(PropertyId::uuid),
        i64::from(limit) + 1
    )?;
    rows.into_iter().map(Property::try_from).collect()
}

pub(crate) async fn of_bot(tx: &mut Tx, organization: OrganizationId, bot: BotId) -> Result<Vec<Property>, DbError> {
    let rows = fetch_all!(tx, PropertyRow, PROPERTIES_OF_BOT, organization.uuid(), bot.uuid())?;
    rows.into_iter().map(Property::try_from).collect()
}

pub(super) async fn update(tx: &mut Tx, property: &Property) -> Result<u64, DbError> {
    execute!(
        tx,
        UPDATE_PROPERTY,
        property.organization_id.uuid(),
        property.id.uuid(),
        property.bot_id.map(BotId::uuid),
        property.address.as_str(),
        property.city.as_str(),
        property.state.as_str(),
        property.zip_code.as_str(),
        property.listing_url.as_deref(),
        property.status.as_str(),
        Json(&property.details),
        property.updated_at
    )
}

/// What is about the property goes with it to another bot: sources, also those that an earlier bot kept, and codes, whose
/// short names are given.
pub(super) async fn hand_over(
    tx: &mut Tx,
    organization: OrganizationId,
    id: PropertyId,
    to: BotId,
) -> Result<Vec<String>, DbError> {
    execute!(tx, TOUCH_READERS, organization.uuid(), id.uuid(), to.uuid())?;
    execute!(tx, MOVE_SOURCES, organization.uuid(), id.uuid(), to.uuid())?;
    let moved = fetch_all!(tx, (String,), MOVE_CODES, organization.uuid(), id.uuid(), to.uuid())?;
    Ok(moved.into_iter().map(|(slug,)| slug).collect())
}

pub(super) async fn detach(tx: &mut Tx, organization: OrganizationId, id: PropertyId) -> Result<(), DbError> {
    execute!(tx, DETACH_SOURCES, organization.uuid(), id.uuid())?;
    execute!(tx, DETACH_CODES, organization.uuid(), id.uuid()).map(|_| ())
}

pub(super) async fn delete(tx: &mut Tx, organization: OrganizationId, id: PropertyId) -> Result<u64, DbError> {
    execute!(tx, DELETE_PROPERTY, organization.uuid(), id.uuid())
}
