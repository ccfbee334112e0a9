use chrono::{DateTime, Utc};
use domain::{
    bot::{AiModelConfig, Bot, BotStatus, BotSummary, ConversationConfig},
    id::{BotId, OrganizationId},
};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, statements};

statements! {
    INSERT_BOT = "insert into bot (organization_id, id, name, description, status, slug, conversation, model, created_at, updated_at, origins)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
    FIND_BOT = "select organization_id, id, name, description, status, slug, conversation, model, origins, created_at, updated_at
        from bot where organization_id = $1 and id = $2";
    // Reads and keeps others from changing it until the commit.
    BOT_TO_CHANGE = "update bot set updated_at = updated_at where organization_id = $1 and id = $2
        returning organization_id, id, name, description, status, slug, conversation, model, origins, created_at, updated_at";
    LIST_BOTS = "select b.organization_id, b.id, b.name, b.description, b.status, b.slug, b.conversation, b.model, b.origins, b.created_at, b.updated_at,
        (select count(*) from conversation c where c.organization_id = b.organization_id and c.bot_id = b.id and not c.preview) as conversation_count,
        (select max(c.last_at) from conversation c where c.organization_id = b.organization_id and c.bot_id = b.id and not c.preview) as last_active,
        (select count(*) from property p where p.organization_id = b.organization_id and p.bot_id = b.id) as property_count,
        (select count(*) from source s where s.organization_id = b.organization_id and s.bot_id = b.id) as source_count
        from bot b where b.organization_id = $1 and (b.id < $2 or $2 is null) order by b.id desc limit $3";
    UPDATE_BOT = "update bot set name = $3, description = $4, status = $5, conversation = $6, model = $7, updated_at = $8, origins = $9
        where organization_id = $1 and id = $2";
    /// Every change to what a bot knows counts this up; the caches are keyed by it.
    TOUCH_KNOWLEDGE = "update bot set knowledge_version = knowledge_version + 1 where organization_id = $1 and id = $2";
    KNOWS_ANYTHING = "select
        (select count(*) from property p where p.organization_id = $1 and p.bot_id = $2)
        + (select count(*) from source s where s.organization_id = $1 and s.bot_id = $2 and s.state = 'ready') as known";
    RELEASE_PROPERTIES = "update property set bot_id = null where organization_id = $1 and bot_id = $2";
    DELETE_BOT = "delete from bot where organization_id = $1 and id = $2";
}

pub(super) async fn insert(tx: &mut Tx, bot: &Bot) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_BOT,
        bot.organization_id.uuid(),
        bot.id.uuid(),
        bot.name.as_str(),
        bot.description.as_str(),
        bot.status.as_str(),
        bot.slug.as_str(),
        Json(&bot.conversation),
        Json(&bot.model),
        bot.created_at,
        Json(&bot.origins)
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
pub(super) struct BotRow {
    organization_id: Uuid,
    id: Uuid,
    name: String,
    description: String,
    status: String,
    slug: String,
    conversation: Json<ConversationConfig>,
    model: Json<AiModelConfig>,
    origins: Json<Vec<String>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl TryFrom<BotRow> for Bot {
    type Error = DbError;
    fn try_from(row: BotRow) -> Result<Self, DbError> {
        Ok(Self {
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
        })
    }
}

pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, id: BotId) -> Result<Option<Bot>, DbError> {
    fetch_optional!(tx, BotRow, FIND_BOT, organization.uuid(), id.uuid())?
        .map(Bot::try_from)
        .transpose()
}

/// A bot as it stands until this transaction changes it.
pub(super) async fn find_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: BotId,
) -> Result<Option<Bot>, DbError> {
    fetch_optional!(tx, BotRow, BOT_TO_CHANGE, organization.uuid(), id.uuid())?
        .map(Bot::try_from)
        .transpose()
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    #[sqlx(flatten)]
    bot: BotRow,
    conversation_count: i64,
    last_active: Option<DateTime<Utc>>,
    property_count: i64,
    source_count: i64,
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    after: Option<BotId>,
    limit: u32,
) -> Result<Vec<BotSummary>, DbError> {
    let rows = fetch_all!(
        tx,
        SummaryRow,
        LIST_BOTS,
        organization.uuid(),
        after.map(BotId::uuid),
        i64::from(limit) + 1
    )?;
    let summary = |row: SummaryRow| {
        Ok(BotSummary {
            bot: row.bot.try_into()?,
            conversation_count: row.conversation_count,
            last_active: row.last_active,
            property_count: row.property_count,
            source_count: row.source_count,
        })
    };
    rows.into_iter().map(summary).collect()
}

pub(super) async fn update(tx: &mut Tx, bot: &Bot) -> Result<u64, DbError> {
    execute!(
        tx,
        UPDATE_BOT,
        bot.organization_id.uuid(),
        bot.id.uuid(),
        bot.name.as_str(),
        bot.description.as_str(),
        bot.status.as_str(),
        Json(&bot.conversation),
        Json(&bot.model),
        bot.updated_at,
        Json(&bot.origins)
    )
}

pub(crate) async fn touch_knowledge(tx: &mut Tx, organization: OrganizationId, bot: BotId) -> Result<(), DbError> {
    execute!(tx, TOUCH_KNOWLEDGE, organization.uuid(), bot.uuid()).map(|_| ())
}

pub(super) async fn knows_anything(tx: &mut Tx, organization: OrganizationId, bot: BotId) -> Result<bool, DbError> {
    let (known,): (i64,) = fetch_one!(tx, (i64,), KNOWS_ANYTHING, organization.uuid(), bot.uuid())?;
    Ok(known > 0)
}

pub(super) async fn release_properties(tx: &mut Tx, organization: OrganizationId, bot: BotId) -> Result<(), DbError> {
    execute!(tx, RELEASE_PROPERTIES, organization.uuid(), bot.uuid()).map(|_| ())
}

/// The removed bot's name and state.
pub(super) async fn delete(tx: &mut Tx, organization: OrganizationId, bot: BotId) -> Result<u64, DbError> {
    execute!(tx, DELETE_BOT, organization.uuid(), bot.uuid())
}
