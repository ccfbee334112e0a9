use chrono::{DateTime, Utc};
use domain::{
    fact::Fact,
    id::{BotId, FactId, HoldId, JobId, OrganizationId, PassageId, PropertyId, SourceId},
    training::{Passage, Source, SourceKind, SourceState, StoredFact},
};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use crate::db::{DbError, Tx, execute, fetch_all, fetch_optional, statements};

statements! {
    INSERT_SOURCE = "insert into source (organization_id, id, bot_id, property_id, kind, title, locator, content_type, description, state, message, hold_id, job_id, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 'Waiting for its turn', $10, $11, $12)";
    FIND_SOURCE = "select s.id, s.bot_id, s.property_id, s.kind, s.title, s.locator, s.content_type, s.description, s.state, s.progress, s.message, s.removed_count, s.hold_id, s.job_id, s.created_at, s.finished_at,
        (select count(*) from fact f where f.organization_id = s.organization_id and f.source_id = s.id) as fact_count,
        (select count(*) from passage p where p.organization_id = s.organization_id and p.source_id = s.id) as passage_count
        from source s where s.organization_id = $1 and s.id = $2";
    FIND_SOURCE_BY_JOB = "select s.id, s.bot_id, s.property_id, s.kind, s.title, s.locator, s.content_type, s.description, s.state, s.progress, s.message, s.removed_count, s.hold_id, s.job_id, s.created_at, s.finished_at,
        (select count(*) from fact f where f.organization_id = s.organization_id and f.source_id = s.id) as fact_count,
        (select count(*) from passage p where p.organization_id = s.organization_id and p.source_id = s.id) as passage_count
        from source s where s.organization_id = $1 and s.job_id = $2";
    LIST_SOURCES = "select s.id, s.bot_id, s.property_id, s.kind, s.title, s.locator, s.content_type, s.description, s.state, s.progress, s.message, s.removed_count, s.hold_id, s.job_id, s.created_at, s.finished_at,
        (select count(*) from fact f where f.organization_id = s.organization_id and f.source_id = s.id) as fact_count,
        (select count(*) from passage p where p.organization_id = s.organization_id and p.source_id = s.id) as passage_count
        from source s where s.organization_id = $1 and (s.bot_id = $2 or $2 is null) and (s.id < $3 or $3 is null) order by s.id desc limit $4";
    FACTS_OF_SOURCE = "select f.id, f.source_id, s.property_id, f.fact from fact f
        join source s on s.organization_id = f.organization_id and s.id = f.source_id
        where f.organization_id = $1 and f.source_id = $2 order by f.position";
    FACTS_OF_BOT = "select f.id, f.source_id, s.property_id, f.fact from fact f
        join source s on s.organization_id = f.organization_id and s.id = f.source_id
        where f.organization_id = $1 and s.bot_id = $2 and s.state = 'ready' order by f.source_id, f.position";
    PASSAGES_OF_SOURCE = "select id, source_id, heading, text, position from passage where organization_id = $1 and source_id = $2 order by position";
    PASSAGES_OF_BOT = "select p.id, p.source_id, s.property_id, s.title, s.locator, p.heading, p.text from passage p
        join source s on s.organization_id = p.organization_id and s.id = p.source_id
        where p.organization_id = $1 and s.bot_id = $2 and s.state = 'ready' order by p.source_id, p.position";
    PHOTOS_OF_BOT = "select id, images from source where organization_id = $1 and bot_id = $2 and state = 'ready' order by id";
    PHOTOS_OF_SOURCE = "select images from source where organization_id = $1 and id = $2";
    SET_PROGRESS = "update source set state = 'running', progress = $3, message = $4 where organization_id = $1 and id = $2 and state in ('queued', 'running')";
    CLEAR_FACTS = "delete from fact where organization_id = $1 and source_id = $2";
    CLEAR_PASSAGES = "delete from passage where organization_id = $1 and source_id = $2";
    INSERT_FACTS = {
        sqlite: "insert into fact (organization_id, id, source_id, fact, position)
            select $1, unhex(value ->> 0), $2, value -> 1, value ->> 2 from json_each($3)",
        postgres: "insert into fact (organization_id, id, source_id, fact, position)
            select $1, (value ->> 0)::uuid, $2, value -> 1, (value ->> 2)::bigint from jsonb_array_elements($3)",
    };
    INSERT_PASSAGES = {
        sqlite: "insert into passage (organization_id, id, source_id, heading, text, position)
            select $1, unhex(value ->> 0), $2, value ->> 1, value ->> 2, value ->> 3 from json_each($3)",
        postgres: "insert into passage (organization_id, id, source_id, heading, text, position)
            select $1, (value ->> 0)::uuid, $2, value ->> 1, value ->> 2, (value ->> 3)::bigint from jsonb_array_elements($3)",
    };
    HAS_READY = "select exists (select 1 from source where organization_id = $1 and bot_id = $2 and state = 'ready') as has_ready";
    FINISH_SOURCE = "update source set state = 'ready', progress = 100, message = $3, title = $4, removed_count = $5, images = $6, finished_at = $7
        where organization_id = $1 and id = $2 and state in ('queued', 'running')";
    TOUCH_READER = "update bot set knowledge_version = knowledge_version + 1
        where organization_id = $1 and id = (select bot_id from source where organization_id = $1 and id = $2)";
    FAIL_SOURCE = "update source set state = 'failed', message = $3, finished_at = $4
        where organization_id = $1 and id = $2 and state in ('queued', 'running')";
    OPEN_HOLDS = "select hold_id from source where organization_id = $1 and bot_id = $2 and (id = $3 or $3 is null) and state in ('queued', 'running')";
    DELETE_SOURCE = "delete from source where organization_id = $1 and id = $2";
}

/// A source as it comes in.
pub(super) struct NewSource<'a> {
    pub(super) id: SourceId,
    pub(super) bot: BotId,
    pub(super) property: Option<PropertyId>,
    pub(super) kind: SourceKind,
    pub(super) title: &'a str,
    pub(super) locator: &'a str,
    pub(super) content_type: Option<&'a str>,
    /// What a photo shows.
    pub(super) description: Option<&'a str>,
    pub(super) hold: HoldId,
    pub(super) job: JobId,
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    new: &NewSource<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_SOURCE,
        organization.uuid(),
        new.id.uuid(),
        new.bot.uuid(),
        new.property.map(PropertyId::uuid),
        new.kind.as_str(),
        new.title,
        new.locator,
        new.content_type,
        new.description,
        new.hold.uuid(),
        new.job.uuid(),
        now
    )
    .map(|_| ())
}

#[derive(sqlx::FromRow)]
struct SourceRow {
    id: Uuid,
    bot_id: Uuid,
    property_id: Option<Uuid>,
    kind: String,
    title: String,
    locator: String,
    content_type: Option<String>,
    description: Option<String>,
    state: String,
    progress: i64,
    message: String,
    removed_count: i64,
    hold_id: Uuid,
    job_id: Uuid,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    fact_count: i64,
    passage_count: i64,
}

/// What the worker needs beside the source itself.
pub(super) struct WorkItem {
    pub(super) source: Source,
    pub(super) content_type: Option<String>,
    pub(super) description: Option<String>,
    pub(super) hold: HoldId,
}

impl TryFrom<SourceRow> for WorkItem {
    type Error = DbError;
    fn try_from(row: SourceRow) -> Result<Self, DbError> {
        let source = Source {
            id: row.id.into(),
            bot_id: row.bot_id.into(),
            property_id: row.property_id.map(PropertyId::from),
            kind: SourceKind::parse(&row.kind).ok_or(DbError::Corrupt {
                what: "source kind",
                value: row.kind,
            })?,
            title: row.title,
            locator: row.locator,
            state: SourceState::parse(&row.state).ok_or(DbError::Corrupt {
                what: "source state",
                value: row.state,
            })?,
            progress: row.progress,
            message: row.message,
            fact_count: row.fact_count,
            passage_count: row.passage_count,
            removed_count: row.removed_count,
            job_id: row.job_id.into(),
            created_at: row.created_at,
            finished_at: row.finished_at,
        };
        Ok(Self {
            source,
            content_type: row.content_type,
            description: row.description,
            hold: row.hold_id.into(),
        })
    }
}

pub(super) async fn work_item(
    tx: &mut Tx,
    organization: OrganizationId,
    id: SourceId,
) -> Result<Option<WorkItem>, DbError> {
    fetch_optional!(tx, SourceRow, FIND_SOURCE, organization.uuid(), id.uuid())?
        .map(WorkItem::try_from)
        .transpose()
}

pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, id: SourceId) -> Result<Option<Source>, DbError> {
    Ok(work_item(tx, organization, id).await?.map(|item| item.source))
}

pub(super) async fn find_by_job(
    tx: &mut Tx,
    organization: OrganizationId,
    job: JobId,
) -> Result<Option<Source>, DbError> {
    let row = fetch_optional!(tx, SourceRow, FIND_SOURCE_BY_JOB, organization.uuid(), job.uuid())?;
    row.map(|row| WorkItem::try_from(row).map(|item| item.source))
        .transpose()
}

pub(super) async fn list(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: Option<BotId>,
    after: Option<SourceId>,
    limit: u32,
) -> Result<Vec<Source>, DbError> {
    let (bot, after) = (bot.map(BotId::uuid), after.map(SourceId::uuid));
    let rows = fetch_all!(
        tx,
        SourceRow,
        LIST_SOURCES,
        organization.uuid(),
        bot,
        after,
        i64::from(limit) + 1
    )?;
    rows.into_iter()
        .map(|row| WorkItem::try_from(row).map(|item| item.source))
        .collect()
}

type FactRow = (Uuid, Uuid, Option<Uuid>, Json<Fact>);

fn stored_fact((id, source, property, Json(fact)): FactRow) -> StoredFact {
    StoredFact {
        id: id.into(),
        source_id: Some(source.into()),
        property_id: property.map(PropertyId::from),
        fact,
    }
}

pub(super) async fn facts_of_source(
    tx: &mut Tx,
    organization: OrganizationId,
    source: SourceId,
) -> Result<Vec<StoredFact>, DbError> {
    let rows = fetch_all!(tx, FactRow, FACTS_OF_SOURCE, organization.uuid(), source.uuid())?;
    Ok(rows.into_iter().map(stored_fact).collect())
}

/// Facts of every source of the bot that is ready.
pub(crate) async fn facts_of_bot(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: BotId,
) -> Result<Vec<StoredFact>, DbError> {
    let rows = fetch_all!(tx, FactRow, FACTS_OF_BOT, organization.uuid(), bot.uuid())?;
    Ok(rows.into_iter().map(stored_fact).collect())
}

pub(super) async fn passages_of_source(
    tx: &mut Tx,
    organization: OrganizationId,
    source: SourceId,
) -> Result<Vec<Passage>, DbError> {
    type Row = (Uuid, Uuid, Option<String>, String, i64);
    let rows = fetch_all!(tx, Row, PASSAGES_OF_SOURCE, organization.uuid(), source.uuid())?;
    let passage = |(id, source, heading, text, position): Row| Passage {
        id: PassageId::from(id),
        source_id: source.into(),
        heading,
        text,
        position,
    };
    Ok(rows.into_iter().map(passage).collect())
}

/// A passage as answers need it: with the name of its source.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PassageRow {
    pub(crate) id: Uuid,
    pub(crate) source_id: Uuid,
    pub(crate) property_id: Option<Uuid>,
    pub(crate) title: String,
    pub(crate) locator: String,
    pub(crate) heading: Option<String>,
    pub(crate) text: String,
}

pub(crate) async fn passages_of_bot(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: BotId,
) -> Result<Vec<PassageRow>, DbError> {
    fetch_all!(tx, PassageRow, PASSAGES_OF_BOT, organization.uuid(), bot.uuid())
}

/// Addresses of photos that the bot's pages show, with the source that each is from.
pub(crate) async fn photos_of_bot(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: BotId,
) -> Result<Vec<(SourceId, String)>, DbError> {
    let rows = fetch_all!(
        tx,
        (Uuid, Json<Vec<String>>),
        PHOTOS_OF_BOT,
        organization.uuid(),
        bot.uuid()
    )?;
    let each = |(id, Json(images)): (Uuid, Json<Vec<String>>)| {
        images.into_iter().map(move |image| (SourceId::from(id), image))
    };
    Ok(rows.into_iter().flat_map(each).collect())
}

/// The same of one source.
pub(super) async fn photos_of_source(
    tx: &mut Tx,
    organization: OrganizationId,
    id: SourceId,
) -> Result<Vec<String>, DbError> {
    let row = fetch_optional!(
        tx,
        (Json<Vec<String>>,),
        PHOTOS_OF_SOURCE,
        organization.uuid(),
        id.uuid()
    )?;
    Ok(row.map(|(Json(images),)| images).unwrap_or_default())
}

pub(super) async fn set_progress(
    tx: &mut Tx,
    organization: OrganizationId,
    id: SourceId,
    progress: i64,
    message: &str,
) -> Result<u64, DbError> {
    execute!(tx, SET_PROGRESS, organization.uuid(), id.uuid(), progress, message)
}

/// What was read from a source, ready to be swapped in.
pub(super) struct Reading {
    pub(super) title: String,
    pub(super) message: String,
    pub(super) facts: Vec<(FactId, Fact)>,
    pub(super) passages: Vec<(PassageId, Option<String>, String)>,
    pub(super) images: Vec<String>,
    pub(super) removed: i64,
}

/// Replaces everything known of the source. Returns 0 when the source is gone or was finished by somebody else.
pub(super) async fn has_ready(tx: &mut Tx, organization: OrganizationId, bot: BotId) -> Result<bool, DbError> {
    let row = fetch_optional!(tx, (bool,), HAS_READY, organization.uuid(), bot.uuid())?;
    Ok(row.is_some_and(|(has,)| has))
}

/// Tells the bot that has the source, whichever that is now, that its knowledge changed.
pub(super) async fn touch_reader(tx: &mut Tx, organization: OrganizationId, id: SourceId) -> Result<(), DbError> {
    execute!(tx, TOUCH_READER, organization.uuid(), id.uuid()).map(|_| ())
}

pub(super) async fn finish(
    tx: &mut Tx,
    organization: OrganizationId,
    id: SourceId,
    reading: Reading,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    let (org, source) = (organization.uuid(), id.uuid());
    let touched = execute!(
        tx,
        FINISH_SOURCE,
        org,
        source,
        reading.message.as_str(),
        reading.title.as_str(),
        reading.removed,
        Json(&reading.images),
        now
    )?;
    if touched == 0 {
        return Ok(0);
    }
    execute!(tx, CLEAR_FACTS, org, source)?;
    execute!(tx, CLEAR_PASSAGES, org, source)?;
    let facts: Vec<Value> = reading
        .facts
        .iter()
        .enumerate()
        .map(|(i, (id, fact))| json!([id.uuid().simple().to_string(), fact, i]))
        .collect();
    execute!(tx, INSERT_FACTS, org, source, Json(facts))?;
    let passages: Vec<Value> = reading
        .passages
        .iter()
        .enumerate()
        .map(|(i, (id, heading, text))| json!([id.uuid().simple().to_string(), heading, text, i]))
        .collect();
    execute!(tx, INSERT_PASSAGES, org, source, Json(passages))?;
    Ok(touched)
}

pub(super) async fn fail(
    tx: &mut Tx,
    organization: OrganizationId,
    id: SourceId,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<u64, DbError> {
    execute!(tx, FAIL_SOURCE, organization.uuid(), id.uuid(), reason, now)
}

pub(super) async fn open_holds(
    tx: &mut Tx,
    organization: OrganizationId,
    bot: BotId,
    source: Option<SourceId>,
) -> Result<Vec<HoldId>, DbError> {
    let source = source.map(SourceId::uuid);
    let rows = fetch_all!(tx, (Uuid,), OPEN_HOLDS, organization.uuid(), bot.uuid(), source)?;
    Ok(rows.into_iter().map(|(hold,)| hold.into()).collect())
}

pub(super) async fn delete(tx: &mut Tx, organization: OrganizationId, id: SourceId) -> Result<u64, DbError> {
    execute!(tx, DELETE_SOURCE, organization.uuid(), id.uuid())
}
