//! Opening a database: pools, settings of each connection, migrations, errors.

use std::{path::Path, str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool, SqliteConnection,
    migrate::Migrator,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{
    Changes, On, Reach, Tx, reach,
    sqlite::{Lot, Writing},
    statements,
};

statements! {
    NOTHING = "select 1";
}

static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("../migrations/postgres");

/// Whether the role of a connection is one for which no row policy holds, and whether it could change them.
const ROLE: &str = "select rolname::text, rolsuper or rolbypassrls, exists (select 1 from pg_class
        where relnamespace = 'public'::regnamespace and pg_has_role(current_user, relowner, 'member'))
    from pg_roles where rolname = current_user";

const WHO: &str = "select quote_ident(current_user)";

/// What the server may do where others own the tables: nothing to the schema, and nothing to what is only ever added to.
const GRANTS: &str = "
    grant usage on schema public to {role};
    grant select, insert, update, delete on all tables in schema public to {role};
    revoke insert, update, delete on _sqlx_migrations from {role};
    revoke update, delete on ledger_entry, audit_entry, tombstone from {role};
    revoke delete on consent from {role}";

/// The oldest SQLite with the repaired write-ahead log (sqlite.org, "WAL-reset" fix).
pub const SQLITE_OLDEST: [u32; 3] = [3, 51, 3];

/// The store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    kind: Kind,
    changes: Changes,
}

#[derive(Clone, Debug)]
enum Kind {
    /// One writer and several readers over one file.
    Sqlite {
        read: Lot,
        write: Lot,
    },
    Postgres(Postgres),
}

#[derive(Clone, Debug)]
struct Postgres {
    pool: PgPool,
    /// Where the tables belong to another role: its address.
    owner: Option<SecretString>,
}

impl Postgres {
    /// A connection of its own as whoever owns the tables.
    async fn as_owner(&self) -> Result<PgConnection, DbError> {
        Ok(match &self.owner {
            Some(owner) => PgConnection::connect(owner.expose_secret()).await?,
            None => self.pool.acquire().await?.detach(),
        })
    }

    async fn migrate(&self) -> Result<(), DbError> {
        let mut conn = self.as_owner().await?;
        // A migration may change rows of every organization.
        conn.execute(reach::EVERYONE).await?;
        POSTGRES_MIGRATIONS.run_direct(None, &mut conn, false).await?;
        let (role,): (String,) = sqlx::query_as(WHO).fetch_one(&self.pool).await?;
        let (owner,): (String,) = sqlx::query_as(WHO).fetch_one(&mut conn).await?;
        if role != owner {
            conn.execute(AssertSqlSafe(GRANTS.replace("{role}", &role))).await?;
        }
        Ok(conn.close().await?)
    }
}

impl From<Kind> for Db {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            changes: Changes::default(),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error(transparent)]
    Sqlx(#[from] sqlx::Error),
    #[error(transparent)]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("SQLite {found} can lose data; {need} or newer is needed", need = version_text(SQLITE_OLDEST))]
    SqliteTooOld { found: String },
    #[error("SQLite's setting {name} is {found}, not {wanted}")]
    SqliteSetting {
        name: &'static str,
        found: String,
        wanted: &'static str,
    },
    #[error("the database address must start with sqlite: or postgres://")]
    UnknownAddress,
    #[error(
        "the database's role {role} passes the walls between organizations (PostgreSQL's row security); connect as a role that \
         is no superuser and has no BYPASSRLS"
    )]
    NoWalls { role: String },
    #[error(
        "the database's role {role} owns its tables, and could take their walls away; connect as a role that owns nothing, and \
         give the owner's address apart"
    )]
    OwnsTables { role: String },
    /// A commit shared with others failed.
    #[error(transparent)]
    Shared(#[from] std::sync::Arc<DbError>),
    /// A stored value that this program cannot have written.
    #[error("stored {what} cannot be read: {value}")]
    Corrupt { what: &'static str, value: String },
}

impl DbError {
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Database(e)) if e.is_unique_violation())
    }
    pub fn is_foreign_key_violation(&self) -> bool {
        match self {
            Self::Sqlx(sqlx::Error::Database(error)) => error.is_foreign_key_violation(),
            Self::Shared(error) => error.is_foreign_key_violation(),
            _ => false,
        }
    }
    /// A row was found, but a value in it is none that this program writes.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::ColumnDecode { .. }))
    }
    /// The store has no time now: no connection came free, or another writer did not end in time.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Sqlx(sqlx::Error::PoolTimedOut) => true,
            Self::Shared(error) => error.is_busy(),
            _ => self.is_transient(),
        }
    }
    /// A passing collision that a second attempt of the whole transaction would survive.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Database(e))
            if matches!(e.code().as_deref(), Some("40001" | "40P01" | "5" | "6" | "517")))
    }
}

impl Db {
    /// Opens the store at `sqlite:path` or `postgres://…`, and brings its schema up to date: as `owner`, where the tables of
    /// PostgreSQL belong to another role.
    pub(crate) async fn open(address: &str, owner: Option<&SecretString>) -> Result<Self, DbError> {
        let db = if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = PgPoolOptions::new()
                .max_connections(16)
                .acquire_timeout(Duration::from_secs(10));
            Self::from(Kind::Postgres(Postgres {
                pool: options.connect(address).await?,
                owner: owner.cloned(),
            }))
        } else if let Some(path) = sqlite_path(address) {
            Self::open_sqlite(path).await?
        } else {
            return Err(DbError::UnknownAddress);
        };
        db.migrate().await?;
        Ok(db)
    }

    /// The same store of PostgreSQL through so many connections.
    #[cfg(test)]
    pub(super) async fn with_connections(&self, many: u32) -> Self {
        let Kind::Postgres(store) = &self.kind else {
            panic!("not PostgreSQL")
        };
        let options = PgPoolOptions::new().max_connections(many);
        let pool = options.connect_with((*store.pool.connect_options()).clone()).await;
        Self::from(Kind::Postgres(Postgres {
            pool: pool.expect("the same store"),
            owner: store.owner.clone(),
        }))
    }

    /// The same store, as whoever owns its tables.
    #[cfg(test)]
    pub(crate) async fn as_owner(&self) -> Self {
        let Kind::Postgres(Postgres { owner: Some(owner), .. }) = &self.kind else {
            return self.clone();
        };
        let pool = PgPoolOptions::new().max_connections(2).connect(owner.expose_secret());
        Self::from(Kind::Postgres(Postgres {
            pool: pool.await.expect("the same store"),
            owner: None,
        }))
    }

    async fn open_sqlite(path: &Path) -> Result<Self, DbError> {
        Self::connect_sqlite(Self::sqlite_options(path)?).await
    }

    fn sqlite_options(path: &Path) -> Result<SqliteConnectOptions, DbError> {
        Ok(SqliteConnectOptions::from_str("sqlite:")?
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("recursive_triggers", "on")
            .pragma("trusted_schema", "off")
            // What is erased or sealed is overwritten, not only forgotten.
            .pragma("secure_delete", "on")
            // Pages that many commits change, as most here, are copied into the file once in 16 MB of log, not in 4.
            .pragma("wal_autocheckpoint", "4096")
            .statement_cache_capacity(256))
    }

    /// Nothing is read or written before the connection was found to be as it must be.
    async fn connect_sqlite(options: SqliteConnectOptions) -> Result<Self, DbError> {
        let write = Lot::new(options.clone(), 1);
        assert_sqlite(write.lend().await?.get()?).await?;
        let read = Lot::new(options.pragma("query_only", "on"), 4);
        Ok(Kind::Sqlite { read, write }.into())
    }

    async fn migrate(&self) -> Result<(), DbError> {
        match &self.kind {
            Kind::Sqlite { write, .. } => {
                SQLITE_MIGRATIONS
                    .run_direct(None, write.lend().await?.get()?, false)
                    .await?
            }
            Kind::Postgres(store) => store.migrate().await?,
        }
        Ok(())
    }

    /// A reader. Sees what is committed, holds up nobody.
    pub(crate) async fn read(&self, reach: impl Into<Reach>) -> Result<Tx, DbError> {
        let on = match &self.kind {
            Kind::Sqlite { read, .. } => On::SqliteRead(read.lend().await?),
            Kind::Postgres(store) => {
                On::PostgresRead(store.pool.begin_with(reach.into().begin("begin read only")).await?)
            }
        };
        Ok(self.tx(on))
    }

    /// A writing transaction: what is read in it is still true when it writes.
    pub(crate) async fn begin(&self, reach: impl Into<Reach>) -> Result<Tx, DbError> {
        let on = match &self.kind {
            Kind::Sqlite { write, .. } => On::Sqlite(Writing::new(write.lend().await?)),
            Kind::Postgres(store) => On::Postgres(store.pool.begin_with(reach.into().begin("begin")).await?),
        };
        Ok(self.tx(on))
    }

    fn tx(&self, on: On) -> Tx {
        Tx {
            on,
            changes: self.changes.clone(),
        }
    }

    pub(crate) const fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Writes tables anew whose rows were sealed, so that nothing of what they said before is left in a free page or a log.
    /// Nobody else may be using the store.
    pub(crate) async fn write_anew(&self) -> Result<(), DbError> {
        match &self.kind {
            Kind::Sqlite { write, .. } => {
                let mut lease = write.lend().await?;
                let conn = lease.get()?;
                sqlx::raw_sql("vacuum; pragma wal_checkpoint(truncate)")
                    .execute(conn)
                    .await?;
            }
            Kind::Postgres(store) => {
                let mut conn = store.as_owner().await?;
                for text in ["vacuum full turn", "vacuum full lead"] {
                    sqlx::raw_sql(text).execute(&mut conn).await?;
                }
                conn.close().await?;
            }
        }
        Ok(())
    }

    /// Whether a writing transaction can begin now.
    pub(crate) async fn is_writable(&self) -> bool {
        let begun = async {
            let mut tx = self.begin(Reach::Nobody).await?;
            super::fetch_one!(&mut tx, (i32,), NOTHING)
        };
        begun.await.is_ok()
    }

    pub const fn kind(&self) -> &'static str {
        match &self.kind {
            Kind::Sqlite { .. } => "SQLite",
            Kind::Postgres(_) => "PostgreSQL",
        }
    }

    /// Refuses a role of PostgreSQL for which the walls between organizations do not hold, or which could take them away.
    pub(crate) async fn must_have_walls(&self) -> Result<(), DbError> {
        let Kind::Postgres(store) = &self.kind else {
            return Ok(());
        };
        let (role, passes, owns): (String, bool, bool) = sqlx::query_as(ROLE).fetch_one(&store.pool).await?;
        match (passes, owns) {
            (true, _) => Err(DbError::NoWalls { role }),
            (false, true) => Err(DbError::OwnsTables { role }),
            (false, false) => Ok(()),
        }
    }

    /// Waits for connections on loan and closes the rest.
    pub async fn close(&self) {
        match &self.kind {
            Kind::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Kind::Postgres(store) => store.pool.close().await,
        }
    }
}

/// The file of a SQLite store; `None` for PostgreSQL.
pub(crate) fn sqlite_path(address: &str) -> Option<&Path> {
    address
        .strip_prefix("sqlite:")
        .map(|path| Path::new(path.trim_start_matches("//")))
}

/// Copies a database that may be in use, as it stands at one moment, into an empty file, and checks the copy.
pub(crate) async fn copy_sqlite(from: &Path, to: &Path) -> Result<(), DbError> {
    let mut conn = connect_sqlite(from).await?;
    // Makes no difference to those who write meanwhile, but that their log is not cut until this is over.
    sqlx::query("vacuum into $1")
        .bind(to.display().to_string())
        .execute(&mut conn)
        .await?;
    conn.close().await?;
    check_sqlite(to).await?;
    Ok(std::fs::File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(sqlx::Error::Io)?)
}

/// True while a program has the database open: SQLite then holds a shared lock on these bytes of the file.
pub(crate) fn sqlite_in_use(path: &Path) -> std::io::Result<bool> {
    use rustix::process::{Flock, FlockOffsetType, FlockType, fcntl_getlk};
    let shared = Flock {
        start: 0x4000_0002,
        length: 510,
        pid: None,
        typ: FlockType::WriteLock,
        offset_type: FlockOffsetType::Set,
    };
    match std::fs::File::open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        file => Ok(fcntl_getlk(file?, &shared)?.is_some()),
    }
}

/// Reads every page and follows every reference.
pub(crate) async fn check_sqlite(path: &Path) -> Result<(), DbError> {
    let corrupt = |value: String| DbError::Corrupt {
        what: "database",
        value,
    };
    let mut conn = connect_sqlite(path).await?;
    let found: Vec<(String,)> = sqlx::query_as("pragma integrity_check").fetch_all(&mut conn).await?;
    let dangling = sqlx::query("pragma foreign_key_check")
        .fetch_all(&mut conn)
        .await?
        .len();
    conn.close().await?;
    match found.as_slice() {
        [(one,)] if one == "ok" && dangling == 0 => Ok(()),
        [(one,)] if one == "ok" => Err(corrupt(format!("{dangling} references lead nowhere"))),
        problems => Err(corrupt(
            problems
                .iter()
                .map(|(one,)| one.as_str())
                .collect::<Vec<_>>()
                .join("; "),
        )),
    }
}

/// A lone connection that changes neither schema nor settings of the file.
async fn connect_sqlite(path: &Path) -> Result<SqliteConnection, DbError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(Duration::from_secs(30));
    let mut conn = SqliteConnection::connect_with(&options).await?;
    let (found,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(&mut conn).await?;
    demand_safe(&found)?;
    Ok(conn)
}

/// The decision by which a program on a bad SQLite does not start.
fn demand_safe(found: &str) -> Result<(), DbError> {
    match sqlite_is_safe(found) {
        true => Ok(()),
        false => Err(DbError::SqliteTooOld {
            found: found.to_owned(),
        }),
    }
}

async fn assert_sqlite(conn: &mut SqliteConnection) -> Result<(), DbError> {
    let (found,): (String,) = sqlx::query_as("select sqlite_version()").fetch_one(&mut *conn).await?;
    demand_safe(&found)?;
    let settings: [(&'static str, &'static str, &'static str); 5] = [
        ("journal_mode", "pragma journal_mode", "wal"),
        ("synchronous", "pragma synchronous", "2"),
        ("foreign_keys", "pragma foreign_keys", "1"),
        ("recursive_triggers", "pragma recursive_triggers", "1"),
        ("trusted_schema", "pragma trusted_schema", "0"),
    ];
    for (name, query, wanted) in settings {
        use sqlx::{Row, TypeInfo, ValueRef};
        let row = sqlx::query(query).fetch_one(&mut *conn).await?;
        let found = match row.try_get_raw(0)?.type_info().name() {
            "TEXT" => row.try_get::<String, _>(0)?,
            _ => row.try_get::<i64, _>(0)?.to_string(),
        };
        if found != wanted {
            return Err(DbError::SqliteSetting { name, found, wanted });
        }
    }
    Ok(())
}

/// 3.51.3 and later except the withdrawn 3.52.0, or one of the repaired older lines.
fn sqlite_is_safe(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let v = [
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
    ];
    match v {
        [3, 52, 0] => false,
        [3, 44, patch] => patch >= 6,
        [3, 50, patch] => patch >= 7,
        _ => v >= SQLITE_OLDEST,
    }
}

fn version_text(version: [u32; 3]) -> String {
    version.map(|part| part.to_string()).join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_an_old_or_withdrawn_sqlite_does_not_start() {
        for bad in [
            "3.40.1", "3.44.5", "3.50.2", "3.50.6", "3.51.2", "3.52.0", "3.7.0", "2.8.17", "nonsense", "",
        ] {
            let refused = demand_safe(bad).unwrap_err().to_string();
            assert!(
                refused.contains("can lose data") && refused.contains("3.51.3"),
                "{bad}: {refused}"
            );
        }
        for good in ["3.44.6", "3.50.7", "3.51.3", "3.51.4", "3.52.1", "3.53.0", "4.0.0"] {
            assert!(demand_safe(good).is_ok(), "{good}");
        }
    }

    /// Each setting by itself switched to what would lose data or let entries be rewritten.
    #[tokio::test]
    async fn a_store_with_a_wrong_setting_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let good = || Db::sqlite_options(&folder.path().join("store.db")).unwrap();
        for (name, options) in [
            ("journal_mode", good().journal_mode(SqliteJournalMode::Delete)),
            ("synchronous", good().synchronous(SqliteSynchronous::Normal)),
            ("foreign_keys", good().foreign_keys(false)),
            ("recursive_triggers", good().pragma("recursive_triggers", "off")),
            ("trusted_schema", good().pragma("trusted_schema", "on")),
        ] {
            match Db::connect_sqlite(options).await {
                Err(DbError::SqliteSetting { name: found, .. }) => assert_eq!(found, name),
                other => panic!("{name}: {other:?}"),
            }
        }
        Db::connect_sqlite(good()).await.expect("the right settings");
    }

    /// The lockfile names the SQLite that is compiled in; the running one says the same of itself.
    #[tokio::test]
    async fn the_locked_and_the_running_sqlite_are_safe() {
        let lock = include_str!("../../../Cargo.lock");
        let mut locked = lock
            .split("[[package]]")
            .filter(|package| package.contains("name = \"libsqlite3-sys\"\n"))
            .filter_map(|package| package.lines().find_map(|line| line.strip_prefix("version = ")));
        let version = locked.next().expect("libsqlite3-sys is locked").trim_matches('"');
        assert_eq!(locked.next(), None, "two SQLite libraries in one program");
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap());
        let (major, minor) = (parts.next().unwrap(), parts.next().unwrap());
        assert!(
            (major, minor) >= (0, 37),
            "libsqlite3-sys {version} carries an older SQLite"
        );
        let folder = tempfile::tempdir().unwrap();
        let mut conn = connect_sqlite_new(&folder.path().join("new.db")).await;
        let (found,): (String,) = sqlx::query_as("select sqlite_version()")
            .fetch_one(&mut conn)
            .await
            .unwrap();
        demand_safe(&found).unwrap();
    }

    async fn connect_sqlite_new(path: &Path) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }

    #[tokio::test]
    async fn every_connection_keeps_its_settings() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let db = Db::open(&format!("sqlite:{}", path.display()), None).await.unwrap();
        let Kind::Sqlite { read, write } = &db.kind else {
            panic!("not SQLite")
        };
        for _ in 0..1000 {
            for lot in [write, read] {
                assert_sqlite(lot.lend().await.unwrap().get().unwrap()).await.unwrap();
            }
        }
    }
}
