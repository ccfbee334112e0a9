//! Background work. Jobs are rows, queued in the same commit as their cause; a worker takes one under a lease,
//! and every effect of it is guarded by the state of what it works on, so that running twice does no harm.

mod store;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{JobId, LicenceId, OrganizationId, SourceId};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, Semaphore};

use crate::{
    Engine, Error, account, chat,
    db::{DbError, Reach, Tx},
    failpoint, ledger, licence, privacy, qr, request, session, training, webhook,
};

/// What there is to do. Old forms stay until no row can hold them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub(crate) enum Work {
    Train { source: SourceId },
    Verify { licence: LicenceId },
}

impl Work {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Train { .. } => "train",
            Self::Verify { .. } => "verify",
        }
    }
}

/// Jobs at once: reading documents is done in child processes, so a few do not hurt.
const AT_ONCE: usize = 2;
const LEASE: TimeDelta = TimeDelta::seconds(120);
/// How often all files are looked through.
const WALK_EVERY: Duration = Duration::from_secs(3600);
/// After this many attempts a job is set aside.
const MAX_ATTEMPTS: i64 = 5;

/// Wakes the worker when there is something to do.
#[derive(Clone, Debug)]
pub(crate) struct Bell {
    bell: Arc<Notify>,
    running: Arc<Semaphore>,
}

impl Default for Bell {
    fn default() -> Self {
        Self {
            bell: Arc::default(),
            running: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }
}

/// Queues a job in the transaction of its cause. Ring the bell after the commit.
pub(crate) async fn enqueue(
    tx: &mut Tx,
    organization: OrganizationId,
    id: JobId,
    work: Work,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    store::insert(tx, organization, id, &work, now).await
}

/// Puts jobs of a killed process back in the queue.
///
/// One process works on a store at a time, so at the start nobody else can be holding a lease.
pub(crate) async fn recover(engine: &Engine) -> Result<(), Error> {
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    let freed = store::free_all(&mut tx, engine.clock().now()).await?;
    tx.commit_at(failpoint::JOB_FREE).await?;
    if freed > 0 {
        tracing::info!(jobs = freed, "Took up {freed} jobs that a stopped process had left");
    }
    Ok(())
}

/// Runs jobs until the engine stops.
pub(crate) async fn work(engine: Engine) {
    let bell = engine.jobs().clone();
    while let Ok(permit) = bell.running.clone().acquire_owned().await {
        if engine.stopping().is_cancelled() {
            return;
        }
        match claim(&engine).await {
            Ok(Some(claimed)) => {
                let engine = engine.clone();
                tokio::spawn(async move {
                    run(&engine, claimed).await;
                    drop(permit);
                });
            }
            outcome => {
                if let Err(error) = outcome {
                    tracing::error!(%error, "Could not look for jobs");
                }
                drop(permit);
                tokio::select! {
                    () = bell.bell.notified() => {}
                    () = tokio::time::sleep(Duration::from_secs(2)) => {}
                    () = engine.stopping().cancelled() => return,
                }
            }
        }
    }
}

async fn claim(engine: &Engine) -> Result<Option<store::Claimed>, Error> {
    let now = engine.clock().now();
    let mut tx = engine.db().read(Reach::Everyone).await?;
    let waiting = store::any_waiting(&mut tx, now).await?;
    drop(tx);
    if !waiting {
        return Ok(None);
    }
    let mut tx = engine.db().begin(Reach::Everyone).await?;
    let claimed = store::claim(&mut tx, now, now + LEASE).await?;
    tx.commit_at(failpoint::JOB_CLAIM).await?;
    Ok(claimed)
}

async fn run(engine: &Engine, job: store::Claimed) {
    let outcome = match &job.work {
        Work::Train { source } => training::train(engine, job.organization, *source).await,
        Work::Verify { licence } => licence::verify(engine, job.organization, *licence).await,
    };
    let failure = outcome.err().map(|error| {
        tracing::error!(job.id = %job.id, %error, "Job `{}` failed", job.id);
        error.to_string()
    });
    // A store that fails for a moment should not cost the two minutes of the lease.
    for pause in [Some(200), Some(2_000), None] {
        let Err(error) = settle(engine, &job, failure.clone()).await else {
            return;
        };
        match pause {
            Some(ms) => {
                tracing::warn!(job.id = %job.id, %error, "Job `{}` was not settled; it is tried again", job.id);
                tokio::time::sleep(Duration::from_millis(ms)).await;
            }
            None => {
                tracing::error!(job.id = %job.id, %error, "Job `{}` was not settled; its lease will run out", job.id)
            }
        }
    }
}

/// Done, once more later, or set aside after too many attempts.
async fn settle(engine: &Engine, job: &store::Claimed, error: Option<String>) -> Result<(), Error> {
    let now = engine.clock().now();
    let (state, run_at) = match (&error, job.attempts) {
        (None, _) => ("done", now),
        (Some(_), attempts) if attempts < MAX_ATTEMPTS => ("queued", now + TimeDelta::seconds(2 << attempts)),
        (Some(_), _) => ("failed", now),
    };
    if state == "failed" {
        give_up(engine, job).await?;
    }
    let mut tx = engine.db().begin(job.organization).await?;
    store::settle(&mut tx, job, state, run_at, error.as_deref()).await?;
    tx.commit_at(failpoint::JOB_SETTLE).await?;
    Ok(())
}

/// Does without what a job was to bring.
async fn give_up(engine: &Engine, job: &store::Claimed) -> Result<(), Error> {
    match job.work {
        Work::Train { source } => {
            let text = "Something went wrong on our side while reading this. Nothing was charged; please add it again.";
            training::give_up(engine, job.organization, source, text).await
        }
        Work::Verify { licence } => licence::give_up(engine, job.organization, licence).await,
    }
}

/// Waits for running jobs, at most five seconds; the rest is taken up at the next start.
pub(crate) async fn drain(engine: &Engine) {
    let all = engine.jobs().running.acquire_many(AT_ONCE as u32);
    let _ = tokio::time::timeout(Duration::from_secs(5), all).await;
}

/// Gives back holds whose time is over, closes turns that nobody will finish, stores visits that wait, and drops files
/// and sessions that nobody has.
pub(crate) async fn sweep(engine: Engine) {
    let mut tick = tokio::time::interval(Duration::from_secs(20));
    let mut last_walk: Option<Instant> = None;
    let mut last_erased = privacy::Daily::default();
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {}
            () = engine.stopping().cancelled() => return,
        }
        let swept = async {
            ledger::expire_due(&engine).await?;
            chat::close_abandoned(&engine).await?;
            qr::store_waiting(&engine).await?;
            if last_walk.is_none_or(|last| last.elapsed() >= WALK_EVERY) {
                training::remove_orphans(&engine).await?;
                licence::remove_orphans(&engine).await?;
                webhook::delete_old(&engine).await?;
                request::forget(&engine).await?;
                last_walk = Some(Instant::now());
            }
            licence::due(&engine).await?;
            account::delete_ended_sessions(&engine).await?;
            account::delete_old_links(&engine).await?;
            privacy::erase_old(&engine, &mut last_erased).await?;
            session::delete_expired(&engine).await
        };
        if let Err(error) = swept.await {
            tracing::error!(%error, "Sweeping failed");
        }
    }
}

/// Runs the next job as a worker does; false when none is due.
#[cfg(test)]
pub(crate) async fn run_for_test(engine: &Engine) -> bool {
    match claim(engine).await.expect("the store answers") {
        Some(claimed) => {
            run(engine, claimed).await;
            true
        }
        None => false,
    }
}

/// Claims a job as a worker would and forgets it, as a killed worker does.
#[cfg(test)]
pub(crate) async fn claim_for_test(engine: &Engine) -> Option<domain::id::OrganizationId> {
    claim(engine)
        .await
        .expect("the store answers")
        .map(|claimed| claimed.organization)
}
