//! One query text for SQLite and PostgreSQL.
//!
//! To add a query: declare it with [`statements!`] in the area's `store.rs` and run it with
//! [`fetch_optional!`], [`fetch_all!`], [`fetch_one!`] or [`execute!`]. The statement is then known to the tests
//! that prepare every one on both databases and look for the tenant's column.

#[cfg(test)]
mod lint;
mod open;
#[cfg(test)]
mod schema;
mod statement;
#[cfg(test)]
pub(crate) mod testing;

pub use open::{Db, DbError, SQLITE_OLDEST};
pub(crate) use open::{check_sqlite, copy_sqlite, sqlite_in_use, sqlite_path};
pub use statement::Statement;
pub(crate) use statement::{Declared, statement, statements};

use crate::failpoint::{self, Point};
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection};

/// A connection on loan: a writing transaction that must be committed, or a reader.
#[derive(Debug)]
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    SqliteRead(PoolConnection<Sqlite>),
    PostgresRead(PoolConnection<Postgres>),
}

/// The concrete connection a statement runs on.
#[derive(Debug)]
pub enum Conn<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    pub(crate) fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(tx) => Conn::Sqlite(tx),
            Self::SqliteRead(conn) => Conn::Sqlite(conn),
            Self::Postgres(tx) => Conn::Postgres(tx),
            Self::PostgresRead(conn) => Conn::Postgres(conn),
        }
    }

    /// Makes the changes durable. What is dropped without it never happened.
    pub(crate) async fn commit(self) -> Result<(), DbError> {
        self.commit_at(failpoint::OTHER).await
    }

    /// The same, with a name by which tests find this commit.
    pub(crate) async fn commit_at(self, point: Point) -> Result<(), DbError> {
        failpoint::before(point).await.map_err(sqlx::Error::Io)?;
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
            Self::SqliteRead(_) | Self::PostgresRead(_) => {}
        }
        failpoint::after(point).await.map_err(sqlx::Error::Io)?;
        Ok(())
    }
}

/// Runs one expansion of `$body` for each database, with `$conn` the concrete connection.
macro_rules! on_each {
    ($tx:expr, $conn:ident, $db:ident, $text:ident, $statement:expr, $body:expr) => {{
        let statement: &'static $crate::db::Statement = &$statement;
        match $crate::db::Tx::conn($tx) {
            $crate::db::Conn::Sqlite($conn) => {
                #[allow(dead_code)]
                type $db = sqlx::Sqlite;
                let $text: &'static str = statement.sqlite;
                $body
            }
            $crate::db::Conn::Postgres($conn) => {
                #[allow(dead_code)]
                type $db = sqlx::Postgres;
                let $text: &'static str = statement.postgres;
                $body
            }
        }
        .map_err($crate::db::DbError::from)
    }};
}

/// `fetch_optional!(tx, Row, STATEMENT, bind, …)` → `Result<Option<Row>, DbError>`.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!($tx, conn, Database, text, $statement,
            sqlx::query_as::<Database, $row>(text)$(.bind($bind))*.fetch_optional(conn).await)
    };
}

/// `fetch_one!(tx, Row, STATEMENT, bind, …)` → `Result<Row, DbError>`.
macro_rules! fetch_one {
    ($tx:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!($tx, conn, Database, text, $statement,
            sqlx::query_as::<Database, $row>(text)$(.bind($bind))*.fetch_one(conn).await)
    };
}

/// `fetch_all!(tx, Row, STATEMENT, bind, …)` → `Result<Vec<Row>, DbError>`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!($tx, conn, Database, text, $statement,
            sqlx::query_as::<Database, $row>(text)$(.bind($bind))*.fetch_all(conn).await)
    };
}

/// `execute!(tx, STATEMENT, bind, …)` → how many rows were touched.
macro_rules! execute {
    ($tx:expr, $statement:expr $(, $bind:expr)* $(,)?) => {
        $crate::db::on_each!($tx, conn, Database, text, $statement,
            sqlx::query::<Database>(text)$(.bind($bind))*.execute(conn).await.map(|done| done.rows_affected()))
    };
}

pub(crate) use {execute, fetch_all, fetch_one, fetch_optional, on_each};

/// A write that must touch exactly one row did, or the row is gone.
pub(crate) fn expect_one(rows: u64, noun: &str) -> Result<(), crate::Error> {
    if rows == 1 {
        Ok(())
    } else {
        Err(domain::Fault::not_found(noun).into())
    }
}
