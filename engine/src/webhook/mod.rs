//! Outgoing webhooks, as Standard Webhooks has them: an organization's own programs are told what happens.
//!
//! An event is written in the transaction of what it tells, for each endpoint that asks for it (`outbox`); the sender hands it
//! over afterwards, again and again for three days (`sender`). A process that dies in between sends it a second time, under the
//! same `webhook-id`. What a receiver is told, and how it checks a signature, stands in `docs/webhooks.md`.

mod letter;
mod outbox;
mod sender;
mod sign;
mod store;
#[cfg(test)]
mod tests;

use domain::{
    Fault, FaultCode, audit as log,
    id::{DeliveryId, WebhookId},
    page::{self, Page},
    tenancy::Action,
    webhook::{
        Delivery, ENDPOINTS_MAX, EventKind, OLD_SECRET_FOR, OffReason, Webhook, WebhookChange, WebhookForm, WithSecret,
    },
};
use serde_json::{Value, json};
use url::Url;

use crate::{
    Call, Engine, Error,
    audit::{self, Event as Noted, Target},
    db::{Tx, expect_one},
    failpoint, request,
    vault::{self, Place},
    version::Version,
};

pub(crate) use outbox::{Event, Outbox, Words};
pub(crate) use sender::{delete_old, drain, work};
pub(crate) use store::erase;

/// What the log says of events that waited for an endpoint when it was switched off.
const OFF: &str = "The webhook was switched off before this was sent.";

/// Where a secret stands sealed, and the one before it.
const fn place(id: WebhookId) -> Place {
    Place {
        column: "webhook.secret",
        row: id.uuid(),
    }
}
const fn old_place(id: WebhookId) -> Place {
    Place {
        column: "webhook.old_secret",
        row: id.uuid(),
    }
}

fn gone() -> Error {
    Fault::not_found("webhook").into()
}

/// The address as it is called: `https`, without a user name, not into our own network. Where a name leads is looked at each
/// time that something is sent.
fn address(engine: &Engine, typed: &str) -> Result<String, Error> {
    let url: Url = engine
        .fetcher()
        .canonical(typed)
        .map_err(|error| Fault::field("url", error.to_string()))?;
    if url.scheme() != "https" && !engine.fetcher().opens(&url) {
        let text = "This address cannot be used: it does not begin with https://.";
        return Err(Fault::field("url", text).into());
    }
    Ok(url.into())
}

/// Adds an endpoint. Its secret is shown this once.
pub async fn create(call: &Call, form: &WebhookForm) -> Result<WithSecret, Error> {
    call.must(Action::ManageWebhooks)?;
    let events = form.check()?;
    // Buyers' names and questions go there.
    call.must_have_proved()?;
    let (engine, organization) = (call.engine(), call.organization());
    let secret: [u8; sign::SECRET] = rand::random();
    let webhook = Webhook {
        id: engine.clock().new_id(),
        url: address(engine, &form.url)?,
        events,
        off: None,
        taken_at: None,
        old_secret_until: None,
        created_at: engine.clock().now(),
    };
    let mut tx = engine.db().begin(organization).await?;
    let sealed = vault::keys(engine, &mut tx, organization)
        .await?
        .seal(place(webhook.id), &secret)?;
    store::insert(&mut tx, organization, &webhook, &sealed).await?;
    audit::note(
        &mut tx,
        call,
        noted(log::WEBHOOK_CREATED, &webhook, None, Some(said(&webhook))),
    )
    .await?;
    // Whoever has noted something is alone in their organization until the commit: two at once cannot pass this together.
    if store::count(&mut tx, organization).await? > ENDPOINTS_MAX {
        let text = format!("An organization has at most {ENDPOINTS_MAX} webhooks. Delete one first.");
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::WEBHOOK_CREATE).await?;
    engine.outbox().read_listeners(engine.db()).await?;
    Ok(WithSecret {
        webhook,
        secret: sign::shown(&secret),
    })
}

/// All of them, in the order they were made.
pub async fn list(call: &Call) -> Result<Vec<Webhook>, Error> {
    call.must(Action::ManageWebhooks)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    Ok(store::list(&mut tx, call.organization()).await?)
}

pub async fn get(call: &Call, id: WebhookId) -> Result<Webhook, Error> {
    call.must(Action::ManageWebhooks)?;
    let mut tx = call.engine().db().read(call.organization()).await?;
    store::find(&mut tx, call.organization(), id).await?.ok_or_else(gone)
}

/// Of all but when it last took an event.
pub fn version(webhook: &Webhook) -> Version {
    Version::of(&Webhook {
        taken_at: None,
        ..webhook.clone()
    })
}

/// Gives an endpoint another address or other events, or switches it off or on. What waits for one that is switched off is not
/// sent.
pub async fn update(call: &Call, id: WebhookId, change: WebhookChange) -> Result<Webhook, Error> {
    call.must(Action::ManageWebhooks)?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let old = store::find_to_change(&mut tx, organization, id)
        .await?
        .ok_or_else(gone)?;
    call.must_have_seen(version(&old))?;
    let form = WebhookForm {
        url: change.url.unwrap_or_else(|| old.url.clone()),
        events: change.events.unwrap_or_else(|| names(&old.events)),
    };
    let events = form.check()?;
    let off = match change.active {
        Some(true) => None,
        Some(false) => old.off.or(Some(OffReason::Hand)),
        None => old.off,
    };
    let new = Webhook {
        url: address(engine, &form.url)?,
        events,
        off,
        ..old.clone()
    };
    if new.url != old.url {
        call.must_have_proved()?;
    }
    expect_one(store::change(&mut tx, organization, &new).await?, "webhook")?;
    if off.is_some() {
        store::drop_waiting(&mut tx, organization, id, OFF).await?;
    }
    if new != old {
        let event = noted(log::WEBHOOK_CHANGED, &new, Some(said(&old)), Some(said(&new)));
        audit::note(&mut tx, call, event).await?;
    }
    tx.commit_at(failpoint::WEBHOOK_CHANGE).await?;
    engine.outbox().read_listeners(engine.db()).await?;
    Ok(new)
}

/// Removes an endpoint with its log.
pub async fn delete(call: &Call, id: WebhookId) -> Result<(), Error> {
    call.must(Action::ManageWebhooks)?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let found = store::find_to_change(&mut tx, organization, id).await?;
    let found = found.ok_or_else(gone)?;
    call.must_have_seen(version(&found))?;
    expect_one(store::delete(&mut tx, organization, id).await?, "webhook")?;
    let event = Noted {
        action: log::WEBHOOK_DELETED,
        target: Some(target(id, &found.url)),
        before: None,
        after: None,
    };
    audit::note(&mut tx, call, event).await?;
    tx.commit_at(failpoint::WEBHOOK_DELETE).await?;
    engine.outbox().read_listeners(engine.db()).await.map_err(Error::from)
}

/// Gives an endpoint another secret, which is shown this once. For a day the one before it signs, too.
pub async fn roll_secret(call: &Call, id: WebhookId) -> Result<WithSecret, Error> {
    call.must(Action::ManageWebhooks)?;
    call.must_have_proved()?;
    let (engine, organization) = (call.engine(), call.organization());
    let until = engine.clock().now() + OLD_SECRET_FOR;
    let secret: [u8; sign::SECRET] = rand::random();
    let mut tx = engine.db().begin(organization).await?;
    let found = store::find_to_change(&mut tx, organization, id)
        .await?
        .ok_or_else(gone)?;
    let keys = vault::keys(engine, &mut tx, organization).await?;
    let sealed = store::secret(&mut tx, organization, id).await?.ok_or_else(gone)?;
    let old = keys.seal(old_place(id), &keys.open(place(id), &sealed)?)?;
    let new = keys.seal(place(id), &secret)?;
    store::roll(&mut tx, organization, id, &new, (&old, until)).await?;
    audit::note(&mut tx, call, noted(log::WEBHOOK_SECRET_ROLLED, &found, None, None)).await?;
    request::done(&mut tx, call).await?;
    tx.commit_at(failpoint::WEBHOOK_ROLL).await?;
    Ok(WithSecret {
        webhook: Webhook {
            old_secret_until: Some(until),
            ..found
        },
        secret: sign::shown(&secret),
    })
}

/// Sends a test to an endpoint that is on, whatever it asks for.
pub async fn test(call: &Call, id: WebhookId) -> Result<DeliveryId, Error> {
    call.must(Action::ManageWebhooks)?;
    let (engine, organization) = (call.engine(), call.organization());
    let now = engine.clock().now();
    let event = Event {
        organization,
        id: engine.clock().new_id(),
        kind: EventKind::Test,
        at: now,
        data: json!({ "webhook_id": id, "message": "This is a test from Porchlight." }),
        words: None,
    };
    let mut tx = engine.db().begin(organization).await?;
    let webhook = must_be_on(&mut tx, call, id).await?;
    store::insert_test(&mut tx, id, &event, now).await?;
    audit::note(&mut tx, call, noted(log::WEBHOOK_TESTED, &webhook, None, None)).await?;
    request::done(&mut tx, call).await?;
    tx.commit_counts(failpoint::WEBHOOK_TEST).await?;
    engine.outbox().ring_at_once();
    Ok(event.id)
}

/// What was sent, or is to be, newest first.
pub async fn deliveries(
    call: &Call,
    id: WebhookId,
    after: Option<&str>,
    limit: Option<u32>,
) -> Result<Page<Delivery>, Error> {
    call.must(Action::ManageWebhooks)?;
    let after = after.map(str::parse::<DeliveryId>).transpose()?;
    let limit = page::limit(limit);
    let mut tx = call.engine().db().read(call.organization()).await?;
    store::find(&mut tx, call.organization(), id).await?.ok_or_else(gone)?;
    let rows = store::deliveries(&mut tx, call.organization(), id, after, i64::from(limit) + 1).await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Sends an event again, at once and then as a new one is, whatever became of it before.
pub async fn replay(call: &Call, id: WebhookId, delivery: DeliveryId) -> Result<Delivery, Error> {
    call.must(Action::ManageWebhooks)?;
    let (engine, organization) = (call.engine(), call.organization());
    let mut tx = engine.db().begin(organization).await?;
    let webhook = must_be_on(&mut tx, call, id).await?;
    let replayed = store::replay(&mut tx, organization, id, delivery, engine.clock().now()).await?;
    let replayed = replayed.ok_or_else(|| Error::from(Fault::not_found("delivery")))?;
    let what = json!({ "event": replayed.event, "delivery_id": replayed.id });
    audit::note(&mut tx, call, noted(log::WEBHOOK_REPLAYED, &webhook, None, Some(what))).await?;
    request::done(&mut tx, call).await?;
    tx.commit_counts(failpoint::WEBHOOK_REPLAY).await?;
    engine.outbox().ring_at_once();
    Ok(replayed)
}

/// Refuses what would only wait. The endpoint stays on until the commit.
async fn must_be_on(tx: &mut Tx, call: &Call, id: WebhookId) -> Result<Webhook, Error> {
    let found = store::find_to_change(tx, call.organization(), id)
        .await?
        .ok_or_else(gone)?;
    if found.off.is_some() {
        let text = "This webhook is switched off. Switch it on first.";
        return Err(Fault::new(FaultCode::Conflict, text).into());
    }
    Ok(found)
}

fn names(events: &[EventKind]) -> Vec<String> {
    events.iter().map(|kind| kind.as_str().to_owned()).collect()
}

/// What is noted of its settings.
fn said(webhook: &Webhook) -> Value {
    json!({
        "url": webhook.url,
        "events": names(&webhook.events).join(", "),
        "active": webhook.off.is_none(),
    })
}

fn target(id: WebhookId, url: &str) -> Target<'_> {
    Target {
        kind: "webhook",
        id: Some(id.uuid()),
        name: url.into(),
    }
}

fn noted<'a>(action: &'static str, webhook: &'a Webhook, before: Option<Value>, after: Option<Value>) -> Noted<'a> {
    Noted {
        action,
        target: Some(target(webhook.id, &webhook.url)),
        before,
        after,
    }
}
