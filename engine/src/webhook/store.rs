use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    id::{DeliveryId, OrganizationId, WebhookId},
    webhook::{Delivery, DeliveryState, EventKind, OffReason, Webhook},
};
use serde_json::{Value, json};
use sqlx::types::Json;
use uuid::Uuid;

use super::Event;
use crate::db::{DbError, Tx, execute, fetch_all, fetch_one, fetch_optional, later, statements};

macro_rules! columns {
    () => {
        "id, url, events, off_reason, taken_at, old_until, created_at"
    };
}

statements! {
    LISTENERS = "select organization_id, events from webhook where is_on";
    // One row for each endpoint that asks for what happened. What is there already was written by an earlier attempt.
    INSERT_DELIVERIES = {
        sqlite: "insert into webhook_delivery (organization_id, webhook_id, id, event, payload, words, about_id, created_at, run_at, next_at)
            select w.organization_id, w.id, unhex(e.value ->> 1), e.value ->> 2, e.value ->> 3, e.value ->> 4, unhex(e.value ->> 5), $2, $2, $2
            from json_each($1) e join webhook w on w.organization_id = unhex(e.value ->> 0)
            where w.is_on and exists (select 1 from json_each(w.events) k where k.value = e.value ->> 2) on conflict do nothing",
        postgres: "insert into webhook_delivery (organization_id, webhook_id, id, event, payload, words, about_id, created_at, run_at, next_at)
            select w.organization_id, w.id, (e.value ->> 1)::uuid, e.value ->> 2, e.value ->> 3, e.value ->> 4, (e.value ->> 5)::uuid, $2::timestamptz, $2, $2
            from jsonb_array_elements($1) e join webhook w on w.organization_id = (e.value ->> 0)::uuid
            where w.is_on and w.events ? (e.value ->> 2) on conflict do nothing",
    };
    INSERT_TEST = "insert into webhook_delivery (organization_id, webhook_id, id, event, payload, created_at, run_at, next_at)
        values ($1, $2, $3, $4, $5, $6, $6, $6)";

    INSERT_WEBHOOK = "insert into webhook (organization_id, id, url, events, secret, created_at) values ($1, $2, $3, $4, $5, $6)";
    COUNT_WEBHOOKS = "select count(*) from webhook where organization_id = $1";
    LIST_WEBHOOKS = (concat!("select ", columns!(), " from webhook where organization_id = $1 order by id"));
    FIND_WEBHOOK = (concat!("select ", columns!(), " from webhook where organization_id = $1 and id = $2"));
    // Reads and keeps others from changing it until the commit.
    WEBHOOK_TO_CHANGE = (concat!("update webhook set url = url where organization_id = $1 and id = $2 returning ", columns!()));
    CHANGE_WEBHOOK = "update webhook set url = $3, events = $4, is_on = $5, off_reason = $6 where organization_id = $1 and id = $2";
    DELETE_WEBHOOK = "delete from webhook where organization_id = $1 and id = $2";
    WEBHOOK_SECRET = "select secret from webhook where organization_id = $1 and id = $2";
    ROLL_SECRET = "update webhook set secret = $3, old_secret = $4, old_until = $5 where organization_id = $1 and id = $2";

    LIST_DELIVERIES = "select id, event, state, attempts, created_at, next_at, last_at, last_status, last_error, duration_ms
        from webhook_delivery where organization_id = $1 and webhook_id = $2 and (id < $3 or $3 is null) order by id desc limit $4";
    FIND_DELIVERY = "select id, event, state, attempts, created_at, next_at, last_at, last_status, last_error, duration_ms
        from webhook_delivery where organization_id = $1 and webhook_id = $2 and id = $3";
    REPLAY = "update webhook_delivery set state = 'waiting', run_at = $4, run_attempts = 0, next_at = $4
        where organization_id = $1 and webhook_id = $2 and id = $3";

    // The oldest, and only a few of each endpoint: one that is slow keeps no other waiting.
    DELIVERIES_DUE = "select organization_id, webhook_id, id, payload, words, run_at, run_attempts, url, secret, old_secret, old_until from (
            select d.organization_id, d.webhook_id, d.id, d.payload, d.words, d.run_at, d.run_attempts, d.next_at, w.url, w.secret, w.old_secret, w.old_until,
            row_number() over (partition by d.organization_id, d.webhook_id order by d.next_at, d.id) as place
            from webhook_delivery d join webhook w on w.organization_id = d.organization_id and w.id = d.webhook_id
            where d.state = 'waiting' and d.next_at <= $1 and w.is_on) due
        where place <= $2 order by next_at, id limit $3";
    ATTEMPTED = "update webhook_delivery set state = $4, next_at = $5, attempts = attempts + 1, run_attempts = run_attempts + 1,
        last_at = $6, last_status = $7, last_error = $8, duration_ms = $9
        where organization_id = $1 and webhook_id = $2 and id = $3 and state = 'waiting'";
    TAKEN = "update webhook set taken_at = $3 where organization_id = $1 and id = $2";
    // Without a time: whatever it has taken.
    SWITCH_OFF = "update webhook set is_on = false, off_reason = $3
        where organization_id = $1 and id = $2 and is_on and coalesce(taken_at < $4, true) returning url";
    DROP_WAITING = "update webhook_delivery set state = 'failed', last_error = $3
        where organization_id = $1 and webhook_id = $2 and state = 'waiting'";
    ERASE_WORDS = "update webhook_delivery set words = null where organization_id = $1 and about_id = $2";
    DELETE_ENDED = "delete from webhook_delivery where state <> 'waiting' and created_at < $1";
}

/// Which organizations have an endpoint that is on, and what these ask for.
pub(super) type Listeners = HashMap<OrganizationId, BTreeSet<EventKind>>;

pub(super) async fn listeners(tx: &mut Tx) -> Result<Listeners, DbError> {
    let mut listeners = Listeners::new();
    for (organization, Json(events)) in fetch_all!(tx, (Uuid, Json<Vec<EventKind>>), LISTENERS)? {
        listeners.entry(organization.into()).or_default().extend(events);
    }
    Ok(listeners)
}

pub(super) async fn insert_deliveries(tx: &mut Tx, events: &[Event], now: DateTime<Utc>) -> Result<(), DbError> {
    let row = |event: &Event| {
        json!([
            event.organization.uuid().simple().to_string(),
            event.id.uuid().simple().to_string(),
            event.kind.as_str(),
            event.payload(),
            event.words.as_ref().map(|words| &words.sealed),
            event.words.as_ref().map(|words| words.about.simple().to_string()),
        ])
    };
    let rows: Vec<Value> = events.iter().map(row).collect();
    later!(tx, INSERT_DELIVERIES, Json(rows), now)
}

pub(super) async fn insert_test(
    tx: &mut Tx,
    webhook: WebhookId,
    event: &Event,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (organization, payload) = (event.organization.uuid(), event.payload());
    let (id, kind) = (event.id.uuid(), event.kind.as_str());
    execute!(
        tx,
        INSERT_TEST,
        organization,
        webhook.uuid(),
        id,
        kind,
        payload.as_str(),
        now
    )
    .map(|_| ())
}

pub(super) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    webhook: &Webhook,
    secret: &[u8],
) -> Result<(), DbError> {
    execute!(
        tx,
        INSERT_WEBHOOK,
        organization.uuid(),
        webhook.id.uuid(),
        webhook.url.as_str(),
        Json(&webhook.events),
        secret,
        webhook.created_at
    )
    .map(|_| ())
}

pub(super) async fn count(tx: &mut Tx, organization: OrganizationId) -> Result<usize, DbError> {
    let (n,) = fetch_one!(tx, (i64,), COUNT_WEBHOOKS, organization.uuid())?;
    Ok(usize::try_from(n).unwrap_or(usize::MAX))
}

#[derive(sqlx::FromRow)]
struct WebhookRow {
    id: Uuid,
    url: String,
    events: Json<Vec<EventKind>>,
    off_reason: Option<String>,
    taken_at: Option<DateTime<Utc>>,
    old_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = DbError;
    fn try_from(row: WebhookRow) -> Result<Self, DbError> {
        let reason = |text: String| {
            OffReason::parse(&text).ok_or(DbError::Corrupt {
                what: "reason for being off",
                value: text,
            })
        };
        Ok(Self {
            id: row.id.into(),
            url: row.url,
            events: row.events.0,
            off: row.off_reason.map(reason).transpose()?,
            taken_at: row.taken_at,
            old_secret_until: row.old_until,
            created_at: row.created_at,
        })
    }
}

/// In the order they were made.
pub(super) async fn list(tx: &mut Tx, organization: OrganizationId) -> Result<Vec<Webhook>, DbError> {
    let rows = fetch_all!(tx, WebhookRow, LIST_WEBHOOKS, organization.uuid())?;
    rows.into_iter().map(Webhook::try_from).collect()
}

pub(super) async fn find(tx: &mut Tx, organization: OrganizationId, id: WebhookId) -> Result<Option<Webhook>, DbError> {
    let row = fetch_optional!(tx, WebhookRow, FIND_WEBHOOK, organization.uuid(), id.uuid())?;
    row.map(Webhook::try_from).transpose()
}

/// As it stands until this transaction changes it.
pub(super) async fn find_to_change(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookId,
) -> Result<Option<Webhook>, DbError> {
    let row = fetch_optional!(tx, WebhookRow, WEBHOOK_TO_CHANGE, organization.uuid(), id.uuid())?;
    row.map(Webhook::try_from).transpose()
}

pub(super) async fn change(tx: &mut Tx, organization: OrganizationId, webhook: &Webhook) -> Result<u64, DbError> {
    execute!(
        tx,
        CHANGE_WEBHOOK,
        organization.uuid(),
        webhook.id.uuid(),
        webhook.url.as_str(),
        Json(&webhook.events),
        webhook.off.is_none(),
        webhook.off.map(OffReason::as_str)
    )
}

/// Its log goes with it.
pub(super) async fn delete(tx: &mut Tx, organization: OrganizationId, id: WebhookId) -> Result<u64, DbError> {
    execute!(tx, DELETE_WEBHOOK, organization.uuid(), id.uuid())
}

pub(super) async fn secret(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookId,
) -> Result<Option<Vec<u8>>, DbError> {
    let row = fetch_optional!(tx, (Vec<u8>,), WEBHOOK_SECRET, organization.uuid(), id.uuid())?;
    Ok(row.map(|(secret,)| secret))
}

/// `old` is what signed so far and goes on until then.
pub(super) async fn roll(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookId,
    new: &[u8],
    (old, until): (&[u8], DateTime<Utc>),
) -> Result<(), DbError> {
    execute!(tx, ROLL_SECRET, organization.uuid(), id.uuid(), new, old, until).map(|_| ())
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    id: Uuid,
    event: String,
    state: String,
    attempts: i64,
    created_at: DateTime<Utc>,
    next_at: DateTime<Utc>,
    last_at: Option<DateTime<Utc>>,
    last_status: Option<i64>,
    last_error: Option<String>,
    duration_ms: Option<i64>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = DbError;
    fn try_from(row: DeliveryRow) -> Result<Self, DbError> {
        let corrupt = |what, value: &str| DbError::Corrupt {
            what,
            value: value.to_owned(),
        };
        let state = DeliveryState::parse(&row.state).ok_or_else(|| corrupt("state of a delivery", &row.state))?;
        Ok(Self {
            id: row.id.into(),
            event: EventKind::parse(&row.event).ok_or_else(|| corrupt("event", &row.event))?,
            state,
            attempts: row.attempts,
            created_at: row.created_at,
            next_at: (state == DeliveryState::Waiting).then_some(row.next_at),
            last_at: row.last_at,
            last_status: row.last_status.and_then(|status| u16::try_from(status).ok()),
            last_error: row.last_error,
            duration_ms: row.duration_ms,
        })
    }
}

/// Newest first.
pub(super) async fn deliveries(
    tx: &mut Tx,
    organization: OrganizationId,
    webhook: WebhookId,
    after: Option<DeliveryId>,
    limit: i64,
) -> Result<Vec<Delivery>, DbError> {
    let after = after.map(DeliveryId::uuid);
    let (org, webhook) = (organization.uuid(), webhook.uuid());
    let rows = fetch_all!(tx, DeliveryRow, LIST_DELIVERIES, org, webhook, after, limit)?;
    rows.into_iter().map(Delivery::try_from).collect()
}

/// Begins another run of attempts. The delivery as it is then; `None` where there is none.
pub(super) async fn replay(
    tx: &mut Tx,
    organization: OrganizationId,
    webhook: WebhookId,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> Result<Option<Delivery>, DbError> {
    let (org, webhook, id) = (organization.uuid(), webhook.uuid(), id.uuid());
    execute!(tx, REPLAY, org, webhook, id, now)?;
    let row = fetch_optional!(tx, DeliveryRow, FIND_DELIVERY, org, webhook, id)?;
    row.map(Delivery::try_from).transpose()
}

/// An event that is to be handed over.
#[derive(sqlx::FromRow)]
pub(super) struct Due {
    organization_id: Uuid,
    webhook_id: Uuid,
    id: Uuid,
    pub(super) payload: String,
    pub(super) words: Option<String>,
    /// From when the attempts of this run are counted.
    pub(super) run_at: DateTime<Utc>,
    /// How many of them there were.
    pub(super) run_attempts: i64,
    pub(super) url: String,
    /// Both sealed.
    pub(super) secret: Vec<u8>,
    pub(super) old_secret: Option<Vec<u8>>,
    pub(super) old_until: Option<DateTime<Utc>>,
}

impl Due {
    pub(super) fn organization(&self) -> OrganizationId {
        self.organization_id.into()
    }
    pub(super) fn webhook(&self) -> WebhookId {
        self.webhook_id.into()
    }
    pub(super) fn id(&self) -> DeliveryId {
        self.id.into()
    }
}

/// What is due, oldest first: at most so many of each endpoint, and in all.
pub(super) async fn due(tx: &mut Tx, now: DateTime<Utc>, each: i64, all: i64) -> Result<Vec<Due>, DbError> {
    fetch_all!(tx, Due, DELIVERIES_DUE, now, each, all)
}

/// What came of an attempt.
pub(super) struct Attempt<'a> {
    pub(super) state: DeliveryState,
    /// When it is tried next; of an ended one the time of this attempt.
    pub(super) next: DateTime<Utc>,
    pub(super) at: DateTime<Utc>,
    pub(super) status: Option<u16>,
    pub(super) error: Option<&'a str>,
    pub(super) duration_ms: i64,
}

/// False where it does not wait any more.
pub(super) async fn attempted(tx: &mut Tx, due: &Due, attempt: &Attempt<'_>) -> Result<bool, DbError> {
    let touched = execute!(
        tx,
        ATTEMPTED,
        due.organization_id,
        due.webhook_id,
        due.id,
        attempt.state.as_str(),
        attempt.next,
        attempt.at,
        attempt.status.map(i64::from),
        attempt.error,
        attempt.duration_ms
    )?;
    Ok(touched == 1)
}

pub(super) async fn taken(tx: &mut Tx, due: &Due, now: DateTime<Utc>) -> Result<(), DbError> {
    execute!(tx, TAKEN, due.organization_id, due.webhook_id, now).map(|_| ())
}

/// Switches an endpoint off, if it is on and has taken nothing since then. Its address, where it was switched off.
pub(super) async fn switch_off(
    tx: &mut Tx,
    due: &Due,
    reason: OffReason,
    since: Option<DateTime<Utc>>,
) -> Result<Option<String>, DbError> {
    let (organization, webhook) = (due.organization_id, due.webhook_id);
    let row = fetch_optional!(tx, (String,), SWITCH_OFF, organization, webhook, reason.as_str(), since)?;
    Ok(row.map(|(url,)| url))
}

/// Ends what waits for an endpoint that was switched off.
pub(super) async fn drop_waiting(
    tx: &mut Tx,
    organization: OrganizationId,
    id: WebhookId,
    why: &str,
) -> Result<u64, DbError> {
    execute!(tx, DROP_WAITING, organization.uuid(), id.uuid(), why)
}

pub(super) async fn delete_ended(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, DbError> {
    execute!(tx, DELETE_ENDED, before)
}

/// Erases what was sealed of one conversation or lead.
pub(crate) async fn erase(tx: &mut Tx, organization: OrganizationId, about: Uuid) -> Result<(), DbError> {
    execute!(tx, ERASE_WORDS, organization.uuid(), about).map(|_| ())
}
