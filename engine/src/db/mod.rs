//! One query text for SQLite and PostgreSQL.
//!
//! To add a query: declare it with [`statements!`] in the area's `store.rs` and run it with
//! [`fetch_optional!`], [`fetch_all!`], [`fetch_one!`], [`execute!`] or [`later!`]. The statement is then known to the tests
//! that prepare every one on both databases and look for the tenant's column.

mod changes;
#[cfg(test)]
mod lint;
mod open;
#[cfg(test)]
mod policies;
mod reach;
#[cfg(test)]
mod schema;
mod sqlite;
mod statement;
#[cfg(test)]
pub(crate) mod testing;

use changes::Changes;
pub(crate) use changes::Fresh;
pub use open::{Db, DbError, SQLITE_OLDEST};
pub(crate) use open::{check_sqlite, copy_sqlite, sqlite_in_use, sqlite_path};
pub(crate) use reach::Reach;
pub use statement::Statement;
pub(crate) use statement::{Declared, statement, statements};

use crate::failpoint::{self, Point};
use sqlx::{PgConnection, Postgres, SqliteConnection, Transaction};

/// A connection on loan: a writing transaction that must be committed, or a reader.
#[derive(Debug)]
pub struct Tx {
    on: On,
    changes: Changes,
}

#[derive(Debug)]
enum On {
    Sqlite(sqlite::Writing),
    Postgres(Transaction<'static, Postgres>),
    SqliteRead(sqlite::Lease),
    PostgresRead(Transaction<'static, Postgres>),
}

/// The connection a statement runs on, and its text there.
#[derive(Debug)]
pub enum Ready<'a> {
    Sqlite(&'a mut SqliteConnection, &'static str),
    Postgres(&'a mut PgConnection, &'static str),
}

impl On {
    async fn ready(&mut self, statement: &'static Statement) -> Result<Ready<'_>, DbError> {
        Ok(match self {
            Self::Sqlite(tx) => match tx.next().await? {
                (conn, true) => Ready::Sqlite(conn, statement.sqlite_first),
                (conn, false) => Ready::Sqlite(conn, statement.sqlite),
            },
            Self::SqliteRead(lease) => Ready::Sqlite(lease.get()?, statement.sqlite),
            Self::Postgres(tx) | Self::PostgresRead(tx) => Ready::Postgres(tx, statement.postgres),
        })
    }
}

impl Tx {
    pub(crate) async fn ready(&mut self, statement: &'static Statement) -> Result<Ready<'_>, DbError> {
        self.on.ready(statement).await
    }

    /// The same for a statement whose touched rows are counted.
    pub(crate) async fn ready_to_count(&mut self, statement: &'static Statement) -> Result<Ready<'_>, DbError> {
        match &mut self.on {
            On::Sqlite(tx) => Ok(Ready::Sqlite(tx.next_counted().await?, statement.sqlite)),
            on => on.ready(statement).await,
        }
    }

    /// No other transaction writes while this one does: its rows need no locks.
    pub(crate) const fn is_alone(&self) -> bool {
        matches!(self.on, On::Sqlite(_))
    }

    /// An error of a statement on its way to whoever ran it.
    pub(crate) fn failed(&mut self, error: sqlx::Error) -> DbError {
        match &mut self.on {
            On::Sqlite(tx) => tx.note(&error),
            On::SqliteRead(lease) => lease.note(&error),
            On::Postgres(_) | On::PostgresRead(_) => {}
        }
        error.into()
    }

    /// On SQLite, where statements can be put off to the end of a transaction.
    pub(crate) fn put_off(&mut self, statement: &'static Statement) -> Option<&mut sqlite::Later> {
        match &mut self.on {
            On::Sqlite(tx) => {
                let later = tx.later();
                later.push(statement.sqlite);
                Some(later)
            }
            _ => None,
        }
    }

    /// Makes the changes durable. What is dropped without it never happened.
    pub(crate) async fn commit(self) -> Result<(), DbError> {
        self.commit_at(failpoint::OTHER).await
    }

    /// The same, with a name by which tests find this commit.
    pub(crate) async fn commit_at(self, point: Point) -> Result<(), DbError> {
        // Also when it fails, or when nobody waits for it any more: what came of it is known to the store alone.
        let _changed = self.changes.changed_at_end();
        self.commit_counts(point).await
    }

    /// The same for what is counted, said and paid, of which [`Changes`] knows nothing.
    pub(crate) async fn commit_counts(self, point: Point) -> Result<(), DbError> {
        failpoint::before(point).await.map_err(sqlx::Error::Io)?;
        match self.on {
            On::Sqlite(tx) => tx.commit().await?,
            On::Postgres(tx) => tx.commit().await?,
            On::SqliteRead(_) | On::PostgresRead(_) => {}
        }
        failpoint::after(point).await.map_err(sqlx::Error::Io)?;
        Ok(())
    }
}

/// Runs one expansion of `$body` for each database, with `$conn` the concrete connection.
macro_rules! on_each {
    ($ready:ident, $tx:expr, $conn:ident, $db:ident, $text:ident, $statement:expr, $body:expr) => {{
        let done = match $crate::db::Tx::$ready($tx, &$statement).await {
            Err(error) => Err(error),
            Ok($crate::db::Ready::Sqlite($conn, $text)) => {
                #[allow(dead_code)]
                type $db = sqlx::Sqlite;
                Ok($body)
            }
            Ok($crate::db::Ready::Postgres($conn, $text)) => {
                #[allow(dead_code)]
                type $db = sqlx::Postgres;
                Ok($body)
            }
        };
        done.and_then(|done| done.map_err(|error| $crate::db::Tx::failed($tx, error)))
    }};
}

/// `fetch_optional!(tx, Row, STATEMENT, bind, …)` → `Result<Option<Row>, DbError>`.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!(ready, $tx, conn, Database, text, $statement,
            sqlx::query_as::<Database, $row>(text)$(.bind($bind))*.fetch_optional(conn).await)
    };
}

/// `fetch_one!(tx, Row, STATEMENT, bind, …)` → `Result<Row, DbError>`.
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!(ready, $tx, conn, Database, text, $statement,
            sqlx::query_as::<Database, $row>(text)$(.bind($bind))*.fetch_one(conn).await)
    };
}

/// `fetch_all!(tx, Row, STATEMENT, bind, …)` → `Result<Vec<Row>, DbError>`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!(ready, $tx, conn, Database, text, $statement,
            sqlx::query_as::<Database, $row>(text)$(.bind($bind))*.fetch_all(conn).await)
    };
}

/// `execute!(tx, STATEMENT, bind, …)` → how many rows were touched.
macro_rules! execute {
    ($tx:expr, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!(ready_to_count, $tx, conn, Database, text, $statement,
            sqlx::query::<Database>(text)$(.bind($bind))*.execute(conn).await.map(|done| done.rows_affected()))
    };
}

/// `later!(tx, STATEMENT, bind, …)` → `Result<(), DbError>`: a write of which nobody needs to know how many rows it touched.
/// On SQLite it goes out with the commit, or before the next statement that is not put off; so does its error.
macro_rules! later {
    ($tx:expr, $statement:expr $(, $bind:expr)* $(,)?) => {
        match $crate::db::Tx::put_off($tx, &$statement) {
            Some(later) => Ok(())$(.and_then(|()| later.bind($bind)))*.map_err($crate::db::DbError::from),
            None => $crate::db::execute!($tx, $statement $(, $bind)*).map(|_| ()),
        }
    };
}

pub(crate) use {execute, fetch_all, fetch_one, fetch_optional, later, on_each};

/// A write that must touch exactly one row did, or the row is gone.
pub(crate) fn expect_one(rows: u64, noun: &str) -> Result<(), crate::Error> {
    if rows == 1 {
        Ok(())
    } else {
        Err(domain::Fault::not_found(noun).into())
    }
}
