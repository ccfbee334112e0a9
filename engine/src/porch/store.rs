use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{
    bot::{AiModelConfig, Bot, BotStatus, ConversationConfig},
    id::{BotId, CodeId, OrganizationId, PropertyId, SourceId},
};
use sqlx::types::Json;
use uuid::Uuid;

use super::Realtor;
use crate::{
    db::{DbError, Tx, fetch_optional, statements},
    licence,
};

/// A bot with its organization and its realtor: all that an address or a code leads to, in one look-up.
macro_rules! porch {
    ($code:literal, $rest:literal) => {
        concat!(
            "select b.organization_id, b.id, b.name, b.description, b.status, b.slug, b.conversation, b.model, b.origins, b.knowledge_version,
            b.created_at, b.updated_at, o.name as organization_name, o.slug as organization_slug, o.colour, o.logo is not null as has_logo,
            a.first_name, a.last_name, l.number as license_number, l.state as license_state, l.kind as license_kind, l.status as license_status, ",
            $code,
            " from bot b join organization o on o.id = b.organization_id
            join account a on a.organization_id = b.organization_id and a.role = 'owner'
            left join licence l on l.organization_id = a.organization_id and l.account_id = a.id and l.status <> 'replaced' ",
            $rest,
            " order by a.id limit 1"
        )
    };
}

statements! {
    PORCH_BY_SLUG = (porch!("c.id as code_id, c.property_id",
        "left join code c on c.organization_id = b.organization_id and c.bot_id = b.id and c.slug = $2 where b.slug = $1"));
    PORCH_BY_CODE_ID = (porch!("c.id as code_id, c.property_id",
        "join code c on c.organization_id = b.organization_id and c.bot_id = b.id where c.id = $1"));
    PORCH_BY_CODE_SLUG = (porch!("c.id as code_id, c.property_id",
        "join code c on c.organization_id = b.organization_id and c.bot_id = b.id where c.slug = $1"));
    PORCH_BY_ID = (porch!("null as code_id, null as property_id", "where b.organization_id = $1 and b.id = $2"));
    SOURCE_SHOWN = "select s.organization_id, b.status = 'draft' from source s
        join bot b on b.organization_id = s.organization_id and b.id = s.bot_id where s.id = $1 and s.state = 'ready'";
    ORGANIZATION_BY_SLUG = "select id from organization where slug = $1";
}

/// A bot with what its porch needs to know of its organization.
pub(super) struct Found {
    pub(super) bot: Arc<Bot>,
    pub(super) knowledge_version: i64,
    pub(super) realtor: Arc<Realtor>,
    /// The code that led here, and the property it is about.
    pub(super) code: Option<CodeId>,
    pub(super) property: Option<PropertyId>,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    organization_id: Uuid,
    id: Uuid,
    name: String,
    description: String,
    status: String,
    slug: String,
    conversation: Json<ConversationConfig>,
    model: Json<AiModelConfig>,
    origins: Json<Vec<String>>,
    knowledge_version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    organization_name: String,
    organization_slug: String,
    colour: String,
    has_logo: bool,
    first_name: String,
    last_name: String,
    license_number: Option<String>,
    license_state: Option<String>,
    license_kind: Option<String>,
    license_status: Option<String>,
    code_id: Option<Uuid>,
    property_id: Option<Uuid>,
}

impl Found {
    /// `required`: only a verified licence is shown.
    fn of(row: FoundRow, required: bool) -> Result<Self, DbError> {
        let license = license(&row, required)?;
        let bot = Bot {
            id: row.id.into(),
            organization_id: row.organization_id.into(),
            name: row.name,
            description: row.description,
            status: BotStatus::parse(&row.status).ok_or(DbError::Corrupt {
                what: "bot status",
                value: row.status,
            })?,
            slug: row.slug,
            conversation: row.conversation.0,
            model: row.model.0,
            origins: row.origins.0,
            created_at: row.created_at,
            updated_at: row.updated_at,
        };
        let realtor = Realtor {
            name: format!("{} {}", row.first_name, row.last_name),
            organization: row.organization_name,
            organization_slug: row.organization_slug,
            license,
            colour: row.colour,
            has_logo: row.has_logo,
        };
        Ok(Self {
            bot: Arc::new(bot),
            knowledge_version: row.knowledge_version,
            realtor: Arc::new(realtor),
            code: row.code_id.map(CodeId::from),
            property: row.property_id.map(PropertyId::from),
        })
    }
}

/// What the porch says of the realtor's licence.
fn license(row: &FoundRow, required: bool) -> Result<Option<String>, DbError> {
    let (Some(number), Some(kind), Some(status)) = (&row.license_number, &row.license_kind, &row.license_status) else {
        return Ok(None);
    };
    let (kind, status) = (
        licence::parse_kind(kind.clone())?,
        licence::parse_status(status.clone())?,
    );
    let line = || domain::licence::line(kind, row.license_state.as_deref(), number);
    Ok(licence::is_shown(status, required).then(line))
}

/// `code` is the short name of a code of this bot's, or of none.
pub(super) async fn by_slug(
    tx: &mut Tx,
    slug: &str,
    code: Option<&str>,
    required: bool,
) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, FoundRow, PORCH_BY_SLUG, slug, code)?;
    row.map(|row| Found::of(row, required)).transpose()
}

pub(super) async fn by_code_id(tx: &mut Tx, code: CodeId, required: bool) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, FoundRow, PORCH_BY_CODE_ID, code.uuid())?;
    row.map(|row| Found::of(row, required)).transpose()
}

pub(super) async fn by_code_slug(tx: &mut Tx, code: &str, required: bool) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, FoundRow, PORCH_BY_CODE_SLUG, code)?;
    row.map(|row| Found::of(row, required)).transpose()
}

pub(super) async fn by_id(
    tx: &mut Tx,
    organization: OrganizationId,
    id: BotId,
    required: bool,
) -> Result<Option<Found>, DbError> {
    let row = fetch_optional!(tx, FoundRow, PORCH_BY_ID, organization.uuid(), id.uuid())?;
    row.map(|row| Found::of(row, required)).transpose()
}

pub(super) async fn organization_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<OrganizationId>, DbError> {
    let row = fetch_optional!(tx, (Uuid,), ORGANIZATION_BY_SLUG, slug)?;
    Ok(row.map(|(id,)| id.into()))
}

/// Whose source this is, once it was read, and whether its bot is a draft.
pub(super) async fn source_shown(tx: &mut Tx, source: SourceId) -> Result<Option<(OrganizationId, bool)>, DbError> {
    let found = fetch_optional!(tx, (Uuid, bool), SOURCE_SHOWN, source.uuid())?;
    Ok(found.map(|(id, is_draft)| (id.into(), is_draft)))
}
