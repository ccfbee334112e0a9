//! Group commit: callers hand in operations one by one, a single task writes all that are waiting in one
//! transaction, and each caller is answered after the commit. Under load the cost of making a change durable is
//! shared; a lone caller waits for nobody. What is written so is what is counted, said and paid.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use crate::{
    db::{Db, DbError, Reach, Tx},
    failpoint::Point,
};

/// The most operations in one commit.
const BATCH: usize = 256;
/// How many turns of the runtime may bring nobody before a batch is written.
const IN_VAIN: usize = 4;
/// On a busy machine such a turn takes its time: no batch waits longer.
const GATHERING: Duration = Duration::from_millis(2);

type Waiting<Op, Out> = (Op, oneshot::Sender<Result<Out, Arc<DbError>>>);

/// A queue of operations before a single writer. Cheap to clone.
pub(crate) struct GroupCommit<Op, Out> {
    queue: mpsc::Sender<Waiting<Op, Out>>,
}

impl<Op, Out> Clone for GroupCommit<Op, Out> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
        }
    }
}

impl<Op: Send + Sync + 'static, Out: Send + 'static> GroupCommit<Op, Out> {
    /// Starts the writer. `write` gets a batch and gives one outcome an operation, in order; when it fails, nothing
    /// of the batch is kept, and each operation is tried once more by itself.
    pub(crate) fn start<W>(db: Db, point: Point, write: W) -> Self
    where
        W: for<'a> Fn(&'a mut Tx, &'a [Op]) -> BoxFuture<'a, Result<Vec<Out>, DbError>> + Send + Sync + 'static,
    {
        let (queue, mut waiting) = mpsc::channel::<Waiting<Op, Out>>(4096);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            let mut last = 1;
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                if last.max(batch.len()) > 1 {
                    gather(&mut waiting, &mut batch).await;
                }
                last = batch.len();
                let (ops, answers): (Vec<Op>, Vec<_>) = batch.drain(..).unzip();
                match commit(&db, point, &write, &ops).await {
                    Ok(outcomes) => answer_all(answers, outcomes),
                    Err(error) if ops.len() == 1 => answer_all_failed(answers, error),
                    Err(_) => {
                        for (op, answer) in ops.iter().zip(answers) {
                            let outcome = commit(&db, point, &write, std::slice::from_ref(op)).await;
                            let one = outcome.and_then(|mut o| o.pop().ok_or(DbError::Sqlx(sqlx::Error::RowNotFound)));
                            let _ = answer.send(one.map_err(Arc::new));
                        }
                    }
                }
            }
        });
        Self { queue }
    }

    /// Hands in one operation and waits until it is durable.
    pub(crate) async fn run(&self, op: Op) -> Result<Out, Arc<DbError>> {
        let (answer, outcome) = oneshot::channel();
        let closed = || Arc::new(DbError::Sqlx(sqlx::Error::PoolClosed));
        self.queue.send((op, answer)).await.map_err(|_| closed())?;
        outcome.await.map_err(|_| closed())?
    }
}

/// Takes in those who are on their way: who was just answered often comes again at once, and one commit for all costs
/// little more than one for half of them. They are waited for until some turns of the runtime have brought nobody.
async fn gather<T>(waiting: &mut mpsc::Receiver<T>, batch: &mut Vec<T>) {
    let (mut in_vain, until) = (0, Instant::now() + GATHERING);
    while batch.len() < BATCH && in_vain < IN_VAIN && Instant::now() < until {
        tokio::task::yield_now().await;
        in_vain += 1;
        while batch.len() < BATCH
            && let Ok(one) = waiting.try_recv()
        {
            batch.push(one);
            in_vain = 0;
        }
    }
}

async fn commit<Op, Out, W>(db: &Db, point: Point, write: &W, ops: &[Op]) -> Result<Vec<Out>, DbError>
where
    W: for<'a> Fn(&'a mut Tx, &'a [Op]) -> BoxFuture<'a, Result<Vec<Out>, DbError>>,
{
    let mut tx = db.begin(Reach::Everyone).await?;
    let outcomes = write(&mut tx, ops).await?;
    tx.commit_counts(point).await?;
    Ok(outcomes)
}

fn answer_all<Out>(answers: Vec<oneshot::Sender<Result<Out, Arc<DbError>>>>, outcomes: Vec<Out>) {
    for (answer, outcome) in answers.into_iter().zip(outcomes) {
        // A caller that left has its answer in the store.
        let _ = answer.send(Ok(outcome));
    }
}

fn answer_all_failed<Out>(answers: Vec<oneshot::Sender<Result<Out, Arc<DbError>>>>, error: DbError) {
    let error = Arc::new(error);
    for answer in answers {
        let _ = answer.send(Err(Arc::clone(&error)));
    }
}
