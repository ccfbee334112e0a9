//! Handing events over: what is due is sent, several at once, and what came of it is noted.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    audit as log,
    id::{DeliveryId, WebhookId},
    webhook::{DeliveryState, OffReason},
};
use serde_json::json;
use tokio::task::{JoinError, JoinSet};

use super::{
    letter,
    outbox::whole,
    sign,
    store::{self, Attempt, Due},
};
use crate::{
    Engine, Error,
    audit::{self, Actor, Event as Noted, Target},
    db::{Reach, Tx},
    failpoint, mail,
    vault::{self, Keys},
};

/// How long after a failed attempt the next one comes.
const DELAYS: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];
/// When the last attempt is made, whatever its delay.
const TRIED_FOR: TimeDelta = TimeDelta::days(3);
/// Attempts at once: to one endpoint, and in all.
const AT_ONCE_EACH: i64 = 4;
const AT_ONCE: i64 = 32;
/// The sender looks by itself so often for what is due.
const LOOKS_EVERY: Duration = Duration::from_secs(5);
/// For how long what has ended stays in the log.
const KEPT_FOR: TimeDelta = TimeDelta::days(30);

/// The next attempt after `failed` of them; `None` when that was the last.
fn next_attempt(run_at: DateTime<Utc>, failed: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let last = run_at + TRIED_FOR;
    let index = usize::try_from(failed - 1).unwrap_or(0).min(DELAYS.len() - 1);
    (now < last).then(|| (now + DELAYS[index]).min(last))
}

/// Sends what is due until the engine stops.
pub(crate) async fn work(engine: Engine) {
    loop {
        if let Err(error) = send_due(&engine).await {
            tracing::error!(%error, "Webhooks could not be sent: {error}");
        }
        tokio::select! {
            () = engine.outbox().rung() => {}
            () = tokio::time::sleep(LOOKS_EVERY) => {}
            () = engine.stopping().cancelled() => return,
        }
    }
}

/// Waits for the attempts under way, at most five seconds: what is cut off is sent once more after the next start.
pub(crate) async fn drain(engine: &Engine) {
    let sending = engine.sending().lock();
    let _ = tokio::time::timeout(Duration::from_secs(5), sending).await;
}

type Sent = (DeliveryId, WebhookId, Result<(), Error>);

/// Sends what is due, and what becomes due meanwhile, until there is nothing.
pub(super) async fn send_due(engine: &Engine) -> Result<(), Error> {
    let _alone = engine.sending().lock().await;
    // Tasks of their own: one that holds a lock or a connection goes on while this loop waits for the same.
    let mut running = JoinSet::<Sent>::new();
    let mut busy = HashSet::new();
    let mut failed = None;
    loop {
        // After an error nothing is begun any more: it would be the same again at once.
        if failed.is_none()
            && !engine.stopping().is_cancelled()
            && let Err(error) = begin(engine, &mut busy, &mut running).await
        {
            failed = Some(error);
        }
        if running.is_empty() {
            return failed.map_or(Ok(()), Err);
        }
        tokio::select! {
            Some(sent) = running.join_next() => {
                let (id, webhook, outcome) = sent.unwrap_or_else(panicked);
                busy.remove(&(webhook, id));
                failed = failed.or(outcome.err());
            }
            () = engine.outbox().rung() => {}
        }
    }
}

/// Nobody ends one of the tasks by itself, so that it can only have panicked.
fn panicked(error: JoinError) -> Sent {
    std::panic::resume_unwind(error.into_panic())
}

async fn begin(
    engine: &Engine,
    busy: &mut HashSet<(WebhookId, DeliveryId)>,
    running: &mut JoinSet<Sent>,
) -> Result<(), Error> {
    engine.outbox().read_listeners(engine.db()).await?;
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let due = store::due(&mut tx, engine.clock().now(), AT_ONCE_EACH, AT_ONCE).await?;
    drop(tx);
    for due in due {
        let (id, webhook) = (due.id(), due.webhook());
        if busy.insert((webhook, id)) {
            let engine = engine.clone();
            running.spawn(async move { (id, webhook, send(&engine, due).await) });
        }
    }
    Ok(())
}

/// What an endpoint answered.
struct Answer {
    status: Option<u16>,
    /// Why it counts as failed.
    failure: Option<String>,
    duration_ms: i64,
}

async fn send(engine: &Engine, due: Due) -> Result<(), Error> {
    let calling = || Error::io("calling out");
    failpoint::before(failpoint::WEBHOOK_POST).await.map_err(calling())?;
    let began = Instant::now();
    let answered = attempt(engine, &due).await;
    failpoint::after(failpoint::WEBHOOK_POST).await.map_err(calling())?;
    let (status, failure) = match answered {
        Ok(status @ 200..=299) => (Some(status), None),
        Ok(status @ 300..=399) => (
            Some(status),
            Some(format!("It answered {status}: redirects are not followed.")),
        ),
        Ok(status) => (Some(status), Some(format!("It answered {status}."))),
        Err(failure) => (None, Some(failure)),
    };
    let answer = Answer {
        status,
        failure,
        duration_ms: i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX),
    };
    note(engine, &due, &answer).await
}

/// Sends an event once. What went wrong is told in words for the realtor, who learns nothing of our network by them.
async fn attempt(engine: &Engine, due: &Due) -> Result<u16, String> {
    let at = engine.clock().now();
    let signed = async {
        let (keys, secrets) = secrets(engine, due, at).await?;
        let payload = whole(&keys, due.id(), &due.payload, due.words.as_deref())?;
        Ok::<_, Error>((sign::signatures(&secrets, due.id(), at, &payload)?, payload))
    };
    let (signatures, payload) = signed.await.map_err(|error| {
        tracing::error!(delivery.id = %due.id(), %error, "An event could not be signed: {error}");
        "Something went wrong on our side.".to_owned()
    })?;
    let headers = [
        ("webhook-id", due.id().to_string()),
        ("webhook-timestamp", at.timestamp().to_string()),
        ("webhook-signature", signatures),
    ];
    let posted = engine.fetcher().post(&due.url, &headers, payload).await;
    posted.map_err(|error| {
        tracing::info!(delivery.id = %due.id(), "An event was not taken: {}", error.detail());
        "It could not be reached, or did not answer within 15 seconds.".to_owned()
    })
}

/// The keys of the organization; the secret, and the one before it for as long as it holds.
async fn secrets(engine: &Engine, due: &Due, now: DateTime<Utc>) -> Result<(Arc<Keys>, Vec<Vec<u8>>), Error> {
    let mut tx = engine.db().read(due.organization()).await?;
    let keys = vault::keys(engine, &mut tx, due.organization()).await?;
    let mut secrets = vec![keys.open(super::place(due.webhook()), &due.secret)?];
    if let (Some(old), Some(until)) = (&due.old_secret, due.old_until)
        && now < until
    {
        secrets.push(keys.open(super::old_place(due.webhook()), old)?);
    }
    Ok((keys, secrets))
}

/// Notes what came of an attempt, and switches off an endpoint that is gone or has taken nothing for three days.
async fn note(engine: &Engine, due: &Due, answer: &Answer) -> Result<(), Error> {
    let now = engine.clock().now();
    let is_gone = answer.status == Some(410);
    let next = next_attempt(due.run_at, due.run_attempts + 1, now).filter(|_| !is_gone);
    let state = match (&answer.failure, next) {
        (None, _) => DeliveryState::Delivered,
        (Some(_), Some(_)) => DeliveryState::Waiting,
        (Some(_), None) => DeliveryState::Failed,
    };
    let attempt = Attempt {
        state,
        next: next.unwrap_or(now),
        at: now,
        status: answer.status,
        error: answer.failure.as_deref(),
        duration_ms: answer.duration_ms,
    };
    let mut tx = engine.db().begin(due.organization()).await?;
    let mut told = false;
    let waited = store::attempted(&mut tx, due, &attempt).await?;
    match state {
        DeliveryState::Delivered => store::taken(&mut tx, due, now).await?,
        DeliveryState::Failed if waited && is_gone => told = switch_off(&mut tx, engine, due, OffReason::Gone).await?,
        DeliveryState::Failed if waited => told = switch_off(&mut tx, engine, due, OffReason::Failing).await?,
        _ => {}
    }
    if !told {
        return Ok(tx.commit_counts(failpoint::WEBHOOK_SEND).await?);
    }
    tx.commit_at(failpoint::WEBHOOK_SEND).await?;
    mail::ring(engine);
    engine.outbox().read_listeners(engine.db()).await?;
    Ok(())
}

/// True where the endpoint was on and is off now: its owner is told, and what waits for it is not sent.
async fn switch_off(tx: &mut Tx, engine: &Engine, due: &Due, reason: OffReason) -> Result<bool, Error> {
    // An event that failed for three days is the endpoint's fault only where no other was taken in that time.
    let since = (reason == OffReason::Failing).then_some(due.run_at);
    let Some(url) = store::switch_off(tx, due, reason, since).await? else {
        return Ok(false);
    };
    let organization = due.organization();
    store::drop_waiting(tx, organization, due.webhook(), super::OFF).await?;
    letter::switched_off(tx, engine, organization, (due.webhook(), &url), reason).await?;
    let nobody = Actor {
        organization,
        account: None,
        name: "Porchlight".into(),
        address: None,
    };
    let event = Noted {
        action: log::WEBHOOK_SWITCHED_OFF,
        target: Some(Target {
            kind: "webhook",
            id: Some(due.webhook().uuid()),
            name: url.clone().into(),
        }),
        before: Some(json!({ "active": true })),
        after: Some(json!({ "active": false, "reason": reason })),
    };
    audit::note_as(tx, engine, &nobody, event).await?;
    tracing::warn!(webhook.id = %due.webhook(), reason = reason.as_str(), "Switched webhook `{}` off", due.webhook());
    Ok(true)
}

/// Drops what has been in the log for a month.
pub(crate) async fn delete_old(engine: &Engine) -> Result<(), Error> {
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    store::delete_ended(&mut tx, engine.clock().now() - KEPT_FOR).await?;
    Ok(tx.commit_counts(failpoint::WEBHOOK_SWEEP).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_as_promised_and_the_last_after_three_days() {
        let begun: DateTime<Utc> = "2026-05-04T18:30:00Z".parse().unwrap();
        let (mut now, mut waited, mut failed) = (begun, Vec::new(), 1);
        while let Some(next) = next_attempt(begun, failed, now) {
            waited.push((next - now).num_seconds());
            (now, failed) = (next, failed + 1);
        }
        let hours = [2, 5, 10, 14, 20].map(|hours| hours * 3_600);
        let mut promised = [&[5, 300, 1_800], hours.as_slice()].concat();
        promised.push(3 * 86_400 - promised.iter().sum::<i64>());
        assert_eq!((waited, now), (promised, begun + TRIED_FOR));
        // A server that stood still makes up for what was due meanwhile by one attempt, and gives up after three days.
        assert_eq!(
            next_attempt(begun, 1, begun + TimeDelta::hours(71)),
            Some(begun + TimeDelta::hours(71) + DELAYS[0])
        );
        assert_eq!(next_attempt(begun, 1, begun + TimeDelta::days(4)), None);
    }
}
