//! Answers being made, for those who follow them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    chat::{Delta, Outcome, Turn},
    id::TurnId,
};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Finished, store};
use crate::{commit::GroupCommit, db::Db, failpoint, webhook::Outbox};

/// How long a finished answer stays in memory for those who come back.
const LINGER: Duration = Duration::from_secs(30);

type Open = Arc<Mutex<HashMap<TurnId, Follow>>>;

/// The turns of this process: the writer they share, and those that can be followed.
pub(crate) struct Turns {
    writer: GroupCommit<store::TurnOp, store::TurnOutcome>,
    open: Open,
    tasks: TaskTracker,
    /// Breaks off what outside engines are still saying.
    cut: CancellationToken,
}

impl Turns {
    pub(crate) fn start(db: Db, outbox: Outbox) -> Self {
        let writer = GroupCommit::start(db, failpoint::TURNS, move |tx, ops| {
            Box::pin(store::write(tx, outbox.clone(), ops))
        });
        Self {
            writer,
            open: Open::default(),
            tasks: TaskTracker::new(),
            cut: CancellationToken::new(),
        }
    }

    pub(super) const fn writer(&self) -> &GroupCommit<store::TurnOp, store::TurnOutcome> {
        &self.writer
    }

    pub(super) fn open(&self, turn: TurnId) -> Follow {
        let follow = Follow::default();
        lock(&self.open).insert(turn, follow.clone());
        follow
    }

    pub(super) fn find(&self, turn: TurnId) -> Option<Follow> {
        lock(&self.open).get(&turn).cloned()
    }

    /// Forgets a finished turn after a while.
    pub(super) fn close(&self, turn: TurnId) {
        let open = Arc::clone(&self.open);
        tokio::spawn(async move {
            tokio::time::sleep(LINGER).await;
            lock(&open).remove(&turn);
        });
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    pub(super) const fn cut(&self) -> &CancellationToken {
        &self.cut
    }

    /// Waits for the turns in flight.
    pub(super) async fn drain(&self, at_most: Duration) {
        self.tasks.close();
        let _ = tokio::time::timeout(at_most, self.tasks.wait()).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The deltas of one turn so far, and a bell for the next. Event ids count from 1.
#[derive(Clone, Debug)]
pub(super) struct Follow {
    deltas: Arc<Mutex<Vec<Delta>>>,
    count: watch::Sender<usize>,
}

impl Default for Follow {
    fn default() -> Self {
        Self {
            deltas: Arc::default(),
            count: watch::Sender::new(0),
        }
    }
}

impl Follow {
    pub(super) fn publish(&self, delta: Delta) {
        let mut deltas = lock(&self.deltas);
        deltas.push(delta);
        self.count.send_replace(deltas.len());
    }

    /// The answer of a turn that is over, as one piece.
    pub(super) fn of_stored(turn: &Turn) -> Self {
        let follow = Self::default();
        follow.publish(Delta::Started {
            turn_id: turn.id,
            conversation_id: turn.conversation_id,
        });
        for citation in &turn.citations {
            follow.publish(Delta::Citation {
                citation: citation.clone(),
            });
        }
        // A turn without an outcome that nobody is working on was cut off by a crash.
        let outcome = turn.outcome.unwrap_or(Outcome::Unavailable);
        follow.publish(Delta::Done {
            outcome,
            text: turn.answer.clone(),
        });
        follow
    }

    fn get(&self, index: usize) -> Option<Delta> {
        lock(&self.deltas).get(index).cloned()
    }

    pub(super) fn stream(self, after: u64) -> impl futures::Stream<Item = (u64, Delta)> + Send + use<> {
        let start = usize::try_from(after).unwrap_or(usize::MAX);
        let count = self.count.subscribe();
        futures::stream::unfold(
            (self, count, start, false),
            |(follow, mut count, index, over)| async move {
                if over {
                    return None;
                }
                loop {
                    if let Some(delta) = follow.get(index) {
                        let over = matches!(delta, Delta::Done { .. });
                        let id = index as u64 + 1;
                        return Some(((id, delta), (follow, count, index + 1, over)));
                    }
                    // The end has been seen already by somebody who asks past it.
                    let done = lock(&follow.deltas)
                        .last()
                        .is_some_and(|last| matches!(last, Delta::Done { .. }));
                    if done || count.changed().await.is_err() {
                        return None;
                    }
                }
            },
        )
    }

    pub(super) async fn finished(&self) -> Option<Finished> {
        let mut count = self.count.subscribe();
        loop {
            {
                let deltas = lock(&self.deltas);
                if let Some(Delta::Done { outcome, text }) = deltas.last() {
                    let citation = |delta: &Delta| match delta {
                        Delta::Citation { citation } => Some(citation.clone()),
                        _ => None,
                    };
                    let citations = deltas.iter().filter_map(citation).collect();
                    return Some(Finished {
                        text: text.clone(),
                        outcome: *outcome,
                        citations,
                    });
                }
            }
            count.changed().await.ok()?;
        }
    }
}
