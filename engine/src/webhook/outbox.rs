//! How an event comes into the store: in the transaction of what it tells, and for nothing where nobody asks for it.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    credits::Credits,
    id::{DeliveryId, OrganizationId},
    webhook::EventKind,
};
use serde_json::{Map, Value, json};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use super::store::{self, Listeners};
use crate::{
    Clock, Config, Error,
    db::{Db, DbError, Reach, Tx},
    vault::{Keys, Place},
};

/// Something that happened in an organization.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) organization: OrganizationId,
    /// The same when the same event is written again: it is then there once.
    pub(crate) id: DeliveryId,
    pub(crate) kind: EventKind,
    pub(crate) at: DateTime<Utc>,
    /// What a receiver gets to know of it: an object, its fields as in `docs/webhooks.md`.
    pub(crate) data: Value,
    /// More fields of it: what a buyer said or left.
    pub(crate) words: Option<Words>,
}

/// What a buyer said or left, sealed.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// The conversation or the lead that it goes with when it is erased.
    pub(super) about: Uuid,
    pub(super) sealed: String,
}

const fn place(event: DeliveryId) -> Place {
    Place {
        column: "webhook_delivery.words",
        row: event.uuid(),
    }
}

impl Words {
    /// `fields` is an object.
    pub(crate) fn seal(keys: &Keys, event: DeliveryId, about: Uuid, fields: &Value) -> Result<Self, Error> {
        let sealed = keys.seal_text(place(event), &fields.to_string())?;
        Ok(Self { about, sealed })
    }
}

/// The text to send: the payload that was written, with what was sealed of it.
pub(super) fn whole(keys: &Keys, event: DeliveryId, payload: &str, words: Option<&str>) -> Result<String, Error> {
    let Some(words) = words else {
        return Ok(payload.to_owned());
    };
    let broken = |error: serde_json::Error| Error::Broken(error.to_string());
    let mut whole: Value = serde_json::from_str(payload).map_err(broken)?;
    let fields = serde_json::from_str::<Map<String, Value>>(&keys.open_text(place(event), words)?).map_err(broken)?;
    if let Some(data) = whole["data"].as_object_mut() {
        data.extend(fields);
    }
    Ok(whole.to_string())
}

impl Event {
    /// The text that is signed and sent.
    pub(super) fn payload(&self) -> String {
        let at = self.at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        json!({ "type": self.kind, "timestamp": at, "data": self.data }).to_string()
    }
}

/// Where events are written. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    clock: Clock,
    low: Credits,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// One process works on a store at a time (ADR 4): what it last read, or changed itself, is how it is.
    listeners: RwLock<Arc<Listeners>>,
    reading: Mutex<()>,
    /// Something was written since the bell was last rung.
    written: AtomicBool,
    bell: Notify,
}

impl Outbox {
    pub(crate) async fn open(db: &Db, clock: Clock, config: &Config) -> Result<Self, DbError> {
        let outbox = Self {
            clock,
            low: config.credits_low,
            shared: Arc::default(),
        };
        outbox.read_listeners(db).await?;
        Ok(outbox)
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Credits are low when there are fewer.
    pub(crate) const fn low(&self) -> Credits {
        self.low
    }

    /// Reads who asks for what. To be called after each change of an endpoint; the sender does it from time to time for
    /// one whose caller left in the middle.
    pub(super) async fn read_listeners(&self, db: &Db) -> Result<(), DbError> {
        // One after the other, so that what was read first is not remembered last.
        let _alone = self.shared.reading.lock().await;
        let found = store::listeners(&mut db.read(Reach::Everyone).await?).await?;
        let mut known = self.shared.listeners.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::new(found);
        Ok(())
    }

    /// Whether an endpoint of the organization asks for such events. Costs no query.
    pub(crate) fn wants(&self, organization: OrganizationId, kind: EventKind) -> bool {
        let known = self.shared.listeners.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&organization).is_some_and(|kinds| kinds.contains(&kind))
    }

    /// Writes what happened for those who ask for it, in the transaction that makes it happen. Ring afterwards.
    pub(crate) async fn write(&self, tx: &mut Tx, happened: Vec<Event>) -> Result<(), DbError> {
        let wanted = |event: &Event| self.wants(event.organization, event.kind);
        let events: Vec<Event> = happened.into_iter().filter(wanted).collect();
        if events.is_empty() {
            return Ok(());
        }
        store::insert_deliveries(tx, &events, self.clock.now()).await?;
        self.shared.written.store(true, Ordering::Release);
        Ok(())
    }

    /// Has the sender look, if anything was written.
    pub(crate) fn ring(&self) {
        if self.shared.written.swap(false, Ordering::AcqRel) {
            self.ring_at_once();
        }
    }

    pub(super) fn ring_at_once(&self) {
        self.shared.bell.notify_one();
    }

    pub(super) async fn rung(&self) {
        self.shared.bell.notified().await;
    }
}
