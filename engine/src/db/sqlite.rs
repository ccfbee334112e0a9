//! SQLite's connections, on loan without asking them anything, and transactions of few round trips.
//!
//! sqlx runs each SQLite connection on a thread of its own. A call is handed over to it and its answer back, and on a small
//! machine these two changes of thread cost more than a short statement does. sqlx's pool adds such a call whenever a
//! connection is lent and whenever it is given back, and its transactions wait twice more. Here a connection is lent as it
//! is, `begin immediate` travels with a transaction's first statement, and what nobody waits for travels with its end
//! (ADR 7).

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    Arguments, AssertSqlSafe, Connection, Encode, Sqlite, SqliteConnection, Type,
    sqlite::{SqliteArguments, SqliteConnectOptions},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// Up to so many connections to one file, opened as they are needed. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Lot(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: SqliteConnectOptions,
    most: u32,
    permits: Arc<Semaphore>,
    free: Mutex<Vec<SqliteConnection>>,
}

impl Inner {
    fn free(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lot {
    pub(super) fn new(options: SqliteConnectOptions, most: u32) -> Self {
        Self(Arc::new(Inner {
            options,
            most,
            permits: Arc::new(Semaphore::new(most as usize)),
            free: Mutex::default(),
        }))
    }

    /// A connection of one's own, after those who asked before have had theirs.
    pub(super) async fn lend(&self) -> Result<Lease, sqlx::Error> {
        let permits = &self.0.permits;
        let permit = match Arc::clone(permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => timeout(PATIENCE, Arc::clone(permits).acquire_owned())
                .await
                .map_err(|_| sqlx::Error::PoolTimedOut)?
                .map_err(|_| sqlx::Error::PoolClosed)?,
        };
        let free = self.0.free().pop();
        let conn = match free {
            Some(conn) => conn,
            None => SqliteConnection::connect_with(&self.0.options).await?,
        };
        Ok(Lease {
            conn: Some(conn),
            lot: Arc::clone(&self.0),
            _permit: permit,
        })
    }

    /// Waits for what is on loan, and closes all.
    pub(super) async fn close(&self) {
        let all = self.0.permits.acquire_many(self.0.most).await;
        self.0.permits.close();
        drop(all);
        let free = mem::take(&mut *self.0.free());
        for conn in free {
            if let Err(error) = conn.close().await {
                tracing::warn!(%error, "A connection to the store could not be closed: {error}");
            }
        }
    }
}

/// A connection on loan; it goes back by itself.
#[derive(Debug)]
pub struct Lease {
    /// `None` once it has broken.
    conn: Option<SqliteConnection>,
    lot: Arc<Inner>,
    /// Given back after the connection.
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    /// A connection whose thread has died is not lent again.
    pub(super) fn note(&mut self, error: &sqlx::Error) {
        if is_dead(error) {
            self.conn = None;
        }
    }

    fn put(&mut self, conn: SqliteConnection) {
        self.conn = Some(conn);
    }

    pub(super) fn get(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.conn.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            self.lot.free().push(conn);
        }
    }
}

fn is_dead(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::WorkerCrashed)
}

/// A writing transaction. What is dropped without [`Writing::commit`] never happened.
#[derive(Debug)]
pub struct Writing {
    /// `None` once it is over.
    lease: Option<Lease>,
    begun: bool,
    /// A statement has failed: nothing of it may be kept.
    failed: bool,
    later: Later,
}

impl Writing {
    pub(super) fn new(lease: Lease) -> Self {
        Self {
            lease: Some(lease),
            begun: false,
            failed: false,
            later: Later::default(),
        }
    }

    fn lease(&mut self) -> Result<&mut Lease, sqlx::Error> {
        match &mut self.lease {
            Some(lease) if !self.failed => Ok(lease),
            _ => Err(sqlx::Error::Protocol(
                "a statement of this transaction has failed".into(),
            )),
        }
    }

    /// The connection for a statement that somebody waits for, after what was put off; and whether the transaction must
    /// begin with it. `begin immediate` takes the write lock at once, so that what is read is still true when it is
    /// written.
    pub(super) async fn next(&mut self) -> Result<(&mut SqliteConnection, bool), sqlx::Error> {
        if !self.later.is_empty() {
            self.flush().await?;
        }
        let first = !mem::replace(&mut self.begun, true);
        Ok((self.lease()?.get()?, first))
    }

    /// The same for a statement whose touched rows are counted: it runs by itself, because SQLite tells of `begin` again
    /// how many rows the statement before it touched.
    pub(super) async fn next_counted(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        if let (conn, true) = self.next().await? {
            let begun = sqlx::query("begin immediate").execute(conn).await;
            begun.inspect_err(|error| self.note(error))?;
        }
        self.lease()?.get()
    }

    /// A statement that nobody waits for: it is run before the next one that somebody does wait for, or at the end.
    pub(super) fn later(&mut self) -> &mut Later {
        &mut self.later
    }

    async fn flush(&mut self) -> Result<(), sqlx::Error> {
        let Later { mut text, arguments } = mem::take(&mut self.later);
        if !mem::replace(&mut self.begun, true) {
            text.insert_str(0, super::statement::BEGIN);
        }
        // Its row says that all before it was run: a thread that dies on the way ends the answer without an error.
        text.push_str("select 1");
        let conn = self.lease()?.get()?;
        // The text is made of declared statements.
        let done = sqlx::query_with(AssertSqlSafe(text), arguments)
            .fetch_optional(conn)
            .await;
        done.and_then(|row| row.map(drop).ok_or(sqlx::Error::WorkerCrashed))
            .inspect_err(|error| self.note(error))
    }

    /// After an error other than that no row was found, nothing more is run.
    pub(super) fn note(&mut self, error: &sqlx::Error) {
        self.failed |= !matches!(error, sqlx::Error::RowNotFound);
        if let Some(lease) = &mut self.lease {
            lease.note(error);
        }
    }

    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.lease()?;
        if self.begun || !self.later.is_empty() {
            self.later.text.push_str("commit; ");
            self.flush().await?;
            self.begun = false;
        }
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        let Some(mut lease) = self.lease.take().filter(|_| self.begun) else {
            return;
        };
        // Not in the lease meanwhile: if this is not run to its end, the connection is closed, and its transaction with it.
        let Some(mut conn) = lease.conn.take() else { return };
        let undo = async move {
            match sqlx::query("rollback").execute(&mut conn).await {
                Ok(_) => lease.put(conn),
                // It failed to begin, or the failure has ended it already.
                Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("1") => lease.put(conn),
                Err(error) => tracing::warn!(%error, "A transaction could not be taken back: {error}"),
            }
        };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(undo);
        }
    }
}

/// Statements in a row, as one text.
#[derive(Debug, Default)]
pub struct Later {
    text: String,
    arguments: SqliteArguments,
}

impl Later {
    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds a statement; its values follow with [`Later::bind`].
    pub(super) fn push(&mut self, statement: &str) {
        renumber(statement, self.arguments.len(), &mut self.text);
        self.text.push_str("; ");
    }

    pub(crate) fn bind<'v, T: Encode<'v, Sqlite> + Type<Sqlite>>(&mut self, value: T) -> Result<(), sqlx::Error> {
        self.arguments.add(value).map_err(sqlx::Error::Encode)
    }
}

/// Writes `$1` as `$6` where five values stand before it.
fn renumber(statement: &str, before: usize, to: &mut String) {
    let mut parts = statement.split('$');
    to.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        to.push('$');
        if let Ok(number) = number.parse::<usize>() {
            to.push_str(&(number + before).to_string());
        }
        to.push_str(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lots() -> (tempfile::TempDir, Lot, Lot) {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("store.db"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let (write, read) = (Lot::new(options.clone(), 1), Lot::new(options, 2));
        let mut lease = write.lend().await.unwrap();
        sqlx::query("create table thing (n integer primary key, name text)")
            .execute(lease.get().unwrap())
            .await
            .unwrap();
        drop(lease);
        (folder, write, read)
    }

    async fn begin(write: &Lot) -> Writing {
        Writing::new(write.lend().await.unwrap())
    }

    fn add(tx: &mut Writing, n: i64, name: &str) {
        let later = tx.later();
        later.push("insert into thing (n, name) values ($1, $2)");
        later.bind(n).unwrap();
        later.bind(name).unwrap();
    }

    async fn count(read: &Lot) -> i64 {
        let mut lease = read.lend().await.unwrap();
        let (n,): (i64,) = sqlx::query_as("select count(*) from thing")
            .fetch_one(lease.get().unwrap())
            .await
            .unwrap();
        n
    }

    #[tokio::test]
    async fn what_is_put_off_is_there_for_whoever_reads_after_it() {
        let (_folder, write, read) = lots().await;
        let mut tx = begin(&write).await;
        add(&mut tx, 1, "one");
        add(&mut tx, 2, "two");
        let (conn, first) = tx.next().await.unwrap();
        assert!(!first, "what was put off has begun the transaction");
        let names: Vec<(i64, String)> = sqlx::query_as("select n, name from thing order by n")
            .fetch_all(conn)
            .await
            .unwrap();
        assert_eq!(names, [(1, "one".to_owned()), (2, "two".to_owned())]);
        assert_eq!(count(&read).await, 0, "nothing is seen before the end");
        add(&mut tx, 3, "three");
        tx.commit().await.unwrap();
        assert_eq!(count(&read).await, 3);
    }

    #[tokio::test]
    async fn what_is_dropped_or_fails_never_happened() {
        let (_folder, write, read) = lots().await;
        let mut tx = begin(&write).await;
        add(&mut tx, 1, "one");
        tx.next().await.unwrap();
        drop(tx);
        let mut tx = begin(&write).await;
        add(&mut tx, 2, "two");
        drop(tx);
        let mut tx = begin(&write).await;
        add(&mut tx, 3, "three");
        add(&mut tx, 3, "three again");
        let error = tx.commit().await.unwrap_err();
        assert!(
            error
                .as_database_error()
                .is_some_and(|error| error.is_unique_violation()),
            "{error}"
        );
        assert_eq!(count(&read).await, 0);
        // A failure that somebody swallows is not committed either.
        let mut tx = begin(&write).await;
        add(&mut tx, 5, "five");
        add(&mut tx, 5, "five again");
        assert!(tx.next().await.is_err());
        add(&mut tx, 6, "six");
        assert!(tx.next().await.is_err() && tx.commit().await.is_err());
        assert_eq!(count(&read).await, 0);
        // Nobody is in the way of the next.
        let mut tx = begin(&write).await;
        add(&mut tx, 4, "four");
        tx.commit().await.unwrap();
        assert_eq!(count(&read).await, 1);
        begin(&write).await.commit().await.unwrap();
    }

    #[tokio::test]
    async fn rows_are_counted_of_one_statement_only() {
        let (_folder, write, _) = lots().await;
        let mut tx = begin(&write).await;
        (0..5).for_each(|n| add(&mut tx, n, "some"));
        let conn = tx.next_counted().await.unwrap();
        let renamed = sqlx::query("update thing set name = 'others'")
            .execute(conn)
            .await
            .unwrap();
        assert_eq!(renamed.rows_affected(), 5);
        tx.commit().await.unwrap();
        let mut tx = begin(&write).await;
        let conn = tx.next_counted().await.unwrap();
        let one = sqlx::query("update thing set name = 'one' where n = 1")
            .execute(conn)
            .await
            .unwrap();
        assert_eq!(one.rows_affected(), 1);
    }

    #[tokio::test]
    async fn closing_waits_for_what_is_on_loan() {
        let (_folder, write, _) = lots().await;
        let mut tx = begin(&write).await;
        add(&mut tx, 1, "one");
        let closing = tokio::spawn({
            let write = write.clone();
            async move { write.close().await }
        });
        tokio::task::yield_now().await;
        assert!(!closing.is_finished());
        tx.commit().await.unwrap();
        closing.await.unwrap();
        assert!(matches!(write.lend().await, Err(sqlx::Error::PoolClosed)));
    }

    #[test]
    fn values_are_counted_on() {
        let mut text = String::new();
        renumber("insert into a select $1, $12, '$.x', $2", 5, &mut text);
        assert_eq!(text, "insert into a select $6, $17, '$.x', $7");
    }
}
